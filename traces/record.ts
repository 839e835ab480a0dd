import { z } from "zod";
import type { InputKind, MadeKind } from "../agent/index.js";

export const formatName = "toolwright-trace";

/** The version of the format that this library writes. It reads this and every earlier one. */
export const formatVersion = 2;

/** Bytes of JSON above which a record's data is kept beside the trace, as a part. */
export const largestData = 64 * 1024;

/** What comes from outside the loop. */
const inputKinds = ["run", "output", "result", "approval", "limit", "usage", "chain", "abort"] as const satisfies readonly InputKind[];

/** What the loop makes of it. */
const madeKinds = ["prompt", "splice", "event"] as const satisfies readonly MadeKind[];

/** `end` is the recorder's own: the last record of a run. */
const recordKinds = [...inputKinds, ...madeKinds, "end"] as const;

export type RecordKind = (typeof recordKinds)[number];

/** Whether a kind is an input, to be given to the loop, and not something to be compared. */
export const isInput = (kind: RecordKind): kind is InputKind => (inputKinds as readonly string[]).includes(kind);

const link = { i: z.int().min(0), prev: z.string(), digest: z.string() };

/** Where a forked trace comes from. */
const traceParent = z.looseObject({
  /** The parent's path as it was given. */
  file: z.string(),
  /** Of the parent's record after which the fork goes its own way: it stands for everything before it. */
  digest: z.string(),
  /** The run that was forked, and the sequence number of the event after which it was. */
  run: z.string(),
  n: z.int().min(0),
});
export type TraceParent = z.infer<typeof traceParent>;

/** The first line of a trace. */
export const traceHeader = z.looseObject({
  ...link,
  format: z.literal(formatName),
  version: z.int().min(1),
  /** The version of toolwright that wrote it. */
  library: z.string(),
  created: z.iso.datetime(),
  parent: traceParent.optional(),
});
export type TraceHeader = z.infer<typeof traceHeader>;

/** Runs are named by whoever records them; the name stands in every record. */
export const runId = z.string().regex(/^[\w.-]{1,64}$/, "letters, digits, _ . and -, at most 64");

/** Every other line. */
export const traceRecord = z.looseObject({
  ...link,
  /** Milliseconds since the header's `created`. */
  t: z.int().min(0),
  run: runId,
  kind: z.enum(recordKinds),
  /** Plain JSON, or a `Part` where it is too large for a line. */
  data: z.unknown(),
  /** The input was not a value but an error, and `data` is a `Failure`. */
  failed: z.literal(true).optional(),
});
export type TraceRecord = z.infer<typeof traceRecord>;

/** Stands for data that is kept beside the trace, in the folder `TRACE.parts`, in a file named by the SHA-256 of its JSON. */
export const part = z.strictObject({ $part: z.string().regex(/^[0-9a-f]{64}$/), bytes: z.int().min(0) });
export type Part = z.infer<typeof part>;

/** An error that an input ended with. Those with a `code` are ToolwrightErrors. */
export const failure = z.looseObject({
  name: z.string(),
  message: z.string(),
  code: z.string().optional(),
  remedy: z.string().optional(),
  exitCode: z.literal([1, 2, 3, 130]).optional(),
});
export type Failure = z.infer<typeof failure>;

/** What a run's `end` holds: counts of the whole trace up to here, so that a list of traces need not read them through. */
export const runEnd = z.looseObject({ runs: z.int().min(1), calls: z.int().min(0) });
