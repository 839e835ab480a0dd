// The rounds' figures as rows of a table, for a terminal and for a page.
import type { RoundFigures, SetFigures } from "./record.js";

/** A head, a row for the base without tools, then one for each round from the base on. */
export function roundsRows(rounds: readonly RoundFigures[], best: number): readonly (readonly string[])[] {
  const [base] = rounds;
  if (base === undefined) return [];
  const head = [
    "round",
    "texts",
    "calls kept",
    "from answers",
    "lessons",
    "loss",
    ...base.sets.map(({ name }) => name),
    "all",
    "calls/question",
  ];
  return [
    [...head, "seconds", ""],
    ["base, tools off", "", "", "", "", "", ...accuracies(base.sets, ({ withoutTools = 0 }) => withoutTools), "", "", ""],
    ...rounds.map((round) => row(round, round.round === best)),
  ];
}

function row({ round, texts, calls, answers, lessons, loss, sets, n, seconds }: RoundFigures, best: boolean): string[] {
  return [
    round === 0 ? "base" : String(round),
    ...(round === 0 ? ["", "", "", ""] : [texts, calls, answers, lessons].map(String)),
    loss === null ? "" : loss.toFixed(3),
    ...accuracies(sets, ({ correct }) => correct),
    (sets.reduce((sum, set) => sum + set.calls, 0) / Math.max(1, n)).toFixed(2),
    seconds.toFixed(0),
    best ? "best" : "",
  ];
}

/** Of each set, then of all. */
function accuracies(sets: readonly SetFigures[], right: (set: SetFigures) => number): string[] {
  const sum = (of: (set: SetFigures) => number) => sets.reduce((total, set) => total + of(set), 0);
  return [
    ...sets.map((set) => percent(right(set), set.n)),
    percent(
      sum(right),
      sum(({ n }) => n),
    ),
  ];
}

const percent = (part: number, of: number) => `${((100 * part) / Math.max(1, of)).toFixed(1)}%`;
