/**
 * McNemar's exact test (two-sided): how likely wins and losses are to be at least this unequal if neither side were better. 1 when there
 * are none.
 */
export function mcnemar(wins: number, losses: number): number {
  const pairs = wins + losses;
  if (pairs === 0) return 1;
  let tail = 0;
  let logChoose = 0; // Of pairs choose 0.
  for (let k = 0; k <= Math.min(wins, losses); k++) {
    if (k > 0) logChoose += Math.log((pairs - k + 1) / k);
    tail += Math.exp(logChoose - pairs * Math.LN2);
  }
  return Math.min(1, 2 * tail);
}
