// Replays through the agent itself: the loop is set up as the record says it was, and driven by the record's inputs.
import { z } from "zod";
import { type AgentEvent, createAgent, describeTool, type PromptBook, shippedPrompts, type ToolRecord, type Turn } from "../agent/index.js";
import { ToolwrightError } from "../errors.js";
import { calculator, calendar, search, type Tool } from "../tools/index.js";
import { type Drive, type ReplayOptions, type ReplayRun, replayTrace } from "./replay.js";
import type { Trace } from "./trace.js";

export interface DriveOptions {
  /** Tools at hand; a recorded tool that is not among them, nor built in, stands there by name only: its recorded results are used. */
  readonly tools?: readonly Tool[];
  /** Those of the recorded runs. Default: what comes with the package. */
  readonly prompts?: PromptBook;
  /** Told the names of tools whose definition is not the recorded one: prompts then cannot be compared. */
  readonly onChangedTools?: (names: readonly string[]) => void;
  /** Told that the prompts at hand are not the recorded ones: what is made of them cannot be compared either. */
  readonly onChangedPrompts?: () => void;
  /** Told the chat's turns after each run: to go on with a recorded chat. */
  readonly onTurns?: (turns: readonly Turn[]) => void;
}

/** What the loop records of its options; see `agent/loop.ts`. */
const recordedOptions = z.looseObject({
  instructions: z.string().default(""),
  strategy: z.string().default("few-shot"),
  prompts: z.string().optional(),
  protocol: z.enum(["marker", "native"]).default("marker"),
  temperature: z.number().default(0),
  topK: z.number().default(1),
  costWeight: z.number().default(0),
  maxTokens: z.number().optional(),
  budget: z.record(z.string(), z.number()).default({}),
});

/** A `Drive` for `replayTrace`: one for each replay, since it keeps a chat's turns. */
export function driveAgent(options: DriveOptions = {}): Drive {
  const builtIn = [calculator(), calendar(), search()];
  const atHand = new Map<string, Tool>([...builtIn, ...(options.tools ?? [])].map((tool) => [tool.name, tool]));
  let history: readonly Turn[] = [];

  return async function* drive({ input, tape, model }: ReplayRun): AsyncGenerator<AgentEvent> {
    const settings = recordedOptions.parse(input.options ?? {});
    const recorded = (input.tools ?? []) as unknown as readonly ToolRecord[];
    const changed = recorded.filter(({ name, digest }) => {
      const tool = atHand.get(name);
      return tool === undefined || describeTool(tool).digest !== digest;
    });
    if (changed.length > 0) {
      tape.accept("prompt");
      options.onChangedTools?.(changed.map(({ name }) => name));
    }
    const { prompts: digest, ...rest } = settings;
    const prompts = options.prompts ?? shippedPrompts();
    if (digest !== undefined && digest !== prompts.digest) {
      tape.accept("prompt");
      options.onChangedPrompts?.();
    }
    const agent = createAgent({
      ...rest,
      prompts,
      model,
      tools: recorded.map((record) => atHand.get(record.name) ?? absentTool(record)),
      approve: () => false, // Asked only where a replay has gone live.
    });
    const turn = typeof input.turn === "number" ? input.turn : 0;
    // A chat that began with turns of another one has them in its first run.
    const past = (Array.isArray(input.history) ? (input.history as Turn[]) : history).slice(0, turn);
    const chat = agent.chat({ history: past });
    const { evidence, chain } = input;
    yield* chat.run(input.question, { tape, evidence, chain });
    if (chain !== undefined) return; // Its run's turn is the chat's.
    history = chat.history;
    options.onTurns?.(history);
  };
}

export interface ReplayRunsOptions extends DriveOptions, Omit<ReplayOptions, "drive"> {}

/** A run as its replay gave it. */
export interface ReplayedRun {
  readonly run: string;
  readonly question: string;
  /** Undefined where the run ended in an error. */
  readonly answer?: string;
  readonly events: readonly AgentEvent[];
}

/**
 * Replays all runs of a trace and compares what the loop makes with the record. Neither model nor tools are needed.
 * @throws ToolwrightError what `replayTrace` throws
 */
export async function replayRuns(trace: Trace, options: ReplayRunsOptions = {}): Promise<ReplayedRun[]> {
  const drive = driveAgent(options);
  const runs: { run: string; question: string; answer?: string; events: AgentEvent[] }[] = [];
  const begin: Drive = (run) => {
    runs.push({ run: run.run, question: run.input.question, events: [] });
    return drive(run);
  };
  for await (const { event } of replayTrace(trace, { ...options, drive: begin })) {
    const current = runs.at(-1)!;
    current.events.push(event);
    if (event.type === "answer") current.answer = event.text;
  }
  return runs;
}

/** Stands for a tool that is not at hand: its arguments are read as they were, and its results are the recorded ones. */
function absentTool({ name, description, version, sideEffects, cacheable, schema }: ToolRecord): Tool {
  return {
    name,
    description,
    version,
    sideEffects,
    cacheable,
    input: z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]) as z.ZodObject,
    examples: [],
    cost: {},
    timeout: 1,
    run: async () => {
      throw new ToolwrightError("tool-absent", `the tool ${name} is not at hand in this replay`, "Give it to the replay.");
    },
    close: async () => {},
  };
}
