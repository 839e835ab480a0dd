// The part of the report about weights on the cost of calls.
import { type Axis, along, counted, figure, html, type Markup, percent, place, plot, table } from "../pages/index.js";
import { type CostPoint, costCurves } from "./cost-curve.js";
import type { ConfigurationResults } from "./results.js";

const TICKS = [0, 0.25, 0.5, 0.75, 1];

/** Nothing where no two configurations differ in the weight alone. */
export function costSection(configurations: readonly ConfigurationResults[]): Markup | false {
  const curves = costCurves(configurations);
  if (curves.length === 0) return false;
  return html`<section id="costs"><h2>What calls are worth</h2>
<p class="lead">The more a call's cost weighs, the fewer are made: those that are of no use should go, and no answers with them.</p>
${curves.map(curve)}</section>`;
}

function curve(points: readonly CostPoint[]): Markup {
  const x: Axis = { from: 0, to: 1, ticks: TICKS, written: percent, name: "needless calls gone" };
  const y: Axis = { from: 0, to: 1, ticks: TICKS, written: percent, name: "right answers kept" };
  const [left, up] = [along(x), along(y)];
  const across = (point: CostPoint) => left(Math.max(0, point.gone));
  const line = points.map((point) => `${place(across(point))},${place(100 - up(kept(point)))}`).join(" ");
  return figure({
    title: points[0]!.name,
    caption: "Each dot is a weight. Lost are answers that were right under the first one and are wrong after a call was taken back.",
    chart: plot({
      x,
      y,
      label: points.map(({ weight, gone, ...rest }) => `weight ${weight}: ${percent(gone)} gone, ${percent(kept(rest))} kept`).join("; "),
      shapes: html`<polyline class="curve" points="${line}"/>`,
      over: points.map(
        (point) =>
          html`<i class="dot" style="left:${place(across(point))}%;bottom:${place(up(kept(point)))}%"></i><span class="weight${across(point) > 85 && " to-left"}" style="left:${place(across(point))}%;bottom:${place(up(kept(point)))}%">${String(point.weight)}</span>`,
      ),
    }),
    numbers: table(
      ["weight", "needless calls", "gone", "needless questions right", "others with a call", "of these right", "answers lost"],
      points.map(({ weight, needless, needlessCalls, needlessRight, gone, due, dueCalled, right, lost, lostShare }) => [
        String(weight),
        counted(needlessCalls),
        percent(Math.max(0, gone)),
        `${counted(needlessRight)} of ${counted(needless)}`,
        `${counted(dueCalled)} of ${counted(due)}`,
        counted(right),
        `${counted(lost)}, ${percent(lostShare)}`,
      ]),
    ),
  });
}

const kept = ({ lostShare }: Pick<CostPoint, "lostShare">) => 1 - lostShare;
