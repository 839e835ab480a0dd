// What only the report of an evaluation shows: intervals, wins and losses, questions with their answers.
import { html } from "../pages/index.js";

/** Rules that come after those of every page. */
export const style = html`
.fill-right { fill: var(--kept); background: var(--kept); } .fill-wrong { fill: var(--hopeless); background: var(--hopeless); }
.fill-win { fill: var(--kept); background: var(--kept); } .fill-loss { fill: var(--failed); background: var(--failed); }
.fill-both-right { fill: var(--read); background: var(--read); } .fill-both-wrong { fill: var(--hopeless); background: var(--hopeless); }
main > section > figure { margin-top: 1.75rem; }
.accuracies { display: grid; gap: 1.1rem; }
.accuracy .name { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 1rem; margin-bottom: 0.3rem; font: 0.9375rem/1.4 var(--sans); }
.accuracy .name span { color: var(--soft); font-variant-numeric: tabular-nums; } .accuracy .name span b { color: var(--ink); }
.track { position: relative; height: 1.5rem; border-radius: 3px; background: var(--ground); }
.track i { position: absolute; inset-block: 0; left: 0; border-radius: 3px 0 0 3px; background: var(--kept); }
.track u { position: absolute; top: 50%; height: 0; border-top: 2px solid var(--ink); }
.track u::before, .track u::after { content: ""; position: absolute; top: -6px; height: 10px; border-left: 2px solid var(--ink); }
.track u::before { left: 0; } .track u::after { right: 0; }
.scale { position: relative; height: 1.2rem; margin-top: 0.3rem; color: var(--soft); font: 0.75rem/1.3 var(--sans); }
.scale span { position: absolute; transform: translateX(-50%); white-space: nowrap; } .scale span:first-child { transform: none; } .scale span:last-child { transform: translateX(-100%); }
.figures-table { margin-top: 2rem; }
.verdict-line { margin-top: 0.75rem; max-width: 44em; }
.against { margin-top: 2rem; } .against h3 { margin-bottom: 0.75rem; }
.weight { position: absolute; margin: 0 0 0.35rem 0.5rem; color: var(--ink); font-weight: 600; font-variant-numeric: tabular-nums; } .weight.to-left { transform: translateX(-100%); margin-left: -0.5rem; }
.groups { display: grid; gap: 2rem; margin-top: 1.5rem; }
.groups h3 small { color: var(--soft); font: 0.875rem/1.4 var(--sans); }
details.question { border-top: 1px solid var(--rule); font: 1rem/1.6 var(--serif); }
.group > details.question:last-of-type { border-bottom: 1px solid var(--rule); }
details.question > summary { display: grid; grid-template-columns: auto 1fr auto; gap: 0 0.75rem; align-items: baseline; width: 100%; padding: 0.5rem 0; color: var(--ink); list-style: none; }
details.question > summary::-webkit-details-marker { display: none; }
details.question > summary .asks { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; unicode-bidi: isolate; }
details.question[open] > summary .asks { white-space: pre-line; }
details.question > summary .wanted { color: var(--soft); font: 0.875rem/1.5 var(--sans); text-align: right; max-width: 14em; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.marks { display: inline-flex; gap: 3px; }
.marks i { display: inline-block; width: 1.15rem; height: 1.15rem; border-radius: 3px; font: 600 0.75rem/1.15rem var(--sans); text-align: center; font-style: normal; }
.marks .right { background: var(--mark); color: var(--mark-ink); } .marks .wrong { background: var(--ground); color: var(--soft); } .marks .none { border: 1px dashed var(--rule); }
.answers { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 24rem), 1fr)); gap: 1rem; align-items: start; padding: 0.25rem 0 1.25rem; }
.answers .card header b { color: var(--ink); } .card header .right { color: var(--kept-ink); font-weight: 600; } .card header .wrong { color: var(--failed); font-weight: 600; }
.card .answer { margin-top: 0.6rem; white-space: pre-wrap; unicode-bidi: isolate; }
.card .calls { display: grid; gap: 0.3rem; margin-top: 0.6rem; font-size: 0.9375rem; }
.card .calls mark.failed { background: var(--down-1); color: var(--ink); }
`;
