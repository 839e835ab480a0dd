import { z } from "zod";
import type { AgentEvent } from "../agent/index.js";
import { ToolwrightError } from "../errors.js";
import type { Capabilities, LanguageModel, ModelIdentity } from "../models/index.js";
import { event, type RunInput, runInput } from "./contents.js";
import { unlawful } from "./damage.js";
import { absentModel, deferredModel } from "./deferred.js";
import type { TraceParent } from "./record.js";
import { type RecordOptions, recordTo, type TraceRecorder } from "./recorder.js";
import { type LiveInput, ReplayTape } from "./replay-tape.js";
import { isChain } from "./summary.js";
import type { Trace, TraceRun } from "./trace.js";

/** A run to be driven again. */
export interface ReplayRun {
  readonly run: string;
  /** What it started from, for whoever sets the loop up; the loop itself gets it from the tape. */
  readonly input: RunInput;
  readonly tape: ReplayTape;
  /** Gives no output while the tape has it: see `deferredModel`. */
  readonly model: LanguageModel;
}

/** The loop's entry: runs the agent on a tape. */
export type Drive = (run: ReplayRun) => AsyncIterable<AgentEvent>;

export interface ReplayOptions {
  readonly drive: Drive;
  /** Takes the results of tools, or the model's output, anew; the first difference ends the replay. */
  readonly live?: LiveInput;
  /** Goes its own way after an event and records that. */
  readonly fork?: ForkOptions;
  /** Needed for a fork and for `live: "model"`. */
  readonly model?: LanguageModel;
}

export interface ForkOptions extends RecordOptions {
  /** The event's sequence number in its run. */
  readonly from: number;
  /** Which run. Default: the trace's last that is no chain of another one. Runs before it are replayed into the new trace, later ones are left out. */
  readonly run?: string;
  /** The new trace. */
  readonly into: string;
}

/** An event of a replayed run, as the run gave it. */
export interface ReplayedEvent {
  readonly run: string;
  readonly event: AgentEvent;
}

/**
 * Replays the runs of a trace, one after the other.
 * @throws ToolwrightError with exit code 3 at the first difference: `replay-differs`, `live-differs`, `trace-changed`, `trace-missing`,
 * `trace-moved`, `trace-unfinished`; `no-such-event`, `no-such-run`, `trace-exists` of a fork
 */
export async function* replayTrace(trace: Trace, options: ReplayOptions): AsyncGenerator<ReplayedEvent> {
  const { fork, live, model } = options;
  if (fork !== undefined && live !== undefined) throw wrongUse("A fork is live after its event: it cannot be combined with live input.");
  if (model === undefined && (fork !== undefined || live === "model")) throw wrongUse("This replay needs a model.");
  if (fork === undefined) {
    for await (const start of trace.runs()) yield* replayRun(trace, start, options);
    return;
  }
  const point = await findForkPoint(trace, fork);
  await using recorder = await recordTo(fork.into, { redact: fork.redact, parent: point.parent });
  for await (const start of trace.runs()) {
    const last = start.place.offset === point.start.place.offset;
    yield* replayRun(trace, start, options, { recorder, n: last ? fork.from : undefined });
    if (last) return;
  }
}

async function* replayRun(
  trace: Trace,
  start: TraceRun,
  { drive, live, model }: ReplayOptions,
  copy?: { readonly recorder: TraceRecorder; readonly n?: number },
): AsyncGenerator<ReplayedEvent> {
  const { run } = start;
  const input = await inputOf(trace, start);
  const onto = copy?.recorder.tape(run, { part: input.chain !== undefined });
  const tape = new ReplayTape(trace.run(start), { file: trace.file, run, live, onto, forkAfter: copy?.n });
  const { can = noCapabilities, contextSize } = input;
  const standIn = model === undefined ? absentModel(input.model as ModelIdentity, can, contextSize) : deferredModel(model);
  const events = drive({ run, input, tape, model: standIn })[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await events.next();
      if (tape.failure !== undefined) throw tape.failure; // Whatever the loop made of it.
      if (next.done) return;
      yield { run, event: next.value };
    }
  } finally {
    await tape.leave();
    await events.return?.();
  }
}

/** Of a run whose record does not say: whatever the loop asks of the model, it has the output already. */
const noCapabilities: Capabilities = {
  continues: false,
  score: false,
  fork: false,
  grammar: false,
  ranks: false,
  adapters: false,
  nativeTools: false,
};

async function inputOf(trace: Trace, { first }: TraceRun): Promise<RunInput> {
  const { data, error } = runInput.safeParse(first.kind === "run" ? await trace.data(first) : undefined);
  if (data === undefined)
    throw unlawful(trace.file, first.i + 1, `run ${first.run} does not begin with its input (${z.prettifyError(error)})`);
  return data;
}

async function findForkPoint(trace: Trace, { from, run }: ForkOptions): Promise<{ start: TraceRun; parent: TraceParent }> {
  let start: TraceRun | undefined;
  for await (const candidate of trace.runs()) {
    if (run === undefined ? !isChain(candidate.first.data) : candidate.run === run) start = candidate;
  }
  if (start === undefined) {
    const what = run === undefined ? "has no run" : `has no run ${run}`;
    throw new ToolwrightError("no-such-run", `${trace.file} ${what}.`, "`toolwright trace show` prints the runs of a trace.", {
      exitCode: 2,
    });
  }
  let last: number | undefined;
  for await (const record of trace.run(start)) {
    if (record.kind !== "event") continue;
    const { data } = event.safeParse(record.data);
    if (data === undefined) continue;
    if (data.n === from) return { start, parent: { file: trace.file, digest: record.digest, run: start.run, n: from } };
    last = data.n;
  }
  const events = last === undefined ? "no events" : `the events 0 to ${last}`;
  const message = `${trace.file}: run ${start.run} has no event ${from}; it has ${events}.`;
  throw new ToolwrightError("no-such-event", message, "Choose the sequence number of one of its events.", { exitCode: 2 });
}

function wrongUse(message: string): ToolwrightError {
  return new ToolwrightError(
    "wrong-replay",
    message,
    "Replay as recorded, with live input, or with a fork, and give the model where it is asked.",
    {
      exitCode: 2,
    },
  );
}
