// What charts are made of. Shapes are SVG that stretches with the page; labels are HTML over it, so that they keep their size on any
// screen.
import { type Content, html, type Markup } from "./markup.js";
import { counted, fixed } from "./wording.js";

/** A figure with its caption and, folded away, its numbers as a table. */
export function figure(options: {
  readonly title: string;
  readonly caption: Content;
  readonly chart: Content;
  readonly numbers: Markup;
}): Markup {
  return html`<figure class="chart">
<figcaption><strong>${options.title}</strong> <span>${options.caption}</span></figcaption>
${options.chart}
<details><summary>The numbers</summary><div class="scroll" tabindex="0" role="group" aria-label="${options.title}: the numbers">${options.numbers}</div></details>
</figure>`;
}

/** A table; the first cell of a row is its heading. Cells are aligned as numbers but for those under `words` (columns, from 0). */
export function table(head: readonly Content[], rows: readonly (readonly Content[])[], words: readonly number[] = [0]): Markup {
  const align = (column: number) => (words.includes(column) ? "" : "number");
  return html`<table>
<thead><tr>${head.map((cell, at) => html`<th scope="col" class="${align(at)}">${cell}</th>`)}</tr></thead>
<tbody>${rows.map(
    (row) =>
      html`<tr>${row.map((cell, at) => (at === 0 ? html`<th scope="row">${cell}</th>` : html`<td class="${align(at)}">${cell}</td>`))}</tr>\n`,
  )}</tbody>
</table>`;
}

interface Part {
  readonly kind: string;
  readonly value: number;
}

/** A bar of parts side by side; its full width stands for `whole`. */
export function stack(parts: readonly Part[], whole: number, label: string): Markup {
  let x = 0;
  const shapes = parts.map(({ kind, value }) => {
    const width = whole === 0 ? 0 : (100 * value) / whole;
    const shape = width > 0 && html`<rect class="fill-${kind}" x="${place(x)}" y="0" width="${place(width)}" height="1"/>`;
    x += width;
    return shape;
  });
  return html`<svg class="stack" viewBox="0 0 100 1" preserveAspectRatio="none" role="img" aria-label="${label}"><rect class="ground" width="100" height="1"/>${shapes}</svg>`;
}

/** A coordinate with no more digits than a screen can show. */
export const place = (value: number) => String(Number(value.toFixed(3)));

export const key = (entries: readonly { readonly kind: string; readonly name: string }[]) =>
  html`<ul class="key" aria-hidden="true">${entries.map(({ kind, name }) => html`<li><i class="swatch fill-${kind}"></i>${name}</li>`)}</ul>`;

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
