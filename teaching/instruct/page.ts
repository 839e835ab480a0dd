// The report as one page that needs nothing else: inline style and SVG, light and dark, all text escaped.
import type { Diversity } from "./diversity.js";
import { TOO_ALIKE } from "./filter.js";
import type { InstructReport, Lengths } from "./report.js";

export function reportPage(report: InstructReport): string {
  const { parameters, instructions, classification, instances, examples, words } = report;
  const share = (part: number, whole: number) => (whole === 0 ? "" : ` (${Math.round((100 * part) / whole)} %)`);
  const perTask = report.tasks === 0 ? "" : `, ${(report.lines / report.tasks).toFixed(1)} for each task`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Self-Instruct: ${report.tasks} tasks</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${report.tasks} new tasks from ${report.seeds.tasks} seed tasks</h1>
<p class="lead">${escaped(parameters.model.name)} wrote ${instructions.drafted} instructions in ${report.batches} batches. ${instructions.accepted} were taken${share(instructions.accepted, instructions.drafted)}; ${report.tasks + report.spare} of them have an instance that passed the filter. The output has ${report.lines} lines${perTask}${report.spare > 0 ? `; ${report.spare} more tasks of the last batch are in the journal` : ""}.</p>

<section>
<h2>From instructions to tasks</h2>
${bars([
  ["instructions written", instructions.drafted],
  ["taken: new and fit for a model of text", instructions.accepted],
  ["with an instance", report.tasks + report.spare],
  ["in the output", report.tasks],
])}
<p class="note">Of those taken, the model said of ${classification.yes} that they are classifications, of ${classification.no} that they are not, and of ${classification.unclear} neither. It was shown ${examples.classification} classification seeds and ${examples.others} others (12 and 19 in the paper).</p>
<div class="columns">
<div><h3>Instructions that were not taken</h3>${table(instructions.rejected)}</div>
<div><h3>Instances that were not taken</h3>${table(instances.rejected)}</div>
</div>
</section>

<section>
<h2>What the tasks ask for</h2>
${sunburst(report.diversity)}
</section>

<section>
<h2>How new they are</h2>
${rougeHistogram(report.rouge)}
<p class="note">ROUGE-L F with the nearest seed instruction. From ${TOO_ALIKE} on, to a seed or to an instruction before, an instruction is not taken; one that was too like a generated instruction can stand further left.</p>
</section>

<section>
<h2>How long they are</h2>
<table class="figures"><thead><tr><th>words</th><th>texts</th><th>least</th><th>median</th><th>mean</th><th>most</th></tr></thead><tbody>
${lengthsRow("instruction", words.instruction)}${lengthsRow("input", words.input)}${lengthsRow("output", words.output)}
</tbody></table>
</section>

<section>
<h2>Read some</h2>
${report.samples.tasks.map(taskCard).join("\n")}
${report.samples.rejected.length === 0 ? "" : `<h3>Not taken</h3><ul class="rejected">${report.samples.rejected.map(({ instruction, why }) => `<li><span class="why">${escaped(why)}</span> ${escaped(shortened(instruction, 240))}</li>`).join("")}</ul>`}
</section>

<footer>temperature ${parameters.temperature}, top-p ${parameters.topP}, seed ${parameters.seed}. After Wang et al. 2023, Self-Instruct (arXiv 2212.10560).</footer>
</main>
</body>
</html>
`;
}

function taskCard({ instruction, input, output }: InstructReport["samples"]["tasks"][number]): string {
  const part = (name: string, text: string) => (text === "" ? "" : `<dt>${name}</dt><dd>${escaped(shortened(text, 600))}</dd>`);
  return `<article><h3>${escaped(shortened(instruction, 400))}</h3><dl>${part("input", input)}${part("output", output)}</dl></article>`;
}

function table(counts: Readonly<Record<string, number>>): string {
  const rows = Object.entries(counts).map(([name, count]) => `<tr><td>${escaped(name)}</td><td>${count}</td></tr>`);
  return rows.length === 0 ? '<p class="note">None.</p>' : `<table class="figures"><tbody>${rows.join("")}</tbody></table>`;
}

function lengthsRow(name: string, { count, min, median, mean, max }: Lengths): string {
  return `<tr><td>${name}</td>${[count, min, median, mean, max].map((value) => `<td>${value}</td>`).join("")}</tr>`;
}

function bars(rows: readonly (readonly [string, number])[]): string {
  const most = Math.max(1, ...rows.map(([, count]) => count));
  return `<div class="bars">${rows
    .map(
      ([name, count]) =>
        `<span>${name}</span><span class="bar"><i style="width:${((100 * count) / most).toFixed(1)}%"></i></span><b>${count}</b>`,
    )
    .join("")}</div>`;
}

function rougeHistogram({ accepted, alike }: InstructReport["rouge"]): string {
  const [width, height, left, bottom] = [720, 220, 40, 30];
  const most = Math.max(1, ...accepted.map((count, i) => count + alike[i]!));
  const step = (width - left) / accepted.length;
  const scale = (height - bottom - 16) / most;
  const columns = accepted.map((count, i) => {
    const x = left + i * step + 1.5;
    const column = (value: number, below: number, kind: string) =>
      value === 0
        ? ""
        : `<rect class="${kind}" x="${x.toFixed(1)}" y="${(height - bottom - (below + value) * scale).toFixed(1)}" width="${(step - 3).toFixed(1)}" height="${(value * scale).toFixed(1)}"><title>${(i / accepted.length).toFixed(2)} to ${((i + 1) / accepted.length).toFixed(2)}: ${value} ${kind === "kept" ? "taken" : "too alike"}</title></rect>`;
    return column(count, 0, "kept") + column(alike[i]!, count, "gone");
  });
  const marks = [0, 0.2, 0.4, 0.6, 0.8, 1].map(
    (value) =>
      `<text x="${(left + value * (width - left)).toFixed(1)}" y="${height - 10}" text-anchor="${value === 1 ? "end" : "middle"}">${value}</text>`,
  );
  const limit = left + TOO_ALIKE * (width - left);
  return `<figure><svg viewBox="0 0 ${width} ${height}" role="img" aria-label="ROUGE-L of the instructions with their nearest seed">
<line class="axis" x1="${left}" x2="${width}" y1="${height - bottom}" y2="${height - bottom}"/>${columns.join("")}
<line class="limit" x1="${limit}" x2="${limit}" y1="6" y2="${height - bottom}"/>
<text x="${left - 6}" y="20" text-anchor="end">${most}</text>${marks.join("")}</svg>
<figcaption><i class="key kept"></i> taken <i class="key gone"></i> too like one before</figcaption></figure>`;
}

const VERBS = 20;
const NOUNS = 4;

/** The most frequent verbs inside, their most frequent nouns outside, each as wide as it is frequent. */
function sunburst({ verbs, found, of }: Diversity): string {
  const shown = verbs.slice(0, VERBS).map(({ verb, nouns }) => ({ verb, nouns: nouns.slice(0, NOUNS) }));
  const total = shown.reduce((sum, { nouns }) => sum + nouns.reduce((inner, { count }) => inner + count, 0), 0);
  if (total === 0) return '<p class="note">No verb with an object was found.</p>';
  let from = 0;
  const parts = shown.map(({ verb, nouns }, i) => {
    const hue = Math.round((360 * i) / shown.length);
    const start = from;
    const outer = nouns.map(({ noun, count }) => {
      const arc = segment(
        from / total,
        (from + count) / total,
        150,
        270,
        `hsl(${hue} 55% var(--outer))`,
        noun,
        `${verb} ${noun}: ${count}`,
      );
      from += count;
      return arc;
    });
    const title = `${verb}: ${from - start}`;
    return segment(start / total, from / total, 60, 148, `hsl(${hue} 60% var(--inner))`, verb, title) + outer.join("");
  });
  return `<figure><svg class="sunburst" viewBox="-280 -280 560 560" role="img" aria-label="Verbs of the instructions and their objects">${parts.join("")}</svg>
<figcaption>The ${shown.length} most frequent verbs and up to ${NOUNS} direct objects of each. A verb with an object was found in ${found} of ${of} instructions; there are ${verbs.length} different verbs.</figcaption></figure>`;
}

/** A part of a ring, from one share of the circle to another, with its name along the radius where there is room. */
function segment(from: number, to: number, inner: number, outer: number, fill: string, name: string, title: string): string {
  const end = Math.min(to, from + 0.99999); // A whole circle has no two different ends.
  const point = (share: number, radius: number) => {
    const angle = 2 * Math.PI * share - Math.PI / 2;
    return `${(radius * Math.cos(angle)).toFixed(2)} ${(radius * Math.sin(angle)).toFixed(2)}`;
  };
  const large = end - from > 0.5 ? 1 : 0;
  const path = `M${point(from, inner)}L${point(from, outer)}A${outer} ${outer} 0 ${large} 1 ${point(end, outer)}L${point(end, inner)}A${inner} ${inner} 0 ${large} 0 ${point(from, inner)}Z`;
  const middle = (from + end) / 2;
  const degrees = 360 * middle - 90;
  const flipped = middle > 0.5;
  const room = 2 * Math.PI * ((inner + outer) / 2) * (end - from) >= 11;
  const text = `<text transform="rotate(${(degrees + (flipped ? 180 : 0)).toFixed(2)})" x="${((flipped ? -1 : 1) * (inner + outer)) / 2}" text-anchor="middle" dominant-baseline="central">${escaped(shortened(name, 16))}</text>`;
  return `<g><title>${escaped(title)}</title><path d="${path}" style="fill:${fill}"/>${room ? text : ""}</g>`;
}

function shortened(text: string, length: number): string {
  const points = Array.from(text); // Never half a character.
  return points.length <= length ? text : `${points.slice(0, length - 1).join("")}…`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

const STYLE = `
:root{color-scheme:light dark;--ink:#1c2024;--soft:#60646c;--paper:#fff;--panel:#f4f5f7;--line:#d9dce1;--kept:#2f6fde;--gone:#d98a2b;--inner:72%;--outer:84%}
@media(prefers-color-scheme:dark){:root{--ink:#e8eaed;--soft:#a0a6b0;--paper:#14161a;--panel:#1e2127;--line:#353a43;--kept:#6ea0ff;--gone:#e2a352;--inner:36%;--outer:26%}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
main{max-width:800px;margin:0 auto;padding:2rem 1rem 3rem}
h1{font-size:1.7rem;line-height:1.2;margin:0 0 .6rem}
h2{font-size:1.2rem;margin:2.4rem 0 .8rem}
h3{font-size:1rem;margin:.2rem 0 .5rem}
.lead{font-size:1.05rem}
.note,figcaption,footer{color:var(--soft);font-size:.9rem}
footer{margin-top:3rem;border-top:1px solid var(--line);padding-top:.8rem}
.bars{display:grid;grid-template-columns:max-content 1fr max-content;gap:.35rem .8rem;align-items:center}
.bar{background:var(--panel);border-radius:3px;height:1.1rem}.bar i{display:block;height:100%;background:var(--kept);border-radius:3px;min-width:1px}
.columns{display:grid;grid-template-columns:repeat(auto-fit,minmax(240px,1fr));gap:1.5rem}
.figures{border-collapse:collapse}.figures td,.figures th{padding:.15rem .9rem .15rem 0;text-align:right;font-variant-numeric:tabular-nums;font-weight:400}
.figures td:first-child,.figures th:first-child{text-align:left}.figures th{color:var(--soft)}
figure{margin:0}svg{width:100%;height:auto;display:block}svg text{font:12px system-ui,sans-serif;fill:var(--ink)}
.sunburst{max-width:600px;margin:0 auto}.sunburst text{font-size:11px}.sunburst path{stroke:var(--paper);stroke-width:1}
.axis{stroke:var(--line)}.limit{stroke:var(--soft);stroke-dasharray:4 3}
.kept{fill:var(--kept);background:var(--kept)}.gone{fill:var(--gone);background:var(--gone)}
.key{display:inline-block;width:.8em;height:.8em;border-radius:2px;margin:0 .2em 0 .8em}
article{background:var(--panel);border-radius:8px;padding:.8rem 1rem;margin:0 0 .8rem}
dl{margin:0}dt{color:var(--soft);font-size:.85rem}dd{margin:0 0 .4rem;white-space:pre-wrap;overflow-wrap:anywhere}
.rejected{padding:0;list-style:none}.rejected li{margin:.3rem 0;overflow-wrap:anywhere}
.why{background:var(--panel);border-radius:4px;padding:.05rem .4rem;font-size:.85rem;color:var(--soft)}
@media(max-width:520px){.bars{grid-template-columns:1fr max-content}.bar{display:none}}
`;
