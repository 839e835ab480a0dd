// What the report of teaching has that other pages have not: the funnel and the cards of examples.
import { style as common, html } from "../../page/index.js";

/** The style sheet. It holds nothing that markup would change. */
export const style = html`${common}
.funnel th small { color: var(--soft); }
.funnel tbody tr > * { border: 0; }
.funnel .group > * { padding-top: 1.1rem; border-bottom: 1px solid var(--rule); }
.funnel tbody:first-of-type .group > * { padding-top: 0; }
.funnel .group th { padding-right: 0; font-weight: 600; }
.funnel .group th > div { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 1rem; }
.funnel .group span { color: var(--soft); font-weight: 400; }
.funnel tr:not(.group) > * { padding-block: 0.45rem 0.3rem; }
.funnel tr:not(.group) td { width: 1%; padding-left: 0.5rem; }
.funnel tr:not(.group) td + td { min-width: 3.75rem; color: var(--soft); }
.funnel .kept td, .funnel .kept th { font-weight: 600; }
svg.thin { width: 100%; height: 5px; margin-top: 0.25rem; border-radius: 2px; background: var(--ground); }
svg.thin rect { fill: var(--soft); } .kept svg.thin rect { fill: var(--kept); }
.examples { margin-top: 2.5rem; }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 29rem), 1fr)); gap: 1rem; margin-top: 0.9rem; align-items: start; }
.more { margin-top: 0.9rem; }
.card { min-width: 0; padding: 1rem 1.2rem; border: 1px solid var(--rule); border-radius: 6px; background: var(--card); font: 1rem/1.6 var(--serif); break-inside: avoid; }
.card header { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0 0.5rem; font: 0.8125rem/1.4 var(--sans); color: var(--soft); }
.card .margin { font-size: 1.125rem; font-weight: 600; font-variant-numeric: tabular-nums; }
.margin.kept { color: var(--kept-ink); } .margin.below { color: var(--below-ink); }
.card abbr { text-decoration: none; }
.card .id { margin-left: auto; }
.card .question { margin-top: 0.6rem; padding-left: 0.75rem; border-left: 3px solid var(--rule); color: var(--soft); font-size: 0.9375rem; line-height: 1.5; white-space: pre-line; unicode-bidi: isolate; }
.card .text { margin-top: 0.6rem; white-space: pre-wrap; unicode-bidi: isolate; }
mark { padding: 0.08em 0.1em; border-radius: 3px; background: var(--mark); color: var(--mark-ink); unicode-bidi: isolate; -webkit-box-decoration-break: clone; box-decoration-break: clone; }
mark.below { background: var(--mark-below); color: var(--mark-below-ink); }
mark b { font-weight: 600; }
mark .long { font-weight: 400; }
.scroll td:not(.number):last-child { min-width: 10rem; }
.weighed { text-decoration: underline dotted var(--soft); text-underline-offset: 0.25em; }
.losses { margin-top: 0.8rem; font: 0.8125rem/1.4 var(--sans); }
.losses > div { display: grid; grid-template-columns: 9.75em 1fr; gap: 0.5rem; align-items: center; padding: 0.12rem 0; }
.losses dt { color: var(--soft); }
.losses dd { display: grid; grid-template-columns: 1fr 2.75em; gap: 0.5rem; align-items: center; }
svg.loss { width: 100%; height: 9px; border-radius: 2px; background: var(--ground); }
.strip { display: flex; flex-wrap: wrap; gap: 3px; margin-top: 0.7rem; }
.strip li { flex: 1 1 auto; min-width: 4.6rem; padding: 0.3rem 0.45rem; border-radius: 3px; background: var(--ground); color: var(--ink); font: 0.75rem/1.35 var(--sans); text-align: center; }
.strip code { display: block; font-size: 0.875rem; white-space: pre-wrap; unicode-bidi: isolate; }
.strip span { font-variant-numeric: tabular-nums; white-space: nowrap; }
.strip .up-1 { background: var(--up-1); } .strip .up-2 { background: var(--up-2); } .strip .up-3 { background: var(--up-3); }
.strip .down-1 { background: var(--down-1); } .strip .down-2 { background: var(--down-2); } .strip .down-3 { background: var(--down-3); }
.card footer { margin-top: 0.6rem; color: var(--soft); font: 0.8125rem/1.4 var(--sans); }
`;
