// `report.html` of an evaluation: configurations with their intervals, wins and losses between two, every question with its answers.
import {
  type Content,
  counted,
  fixed,
  html,
  key,
  type Markup,
  page,
  percent,
  plural,
  share,
  signed,
  stack,
  table,
} from "../pages/index.js";
import { accuracies, intervalText, points } from "./accuracies.js";
import { type Comparison, compareEach, type Side } from "./comparison.js";
import { costSection } from "./cost-section.js";
import { type Figures, figuresOf } from "./figures.js";
import type { MatchRule } from "./match.js";
import type { Parameters, Result } from "./record.js";
import type { ConfigurationResults } from "./results.js";
import { style } from "./style.js";
import { byQuestion } from "./wording-figures.js";
import { wordingSection } from "./wording-section.js";

export interface ReportOptions {
  readonly parameters: Parameters;
  /** In the order in which they are shown; each is compared with the first. */
  readonly configurations: readonly ConfigurationResults[];
  /** The address of a trace, as the page sees it. Default: its path. */
  readonly link?: (trace: string) => string;
}

/** Questions that are shown with their answers, of each group; the rest is counted. */
const SHOWN = 150;
/** Characters of a call's output that are shown. */
const OUTPUT = 300;

const RULES: Readonly<Record<MatchRule, string>> = {
  number: "An answer is right when its last number is an accepted one.",
  "first-number": "An answer is right when its first number is an accepted one, as in the paper.",
  exact: "An answer is right when it is an accepted one, but for case, articles, quotes and end punctuation.",
  contains: "An answer is right when an accepted one stands in it.",
};

interface Row extends Side {
  readonly figures: Figures;
  /** `A`, `B`, …: how questions refer to it. */
  readonly letter: string;
}

/** The report as one HTML page: light and dark, for small screens and for print, without script and without any other file. */
export function reportPage({ parameters, configurations, link = (trace) => trace }: ReportOptions): string {
  const rows = configurations.map(({ configuration: { name }, results, sittings }, place): Row => {
    return { name, results, figures: figuresOf(results, sittings), letter: letterOf(place) };
  });
  const comparisons = compareEach(rows[0], rows.slice(1));
  const costs = costSection(configurations);
  return page({
    title: `Evaluated: ${parameters.tasks.name}`,
    version: parameters.version,
    style,
    body: html`${heading(parameters, rows, comparisons, costs !== false)}
<main>
<section id="configurations"><h2>${rows.length === 1 ? "The configuration" : "Configurations"}</h2>
<p class="lead">${RULES[parameters.match]} The whisker is the 95 % bootstrap interval${parameters.paraphrases && ", by question"}.</p>
${accuracies(rows, severalWordings(rows) ? "all wordings" : undefined)}
<div class="scroll figures-table" tabindex="0" role="group" aria-label="Figures">${figuresTable(rows)}</div></section>
${wordingSection(rows)}${costs}${comparisons.length > 0 && html`<section id="comparisons"><h2>Wins and losses</h2><p class="lead">Question by question, each configuration against the first${parameters.paraphrases && ", as the questions were given"}.</p>${comparisons.map(against)}</section>`}
${questions(rows, link)}
${parameterList(parameters, configurations)}
</main>
<footer class="page-end">Made by toolwright ${parameters.version}. Every result is in the results file.</footer>`,
  });
}

const letterOf = (place: number) => (place < 26 ? String.fromCharCode(65 + place) : String(place + 1));

function heading({ tasks, match }: Parameters, rows: readonly Row[], comparisons: readonly Comparison[], weighs: boolean): Markup {
  const best = rows.reduce<Row | undefined>(
    (best, row) => (best === undefined || row.figures.accuracy > best.figures.accuracy ? row : best),
    undefined,
  );
  const figures = best?.figures;
  const gained = comparisons.find(({ b }) => b === best?.name);
  const tiles: readonly (readonly [Content, string, Content])[] = figures
    ? [
        [
          percent(figures.accuracy),
          rows.length === 1 ? "right" : "right, the best of them",
          `${counted(figures.correct)} of ${counted(figures.n)}, ${intervalText(figures)}`,
        ],
        gained
          ? [
              `${signed(100 * gained.difference, 1)}`,
              "points over the first",
              `${plural(gained.wins, "win")}, ${plural(gained.losses, "loss", "losses")}, p ${pValue(gained.p)}`,
            ]
          : [percent(figures.n === 0 ? 0 : figures.asked / figures.n), "with a call", plural(figures.calls, "call")],
        [
          figures.calls === 0 ? "–" : percent(figures.rightCalls / figures.calls),
          "of calls rightly used",
          "their output holds an accepted answer",
        ],
        [counted(figures.tokensPerSecond), "tokens a second", `${counted(figures.tokens)} taken in and written`],
      ]
    : [];
  return html`<header class="page">
<p class="eyebrow">Report of an evaluation</p>
<h1>${tasks.name}: ${asked(rows)}, ${rows.length === 1 ? rows[0]!.name : plural(rows.length, "configuration")}</h1>
<p class="lead">Matched by <b>${match}</b>. ${best && rows.length > 1 && html`The best of them: <b>${best.name}</b>.`}</p>
<dl class="tiles">${tiles.map(([figure, name, more]) => html`<div><dt>${name}</dt><dd><b>${figure}</b><small>${more}</small></dd></div>`)}</dl>
<nav aria-label="Parts of this page"><ul><li><a href="#configurations">Configurations</a></li>${severalWordings(rows) && html`<li><a href="#wordings">Wordings</a></li>`}${weighs && html`<li><a href="#costs">What calls are worth</a></li>`}${comparisons.length > 0 && html`<li><a href="#comparisons">Wins and losses</a></li>`}<li><a href="#questions">Questions</a></li><li><a href="#parameters">Parameters</a></li></ul></nav>
</header>`;
}

/** `5 questions`, or `5 questions in 21 wordings`: of the configuration with the most results. */
function asked(rows: readonly Row[]): string {
  const most = rows.reduce<readonly Result[]>((most, { results }) => (results.length > most.length ? results : most), []);
  const questions = plural(byQuestion(most).length, "question");
  return severalWordings(rows) ? `${questions} in ${plural(most.length, "wording")}` : questions;
}

const severalWordings = (rows: readonly Row[]) => rows.some(({ results }) => results.some(({ wording }) => wording !== undefined));

function pValue(p: number): string {
  return p < 0.0001 ? "< 0.0001" : fixed(p, p < 0.1 ? 4 : 2);
}

function figuresTable(rows: readonly Row[]): Markup {
  return table(
    ["", "right", "calls a question", "with a call", "rightly used", "failed", "malformed", "unknown", "refused", "errors", "tokens/s"],
    rows.map(({ name, figures }) => [
      name,
      `${points(figures.accuracy)}%`,
      fixed(figures.callsPerQuestion),
      share(figures.asked, figures.n),
      share(figures.rightCalls, figures.calls),
      counted(figures.failed),
      counted(figures.malformed),
      counted(figures.unknown),
      counted(figures.refused),
      counted(figures.errors),
      counted(figures.tokensPerSecond),
    ]),
  );
}

function against(comparison: Comparison): Markup {
  const {
    a,
    b,
    n,
    bothRight,
    bothWrong,
    wins,
    losses,
    difference,
    interval: [low, high],
    p,
    unpaired,
  } = comparison;
  const parts = [
    { kind: "both-right", name: "Both right", value: bothRight },
    { kind: "win", name: "Wins: only the second right", value: wins },
    { kind: "loss", name: "Losses: only the first right", value: losses },
    { kind: "both-wrong", name: "Both wrong", value: bothWrong },
  ];
  const better = p >= 0.05 ? "The difference may be chance" : difference > 0 ? "It is better than the first" : "It is worse than the first";
  return html`<div class="against"><h3>${b} against ${a}</h3>
${stack(parts, n, `${plural(wins, "win")}, ${plural(losses, "loss", "losses")}, ${counted(bothRight)} right in both, ${counted(bothWrong)} wrong in both`)}
${key(parts.map(({ kind, name, value }) => ({ kind, name: `${name}, ${counted(value)}` })))}
<p class="verdict-line">${better}: <b>${signed(100 * difference, 1)}</b> points (95 % interval ${signed(100 * low, 1)} to ${signed(100 * high, 1)}), <b>${plural(wins, "win")}</b> and <b>${plural(losses, "loss", "losses")}</b> of ${plural(n, "question")}; McNemar's exact test p ${pValue(p)}.${unpaired > 0 && ` ${plural(unpaired, "result")} had no partner.`}</p></div>`;
}

interface Asked {
  readonly id: string;
  readonly results: readonly (Result | undefined)[];
}

/** Every question with its answers, those first that tell the configurations apart. */
function questions(rows: readonly Row[], link: (trace: string) => string): Markup {
  const results = rows.map((row) => new Map(row.results.map((result) => [result.id, result])));
  const ids = [...new Set(rows.flatMap((row) => row.results.map(({ id }) => id)))];
  const asked = ids.map((id): Asked => ({ id, results: results.map((side) => side.get(id)) }));
  const first = ({ results }: Asked) => results[0]?.correct === true;
  const others =
    (wanted: boolean) =>
    ({ results }: Asked) =>
      results.slice(1).some((result) => result?.correct === wanted);
  const groups: readonly (readonly [string, (one: Asked) => boolean])[] =
    rows.length > 1
      ? [
          ["Won: wrong in the first, right in another", (one) => !first(one) && others(true)(one)],
          ["Lost: right in the first, wrong in another", (one) => first(one) && others(false)(one)],
          ["Wrong everywhere", (one) => !first(one) && !others(true)(one)],
          ["Right everywhere", (one) => first(one) && !others(false)(one)],
        ]
      : [
          ["Wrong", (one) => !first(one)],
          ["Right", first],
        ];
  const shown = groups.flatMap(([title, belongs]) => {
    const members = asked.filter(belongs);
    if (members.length === 0) return [];
    const rest = members.length - SHOWN;
    return [
      html`<div class="group"><h3>${title} <small>${counted(members.length)}</small></h3>${members.slice(0, SHOWN).map((one) => question(one, rows, link))}
${rest > 0 && html`<p class="more">And ${counted(rest)} more, in the results file.</p>`}</div>`,
    ];
  });
  return html`<section id="questions"><h2>Questions</h2><p class="lead">Open one for its answers and calls.${rows.length > 1 && ` Marks are in the order ${rows.map(({ letter }) => letter).join(", ")}.`}</p>
${shown.length > 0 ? html`<div class="groups">${shown}</div>` : html`<p class="empty">None was asked.</p>`}</section>`;
}

function question({ results }: Asked, rows: readonly Row[], link: (trace: string) => string): Markup {
  const one = results.find((result) => result !== undefined)!;
  const marks = results.map((result) =>
    result === undefined
      ? html`<i class="none"></i>`
      : result.correct
        ? html`<i class="right" title="right">✓</i>`
        : html`<i class="wrong" title="wrong">✗</i>`,
  );
  return html`<details class="question"><summary><span class="marks">${marks}</span><span class="asks">${one.question}</span><span class="wanted">${one.accepted.join(" or ")}</span></summary>
<div class="answers">${results.map((result, place) => result && answerCard(result, rows[place]!, rows.length > 1, link))}</div></details>
`;
}

function answerCard(result: Result, { name, letter }: Row, several: boolean, link: (trace: string) => string): Markup {
  const { correct, answer, read, error, calls, usage, ms, trace, id } = result;
  return html`<article class="card"><header>${several && html`<b>${letter}</b> ${name} `}<span class="${correct ? "right" : "wrong"}">${correct ? "right" : "wrong"}</span><span class="id">${id}</span></header>
<p class="answer">${answer ?? html`<em>${error?.message ?? "no answer"}</em>`}</p>
${
  calls.length > 0 &&
  html`<div class="calls">${calls.map(
    ({ tool, input, output, error }) =>
      html`<div><mark class="${output === undefined && "failed"}">[<b>${tool}</b>(${input}) → ${cut(output ?? `error: ${error ?? ""}`)}]</mark></div>`,
  )}</div>`
}
<footer>${read !== null && read !== answer && read.length < 80 && html`read as <b>${read}</b>, `}${plural(usage.input + usage.output, "token")} in ${fixed(ms / 1000, 1)} s${trace !== undefined && html`, <a href="${link(trace)}">trace</a>`}</footer></article>`;
}

const cut = (text: string) => (text.length <= OUTPUT ? text : `${Array.from(text.slice(0, OUTPUT)).slice(0, -1).join("")}…`);

function parameterList(given: Parameters, configurations: readonly ConfigurationResults[]): Markup {
  const rows: readonly (readonly [string, Content])[] = [
    ["Tasks", `${given.tasks.name}, ${plural(given.tasks.count, "task")}`],
    ["Their digest", given.tasks.digest],
    ["Wordings", given.paraphrases ? `each question in several, typos in ${percent(given.paraphrases.typos)} of the words` : ""],
    ["Match", given.match],
    ["Protocol", given.protocol],
    ["Temperature", String(given.temperature)],
    ["Seed", String(given.seed)],
    ["Most tokens of an answer", counted(given.maxTokens)],
    ["A call starts at rank", String(given.topK)],
    ["Clock, where a task has none", given.now],
    ["Time zone", given.timeZone],
    ["Instructions", given.instructions],
  ];
  return html`<section id="parameters"><h2>Parameters</h2>
<div class="scroll" tabindex="0" role="group" aria-label="Configurations">${table(
    ["configuration", "strategy", "tools", "adapters", "model", "storage"],
    configurations.map(({ configuration: { name, strategy, tools, adapters, model } }) => [
      name,
      strategy,
      tools.join(", ") || "none",
      adapters.join(", ") || model.adapters?.map(({ digest }) => digest.slice(0, 12)).join(", ") || "none",
      model.name,
      model.storage ?? "–",
    ]),
    [0, 1, 2, 3, 4, 5],
  )}</div>
<dl class="parameters">${rows.filter(([, value]) => value).map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl></section>`;
}
