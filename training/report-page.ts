// `train.html`: a training, or several that are compared, as a page that a person reads. One file, no script, nothing fetched.
import {
  type Axis,
  along,
  type Content,
  counted,
  duration,
  figure,
  fixed,
  html,
  listed,
  type Markup,
  page,
  place,
  plot,
  plural,
  share,
  table,
  upwards,
} from "../pages/index.js";
import type { TrainingRecord } from "./report.js";
import type { StepFigures } from "./train.js";

/** Points of a curve: a screen shows no more. */
const POINTS = 400;

/** Colours of trainings that are compared. */
const COLOURS = 4;

const style = html`
.area.tall { height: clamp(15rem, 32vw, 24rem); }
main > section.wide { margin-top: clamp(2rem, 4vw, 3rem); }
.line { stroke-width: 2; stroke-linejoin: round; } .line.raw { stroke-width: 1; opacity: 0.35; } .line.validated { stroke-width: 1.5; stroke-dasharray: 2 3; }
.of-0 { stroke: var(--kept); } .of-1 { stroke: var(--filter); } .of-2 { stroke: var(--execute); } .of-3 { stroke: var(--failed); }
.dot.on-0 { background: var(--kept); } .dot.on-1 { background: var(--filter); } .dot.on-2 { background: var(--execute); } .dot.on-3 { background: var(--failed); }
.dot { width: 9px; height: 9px; margin: 0 0 -4.5px -4.5px; } .dot.best { width: 13px; height: 13px; margin: 0 0 -6.5px -6.5px; }
.legend { display: flex; flex-wrap: wrap; gap: 0.2rem 1.4rem; color: var(--soft); font: 0.8125rem/1.5 var(--sans); }
.legend svg { display: inline-block; width: 1.6rem; height: 0.7rem; margin-right: 0.45rem; vertical-align: -0.05rem; overflow: visible; }
.legend svg line { fill: none; } .legend svg circle { stroke: none; }
.fill-of-0 { fill: var(--kept); } .fill-of-1 { fill: var(--filter); } .fill-of-2 { fill: var(--execute); } .fill-of-3 { fill: var(--failed); }
.warning { margin-top: 1.5rem; padding: 1rem 1.25rem; border-left: 4px solid var(--failed); background: var(--card); }
`;

/** A page of one training, or of several side by side. */
export function trainPage(records: readonly TrainingRecord[]): string {
  const [first] = records;
  if (first === undefined) throw new RangeError("a page of no training");
  const { version } = first.parameters;
  return page({
    title: records.length > 1 ? `Trained: ${listed(namesOf(records))}` : `Trained: ${first.parameters.base.name}`,
    version,
    style,
    body: html`${records.length > 1 ? comparisonHead(records) : head(first)}
<main>
${records.map(({ diverged }, at) => diverged !== undefined && html`<p class="warning"><b>${records.length > 1 && `${namesOf(records)[at]}: `}Given up:</b> ${diverged}. The adapter is that of the last checkpoint.</p>`)}
<section class="wide">${lossChart(records)}</section>
<section class="pair">${rateChart(records)}${speedChart(records)}</section>
${records.length > 1 && outcomes(records)}
${material(first)}
${parameters(records)}
</main>
<footer class="page-end">Made by toolwright ${version}. The figures of this page are in <code>train.jsonl</code>.</footer>`,
  });
}

const rateOf = ({ optimiser, learningRate }: TrainingRecord["parameters"]) => `${optimiser === "adamw" ? "AdamW" : "Lion"} ${learningRate}`;

/** What tells the trainings apart. */
function namesOf(records: readonly TrainingRecord[]): string[] {
  return records.map(({ parameters }) => rateOf(parameters));
}

const last = <T>(items: readonly T[]): T | undefined => items.at(-1);

function bestOf({ validations }: TrainingRecord) {
  return validations.length === 0 ? undefined : validations.reduce((one, other) => (other.loss < one.loss ? other : one));
}

/** Mean loss of the last steps. */
function finalLoss({ steps }: TrainingRecord): number {
  const end = steps.slice(-Math.max(1, Math.min(20, Math.floor(steps.length / 4))));
  return end.reduce((sum, { loss }) => sum + loss, 0) / end.length;
}

function speedOf({ steps }: TrainingRecord): number {
  const took = steps.reduce((sum, step) => sum + step.took, 0);
  return took === 0 ? 0 : steps.reduce((sum, { tokens }) => sum + tokens, 0) / took;
}

function head(record: TrainingRecord): Markup {
  const { parameters, counts, steps, started } = record;
  const { optimiser, lora, base } = parameters;
  const best = bestOf(record);
  const done = last(steps)?.step ?? 0;
  const tiles: readonly (readonly [string, string, Content])[] = [
    [
      counted(done),
      done === 1 ? "step" : "steps",
      done < parameters.steps ? `of ${counted(parameters.steps)}` : `epoch ${counted((last(steps)?.epoch ?? 0) + 1)} at the end`,
    ],
    best === undefined
      ? [steps.length === 0 ? "–" : fixed(finalLoss(record)), "loss at the end", "nats a token; there is no validation"]
      : [fixed(best.loss, 3), "best validation loss", `nats a token, at step ${counted(best.step)}`],
    [counted(speedOf(record)), "tokens a second", `${counted(steps.reduce((sum, { tokens }) => sum + tokens, 0))} in all`],
    [duration(1000 * (last(steps)?.seconds ?? 0)), "of work", `${share(counts.lossTokens, counts.tokens)} of the tokens carry loss`],
  ];
  return html`<header class="page">
<p class="eyebrow">Report of training</p>
<h1>${base.name}, trained on ${plural(counts.examples, "text")} with ${plural(counts.calls, "call")}</h1>
<p class="lead">LoRA of rank ${counted(lora.rank)} on ${listed(lora.targets)} of layers ${counted(lora.layers[0])} to ${counted(lora.layers[1] - 1)}, by ${optimiser === "adamw" ? "AdamW" : "Lion"}. ${begun(started)}</p>
<dl class="tiles">${tiles.map(([figure, name, more]) => html`<div><dt>${name}</dt><dd><b>${figure}</b><small>${more}</small></dd></div>`)}</dl>
</header>`;
}

function comparisonHead(records: readonly TrainingRecord[]): Markup {
  const { parameters, counts, started } = records[0]!;
  const names = namesOf(records);
  return html`<header class="page">
<p class="eyebrow">Trainings compared</p>
<h1>${listed(names)}: ${parameters.base.name} on ${plural(counts.examples, "text")}</h1>
<p class="lead">The same texts in the same order, and ${plural(parameters.steps, "step")} each. ${begun(started)}</p>
<dl class="tiles">${records.map((record, at) => {
    const best = bestOf(record);
    return html`<div><dt>${names[at]}</dt><dd><b>${fixed(best?.loss ?? finalLoss(record), 3)}</b><small>${best === undefined ? "loss at the end" : `best validation loss, at step ${counted(best.step)}`}</small></dd></div>`;
  })}</dl>
</header>`;
}

function begun(started: string): Markup {
  const day = /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(started) ? started.slice(0, 16).replace("T", ", ") : started;
  return html`<span class="when">Begun <time datetime="${started}">${day}</time>.</span>`;
}

interface Point {
  readonly step: number;
  readonly value: number;
}

/** Means over `width` steps around each, at no more points than a screen shows. */
function smooth(points: readonly Point[], width: number): Point[] {
  const sums = [0];
  for (const { value } of points) sums.push(sums.at(-1)! + value);
  const half = Math.floor(width / 2);
  return thin(
    points.map(({ step }, at) => {
      const [from, to] = [Math.max(0, at - half), Math.min(points.length, at + half + 1)];
      return { step, value: (sums[to]! - sums[from]!) / (to - from) };
    }),
  );
}

function thin(points: readonly Point[]): Point[] {
  const every = Math.ceil(points.length / POINTS);
  return points.filter((_, at) => at % every === 0 || at === points.length - 1);
}

const pointsOf = (steps: readonly StepFigures[], value: (step: StepFigures) => number) =>
  steps.flatMap((step): Point[] => (Number.isFinite(value(step)) ? [{ step: step.step, value: value(step) }] : []));

function stepAxis(records: readonly TrainingRecord[]): Axis {
  const most = Math.max(1, ...records.map(({ steps, validations }) => Math.max(last(steps)?.step ?? 0, last(validations)?.step ?? 0)));
  const { ticks } = upwards(most, "", true);
  return { from: 0, to: most, ticks: ticks.filter((tick) => tick <= most), written: counted, name: "step" };
}

function curve(points: readonly Point[], x: Axis, y: Axis, kind: string): Content {
  const [left, up] = [along(x), along(y)];
  const at = ({ step, value }: Point) => `${place(left(step))},${place(100 - up(Math.min(value, y.to)))}`;
  return points.length > 1 && html`<polyline class="line ${kind}" points="${points.map(at).join(" ")}"/>`;
}

const colour = (at: number) => at % COLOURS;

function lossChart(records: readonly TrainingRecord[]): Markup {
  const names = namesOf(records);
  const x = stepAxis(records);
  const series = records.map(({ steps, validations }) => {
    const raw = pointsOf(steps, ({ loss }) => loss);
    return { raw: thin(raw), mean: smooth(raw, Math.max(1, Math.round(raw.length / 30))), validations };
  });
  // The first steps may be far above all others: where the mean begins is the top.
  const most = Math.max(
    ...series.flatMap(({ mean, validations }) => [...mean.map(({ value }) => value), ...validations.map(({ loss }) => loss)]),
    0,
  );
  const y = upwards(most || 1, "loss, nats a token", false);
  const [left, up] = [along(x), along(y)];
  const single = records.length === 1;
  const best = single ? bestOf(records[0]!) : undefined;
  const chart = plot({
    x,
    y,
    tall: true,
    ...(best === undefined ? {} : { mark: { at: best.step, name: `best: ${fixed(best.loss, 3)}` } }),
    label: `Loss by step. ${records.map((record, at) => `${names[at]}: ${fixed(finalLoss(record))} at the end${bestOf(record) === undefined ? "" : `, best validation ${fixed(bestOf(record)!.loss, 3)}`}`).join("; ")}.`,
    shapes: series.map(({ raw, mean, validations }, at) => [
      single && curve(raw, x, y, `raw of-${colour(at)}`),
      curve(mean, x, y, `of-${colour(at)}`),
      curve(
        validations.map(({ step, loss }) => ({ step, value: loss })),
        x,
        y,
        `validated of-${colour(single ? 1 : at)}`,
      ),
    ]),
    over: series.map(({ validations }, at) => {
      const lowest = bestOf(records[at]!);
      return validations.map(
        (one) =>
          html`<span class="dot on-${colour(single ? 1 : at)} ${one === lowest && "best"}" style="left:${place(left(one.step))}%;bottom:${place(up(Math.min(one.loss, y.to)))}%"></span>`,
      );
    }),
  });
  const line = (kind: string) => html`<svg viewBox="0 0 16 7"><line class="line ${kind}" x1="0" x2="16" y1="3.5" y2="3.5"/></svg>`;
  const dotted = (at: number) => html`<svg viewBox="0 0 16 7"><circle class="fill-of-${at}" cx="8" cy="3.5" r="3"/></svg>`;
  const legend = single
    ? html`<li>${line("raw of-0")}each step</li><li>${line("of-0")}mean of neighbouring steps</li>${best !== undefined && html`<li>${dotted(1)}validation</li>`}`
    : html`${names.map((name, at) => html`<li>${line(`of-${colour(at)}`)}${name}, mean of neighbouring steps</li><li>${dotted(colour(at))}${name}, validation</li>`)}`;
  return figure({
    title: "Loss",
    caption: html`Mean of −log p over the tokens that carry loss. ${single ? (best === undefined ? "No texts were kept for validation." : html`The adapter has the values of the best validation, at step <b>${counted(best.step)}</b>.`) : "Lower is better; points are the loss on texts that were not trained on."}`,
    chart: html`${chart}<ul class="legend" aria-hidden="true">${legend}</ul>`,
    numbers: numbersOf(records, names, x),
  });
}

/** Some twenty rows, and all validations. */
function numbersOf(records: readonly TrainingRecord[], names: readonly string[], x: Axis): Markup {
  const every = Math.max(1, Math.ceil(x.to / 20));
  const wanted = new Set<number>(records.flatMap(({ validations }) => validations.map(({ step }) => step)));
  for (let step = every; step <= x.to; step += every) wanted.add(step);
  const single = records.length === 1;
  const title = (what: string, at: number) => (single ? what : `${names[at]}: ${what}`);
  const means = records.map(({ steps }) => {
    const half = Math.floor(every / 2);
    return (step: number) => {
      const near = steps.slice(Math.max(0, step - 1 - half), step + half).filter(({ loss }) => Number.isFinite(loss));
      return near.length === 0 ? "–" : fixed(near.reduce((sum, { loss }) => sum + loss, 0) / near.length, 3);
    };
  });
  return table(
    ["step", ...records.flatMap((_, at) => [title("loss, mean", at), title("validation", at)])],
    [...wanted]
      .sort((a, b) => a - b)
      .map((step) => [
        counted(step),
        ...records.flatMap(({ validations }, at) => {
          const validated = validations.find((one) => one.step === step);
          return [means[at]!(step), validated === undefined ? "" : fixed(validated.loss, 3)];
        }),
      ]),
  );
}

function rateChart(records: readonly TrainingRecord[]): Markup {
  const x = stepAxis(records);
  const most = Math.max(...records.flatMap(({ steps }) => steps.map((step) => step.learningRate)), 0) || 1;
  const power = Math.floor(Math.log10(most));
  const series = records.map(({ steps }) => thin(pointsOf(steps, (step) => step.learningRate / 10 ** power)));
  const y = upwards(most / 10 ** power, power === 0 ? "learning rate" : `learning rate × 10${raised(power)}`, false);
  return figure({
    title: "Learning rate",
    caption: scheduled(records),
    chart: plot({
      x,
      y,
      label: `Learning rate by step, at most ${most}.`,
      shapes: series.map((points, at) => curve(points, x, y, `of-${colour(at)}`)),
    }),
    numbers: sampled(records, ({ learningRate }) => String(Number(learningRate.toPrecision(3)))),
  });
}

const raised = (power: number) => String(power).replace(/./g, (sign) => (sign === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹".charAt(Number(sign))));

function scheduled(records: readonly TrainingRecord[]): string {
  const { schedule, warmup } = records[0]!.parameters;
  const peaks = records.map(({ parameters }) => parameters.learningRate);
  const falls = schedule === "constant" ? "stays" : schedule === "linear" ? "falls in a line" : "falls in half a cosine";
  return `${warmup === 0 ? "It begins at its peak" : `It rises for ${plural(warmup, "step")}`}, then ${falls}. Peak ${peaks.join(" and ")}.`;
}

function speedChart(records: readonly TrainingRecord[]): Markup {
  const x = stepAxis(records);
  const series = records.map(({ steps }) => {
    const speeds = pointsOf(steps, ({ tokens, took }) => tokens / took);
    return smooth(speeds, Math.max(1, Math.round(speeds.length / 60)));
  });
  const most = Math.max(0, ...series.flatMap((points) => points.map(({ value }) => value)));
  const y = upwards(most || 1, "tokens a second", true);
  return figure({
    title: "Speed",
    caption: "All tokens of a step, forward and backward, by the time that it took. Validations and checkpoints are not in it.",
    chart: plot({
      x,
      y,
      label: `Tokens a second by step: ${listed(records.map((record) => counted(speedOf(record))))} on average.`,
      shapes: series.map((points, at) => curve(points, x, y, `of-${colour(at)}`)),
    }),
    numbers: sampled(records, ({ tokens, took }) => counted(tokens / took)),
  });
}

/** A figure at some twenty steps. */
function sampled(records: readonly TrainingRecord[], value: (step: StepFigures) => string): Markup {
  const longest = records.reduce((one, other) => (other.steps.length > one.steps.length ? other : one)).steps;
  const every = Math.max(1, Math.ceil(longest.length / 20));
  return table(
    ["step", ...namesOf(records)],
    longest
      .filter((_, at) => at % every === 0 || at === longest.length - 1)
      .map(({ step }) => [counted(step), ...records.map(({ steps }) => (steps[step - 1] === undefined ? "" : value(steps[step - 1]!)))]),
  );
}

function outcomes(records: readonly TrainingRecord[]): Markup {
  const names = namesOf(records);
  return html`<section><h2>What came of them</h2><div class="scroll" tabindex="0" role="group" aria-label="What came of them">${table(
    ["", "best validation", "at step", "loss at the end", "steps", "tokens/s", "time"],
    records.map((record, at) => {
      const best = bestOf(record);
      return [
        names[at],
        best === undefined ? "–" : fixed(best.loss, 3),
        best === undefined ? "–" : counted(best.step),
        fixed(finalLoss(record), 3),
        counted(last(record.steps)?.step ?? 0),
        counted(speedOf(record)),
        duration(1000 * (last(record.steps)?.seconds ?? 0)),
      ];
    }),
  )}</div></section>`;
}

function material({ counts, parameters: { loss } }: TrainingRecord): Markup {
  const rows: readonly (readonly [string, number, string])[] = [
    ["Lessons", counts.lessons, "records with a question, and plain texts"],
    ["Calls", counts.calls, "in those that are used"],
    ["Left out: too long", counts.tooLong, "cut, they would teach to end before the answer"],
    ["Left out: nothing to learn", counts.silent, loss === "calls" ? "they have no call" : "the model writes nothing in them"],
    ["Cut", counts.cut, "plain texts of which the beginning is used"],
    ["Kept for validation", counts.validation, "lessons with the same question are on one side"],
    ["Trained on", counts.examples, ""],
    ["Tokens", counts.tokens, "of an epoch"],
    [
      "Tokens that carry loss",
      counts.lossTokens,
      loss === "calls" ? "those of calls" : "what the model writes: no question, no result of a call",
    ],
  ];
  return html`<section><h2>What it learnt from</h2><div class="scroll" tabindex="0" role="group" aria-label="What it learnt from">${table(
    ["", "count", ""],
    rows.filter(([name, count]) => count > 0 || !/^(Left|Cut)/.test(name)).map(([name, count, more]) => [name, counted(count), more]),
    [0, 2],
  )}</div></section>`;
}

function parameters(records: readonly TrainingRecord[]): Markup {
  const { parameters: given } = records[0]!;
  const { lora } = given;
  const each = (value: (parameters: TrainingRecord["parameters"]) => Content) => {
    const values = [...new Set(records.map(({ parameters }) => String(value(parameters))))];
    return values.join(", ");
  };
  const rows: readonly (readonly [string, Content])[] = [
    ["Model", given.base.name],
    ["Its file, SHA-256", given.base.digest],
    ["Frozen weights", given.weights],
    ["Dataset, SHA-256", given.dataset],
    ["Began with the adapter", given.init],
    ["Optimiser", each(({ optimiser }) => optimiser)],
    ["Learning rate", each(({ learningRate }) => String(learningRate))],
    ["Weight decay", each(({ weightDecay }) => String(weightDecay))],
    ["Rank, alpha", `${lora.rank}, ${Number(lora.alpha.toPrecision(6))}`],
    ["Targets", lora.targets.join(", ")],
    ["Layers", `${lora.layers[0]} to ${lora.layers[1] - 1}`],
    ["Dropout", String(lora.dropout)],
    ["Schedule, warm-up", `${given.schedule}, ${plural(given.warmup, "step")}`],
    ["Clip", String(given.clip)],
    ["Batch", `${plural(given.batch, "pack")} of at most ${plural(given.pack, "token")}`],
    ["Loss on", given.loss === "all" ? "all that the model writes" : "calls"],
    ["Validation", `every ${plural(given.validateEvery, "step")}`],
    ["Patience", given.patience === 0 ? "without end" : plural(given.patience, "validation")],
    ["Seed", String(given.seed)],
  ];
  return html`<section id="parameters"><h2>Parameters</h2><p class="lead">The same parameters, dataset and CPU features give the same adapter.</p>
<dl class="parameters">${rows.filter(([, value]) => value).map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl></section>`;
}
