// The part of the report about questions that were asked in several wordings.
import { counted, fixed, html, type Markup, plural, share, table } from "../pages/index.js";
import type { Interval, Result } from "./record.js";
import { wordingFiguresOf } from "./wording-figures.js";

/** Nothing where each question was asked in one wording. */
export function wordingSection(rows: readonly { readonly name: string; readonly results: readonly Result[] }[]): Markup | false {
  const measured = rows.flatMap(({ name, results }) => {
    const wordings = wordingFiguresOf(results);
    return wordings === undefined ? [] : [{ name, ...wordings }];
  });
  if (measured.length === 0) return false;
  const single = Math.max(...measured.map((row) => row.single));
  const whole = table(
    ["", "questions", "wordings", "right in every wording", "95 % interval", "agreement", "95 % interval"],
    measured.map(({ name, questions, wordings, always, worst, worstInterval, agreement, agreementInterval }) => [
      name,
      counted(questions),
      counted(wordings),
      `${points(worst)}% (${counted(always)})`,
      range(worstInterval),
      agreement === undefined ? "–" : `${points(agreement)}%`,
      range(agreementInterval),
    ]),
  );
  const byRule = table(
    ["", "rule", "wordings", "right", "the same questions as given"],
    measured.flatMap(({ name, rules }) =>
      rules.map(({ rule, n, correct, correctGiven }) => [name, rule, counted(n), share(correct, n), share(correctGiven, n)]),
    ),
    [0, 1],
  );
  return html`<section id="wordings"><h2>Wordings</h2>
<p class="lead">Each question was asked as it was given and in another wording by each rule that fits${single > 0 && `; none fits ${plural(single, "question")}`}. Agreement is how often two wordings of a question get the same answer, right or wrong. All intervals are by question.</p>
<div class="scroll figures-table" tabindex="0" role="group" aria-label="Wordings">${whole}</div>
<div class="scroll figures-table" tabindex="0" role="group" aria-label="Rules of wording">${byRule}</div></section>`;
}

const points = (value: number) => fixed(100 * value, 1);
const range = (interval: Interval | undefined) => (interval ? `${points(interval[0])} to ${points(interval[1])}%` : "–");
