// How pages look: paper and ink, one colour for what is good, the same marks in light and dark.
import { html } from "./markup.js";

/** The style sheet of every page; a report adds its own after it. It holds nothing that markup would change. */
export const pageStyle = html`
:root {
  color-scheme: light dark;
  --paper: #fbfaf6; --card: #ffffff; --ink: #201f1c; --soft: #5f5b52; --rule: #ddd8cc; --ground: #ebe7dd;
  --kept: #0f7257; --below: #ae8a3a; --hopeless: #c9c1af; --unrelated: #8fa0ad; --failed: #b4452f; --looked-ahead: #7560b0;
  --bound: #dcc894; --read: #93aecb; --sample: #4877a8; --execute: #c98457; --filter: #54598f; --without: #8d877a;
  --mark: #d9f0e4; --mark-ink: #0b4a38; --kept-ink: #0c634b; --below-ink: #7d5f16; --link: #0c634b;
  --mark-below: #f7ebcf; --mark-below-ink: #5a430d;
  --up-1: #e4f3ea; --up-2: #bfe5cf; --up-3: #8fd3b0; --down-1: #fbeade; --down-2: #f6d0b8; --down-3: #efb08d;
  --serif: Charter, "Bitstream Charter", "Sitka Text", Cambria, Georgia, "Liberation Serif", serif;
  --sans: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Liberation Sans", Arial, sans-serif;
  --mono: ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #171715; --card: #201f1d; --ink: #ebe7de; --soft: #aaa498; --rule: #3a3833; --ground: #2c2a27;
    --kept: #3fb68e; --below: #c7a14e; --hopeless: #5d584e; --unrelated: #74899a; --failed: #dd7862; --looked-ahead: #a391dc;
    --bound: #75643a; --read: #a9c2dd; --sample: #5f8fc2; --execute: #d4956c; --filter: #8086c4; --without: #827c70;
    --mark: #143d30; --mark-ink: #b5ecd3; --kept-ink: #5ccca5; --below-ink: #d9b769; --link: #5ccca5;
    --mark-below: #40351a; --mark-below-ink: #efdcab;
    --up-1: #1d2f27; --up-2: #1c4535; --up-3: #1a5f46; --down-1: #33271f; --down-2: #4d3222; --down-3: #6b3f25;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0 auto; max-width: 74rem; padding: clamp(1.25rem, 4vw, 3.5rem) clamp(1rem, 4vw, 3rem) 3rem; background: var(--paper); color: var(--ink); font: 1rem/1.6 var(--serif); font-variant-numeric: lining-nums; overflow-wrap: anywhere; }
h1, h2, h3, p, dl, dd, ul, ol, figure { margin: 0; padding: 0; }
ul, ol { list-style: none; }
h1 { max-width: 26em; font-size: clamp(1.65rem, 1.1rem + 2.4vw, 2.75rem); line-height: 1.18; font-weight: 600; letter-spacing: -0.012em; text-wrap: balance; }
h2 { font-size: 1.75rem; line-height: 1.2; font-weight: 600; }
h3 { font-size: 1.2rem; line-height: 1.3; font-weight: 600; }
a { color: var(--link); text-underline-offset: 0.2em; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
code { font: 0.88em var(--mono); }
small { font-size: 0.8125rem; }
.eyebrow { margin-bottom: 0.75rem; color: var(--soft); font: 600 0.8125rem/1.4 var(--sans); letter-spacing: 0.06em; text-transform: uppercase; }
.lead { max-width: 44em; color: var(--soft); }
.lead b { color: var(--ink); }
header.page .lead { margin-top: 1rem; font-size: 1.0625rem; }
.when { white-space: normal; }
.empty { padding: 1rem 1.25rem; border: 1px dashed var(--rule); border-radius: 6px; color: var(--soft); }
.tiles { display: grid; grid-template-columns: repeat(4, 1fr); margin: 2.25rem 0 0; border-block: 1px solid var(--rule); }
.tiles > div { display: flex; flex-direction: column; padding: 1.1rem 1.25rem 1.2rem; border-left: 1px solid var(--rule); }
.tiles > div:first-child { border-left: 0; padding-left: 0; }
.tiles dt { order: 2; font: 600 0.9375rem/1.4 var(--sans); }
.tiles dd { display: contents; }
.tiles b { order: 1; font-size: clamp(2rem, 1.4rem + 2vw, 3rem); line-height: 1.1; font-weight: 600; letter-spacing: -0.02em; }
.tiles small { order: 3; color: var(--soft); font-family: var(--sans); }
nav ul { display: flex; flex-wrap: wrap; gap: 0.4rem 1.4rem; margin-top: 1.1rem; font: 0.9375rem/1.5 var(--sans); }
main > section { margin-top: clamp(2.5rem, 6vw, 4rem); }
main > section > h2 { padding-top: 1rem; border-top: 2px solid var(--ink); }
main > section > h2 + .lead { margin-top: 0.5rem; }
main > section > h2 ~ .scroll, main > section > h2 + .empty { margin-top: 1rem; }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 2.5rem clamp(2rem, 5vw, 4rem); }
.pair > *, .charts > * { min-width: 0; }
.pair.uneven { margin-top: 1.75rem; }
.charts { display: grid; gap: 2.25rem; align-content: start; }
figcaption { margin-bottom: 1rem; color: var(--soft); font: 0.875rem/1.5 var(--sans); }
figcaption strong { display: block; color: var(--ink); font: 600 1.0625rem/1.4 var(--serif); }
figcaption b { color: var(--ink); }
figure svg { display: block; }
details { font: 0.875rem/1.5 var(--sans); }
figure details { margin-top: 0.75rem; }
summary { width: fit-content; color: var(--soft); cursor: pointer; }
summary:hover { color: var(--ink); }
table { width: 100%; border-collapse: collapse; font: 0.875rem/1.45 var(--sans); overflow-wrap: normal; }
th, td { padding: 0.4rem 0.75rem 0.4rem 0; text-align: left; vertical-align: baseline; font-weight: 400; }
th.number:last-child, td.number:last-child { padding-right: 0; }
thead th { color: var(--soft); border-bottom: 1px solid var(--rule); }
tbody tr + tr > * { border-top: 1px solid var(--rule); }
.number { text-align: right; font-variant-numeric: tabular-nums lining-nums; white-space: nowrap; }
td.number + td:not(.number), th.number + th:not(.number) { padding-left: 0.75rem; }
.scroll { overflow-x: auto; }
details .scroll { max-height: 26rem; overflow-y: auto; margin-top: 0.5rem; }
.bar { margin-bottom: 1rem; }
.bar-label { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 1rem; margin-bottom: 0.3rem; font: 0.875rem/1.4 var(--sans); }
.bar-label span { color: var(--soft); font-variant-numeric: tabular-nums; }
.bar-label span b { color: var(--ink); }
svg.stack { width: 100%; height: 1.5rem; border-radius: 3px; }
.ground { fill: var(--ground); }
.key { display: flex; flex-wrap: wrap; gap: 0.2rem 1.1rem; color: var(--soft); font: 0.8125rem/1.5 var(--sans); }
.swatch { display: inline-block; width: 0.7rem; height: 0.7rem; margin-right: 0.4rem; border-radius: 2px; }
.fill-kept { fill: var(--kept); background: var(--kept); } .fill-below { fill: var(--below); background: var(--below); }
.fill-unrelated { fill: var(--unrelated); background: var(--unrelated); } .fill-hopeless { fill: var(--hopeless); background: var(--hopeless); } .fill-failed { fill: var(--failed); background: var(--failed); }
.fill-looked-ahead { fill: var(--looked-ahead); background: var(--looked-ahead); } .fill-without { fill: var(--without); }
.fill-bound { fill: var(--bound); background: var(--bound); }
.fill-read { fill: var(--read); background: var(--read); } .fill-sample { fill: var(--sample); background: var(--sample); }
.fill-execute { fill: var(--execute); background: var(--execute); } .fill-filter { fill: var(--filter); background: var(--filter); }
.plot { font: 0.75rem/1.3 var(--sans); color: var(--soft); }
.area { position: relative; height: 13rem; margin: 1.4rem 0.75rem 1.5rem 2.75rem; }
.area svg { position: absolute; inset: 0; width: 100%; height: 100%; overflow: visible; }
.area svg line, .area svg polyline { vector-effect: non-scaling-stroke; fill: none; }
.grid { stroke: var(--rule); } .axis { stroke: var(--soft); }
.threshold { stroke: var(--ink); stroke-dasharray: 4 3; }
.tick-y { position: absolute; right: 100%; margin-right: 0.5rem; transform: translateY(50%); font-variant-numeric: tabular-nums; white-space: nowrap; }
.tick-x { position: absolute; top: 100%; margin-top: 0.35rem; transform: translateX(-50%); font-variant-numeric: tabular-nums; white-space: nowrap; }
.threshold-name { position: absolute; bottom: 100%; margin-bottom: 0.15rem; transform: translateX(-50%); color: var(--ink); font-weight: 600; white-space: nowrap; }
.threshold-name.to-left { transform: translateX(-100%); }
.axis-name.x { text-align: right; margin-right: 0.75rem; }
.curve { stroke: var(--kept); stroke-width: 2; } .curve.open { stroke-dasharray: 5 4; }
.under-curve { fill: var(--kept); opacity: 0.12; }
.dot { position: absolute; width: 10px; height: 10px; margin: 0 0 -5px -5px; border: 2px solid var(--paper); border-radius: 50%; background: var(--kept); }
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
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.passed-over { margin-top: 1.5rem; font: 0.875rem/1.5 var(--sans); }
.passed-over dl { margin-top: 0.3rem; }
.passed-over dl > div, dl.parameters > div { display: flex; justify-content: space-between; gap: 1rem; padding: 0.3rem 0; border-top: 1px solid var(--rule); }
.passed-over dd { font-variant-numeric: tabular-nums; }
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
.set-aside { margin-top: 1rem; font: 0.9375rem/1.5 var(--sans); }
.set-aside li { padding: 0.5rem 0; border-top: 1px solid var(--rule); }
.set-aside p { color: var(--soft); white-space: pre-line; unicode-bidi: isolate; }
dl.parameters { margin-top: 1.25rem; font: 0.875rem/1.5 var(--sans); columns: 2; column-gap: clamp(2rem, 5vw, 4rem); }
dl.parameters > div { break-inside: avoid; }
dl.parameters dt { flex: none; color: var(--soft); }
dl.parameters dd { text-align: right; }
.page-end { margin-top: 3rem; padding-top: 1rem; border-top: 1px solid var(--rule); color: var(--soft); font: 0.8125rem/1.5 var(--sans); }
@media (max-width: 52rem) {
  .pair { grid-template-columns: minmax(0, 1fr); }
  .tiles { grid-template-columns: 1fr 1fr; }
  .tiles > div { padding: 0.9rem 1rem; }
  .tiles > div:nth-child(odd) { padding-left: 0; border-left: 0; }
  .tiles > div:nth-child(n + 3) { border-top: 1px solid var(--rule); }
  dl.parameters { columns: 1; }
}
@media print {
  :root { color-scheme: light; }
  body { max-width: none; padding: 0; font-size: 10.5pt; }
  nav { display: none; }
  .fill-kept, .swatch, mark, .strip li, svg { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  details::details-content { content-visibility: visible; height: auto; }
  details .scroll { max-height: none; }
  .chart, .card, .bar { break-inside: avoid; }
  h2, h3 { break-after: avoid; }
}
`;
