// Candidates shown in their text, with what they did to what follows.
import { type Content, counted, fixed, html, type Markup, percent, plural, signed } from "../../pages/index.js";
import type { ReportExample, ToolReport } from "../report.js";

/** Cards that are seen at once; the rest is folded away. */
const OPEN = 4;
/** Results of so many characters stand out; longer ones would shout. */
const SHORT = 24;

/** The lists of a tool. */
export function examples({ examples: { best, borderline, worst }, parameters: { tauF } }: ToolReport): Markup {
  const most = Math.max(
    0.01,
    ...[...best, ...borderline, ...worst].flatMap(({ loss }) => [loss.before, loss.after]).filter(Number.isFinite),
  );
  const cards = (shown: readonly ReportExample[]) => html`<div class="cards">${shown.map((example) => card(example, most))}</div>`;
  const list = (title: string, lead: string, all: readonly ReportExample[], empty: string, open = all.slice(0, OPEN)) => {
    const folded = all.filter((example) => !open.includes(example));
    return html`<section class="examples"><h3>${title}</h3>
${all.length === 0 ? html`<p class="empty">${empty}</p>` : html`<p class="lead">${lead}</p>${cards(open)}`}
${folded.length > 0 && html`<details class="more"><summary>${counted(folded.length)} more</summary>${cards(folded)}</details>`}
</section>`;
  };
  const side = (verdict: string) => borderline.filter((example) => example.verdict === verdict);
  return html`${list(
    "The best that were kept",
    "The calls whose results helped most with what follows.",
    best,
    "No call was kept, so there is none to show.",
  )}
${list(
  "At the threshold",
  `The nearest to τf ${fixed(tauF)} on both sides: would you have decided alike?`,
  borderline,
  "Every call near τf is already shown among the best or the worst.",
  [...side("kept").slice(-OPEN / 2), ...side("below").slice(0, OPEN / 2)],
)}
${list("The worst that were rejected", "The lowest margins: where the result helped least, or did harm.", worst, "No call was scored and rejected.")}`;
}

function card(example: ReportExample, most: number): Markup {
  const { passage, question, before, tool, input, output, after, margin, bounded, verdict, loss, tokens, samples, probability } = example;
  return html`<article class="card">
<header><span class="margin ${verdict}">${bounded && html`<abbr title="an upper bound">≤</abbr> `}${signed(margin)}</span> <span class="verdict">${verdict === "kept" ? "kept" : "rejected"}</span><span class="id">${passage}</span></header>
${question !== undefined && html`<p class="question">${question}</p>`}
<p class="text">${before}${before !== "" && " "}<mark class="${verdict}">[<b>${tool}</b>(${input}) → <b class="${output.length > SHORT && "long"}">${output}</b>]</mark>${withWeighed(after, tokens)}</p>
<dl class="losses">
${bar(loss.baseline === "none" ? "without the call" : "with the call alone", "without", loss.before, most)}
${bar("with its result", verdict === "kept" ? "kept" : "below", loss.after, most)}
</dl>
${tokens.length > 0 && strip(tokens)}
<footer>written by ${plural(samples, "sample")}, p(marker) ${percent(probability)}</footer>
</article>`;
}

/** The text after a call, with what the losses weigh of it underlined. */
function withWeighed(after: string, tokens: ReportExample["tokens"]): Content {
  const from = after.length - after.trimStart().length;
  const weighed = tokens
    .map(({ text }) => text)
    .join("")
    .trimStart();
  if (weighed === "" || !after.startsWith(weighed, from)) return after;
  return html`${after.slice(0, from)}<span class="weighed">${weighed}</span>${after.slice(from + weighed.length)}`;
}

function bar(name: string, kind: string, value: number, most: number): Markup {
  const width = Number.isFinite(value) ? Math.min(100, Math.max(0, (100 * value) / most)) : 100;
  return html`<div><dt>${name}</dt><dd><svg class="loss" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true"><rect class="fill-${kind}" width="${width.toFixed(2)}" height="1"/></svg><span class="number">${fixed(value)}</span></dd></div>`;
}

/** The weighed tokens: the deeper the tint, the more likely (or the less likely) the result made them. */
function strip(tokens: ReportExample["tokens"]): Content {
  return html`<ol class="strip" aria-label="Tokens that follow, with their probability before and after">${tokens.map(
    ({ text, without, with: after }) =>
      html`<li class="${tint(after - without)}"><code>${shown(text)}</code><span>${percent(Math.exp(without ?? Number.NaN))} → ${percent(Math.exp(after ?? Number.NaN))}</span></li>`,
  )}</ol>`;
}

/** Steps of gain, in nats: twice, e times, … as likely. */
function tint(gain: number): string {
  const size = Math.abs(gain);
  const step = size < 0.1 ? 0 : size < 0.5 ? 1 : size < 1.5 ? 2 : 3;
  return step === 0 || Number.isNaN(gain) ? "same" : `${gain > 0 ? "up" : "down"}-${step}`;
}

/** White space at the ends of a token made visible. */
const shown = (token: string) => token.replace(/\n/g, "⏎").replace(/^ +| +$/g, (spaces) => "·".repeat(spaces.length)) || "∅";
