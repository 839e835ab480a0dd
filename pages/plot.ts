// Plots. Shapes are SVG that stretches with the page; labels are HTML over it, so that they keep their size on any screen.
import { place } from "./figures.js";
import { type Content, html, type Markup } from "./markup.js";
import { counted, fixed } from "./wording.js";

export interface Axis {
  /** Values at the left or lower end and at the other. */
  readonly from: number;
  readonly to: number;
  readonly ticks: readonly number[];
  readonly written: (value: number) => string;
  readonly name: string;
}

/** A plot: shapes in a square of 100 × 100 with y upwards as `at` gives it, labels around it, a mark where there is one to show. */
export function plot(options: {
  readonly x: Axis;
  readonly y: Axis;
  /** A value of x that has a line and a name. */
  readonly mark?: { readonly at: number; readonly name: string };
  /** Higher than usual, for a chart that has the page's width. */
  readonly tall?: boolean;
  readonly label: string;
  readonly shapes: Content;
  readonly over?: Content;
}): Markup {
  const { x, y, mark } = options;
  const left = along(x);
  const up = along(y);
  const marked = mark !== undefined && mark.at >= x.from && mark.at <= x.to;
  return html`<div class="plot">
<p class="axis-name" aria-hidden="true">${y.name}</p>
<div class="area${options.tall ? " tall" : ""}">
<svg viewBox="0 0 100 100" preserveAspectRatio="none" role="img" aria-label="${options.label}">
${y.ticks.map((tick) => html`<line class="grid" x1="0" x2="100" y1="${place(100 - up(tick))}" y2="${place(100 - up(tick))}"/>`)}
${options.shapes}
<line class="axis" x1="0" x2="100" y1="100" y2="100"/>
${marked && html`<line class="threshold" x1="${place(left(mark.at))}" x2="${place(left(mark.at))}" y1="0" y2="100"/>`}
</svg>
<div aria-hidden="true">
${y.ticks.map((tick) => html`<span class="tick-y" style="bottom:${place(up(tick))}%">${y.written(tick)}</span>`)}
${x.ticks.map((tick) => html`<span class="tick-x" style="left:${place(left(tick))}%">${x.written(tick)}</span>`)}
${marked && html`<span class="threshold-name ${left(mark.at) > 70 && "to-left"}" style="left:${place(left(mark.at))}%">${mark.name}</span>`}
${options.over}
</div>
</div>
<p class="axis-name x" aria-hidden="true">${x.name}</p>
</div>`;
}

export const along =
  ({ from, to }: Axis) =>
  (value: number) =>
    (100 * (value - from)) / (to - from);

/** An axis from 0 to a round value at or above `most`, with a few round ticks. */
export function upwards(most: number, name: string, whole: boolean): Axis {
  const rough = most / 4;
  const power = 10 ** Math.floor(Math.log10(rough || 1));
  const step = Math.max(
    [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((size) => size >= rough && (!whole || Number.isInteger(size))) ?? 1,
    whole ? 1 : 0,
  );
  const steps = Math.max(1, Math.ceil(most / step));
  const decimals = step >= 1 && Number.isInteger(step) ? 0 : Math.max(0, Math.ceil(-Math.log10(step))) + (step / power === 2.5 ? 1 : 0);
  const written = (value: number) => (decimals === 0 ? counted(value) : fixed(value, decimals));
  return { from: 0, to: steps * step, ticks: Array.from({ length: steps + 1 }, (_, at) => at * step), written, name };
}
