import { commonLength, firstDifference, pathText, shorten, shortenApart } from "./comparison.js";
import type { RecordKind, TraceRecord } from "./record.js";
import type { Trace } from "./trace.js";

/** A place where two traces differ. */
export interface TraceDifference {
  /** Which run of the traces, from 1. */
  readonly run: number;
  /** What differs there: a kind of record, of events with their type (`event call`), or `run` for a whole run that only one has. */
  readonly what: string;
  /** Where it stands in each trace; undefined where it has no such thing. */
  readonly lineA?: number;
  readonly lineB?: number;
  /** For people: `path: a ≠ b`, shortened. */
  readonly text: string;
}

/** Records of a run that are compared as one: adjacent pieces of the model's output, or of the text for the reader, make one text. */
interface Step {
  readonly what: string;
  readonly line: number;
  readonly value: unknown;
  /** Of a joined text: the line that each piece stands on, and where the piece ends in the text. */
  readonly pieces?: readonly { readonly line: number; readonly end: number }[];
}

/** May differ between equal runs: durations, and numbers that only count what came before. */
const ignored = ["ms", "n"];

/** How far the two lists of steps are searched for a common next step. */
const reach = 32;

/**
 * Compares two traces, run by run in the order in which the runs begin, and gives every difference; none when they are equal but for
 * times, names of runs and how the text was cut into pieces. What one of them has more of is passed over to the next common kind.
 */
export async function* diffTraces(a: Trace, b: Trace): AsyncGenerator<TraceDifference> {
  const runsA = a.runs();
  const runsB = b.runs();
  try {
    for (let run = 1; ; run++) {
      const [nextA, nextB] = [await runsA.next(), await runsB.next()];
      if (nextA.done && nextB.done) return;
      if (nextA.done || nextB.done) {
        const lone = nextA.done ? nextB.value : nextA.value;
        const line = lone === undefined ? undefined : lone.first.i + 1;
        yield { run, what: "run", [nextA.done ? "lineB" : "lineA"]: line, text: `only in ${nextA.done ? b.file : a.file}` };
      } else yield* diffSteps(run, stepsOf(a.run(nextA.value)), stepsOf(b.run(nextB.value)));
    }
  } finally {
    await Promise.all([runsA.return(undefined), runsB.return(undefined)]);
  }
}

/** Differences as lines of text, as `trace diff` prints them. */
export function differenceText({ run, what, lineA, lineB, text }: TraceDifference): string {
  return `run ${run}, ${what} (${lineA === undefined ? "–" : `line ${lineA}`} | ${lineB === undefined ? "–" : `line ${lineB}`}): ${text}`;
}

async function* diffSteps(run: number, a: AsyncGenerator<Step>, b: AsyncGenerator<Step>): AsyncGenerator<TraceDifference> {
  const aheadA: Step[] = [];
  const aheadB: Step[] = [];
  for (;;) {
    await fill(a, aheadA);
    await fill(b, aheadB);
    if (aheadA.length === 0 && aheadB.length === 0) return;
    const [skipA, skipB] = nearestCommon(aheadA, aheadB);
    for (const step of aheadA.splice(0, skipA))
      yield { run, what: step.what, lineA: step.line, text: `only in the first: ${shorten(step.value)}` };
    for (const step of aheadB.splice(0, skipB))
      yield { run, what: step.what, lineB: step.line, text: `only in the second: ${shorten(step.value)}` };
    const [stepA, stepB] = [aheadA.shift(), aheadB.shift()];
    if (stepA === undefined || stepB === undefined) continue;
    const difference = firstDifference(stepA.value, stepB.value, ignored);
    if (difference === undefined) continue;
    const [textA, textB] = shortenApart(difference.a, difference.b);
    const text = `${difference.path.length === 0 ? "" : `${pathText(difference.path)}: `}${textA} ≠ ${textB}`;
    const same = typeof difference.a === "string" && typeof difference.b === "string" ? commonLength(difference.a, difference.b) : 0;
    yield { run, what: stepA.what, lineA: lineAt(stepA, same), lineB: lineAt(stepB, same), text };
  }
}

/** The line of a step; of a joined text, that of the piece with the character at `offset`. */
const lineAt = ({ line, pieces = [] }: Step, offset: number): number =>
  (pieces.find(({ end }) => end > offset) ?? pieces.at(-1) ?? { line }).line;

async function fill(steps: AsyncGenerator<Step>, ahead: Step[]): Promise<void> {
  while (ahead.length < reach) {
    const next = await steps.next();
    if (next.done) return;
    ahead.push(next.value);
  }
}

/** How many steps to pass over in each so that both stand at the same kind; all of them where there is none. */
function nearestCommon(a: readonly Step[], b: readonly Step[]): [skipA: number, skipB: number] {
  for (let sum = 0; sum < a.length + b.length - 1; sum++) {
    for (let i = Math.max(0, sum - b.length + 1); i <= Math.min(sum, a.length - 1); i++) {
      if (a[i]?.what === b[sum - i]?.what) return [i, sum - i];
    }
  }
  return [a.length, b.length];
}

async function* stepsOf(records: AsyncIterable<TraceRecord>): AsyncGenerator<Step> {
  let texts: { what: string; text: string; pieces: { line: number; end: number }[] }[] = [];
  for await (const { i, kind, data, failed } of records) {
    const line = i + 1;
    const what = nameOf(kind, data, failed);
    const piece = pieceOf(kind, data);
    if (piece === undefined) {
      for (const { what, text, pieces } of texts) yield { what, line: pieces[0]?.line ?? line, value: text, pieces };
      texts = [];
      if (kind !== "end") yield { what, line, value: data };
      continue;
    }
    let joined = texts.find((text) => text.what === what);
    if (joined === undefined) texts.push((joined = { what, text: "", pieces: [] }));
    joined.text += piece;
    joined.pieces.push({ line, end: joined.text.length });
  }
}

/** The text of a record that is a piece of one. */
function pieceOf(kind: RecordKind, data: unknown): string | undefined {
  const { type, text, delta } = (data ?? {}) as { type?: unknown; text?: unknown; delta?: unknown };
  if (type !== "text") return undefined;
  const piece = kind === "output" ? text : kind === "event" ? delta : undefined;
  return typeof piece === "string" ? piece : undefined;
}

function nameOf(kind: RecordKind, data: unknown, failed?: true): string {
  const type = (data as { type?: unknown } | null)?.type;
  const name = (kind === "event" || kind === "output") && typeof type === "string" ? `${kind} ${type}` : kind;
  return failed ? `failed ${name}` : name;
}
