import { z } from "zod";
import type { RecordKind } from "./record.js";

// What the agent's loop puts into `data`, for readers of traces. Lenient: more keys may be there, and a record that does not fit is
// shown as it is. The tape itself knows nothing of this but an event's `n` and whether it is a call.

const capabilities = z.looseObject({
  continues: z.boolean(),
  score: z.boolean(),
  fork: z.boolean(),
  grammar: z.boolean(),
  ranks: z.boolean(),
  adapters: z.boolean(),
  nativeTools: z.boolean(),
});

const nativeCall = z.looseObject({ id: z.string(), tool: z.string(), input: z.string() });

/** Everything that a run starts from. */
export const runInput = z.looseObject({
  question: z.string(),
  /** How many turns of the chat came before. */
  turn: z.int().optional(),
  /** The run's clock, ISO 8601. */
  now: z.string().optional(),
  timeZone: z.string().optional(),
  seed: z.number().optional(),
  options: z.looseObject({}).optional(),
  /** What the question was to be answered from. */
  evidence: z.string().optional(),
  /** Of a run that is one of several chains of another one: its number. */
  chain: z.int().min(0).optional(),
  model: z.looseObject({
    name: z.string(),
    digest: z.string().optional(),
    storage: z.string().optional(),
    adapters: z.array(z.looseObject({ digest: z.string(), scale: z.number() })).optional(),
    runtime: z.string().optional(),
  }),
  /** What the model could do: the loop goes by it. */
  can: capabilities.optional(),
  contextSize: z.number().optional(),
  /** `schema`: JSON Schema of the arguments. */
  tools: z.array(z.looseObject({ name: z.string(), version: z.string().optional(), schema: z.looseObject({}).optional() })).optional(),
});
export type RunInput = z.infer<typeof runInput>;

const call = z.looseObject({
  tool: z.string(),
  input: z.string(),
  output: z.string().optional(),
  error: z.string().optional(),
  ms: z.number(),
});

const chain = {
  index: z.int().min(0),
  strategy: z.string(),
  answer: z.string().optional(),
  error: z.looseObject({ code: z.string(), message: z.string() }).optional(),
  written: z.string(),
  calls: z.array(call),
};

const numbered = { n: z.int().min(0) };

/** An `AgentEvent`. */
export const event = z.discriminatedUnion("type", [
  z.looseObject({ ...numbered, type: z.literal("text"), delta: z.string() }),
  z.looseObject({
    ...numbered,
    type: z.literal("call"),
    id: z.string(),
    tool: z.string(),
    input: z.string(),
    within: z.string().optional(),
  }),
  z.looseObject({
    ...numbered,
    type: z.literal("result"),
    id: z.string(),
    output: z.string().optional(),
    error: z.string().optional(),
    ms: z.number(),
    cached: z.boolean(),
  }),
  z.looseObject({ ...numbered, type: z.literal("spared"), tool: z.string(), margin: z.number(), cost: z.number() }),
  z.looseObject({ ...numbered, type: z.literal("chain"), ...chain }),
  z.looseObject({ ...numbered, type: z.literal("answer"), text: z.string() }),
  z.looseObject({ ...numbered, type: z.literal("usage"), calls: z.number(), ms: z.number() }),
  z.looseObject({ ...numbered, type: z.literal("error"), code: z.string(), message: z.string(), remedy: z.string(), fatal: z.boolean() }),
]);
export type RecordedEvent = z.infer<typeof event>;

const output = z.discriminatedUnion("type", [
  z.looseObject({ type: z.literal("text"), text: z.string(), tokens: z.number() }),
  z.looseObject({ type: z.literal("calls"), calls: z.array(nativeCall) }),
  z.looseObject({ type: z.literal("stop"), reason: z.string() }),
]);

/** What the data of each kind of record looks like. */
export const contents = {
  run: runInput,
  output,
  result: z.looseObject({ id: z.string(), output: z.string().optional(), error: z.string().optional(), ms: z.number().optional() }),
  approval: z.looseObject({ id: z.string(), approved: z.boolean() }),
  limit: z.unknown(),
  usage: z.unknown(),
  chain: z.looseObject(chain),
  abort: z.unknown(),
  prompt: z.looseObject({ digest: z.string() }),
  splice: z.looseObject({ drop: z.number(), text: z.string() }),
  event,
  end: z.looseObject({ runs: z.int(), calls: z.int() }),
} as const satisfies Record<RecordKind, z.ZodType>;
