import { setTimeout as pause } from "node:timers/promises";
import type { BaseChatModel, BaseChatModelCallOptions } from "@langchain/core/language_models/chat_models";
import type { AIMessageChunk, BaseMessageLike } from "@langchain/core/messages";
import { ToolwrightError } from "../errors.js";
import { classify, type Endpoint, endpointError, Incomplete, Silence } from "./failures.js";
import type {
  Capabilities,
  Delta,
  GenerateOptions,
  LanguageModel,
  Message,
  ModelIdentity,
  Prompt,
  Sequence,
  Splice,
  Usage,
} from "./model.js";
import { aborted, checkOptions, checkPrompt, unsupported } from "./refusals.js";
import { Reply } from "./reply.js";
import { Turn } from "./turn.js";

/**
 * How calls come: `"marker"` in the model's text, as with a local model; `"native"` as the endpoint's structured tool calls, for
 * prompts with `tools`.
 */
export type Protocol = "marker" | "native";

/** What of a request is set on a LangChain model itself, not in its call. */
export interface Sampling {
  readonly temperature: number;
  readonly topP?: number;
  readonly maxTokens?: number;
}

interface EndpointSettings {
  readonly endpoint: Endpoint;
  readonly runtime: string;
  readonly protocol: Protocol;
  /** A model with these settings. Its own retries are to be off where `tries` is above 1. */
  readonly make: (sampling: Sampling) => BaseChatModel | Promise<BaseChatModel>;
  /** How often a request is made at most. */
  readonly tries: number;
  /** The longest silence of the endpoint, in milliseconds. */
  readonly patienceMs: number;
  /** The endpoint says why its answer ended: one without that was cut. */
  readonly saysWhy: boolean;
}

/** How often a request is made at most, where nothing else decides. */
export const TRIES = 3;
/** How long a silence is borne, where nothing else decides: a long prompt on a slow machine takes a while. */
export const PATIENCE_MS = 120_000;
const FIRST_PAUSE_MS = 500;
/** Somebody waits for the answer: an endpoint that asks for a longer pause has failed. */
const LONGEST_PAUSE_MS = 30_000;

/** A chat model behind LangChain's interface: it answers whole conversations and cannot go on with its own text. */
export class EndpointModel implements LanguageModel {
  readonly name: string;
  readonly identity: ModelIdentity;
  readonly can: Capabilities;
  readonly #settings: EndpointSettings;

  constructor(settings: EndpointSettings) {
    this.name = settings.endpoint.model;
    this.identity = { name: this.name, runtime: settings.runtime };
    this.can = {
      continues: false,
      score: false,
      fork: false,
      grammar: false,
      ranks: false,
      adapters: false,
      nativeTools: settings.protocol === "native",
    };
    this.#settings = settings;
  }

  countTokens(text: string): number {
    return Math.ceil(text.length / 4);
  }

  async open(
    prompt: Prompt,
    { signal, written = "" }: { readonly signal?: AbortSignal; readonly written?: string } = {},
  ): Promise<Sequence> {
    if (signal?.aborted) throw aborted(this.name, signal.reason);
    checkPrompt(this, prompt, written);
    return new EndpointSequence(this, this.#settings, prompt);
  }

  async close(): Promise<void> {}

  async [Symbol.asyncDispose](): Promise<void> {}
}

class EndpointSequence implements Sequence {
  readonly #model: EndpointModel;
  readonly #settings: EndpointSettings;
  readonly #prompt: Prompt;
  readonly #turn: Turn;
  #usage: Usage = { input: 0, cached: 0, output: 0 };
  #generating = false;

  constructor(model: EndpointModel, settings: EndpointSettings, prompt: Prompt) {
    this.#model = model;
    this.#settings = settings;
    this.#prompt = prompt;
    this.#turn = new Turn(prompt.messages);
  }

  get usage(): Usage {
    return this.#usage;
  }

  async *generate(options: GenerateOptions = {}): AsyncGenerator<Delta, undefined> {
    if (this.#generating) throw new Error("generate is under way on this sequence");
    checkOptions(this.#model, options);
    if (options.signal?.aborted) throw aborted(this.#model.name, options.signal.reason);
    this.#generating = true;
    const request = this.#turn.request();
    const reply = new Reply();
    try {
      for await (const chunk of this.#chunks(request, options, reply)) {
        const text = reply.take(chunk);
        if (text === "") continue;
        this.#turn.write(text);
        yield { type: "text", text, tokens: 0 };
      }
      const calls = reply.calls();
      if (calls.length > 0) {
        this.#turn.call(calls);
        yield { type: "calls", calls };
      }
      yield { type: "stop", reason: calls.length > 0 ? "calls" : reply.reason };
    } finally {
      this.#generating = false;
      this.#count(request, reply);
    }
  }

  accept(delta: Delta): void {
    this.#turn.accept(delta);
  }

  splice(splice: Splice): void {
    this.#turn.splice(splice);
  }

  async fork(): Promise<Sequence> {
    throw unsupported(this.#model, "fork", "a fork");
  }

  message(): Message {
    return this.#turn.message();
  }

  async close(): Promise<void> {}

  async [Symbol.asyncDispose](): Promise<void> {}

  /** The chunks of one answer. Asks again where that may help, though never once a part of an answer has been handed on. */
  async *#chunks(request: readonly Message[], options: GenerateOptions, reply: Reply): AsyncGenerator<AIMessageChunk> {
    const { endpoint, tries, saysWhy } = this.#settings;
    for (let asked = 1; ; asked++) {
      try {
        yield* this.#stream(request, options);
        options.signal?.throwIfAborted();
        if (reply.finish === "content_filter") throw new Incomplete("endpoint-failed");
        if (saysWhy && reply.finish === undefined) throw new Incomplete(reply.opened ? "endpoint-cut" : "endpoint-garbage");
        return;
      } catch (error) {
        if (options.signal?.aborted) throw aborted(this.#model.name, error);
        if (error instanceof ToolwrightError) throw error;
        const failure = classify(error, reply.begun);
        const wait = failure.waitMs ?? FIRST_PAUSE_MS * 2 ** (asked - 1);
        if (!failure.again || reply.begun || asked >= tries || wait > LONGEST_PAUSE_MS) throw endpointError(failure, endpoint, error);
        await this.#wait(wait, options.signal);
      }
    }
  }

  async #wait(ms: number, signal: AbortSignal | undefined): Promise<void> {
    try {
      await pause(ms, undefined, { signal });
    } catch (error) {
      throw aborted(this.#model.name, error);
    }
  }

  /** One request. Leaving it early ends the connection. */
  async *#stream(request: readonly Message[], options: GenerateOptions): AsyncGenerator<AIMessageChunk> {
    const { patienceMs } = this.#settings;
    const leave = new AbortController();
    const signal = options.signal === undefined ? leave.signal : AbortSignal.any([leave.signal, options.signal]);
    const patient = async <T>(work: Promise<T>): Promise<T> => {
      const timer = setTimeout(() => leave.abort(new Silence(patienceMs / 1000)), patienceMs);
      try {
        return await work;
      } catch (error) {
        // What LangChain throws after an abort does not tell why.
        throw leave.signal.aborted ? leave.signal.reason : error;
      } finally {
        clearTimeout(timer);
      }
    };
    let stream: AsyncIterator<AIMessageChunk> | undefined;
    try {
      stream = await patient(this.#open(request, options, signal));
      for (;;) {
        const { done, value } = await patient(stream.next());
        if (done) return;
        yield value;
      }
    } finally {
      leave.abort();
      // For models that do not look at the signal. That a stream which is left fails is of no interest.
      void stream?.return?.().catch(() => {});
    }
  }

  async #open(request: readonly Message[], options: GenerateOptions, signal: AbortSignal): Promise<AsyncIterator<AIMessageChunk>> {
    const { temperature = 0, topP, maxTokens, seed } = options;
    const chat = await this.#settings.make({ temperature, topP, maxTokens });
    const callOptions: Partial<BaseChatModelCallOptions> & { seed?: number } = { signal };
    if (seed !== undefined) callOptions.seed = seed;
    const messages = request.map(forLangChain);
    const tools = this.#prompt.tools?.map(({ name, description, parameters }) => ({ name, description, schema: parameters }));
    if (tools === undefined || tools.length === 0) return chat.stream(messages, callOptions);
    if (chat.bindTools === undefined) throw unsupported(this.#model, "nativeTools", "a prompt with tools");
    return chat.bindTools(tools).stream(messages, callOptions);
  }

  /** Where the endpoint gives no figures, or the answer was left before them, they are estimated. */
  #count(request: readonly Message[], reply: Reply): void {
    if (!reply.opened) return;
    const { input, cached, output } = this.#usage;
    const asked = reply.usage ?? {
      input: request.reduce((sum, { content }) => sum + this.#model.countTokens(content), 0),
      cached: 0,
      output: this.#model.countTokens(reply.text),
    };
    this.#usage = { input: input + asked.input, cached: cached + asked.cached, output: output + asked.output };
  }
}

function forLangChain({ role, content, calls, callId }: Message): BaseMessageLike {
  if (role === "tool") return { role, content, tool_call_id: callId ?? "" };
  if (calls === undefined) return { role, content };
  return {
    role,
    content,
    tool_calls: calls.map(({ id, tool, input }) => ({ id, name: tool, args: argumentsOf(input), type: "tool_call" })),
  };
}

/** LangChain wants arguments as an object. What the model wrote wrongly goes back to it as it was. */
function argumentsOf(input: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(input);
    if (typeof parsed === "object" && parsed !== null) return parsed as Record<string, unknown>;
  } catch {
    // No JSON at all.
  }
  return { malformed: input };
}
