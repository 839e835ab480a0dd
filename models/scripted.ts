import { ToolwrightError } from "../errors.js";
import type {
  Capabilities,
  Delta,
  GenerateOptions,
  LanguageModel,
  Message,
  ModelIdentity,
  NativeCall,
  Prompt,
  Sequence,
  Splice,
  StopReason,
  Usage,
} from "./model.js";
import { aborted, checkOptions, checkPrompt, unsupported } from "./refusals.js";
import { Turn } from "./turn.js";

/**
 * What a scripted model does next: writes a piece of text; makes native calls, and stops; takes a preferred text, and stops, where
 * `prefer` is asked for; writes a token that may be watched, or where it is to be avoided what would come instead, to its end; stops for
 * another reason than its own end.
 */
export type ScriptStep =
  | string
  | { readonly calls: readonly NativeCall[] }
  | { readonly preferred: string }
  | { readonly watched: string; readonly margin: number; readonly otherwise: string }
  | { readonly stop: Exclude<StopReason, "calls" | "preferred"> };

/**
 * Either the turns that the model writes, one after the other, whoever asks: a model that continues takes the next turn when it has
 * written the one before to its end, one that does not at each `generate`. Or a function that is asked at each `generate` for what
 * comes next, given the conversation and what is written of the turn.
 */
export type Script = readonly (readonly ScriptStep[])[] | ((messages: readonly Message[], written: string) => readonly ScriptStep[]);

export interface ScriptedOptions extends Partial<Pick<Capabilities, "continues" | "fork" | "grammar" | "ranks" | "nativeTools">> {
  /** Default `"scripted"`. */
  readonly name?: string;
}

export interface ScriptedModel extends LanguageModel {
  /** What the model was given, in order. */
  readonly given: {
    readonly prompts: readonly Prompt[];
    readonly splices: readonly Splice[];
    readonly options: readonly GenerateOptions[];
  };
}

/**
 * A model that writes what a script says, for tests and examples. By default it continues its own text and can be forked, and can
 * nothing else; a grammar, where `grammar` is set, is taken and not looked at. A token is a run of characters between white space.
 * Its `generate` throws ToolwrightError `script-exhausted`, `script-mismatch`, `unsupported`, `aborted`.
 */
export function scriptedModel(script: Script, options: ScriptedOptions = {}): ScriptedModel {
  return new Scripted(script, options);
}

class Scripted implements ScriptedModel {
  readonly name: string;
  readonly identity: ModelIdentity;
  readonly can: Capabilities;
  readonly given = { prompts: [] as Prompt[], splices: [] as Splice[], options: [] as GenerateOptions[] };
  /** A turn that was left is gone on with at the next `generate`. */
  readonly goesOn: boolean;
  readonly #script: Script;
  #turns = 0;

  constructor(script: Script, { name = "scripted", ...can }: ScriptedOptions) {
    this.name = name;
    this.identity = { name, runtime: "script" };
    this.can = { continues: true, score: false, fork: true, grammar: false, ranks: false, adapters: false, nativeTools: false, ...can };
    this.goesOn = this.can.continues && typeof script !== "function";
    this.#script = script;
  }

  countTokens(text: string): number {
    let tokens = 0;
    let inside = false;
    for (let i = 0; i < text.length; i++) {
      // Space, tab, line feed, carriage return: enough for a count.
      const code = text.charCodeAt(i);
      const white = code === 32 || (code >= 9 && code <= 13);
      if (!white && !inside) tokens++;
      inside = !white;
    }
    return tokens;
  }

  async open(
    prompt: Prompt,
    { signal, written = "" }: { readonly signal?: AbortSignal; readonly written?: string } = {},
  ): Promise<Sequence> {
    if (signal?.aborted) throw aborted(this.name, signal.reason);
    checkPrompt(this, prompt, written);
    this.given.prompts.push(prompt);
    const input = prompt.messages.reduce((sum, { content }) => sum + this.countTokens(content), this.countTokens(written));
    return new ScriptedSequence(this, prompt, new Turn(prompt.messages, written), { input, cached: 0, output: 0 });
  }

  /** The steps to take at a `generate`, unless the turn before is to be written to its end. */
  next(prompt: Prompt, turn: Turn): readonly ScriptStep[] {
    if (typeof this.#script === "function") return this.#script(this.can.continues ? prompt.messages : turn.request(), turn.written);
    const steps = this.#script[this.#turns++];
    if (steps !== undefined) return steps;
    throw new ToolwrightError(
      "script-exhausted",
      `${this.name} was asked for turn ${this.#turns}, and its script has ${this.#script.length}.`,
      "Add the turn to the script, or look why it was asked.",
    );
  }

  async close(): Promise<void> {}

  async [Symbol.asyncDispose](): Promise<void> {}
}

class ScriptedSequence implements Sequence {
  readonly #model: Scripted;
  readonly #prompt: Prompt;
  readonly #turn: Turn;
  readonly #usage: { input: number; cached: number; output: number };
  #steps: readonly ScriptStep[] = [];
  #at = 0;
  #generating = false;

  constructor(model: Scripted, prompt: Prompt, turn: Turn, usage: Usage) {
    this.#model = model;
    this.#prompt = prompt;
    this.#turn = turn;
    this.#usage = { ...usage };
  }

  get usage(): Usage {
    return { ...this.#usage };
  }

  async *generate(options: GenerateOptions = {}): AsyncGenerator<Delta, undefined> {
    if (this.#generating) throw new Error("generate is under way on this sequence");
    checkOptions(this.#model, options);
    this.#model.given.options.push(options);
    this.#generating = true;
    try {
      if (!this.#model.goesOn || this.#at === this.#steps.length) {
        this.#steps = this.#model.next(this.#prompt, this.#turn);
        this.#at = 0;
      }
      let room = options.maxTokens ?? Number.POSITIVE_INFINITY;
      while (this.#at < this.#steps.length) {
        if (options.signal?.aborted) throw aborted(this.#model.name, options.signal.reason);
        if (room <= 0) return yield { type: "stop", reason: "length" };
        const step = this.#steps[this.#at++]!;
        if (typeof step !== "string" && "watched" in step) {
          if (options.avoid?.includes(step.watched)) {
            this.#at = this.#steps.length;
            yield this.#write(step.otherwise);
          } else yield { ...this.#write(step.watched), ...(options.watch?.includes(step.watched) ? { margin: step.margin } : {}) };
          continue;
        }
        if (typeof step !== "string") return yield* this.#stop(step, options);
        const delta = this.#write(step);
        room -= delta.tokens;
        yield delta;
      }
      yield { type: "stop", reason: "end" };
    } finally {
      this.#generating = false;
    }
  }

  *#stop(step: Exclude<ScriptStep, string | { readonly watched: string }>, { prefer }: GenerateOptions): Generator<Delta, undefined> {
    if ("stop" in step) {
      yield { type: "stop", reason: step.stop };
    } else if ("calls" in step) {
      if (!this.#model.can.nativeTools) throw unsupported(this.#model, "nativeTools", "a native call in the script");
      this.#turn.call(step.calls);
      yield { type: "calls", calls: step.calls };
      yield { type: "stop", reason: "calls" };
    } else {
      if (!prefer?.texts.includes(step.preferred)) throw mismatch(this.#model.name, step.preferred, prefer);
      yield this.#write(step.preferred);
      yield { type: "stop", reason: "preferred" };
    }
  }

  #write(text: string): Extract<Delta, { type: "text" }> {
    const tokens = this.#model.countTokens(text);
    this.#turn.write(text);
    this.#usage.output += tokens;
    return { type: "text", text, tokens };
  }

  accept(delta: Delta): void {
    this.#turn.accept(delta);
  }

  splice(splice: Splice): void {
    this.#model.given.splices.push(splice);
    this.#turn.splice(splice);
    this.#usage.input += this.#model.countTokens(splice.text);
  }

  async fork(): Promise<Sequence> {
    if (!this.#model.can.fork) throw unsupported(this.#model, "fork", "a fork");
    const { input, cached, output } = this.#usage;
    const copy = new ScriptedSequence(this.#model, this.#prompt, this.#turn.copy(), {
      input: 0,
      cached: input + cached + output,
      output: 0,
    });
    copy.#steps = this.#steps;
    copy.#at = this.#at;
    return copy;
  }

  message(): Message {
    return this.#turn.message();
  }

  async close(): Promise<void> {}

  async [Symbol.asyncDispose](): Promise<void> {}
}

function mismatch(name: string, preferred: string, prefer: GenerateOptions["prefer"]): ToolwrightError {
  const asked = prefer === undefined ? "nothing is preferred" : `these are preferred: ${JSON.stringify(prefer.texts)}`;
  return new ToolwrightError(
    "script-mismatch",
    `The script of ${name} takes ${JSON.stringify(preferred)} as preferred, and ${asked}.`,
    "Change the script, or the test that prefers.",
  );
}
