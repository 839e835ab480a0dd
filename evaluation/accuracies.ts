import { counted, figure, fixed, html, type Markup, percent, table } from "../pages/index.js";
import type { Figures } from "./figures.js";

/** One of those that are compared; `letter` is how other parts of the page call it. */
export interface AccuracyRow {
  readonly name: string;
  readonly letter?: string;
  readonly figures: Figures;
}

/**
 * Bars from 0 to a round share at or above the highest interval.
 * @param of what is counted. Default: `the questions`
 */
export function accuracies(rows: readonly AccuracyRow[], of = "the questions"): Markup {
  const highest = Math.max(0.01, ...rows.map(({ figures }) => figures.interval?.[1] ?? figures.accuracy));
  const most = [0.05, 0.1, 0.2, 0.25, 0.5, 0.75, 1].find((share) => share >= highest) ?? 1;
  const place = (value: number) => `${fixed((100 * value) / most, 2)}%`;
  const chart = rows.map(({ name, letter, figures }) => {
    const [low, high] = figures.interval ?? [figures.accuracy, figures.accuracy];
    const words = `${name}: ${percent(figures.accuracy)} right, ${intervalText(figures)}`;
    return html`<div class="accuracy"><div class="name"><span>${rows.length > 1 && letter !== undefined && `${letter}  `}<b>${name}</b></span><span><b>${points(figures.accuracy)}%</b> ${counted(figures.correct)} of ${counted(figures.n)}</span></div>
<div class="track" role="img" aria-label="${words}"><i style="width:${place(figures.accuracy)}"></i><u style="left:${place(low)};width:${place(high - low)}"></u></div></div>`;
  });
  const ticks = [0, 0.25, 0.5, 0.75, 1].map(
    (part) => html`<span style="left:${fixed(100 * part, 0)}%">${fixed(100 * part * most, most < 0.5 ? 1 : 0)}%</span>`,
  );
  return figure({
    title: "Right answers",
    caption: `Share of ${of}, an error counted as a wrong answer.`,
    chart: html`<div class="accuracies">${chart}</div><div class="scale" aria-hidden="true">${ticks}</div>`,
    numbers: table(
      ["", "right", "of", "accuracy", "95 % interval"],
      rows.map(({ name, figures }) => [
        name,
        counted(figures.correct),
        counted(figures.n),
        `${points(figures.accuracy)}%`,
        intervalText(figures),
      ]),
    ),
  });
}

export const intervalText = ({ interval }: Pick<Figures, "interval">) =>
  interval ? `${points(interval[0])} to ${points(interval[1])}%` : "–";

/** A share in points, with a decimal. */
export const points = (value: number) => fixed(100 * value, 1);
