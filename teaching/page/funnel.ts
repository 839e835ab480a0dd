// From the passages of the corpus to the calls of the dataset: what each stage let through, and what economy saved.
import { type Content, counted, duration, html, type Markup, plural, share, table } from "../../pages/index.js";
import type { Report, ToolReport } from "../report.js";
import { SAVINGS, STAGES } from "./wording.js";

interface Step {
  readonly name: string;
  readonly count: number;
  /** What it is a share of, where there is something before it. */
  readonly of?: number;
  readonly note?: Content;
}

/** A part of the funnel that counts one kind of thing: its bars are to one scale. */
interface Group {
  readonly counts: string;
  /** The stages of the work behind it. */
  readonly stages: readonly (typeof STAGES)[number]["stage"][];
  readonly steps: readonly Step[];
}

function groupsOf({ figures, parameters }: ToolReport, report: Report): readonly Group[] {
  const { corpus, times } = report;
  const { executed, cached } = times.tools[parameters.name] ?? { executed: figures.ran, cached: 0 };
  const answered = Math.max(0, figures.ran - figures.failed);
  return [
    {
      counts: "Passages",
      stages: [],
      steps: [
        { name: "in the corpus", count: corpus.passages },
        { name: "tried", count: figures.tried, of: corpus.passages },
      ],
    },
    {
      counts: "Positions",
      stages: ["read"],
      steps: [
        { name: "where a call may begin", count: figures.boundaries },
        { name: "likely", count: figures.likely, of: figures.boundaries, note: html`p(marker) above τs ${String(parameters.tauS)}` },
        { name: "chosen", count: figures.positions, of: figures.likely, note: `at most ${counted(parameters.topK)} a passage` },
      ],
    },
    {
      counts: "Calls written",
      stages: ["sample"],
      steps: [
        { name: "samples", count: figures.samples, note: `${counted(parameters.samples)} at a position` },
        { name: "whole, and fit the tool", count: figures.wellFormed, of: figures.samples },
      ],
    },
    {
      counts: "Distinct calls",
      stages: ["execute", "filter"],
      steps: [
        { name: "tried", count: figures.candidates, note: "by position and text" },
        {
          name: "run",
          count: figures.ran,
          of: figures.candidates,
          note: cached > 0 && `${counted(executed)} by the tool, ${counted(cached)} from the cache`,
        },
        { name: "with a result", count: answered, of: figures.ran, note: figures.failed > 0 && `${counted(figures.failed)} failed` },
        {
          name: "scored",
          count: figures.scored,
          of: answered,
          note: figures.lookedAhead > 0 && `${counted(figures.lookedAhead)} looked ahead`,
        },
        { name: "kept", count: figures.kept, of: figures.scored },
        { name: "in the dataset", count: figures.calls, of: figures.kept },
      ],
    },
  ];
}

/** The funnel of a tool with the time of its stages. */
export function funnel(tool: ToolReport, report: Report): Markup {
  const ms = report.times.tools[tool.parameters.name]?.ms;
  const groups = groupsOf(tool, report).map(({ counts, stages, steps }) => {
    const most = Math.max(...steps.map(({ count }) => count), 1);
    const time = stages.map((stage) => `${STAGES.find((known) => known.stage === stage)!.name} ${duration(ms?.[stage] ?? 0)}`).join(", ");
    return html`<tbody>
<tr class="group"><th scope="rowgroup" colspan="3"><div>${counts}<span>${time}</span></div></th></tr>
${steps.map(
  ({ name, count, of, note }) => html`<tr class="${name === "kept" && "kept"}">
<th scope="row">${name}${note && html` <small>${note}</small>`}<svg class="thin" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true"><rect width="${String(Number(((100 * count) / most).toFixed(2)))}" height="1"/></svg></th>
<td class="number">${counted(count)}</td><td class="number">${of === undefined ? "" : share(count, of)}</td>
</tr>`,
)}
</tbody>`;
  });
  return html`<figure class="funnel">
<figcaption><strong>Funnel</strong> <span>What each stage let through, with its time. Shares are of the line above.</span></figcaption>
<table><thead class="unseen"><tr><th scope="col">stage</th><th scope="col">count</th><th scope="col">share of the line above</th></tr></thead>
${groups}</table>
</figure>`;
}

/** Why passages were passed over. */
export function passedOver({ figures, parameters }: ToolReport): Content {
  const reasons = Object.entries(figures.passedOver).sort(([, a], [, b]) => b - a);
  if (reasons.length === 0) return undefined;
  const all = reasons.reduce((sum, [, count]) => sum + count, 0);
  return html`<div class="passed-over"><p><strong>${plural(all, "passage")} passed over</strong> by ${parameters.name}’s heuristic:</p>
<dl>${reasons.map(([reason, count]) => html`<div><dt>${reason}</dt><dd>${counted(count)}</dd></div>`)}</dl></div>`;
}

/** What `--economy` saved, in words. */
export function economy({ parameters, tools }: Report): Markup {
  const section = (content: Content) => html`<section id="economy"><h2>What economy saved</h2>${content}</section>`;
  if (!parameters.economy) return section(html`<p class="empty">Nothing: this run did all the work of the published algorithm.</p>`);
  const used = SAVINGS.filter(({ means }) => tools.some(({ figures }) => figures.saved[means] > 0));
  if (used.length === 0) return section(html`<p class="empty">Nothing: there was no work in this run that could be left out.</p>`);
  return section(html`<p class="lead">Work that could not change what is kept was left out.</p>
<div class="scroll" tabindex="0" role="group" aria-label="What economy saved">${table(
    ["saved", ...tools.map((tool) => tool.parameters.name), "since"],
    used.map(({ means, saved, why }) => [saved, ...tools.map(({ figures }) => counted(figures.saved[means])), why]),
    [0, tools.length + 1],
  )}</div>`);
}
