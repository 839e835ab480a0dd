// The charts.
import {
  type Axis,
  along,
  counted,
  duration,
  figure,
  fixed,
  html,
  key,
  type Markup,
  place,
  plot,
  plural,
  share,
  stack,
  table,
  upwards,
} from "../../pages/index.js";
import type { Report, ToolReport } from "../report.js";
import { STAGES, VERDICTS } from "./wording.js";

/** What became of the distinct calls of each tool. */
export function keptAgainstTried({ tools }: Report): Markup {
  const rows = tools.map(({ parameters: { name }, verdicts }) => ({
    name,
    verdicts,
    tried: VERDICTS.reduce((sum, { verdict }) => sum + verdicts[verdict], 0),
  }));
  const most = Math.max(...rows.map(({ tried }) => tried));
  const seen = VERDICTS.filter(({ verdict }) => verdict === "kept" || rows.some(({ verdicts }) => verdicts[verdict] > 0));
  const chart = rows.map(({ name, verdicts, tried }) => {
    const parts = VERDICTS.map(({ verdict }) => ({ kind: verdict, value: verdicts[verdict] }));
    return html`<div class="bar"><div class="bar-label"><b>${name}</b><span><b>${counted(verdicts.kept)}</b> kept of ${counted(tried)} tried${tried > 0 && `, ${share(verdicts.kept, tried)}`}</span></div>
${stack(parts, most, `${name}: ${plural(verdicts.kept, "call")} kept of ${tried}`)}</div>`;
  });
  return figure({
    title: "Kept against tried",
    caption: "What became of the distinct calls that the model wrote.",
    chart: html`${chart}${key(seen.map(({ verdict, name }) => ({ kind: verdict, name })))}`,
    numbers: table(
      ["", ...rows.map(({ name }) => name), "meaning"],
      [
        ...VERDICTS.map(({ verdict, name, means }) => [name, ...rows.map(({ verdicts }) => counted(verdicts[verdict])), means]),
        ["Tried", ...rows.map(({ tried }) => counted(tried)), "all of these"],
      ],
      [0, rows.length + 1],
    ),
  });
}

/** Where the wall time went, by tool and stage. */
export function timeByStage({ tools, times }: Report): Markup {
  const rows = tools.map(({ parameters: { name }, figures }) => {
    const ms = times.tools[name]?.ms ?? { read: 0, sample: 0, execute: 0, filter: 0 };
    return { name, ms, tokens: { execute: 0, ...figures.tokens }, all: STAGES.reduce((sum, { stage }) => sum + ms[stage], 0) };
  });
  const most = Math.max(...rows.map(({ all }) => all));
  const chart = rows.map(
    ({ name, ms, all }) => html`<div class="bar"><div class="bar-label"><b>${name}</b><span>${duration(all)}</span></div>
${stack(
  STAGES.map(({ stage }) => ({ kind: stage, value: ms[stage] })),
  most,
  `${name}: ${STAGES.map(({ stage, name }) => `${name.toLowerCase()} ${duration(ms[stage])}`).join(", ")}`,
)}</div>`,
  );
  return figure({
    title: "Where the time went",
    caption: "Wall time by stage. Stages of several tools may overlap.",
    chart: html`${chart}${key(STAGES.map(({ stage, name }) => ({ kind: stage, name })))}`,
    numbers: table(
      ["tool, stage", "time", "share", "tokens", "tokens/s", "what it does"],
      rows.flatMap(({ name, ms, tokens, all }) =>
        STAGES.map(({ stage, name: title, does }) => [
          `${name}, ${title.toLowerCase()}`,
          duration(ms[stage]),
          share(ms[stage], all),
          tokens[stage] === 0 ? "–" : counted(tokens[stage]),
          tokens[stage] === 0 || ms[stage] === 0 ? "–" : counted((tokens[stage] * 1000) / ms[stage]),
          does,
        ]),
      ),
      [0, 5],
    ),
  });
}

/** How the margins of a tool fall, with τf. */
export function marginChart({ parameters: { name, tauF }, margins }: ToolReport): Markup | undefined {
  const { from, width, exact, bounds } = margins;
  // Two bins a bar, unless τf would then stand within one.
  const each = Math.abs(tauF * 10 - Math.round(tauF * 10)) < 1e-9 ? 2 : 1;
  const sum = (bins: readonly number[], bar: number) => bins.slice(bar * each, (bar + 1) * each).reduce((total, bin) => total + bin, 0);
  const inner = Array.from({ length: exact.bins.length / each }, (_, bar) => ({
    low: from + bar * each * width,
    exact: sum(exact.bins, bar),
    bounds: sum(bounds.bins, bar),
  }));
  const size = each * width;
  const end = from + inner.length * size;
  const ends = [
    { low: from - size, exact: exact.under, bounds: bounds.under },
    { low: end, exact: exact.over, bounds: bounds.over },
  ] as const;
  const bars = [ends[0], ...inner, ends[1]];
  const filled = bars.filter((bar) => bar.exact + bar.bounds > 0);
  if (filled.length === 0) return undefined;
  const x: Axis = {
    from: Math.min(-0.5, Math.floor(2 * filled[0]!.low) / 2),
    to: Math.max(Math.min(end, tauF + 0.5), Math.ceil(2 * (filled.at(-1)!.low + size)) / 2),
    ticks: [],
    written: (value) => fixed(value, Number.isInteger(value) ? 0 : 1),
    name: "margin, nats",
  };
  const step = x.to - x.from > 3.5 ? 1 : 0.5;
  const ticks = Array.from({ length: 20 }, (_, at) => (at - 8) * step).filter((tick) => tick >= x.from && tick <= x.to);
  const y = upwards(Math.max(...filled.map((bar) => bar.exact + bar.bounds)), "calls", true);
  const left = along(x);
  const up = along(y);
  const scored = filled.reduce((total, bar) => total + bar.exact, 0);
  const above = filled.filter(({ low }) => low > tauF - 1e-9).reduce((total, bar) => total + bar.exact, 0);
  const bounded = filled.some((bar) => bar.bounds > 0);
  const rect = (kind: string, low: number, base: number, height: number) =>
    height > 0 &&
    html`<rect class="fill-${kind}" x="${place(left(low) + left(x.from + size) * 0.06)}" width="${place(left(x.from + size) * 0.88)}" y="${place(100 - up(base + height))}" height="${place(up(height))}"/>`;
  const range = ({ low }: { readonly low: number }) =>
    low < from ? `below ${fixed(from)}` : low >= end - 1e-9 ? `${fixed(end)} and above` : `${fixed(low)} to ${fixed(low + size)}`;
  const caption = html`How much likelier the result made what follows, in nats. From τf ${fixed(tauF)} on a call is kept.${
    bounded && " Where only an upper bound is known, the work stopped once that was below τf."
  }${ends.some((bar) => bar.exact + bar.bounds > 0) && ` The outermost bars hold all that is further out.`}`;
  return figure({
    title: "Margins",
    caption,
    chart: html`${plot({
      x: { ...x, ticks },
      y,
      mark: { at: tauF, name: `τf ${fixed(tauF)}` },
      label: `Margins of ${plural(scored, "call")} to ${name}: ${above} from τf ${fixed(tauF)} on.`,
      shapes: filled.map((bar) => [
        rect(bar.low + size / 2 >= tauF ? "kept" : "below", bar.low, 0, bar.exact),
        rect("bound", bar.low, bar.exact, bar.bounds),
      ]),
    })}${key([{ kind: "kept", name: "From τf on" }, { kind: "below", name: "Below τf" }, ...(bounded ? [{ kind: "bound", name: "Below τf, upper bounds" }] : [])])}`,
    numbers: table(
      bounded ? ["margin, nats", "calls", "upper bounds"] : ["margin, nats", "calls"],
      filled.map((bar) => [range(bar), counted(bar.exact), ...(bounded ? [counted(bar.bounds)] : [])]),
    ),
  });
}

/** What another τf would keep. */
export function curveChart({ parameters: { name, tauF }, curve }: ToolReport): Markup | undefined {
  const most = curve[0];
  if (most === undefined || most.atMost === 0) return undefined;
  const last = curve.at(-1)!;
  const here = curve.findLast((point) => point.tauF <= tauF + 1e-9) ?? most;
  const x: Axis = {
    from: 0,
    to: last.tauF,
    ticks: [0, 0.5, 1, 1.5, 2, 2.5, 3],
    written: (value) => fixed(value, Number.isInteger(value) ? 0 : 1),
    name: "τf, nats",
  };
  const y = upwards(most.perPassage, "kept calls a passage", false);
  const [left, up] = [along(x), along(y)];
  const line = (points: typeof curve) => points.map((point) => `${place(left(point.tauF))},${place(100 - up(point.perPassage))}`).join(" ");
  const below = curve.filter((point) => point.tauF <= tauF + 1e-9);
  const above = curve.filter((point) => point.tauF >= tauF - 1e-9);
  const open = below.some((point) => point.atMost > point.kept);
  return figure({
    title: "Rate against τf",
    caption: html`Kept calls for each passage of the corpus, if τf were another. At ${fixed(here.tauF)}: <b>${fixed(here.perPassage)}</b>.${
      open && " Left of τf the curve is dashed: it may run higher, since margins below τf were not all computed."
    }`,
    chart: plot({
      x,
      y,
      mark: { at: tauF, name: `τf ${fixed(tauF)}` },
      label: `Kept calls to ${name} a passage: ${[0, 0.5, 1, 2, 3].map((at) => `${fixed(curve.find((point) => point.tauF === at)?.perPassage ?? 0)} at τf ${at}`).join(", ")}.`,
      shapes: html`<polygon class="under-curve" points="0,100 ${line(curve)} 100,100"/><polyline class="curve ${open && "open"}" points="${line(below)}"/><polyline class="curve" points="${line(above)}"/>`,
      over: html`<span class="dot" style="left:${place(left(here.tauF))}%;bottom:${place(up(here.perPassage))}%"></span>`,
    }),
    numbers: table(
      open ? ["τf", "kept", "a passage", "at most"] : ["τf", "kept", "a passage"],
      curve
        .filter((point, at) => at % 5 === 0 || point === here)
        .map((point) => [
          fixed(point.tauF),
          counted(point.kept),
          fixed(point.perPassage),
          ...(open ? [point.tauF < tauF - 1e-9 ? counted(point.atMost) : counted(point.kept)] : []),
        ]),
    ),
  });
}
