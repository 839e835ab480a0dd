// `compare.html`: how each way of answering did on each set, as one page.
import { counted, fixed, html, type Markup, page, percent, plural, signed, table } from "../pages/index.js";
import { accuracies, intervalText } from "./accuracies.js";
import { type Comparison, compareEach } from "./comparison.js";
import { type Figures, figuresOf } from "./figures.js";
import type { GridCell } from "./grid.js";
import { style } from "./style.js";

/** A configuration of a set, and how it stands against the first. */
export interface GridRow {
  readonly set: string;
  readonly name: string;
  readonly figures: Figures;
  /** Against the set's first configuration; undefined for that one itself, and where they have no question in common yet. */
  readonly against?: Comparison;
}

/** The rows of all sets, in the order in which sets and configurations came. */
export function gridRows(cells: readonly GridCell[]): readonly GridRow[] {
  const firsts = new Map<string, GridCell>();
  for (const cell of cells) if (!firsts.has(cell.set)) firsts.set(cell.set, cell);
  const inOrder = [...firsts.keys()].flatMap((name) => cells.filter(({ set }) => set === name));
  return inOrder.map((cell) => {
    const { set, configuration, results, sittings } = cell;
    const first = firsts.get(set) === cell ? undefined : firsts.get(set);
    const side = { name: configuration.name, results };
    const [against] = first ? compareEach({ name: first.configuration.name, results: first.results }, [side]) : [];
    return {
      set,
      name: configuration.name,
      figures: figuresOf(results, sittings),
      ...(against ? { against } : {}),
    };
  });
}

export interface GridPageOptions {
  readonly rows: readonly GridRow[];
  readonly version: string;
  /** When and on what it was measured, in a sentence. */
  readonly about: string;
}

/** The comparison as one HTML page: light and dark, for small screens and for print, without script and without any other file. */
export function gridPage({ rows, version, about }: GridPageOptions): string {
  const sets = [...new Set(rows.map(({ set }) => set))].map((name) => [name, rows.filter(({ set }) => set === name)] as const);
  const names = [...new Set(rows.map(({ name }) => name))];
  return page({
    title: "Compared: strategies",
    version,
    style,
    body: html`<header class="page">
<p class="eyebrow">Comparison</p>
<h1>${plural(names.length, "way")} of answering, ${plural(sets.length, "set")} of questions</h1>
<p class="lead">${about}</p>
<nav aria-label="Parts of this page"><ul>${sets.map(([set], at) => html`<li><a href="#set-${at}">${set}</a></li>`)}<li><a href="#all">All figures</a></li></ul></nav>
</header>
<main>
${sets.map(
  ([set, its], at) => html`<section id="set-${at}"><h2>${set}</h2>
<p class="lead">${plural(Math.max(...its.map(({ figures }) => figures.n)), "question")}. The whisker is the 95 % bootstrap interval.</p>
${accuracies(its.map(({ name, figures }) => ({ name, figures })))}
<p class="verdict-line">${verdict(its)}</p></section>`,
)}
<section id="all"><h2>All figures</h2>
<div class="scroll" tabindex="0" role="group" aria-label="All figures">${allFigures(rows)}</div></section>
</main>
<footer class="page-end">Made by toolwright ${version}.</footer>`,
  });
}

/**
 * What can be said of a set: only differences whose interval does not cross zero, and that are not chance by McNemar's exact test (5 %). Of few
 * questions that differ, all in one direction, the bootstrap alone says too much: the same strategy asked twice can come to four.
 */
export function verdict(rows: readonly GridRow[]): string {
  const [first] = rows;
  const clear = rows.flatMap(({ name, against }) => {
    if (against?.interval === undefined || against.interval[0] * against.interval[1] <= 0 || against.p > 0.05) return [];
    return [`${name} is ${against.difference > 0 ? "better" : "worse"} by ${fixed(Math.abs(100 * against.difference), 1)} points`];
  });
  if (clear.length === 0) return rows.length > 1 ? `None is clearly better or worse than ${first!.name}.` : "";
  return `Against ${first!.name}: ${clear.join("; ")}.`;
}

function allFigures(rows: readonly GridRow[]): Markup {
  return table(
    ["Set", "Configuration", "Right", "Of", "Accuracy", "95 % interval", "Calls", "Tokens a question", "Seconds", "Points over the first"],
    rows.map(({ set, name, figures, against }) => [
      set,
      name,
      counted(figures.correct),
      counted(figures.n),
      percent(figures.accuracy),
      intervalText(figures),
      counted(figures.calls),
      counted(figures.n === 0 ? 0 : figures.tokens / figures.n),
      fixed(figures.seconds, 0),
      against ? signed(100 * against.difference, 1) : "",
    ]),
    [0, 1],
  );
}
