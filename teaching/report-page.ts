// `report.html`: the report as a page that a person reads. One file, no script, nothing fetched.
import { type Content, counted, duration, fixed, html, listed, type Markup, page, plural, share, table } from "../pages/index.js";
import { curveChart, keptAgainstTried, marginChart, timeByStage } from "./page/charts.js";
import { examples } from "./page/examples.js";
import { economy, funnel, passedOver } from "./page/funnel.js";
import { style } from "./page/style.js";
import type { SetAside } from "./record.js";
import type { Report, ToolReport } from "./report.js";

/** Documents that were set aside and are listed; the rest is counted. */
const LISTED = 50;

/**
 * The report as one HTML page: light and dark, for small screens and for print, without script and without any other file.
 * Whatever stands in the report is shown as text.
 */
export function reportPage(report: Report): string {
  const names = report.parameters.tools.map(({ name }) => name);
  return page({
    title: `Taught: ${listed(names) || "nothing"}`,
    version: report.parameters.version,
    style,
    body: html`${heading(report)}
<main>
${report.tools.length > 0 && html`<section class="pair">${keptAgainstTried(report)}${timeByStage(report)}</section>`}
${report.tools.map((tool, place) => toolSection(tool, place, report))}
${economy(report)}
${setAside(report.corpus.setAside)}
${parameters(report)}
</main>
<footer class="page-end">Made by toolwright ${report.parameters.version}. The figures of this page are in <code>report.json</code>, every candidate is in <code>candidates.jsonl</code>.</footer>`,
  });
}

const total = (tools: readonly ToolReport[], figure: "candidates" | "kept" | "calls" | "samples") =>
  tools.reduce((sum, { figures }) => sum + figures[figure], 0);

function heading({ parameters: { model, tools: taught }, corpus, tools, times }: Report): Markup {
  const names = taught.map(({ name }) => name);
  const [tried, kept, calls] = [total(tools, "candidates"), total(tools, "kept"), total(tools, "calls")];
  const tiles: readonly (readonly [string, string, Content])[] = [
    [counted(corpus.documents), corpus.documents === 1 ? "document" : "documents", `in ${plural(corpus.passages, "passage")}`],
    [counted(tried), tried === 1 ? "call tried" : "calls tried", `of ${counted(total(tools, "samples"))} that were written`],
    [counted(kept), "kept", tried === 0 ? "there was none to keep" : `${share(kept, tried)} of those tried`],
    [
      corpus.documents === 0 ? "–" : fixed(kept / corpus.documents),
      "kept per document",
      `${plural(calls, "call")} in ${counted(corpus.lessonsWithCalls)} of ${plural(corpus.lessons, "text")}`,
    ],
  ];
  return html`<header class="page">
<p class="eyebrow">Report of teaching</p>
<h1>${listed(names) || "No tool"}, taught on ${plural(corpus.documents, "document")} by ${model.name}</h1>
<p class="lead">The model wrote calls into the texts where it thought they belong. A call was kept where its result made the words that follow likelier than they are without it. ${when(times.started, times.seconds)}</p>
<dl class="tiles">${tiles.map(([figure, name, more]) => html`<div><dt>${name}</dt><dd><b>${figure}</b><small>${more}</small></dd></div>`)}</dl>
${
  names.length > 0 &&
  html`<nav aria-label="Parts of this page"><ul>${names.map((name, place) => html`<li><a href="#tool-${place}">${name}</a></li>`)}<li><a href="#economy">Economy</a></li><li><a href="#set-aside">Set aside</a></li><li><a href="#parameters">Parameters</a></li></ul></nav>`
}
</header>`;
}

function when(started: string, seconds: number): Markup {
  const day = /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(started) ? started.slice(0, 16).replace("T", ", ") : started;
  return html`<span class="when">Begun <time datetime="${started}">${day}</time>, done in ${duration(seconds * 1000)}.</span>`;
}

function toolSection(tool: ToolReport, place: number, report: Report): Markup {
  const { figures, parameters } = tool;
  const charts = [marginChart(tool), curveChart(tool)].filter((chart) => chart !== undefined);
  return html`<section class="tool" id="tool-${place}"><h2>${parameters.name}</h2>
<p class="lead">${summary(tool)}</p>
${
  figures.tried === 0
    ? passedOver(tool)
    : html`<div class="pair uneven"><div>${funnel(tool, report)}${passedOver(tool)}</div>
<div class="charts">${charts.length > 0 ? charts : html`<p class="empty">No call was scored, so there are no margins to draw.</p>`}</div></div>`
}
${figures.scored > 0 && examples(tool)}
</section>`;
}

/** What came of a tool in a sentence; where nothing did, what to look at. */
function summary({ figures, parameters: { name, tauS, tauF } }: ToolReport): Content {
  const { tried, passedOver, positions, samples, candidates, kept, scored } = figures;
  if (tried === 0) {
    return Object.keys(passedOver).length > 0
      ? `Its heuristic passed over every passage: there is nothing in this corpus that ${name} would be tried on.`
      : "It was tried on no passage.";
  }
  if (positions === 0)
    return `The model saw no place for a call to ${name} in ${plural(tried, "passage")}: nowhere was p(marker) above τs ${tauS}. A lower τs finds some.`;
  if (candidates === 0)
    return `None of ${plural(samples, "sample")} was a whole call that fits ${name}. More samples, or a larger model, may write some.`;
  if (scored === 0) return `None of ${plural(candidates, "call")} was scored: the funnel shows where they ended.`;
  if (kept === 0) return `None of ${plural(scored, "scored call")} reached τf ${fixed(tauF)}. The curve shows what a lower τf would keep.`;
  return html`<b>${counted(kept)}</b> of ${plural(candidates, "distinct call")} reached τf ${fixed(tauF)}: with the result, the tokens that follow are on weighted average at least ${fixed(Math.exp(tauF), 1)} times as likely.`;
}

function setAside(documents: readonly SetAside[]): Markup {
  const rest = documents.length - LISTED;
  return html`<section id="set-aside"><h2>Set aside</h2>
${
  documents.length === 0
    ? html`<p class="empty">No document: all could be read and taught on.</p>`
    : html`<p class="lead">${plural(documents.length, "document")} could not be taught on; the run went on without.</p>
<ul class="set-aside">${documents
        .slice(0, LISTED)
        .map(({ source, code, message }) => html`<li><b>${source}</b> <code>${code}</code><p>${message}</p></li>`)}</ul>
${rest > 0 && html`<p>And ${counted(rest)} more, in <code>report.json</code>.</p>`}`
}
</section>`;
}

function parameters({ parameters: given }: Report): Markup {
  const { model } = given;
  const rows: (readonly [string, Content])[] = [
    ["Model", model.name],
    ["Its file, SHA-256", model.digest],
    ["Storage", model.storage],
    ["Adapters", model.adapters?.map(({ digest, scale }) => `${digest} × ${scale}`).join(", ")],
    ["Ran on", model.runtime],
    ["Placement", given.placement],
    ["Economy", given.economy ? "on" : "off, as published"],
    ["Context", given.context === undefined ? "all before the position" : plural(given.context, "token")],
    ["Texts taken as", given.as ?? "what their records are"],
    ["Window, overlap", `${plural(given.window, "token")}, ${counted(given.overlap)}`],
    ["Seed", String(given.seed)],
    ["Shard", given.shard && `${given.shard.index} of ${given.shard.of}`],
    ["Format", String(given.format)],
  ];
  return html`<section id="parameters"><h2>Parameters</h2><p class="lead">The same parameters, model and corpus give the same dataset.</p>
<div class="scroll" tabindex="0" role="group" aria-label="Parameters of the tools">${table(
    ["tool", "version", "τs", "τf", "positions", "samples"],
    given.tools.map(({ name, version, tauS, tauF, topK, samples }) => [
      name,
      version,
      String(tauS),
      String(tauF),
      counted(topK),
      counted(samples),
    ]),
    [0, 1],
  )}</div>
<dl class="parameters">${rows.filter(([, value]) => value).map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl></section>`;
}
