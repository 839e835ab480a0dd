import type { z } from "zod";

/** What a tool is told about the run that calls it. */
export interface ToolContext {
  /** Aborted when the run ends, is cancelled or the tool's time is up. */
  readonly signal: AbortSignal;
  /** The run's clock: the only "now" that a tool may use, so that a trace replays. */
  readonly now: Date;
  /** IANA name of the user's time zone, such as `"Europe/Berlin"`. */
  readonly timeZone: string;
}

/** Where a result comes from, for tools that return stored text. */
export interface Source {
  readonly id: string;
  readonly title: string;
  readonly url?: string;
  /** Higher is better; the scale is the tool's own. */
  readonly score?: number;
}

/** What a tool gives back. A plain string stands for `{ text }`. */
export interface ToolOutput {
  /** The result as the model and the reader see it. */
  readonly text: string;
  /** What an enclosing call gets instead of `text` when this call is nested: the calculator's full precision, for one. Default: `text`. */
  readonly value?: string;
  readonly sources?: readonly Source[];
}

/**
 * A demonstration of a tool in use: text in which its calls stand with their results, `[Name(arguments) → result]`.
 * With a `question` it is a turn of a chat, without one it is running text.
 */
export interface Example {
  readonly question?: string;
  readonly text: string;
  /** The clock (ISO date or date-time) at which the results in `text` hold; only where they depend on it. */
  readonly now?: string;
}

/** What a call costs, as far as the tool's author knows; each defaults to 0. */
export interface Cost {
  readonly milliseconds?: number;
  readonly tokens?: number;
  /** In US dollars. */
  readonly money?: number;
}

/** What `defineTool` takes. */
export interface ToolDefinition<Schema extends z.ZodObject = z.ZodObject> {
  /** Begins with a letter; letters, digits and `_`; at most 64 characters. Written in calls: `Name(arguments)`. */
  readonly name: string;
  /** One line that says what the tool is for. */
  readonly description: string;
  /** Arguments by name, in the order in which a call gives them. */
  readonly input: Schema;
  readonly examples?: readonly Example[];
  readonly cost?: Cost;
  /** Changes something outside: the run asks `approve` first. Default false. */
  readonly sideEffects?: boolean;
  /** How long a call may take, in milliseconds. Default 10,000. */
  readonly timeout?: number;
  /** Changes when the same input may give another result; part of cache keys. Default `"1"`. */
  readonly version?: string;
  /** May be called again with the same input for the same result within a run. Default true. */
  readonly cacheable?: boolean;
  run(args: z.output<Schema>, context: ToolContext): Promise<string | ToolOutput> | string | ToolOutput;
}

/** A tool: a definition whose defaults are filled in. Make one with `defineTool`. */
export interface Tool<Schema extends z.ZodObject = z.ZodObject> extends Required<Omit<ToolDefinition<Schema>, "run">> {
  run(args: z.output<Schema>, context: ToolContext): Promise<ToolOutput>;
  /** Frees what the tool holds open (a worker, an index). */
  close(): Promise<void>;
}
