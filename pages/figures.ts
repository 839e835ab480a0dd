// Tables and simple charts. Shapes are SVG that stretches with the page; labels are HTML, so that they keep their size on any screen.
import { type Content, html, type Markup } from "./markup.js";

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

/** What the colours of a chart stand for. */
export const key = (entries: readonly { readonly kind: string; readonly name: string }[]) =>
  html`<ul class="key" aria-hidden="true">${entries.map(({ kind, name }) => html`<li><i class="swatch fill-${kind}"></i>${name}</li>`)}</ul>`;
