import { ToolwrightError } from "../errors.js";
import type { LanguageModel, Usage } from "../models/index.js";
import type { Tool } from "../tools/index.js";
import { type Budget, chainTokens, defaultBudget } from "./budget.js";
import { CallLog } from "./call-log.js";
import { CostBook } from "./cost.js";
import type { Approve } from "./dispatch.js";
import { runQuestion } from "./ensemble.js";
import type { AgentEvent, CallRecord, Standing } from "./events.js";
import { failureOf } from "./failures.js";
import { fittedWeight } from "./measured.js";
import { type PromptBook, shippedPrompts } from "./prompts.js";
import type { RunSettings, Turn } from "./settings.js";
import { defaultStrategy, strategyNamed, suitedModel } from "./strategies/index.js";
import { isChoosing, isSeveral, type RunStrategy, type Strategy } from "./strategy.js";
import { liveTape, type Recorder, type RecordingTape, type Tape } from "./tape.js";

export interface AgentOptions {
  /** A model that was taught to call other tools by an adapter that nobody chose answers without that adapter. */
  readonly model: LanguageModel;
  /** Default: none. Names must differ. */
  readonly tools?: readonly Tool[];
  /** What you want of it, in your words; put before everything else. Default: nothing. */
  readonly instructions?: string;
  /** What strategies say to the model. Default: what comes with the package; `readPrompts` reads your own. */
  readonly prompts?: PromptBook;
  /**
   * How a question becomes prompts and an answer: a name of `strategies`, or your own. Default: the one that the model,
   * or its adapter, was trained for; otherwise `few-shot`.
   */
  readonly strategy?: string | Strategy;
  /** `"marker"`: the model writes calls into its text. `"native"`: as structured data, where the model can. Default `"marker"`. */
  readonly protocol?: "marker" | "native";
  /** 0 is greedy. Default 0. */
  readonly temperature?: number;
  /** Of sampling. Default: drawn for each run, and recorded. */
  readonly seed?: number;
  /** Most tokens that the model writes for one answer; of several chains, for each. Default 512. Goes before `budget.tokens` where one chain answers. */
  readonly maxTokens?: number;
  /** A call starts when its marker is among so many likeliest next tokens. Default 1: when the model writes it. The paper's is 10. */
  readonly topK?: number;
  /**
   * Nats that a second of a call's cost must be worth: a call starts when log p(call) − log p(going on without) is more than this times its
   * cost (`Tool.cost`, for time what its calls have taken so far). `"fit"`: what was fitted when the strategies were measured with this model.
   * Default 0: whenever the model writes one, as in the paper.
   */
  readonly costWeight?: number | "fit";
  /** Calls say their margins, log p(call) − log p(going on without). Default: where `costWeight` is above 0. */
  readonly margins?: boolean;
  /** What one run may use. Defaults in `defaultBudget`. */
  readonly budget?: Partial<Budget>;
  /** Asked before a tool with side effects runs; without it such a tool is refused. */
  readonly approve?: Approve;
  /** Where runs are recorded. Default: nowhere. */
  readonly trace?: Recorder;
  /** The clock that tools see. Default: the machine's. */
  readonly now?: () => Date;
  /** IANA name of the zone that tools reckon in. Default: the machine's. */
  readonly timeZone?: string;
}

/** What may differ from question to question. */
export interface RunOptions {
  readonly signal?: AbortSignal;
  readonly strategy?: string | Strategy;
  readonly temperature?: number;
  readonly seed?: number;
  readonly maxTokens?: number;
  /** What the question is to be answered from, for strategies that read it. */
  readonly evidence?: string;
  /** For replays: where the run's inputs come from. */
  readonly tape?: Tape;
  /** For replays: which chain of another run it is. */
  readonly chain?: number;
}

export interface Answer extends Standing {
  readonly answer: string;
  /** In the order in which they were made, nested ones before the call that encloses them; of several chains, chain by chain. */
  readonly calls: readonly CallRecord[];
  readonly usage: Usage;
  /** Milliseconds. */
  readonly ms: number;
  /** Path of the trace, when one is written. */
  readonly trace?: string;
}

export type { CallRecord, Turn };

/** Answers questions with tools. Runs are independent of each other and may go on at the same time. */
export interface Agent {
  readonly model: LanguageModel;
  readonly tools: readonly Tool[];
  /** What questions are answered by, unless one says another. */
  readonly strategy: Strategy;
  /**
   * One answer.
   * @throws ToolwrightError what the run's fatal `error` event says: `aborted`, `budget-*`, `repeating-calls`, `empty-answer`, the model's
   */
  ask(question: string, options?: RunOptions): Promise<Answer>;
  /**
   * The same as a stream: it ends with an `answer` and a `usage`, or a fatal `error`. Leaving it stops the run.
   * @throws ToolwrightError only before the run begins: `unknown-strategy`, `strategy-unmeasured`
   */
  run(question: string, options?: RunOptions): AsyncGenerator<AgentEvent>;
  /** A conversation. */
  chat(options?: ChatOptions): Chat;
  /** Closes the tools and the recorder; the model is whoever's who made it. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface ChatOptions {
  /** One trace for the whole chat. Default: the agent's. */
  readonly trace?: Recorder;
  /** Earlier turns, of this or another chat. */
  readonly history?: readonly Turn[];
}

/** Runs that share a conversation, one at a time. */
export interface Chat {
  /** The turns so far. */
  readonly history: readonly Turn[];
  ask(question: string, options?: RunOptions): Promise<Answer>;
  run(question: string, options?: RunOptions): AsyncGenerator<AgentEvent>;
  /** Takes back the last question and its answer. @returns that question, or undefined when there is none */
  undo(): string | undefined;
  /** Closes its recorder, if it was given one. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** @throws ToolwrightError `tool-twice`, `unknown-strategy`, `unsupported` (the model cannot do what is asked for), `invalid-option` */
export function createAgent(options: AgentOptions): Agent {
  const { model, tools = [], trace } = options;
  const names = new Set<string>();
  for (const { name } of tools) {
    if (names.has(name))
      throw new ToolwrightError("tool-twice", `Two tools are named ${name}.`, "Give each tool a name of its own.", { exitCode: 2 });
    names.add(name);
  }
  const defaults = settingsOf(options);
  const settings = async (
    question: string,
    run: RunOptions,
    tape: LateTape,
    chat?: Pick<RunSettings, "history" | "given">,
  ): Promise<RunSettings> => {
    const named = run.strategy === undefined ? defaults.strategy : strategyOf(run.strategy);
    const suited = await suitedModel(model, tools);
    const choice = isChoosing(named) ? named.choose(question, { ...defaults, model: suited }) : { strategy: named, kind: undefined };
    const { strategy, kind } = choice;
    const maxTokens = run.maxTokens ?? options.maxTokens;
    return {
      ...defaults,
      model: suited,
      ...(kind === undefined ? {} : { chosen: { by: named.name, kind } }),
      tape: await tape.open(), // Last: what is wrong shows before anything is recorded.
      strategy,
      temperature: run.temperature ?? defaults.temperature,
      seed: run.seed ?? defaults.seed,
      budget: budgetFor(strategy, options.budget, maxTokens),
      maxTokens,
      signal: run.signal,
      history: chat?.history ?? [],
      given: chat?.given,
      keep: chat !== undefined,
      evidence: run.evidence,
      chain: run.chain,
    };
  };

  const agent: Agent = {
    model,
    tools,
    strategy: defaults.strategy,
    async *run(question, run_ = {}) {
      yield* runQuestion(question, await settings(question, run_, new LateTape(run_.tape, trace)));
    },
    async ask(question, run_ = {}) {
      const tape = new LateTape(run_.tape, trace);
      return collect(runQuestion(question, await settings(question, run_, tape)), tape);
    },
    chat(chatOptions = {}) {
      const history: Turn[] = [...(chatOptions.history ?? [])];
      const recorder = chatOptions.trace ?? trace;
      let given = chatOptions.history?.length ? chatOptions.history : undefined;
      let busy = false;
      const turns = async function* (question: string, run_: RunOptions, tape: LateTape): AsyncGenerator<AgentEvent> {
        if (busy)
          throw new ToolwrightError(
            "chat-busy",
            "The chat is answering another question.",
            "Wait for its answer, or use agent.ask for independent questions.",
          );
        busy = true;
        try {
          const turn = yield* runQuestion(question, await settings(question, run_, tape, { history: [...history], given }));
          given = undefined;
          if (turn) history.push(turn);
        } finally {
          busy = false;
        }
      };
      const chat: Chat = {
        history,
        run: (question, run_ = {}) => turns(question, run_, new LateTape(run_.tape, recorder)),
        async ask(question, run_ = {}) {
          const tape = new LateTape(run_.tape, recorder);
          return collect(turns(question, run_, tape), tape);
        },
        undo() {
          return history.pop()?.question;
        },
        async close() {
          await chatOptions.trace?.close();
        },
        [Symbol.asyncDispose]: () => chat.close(),
      };
      return chat;
    },
    async close() {
      await Promise.all(tools.map((tool) => tool.close()));
      await trace?.close();
    },
    [Symbol.asyncDispose]: () => agent.close(),
  };
  return agent;
}

/** What is the same for all runs of an agent, unless one says another. */
type Defaults = { readonly strategy: Strategy } & Omit<
  RunSettings,
  "strategy" | "budget" | "tape" | "history" | "given" | "keep" | "signal"
>;

function settingsOf(options: AgentOptions): Defaults {
  const { model, tools = [], topK = 1, protocol = "marker", temperature = 0 } = options;
  const need = (flag: "ranks" | "nativeTools", what: string) => {
    if (model.can[flag]) return;
    throw new ToolwrightError(
      "unsupported",
      `${model.name} cannot do ${what} (${flag}: false).`,
      "Leave the option out, or use a local model.",
      { exitCode: 2 },
    );
  };
  if (topK > 1) need("ranks", `topK: ${topK}`);
  const prompts = options.prompts ?? shippedPrompts();
  const strategy = strategyOf(options.strategy ?? defaultStrategy(model, tools));
  if (options.costWeight === "fit") need("ranks", 'costWeight: "fit"');
  const costWeight = options.costWeight === "fit" ? fittedWeight({ model, tools, prompts }, strategy.name) : (options.costWeight ?? 0);
  if (costWeight > 0) need("ranks", `costWeight: ${costWeight}`);
  const { margins = false } = options;
  if (margins) need("ranks", "margins");
  if (costWeight > 0 && topK > 1) throw invalid("topK", topK, "1 where calls are weighed: what it prefers would be taken back");
  if (!(costWeight >= 0)) throw invalid("costWeight", costWeight, "0 or more");
  if (protocol === "native") need("nativeTools", 'protocol: "native"');
  if (!(temperature >= 0)) throw invalid("temperature", temperature, "0 or more");
  if (!(Number.isInteger(topK) && topK >= 1)) throw invalid("topK", topK, "a whole number, 1 or more");
  // Of one that chooses it is known with the question.
  const budget = isChoosing(strategy) ? { ...defaultBudget, ...options.budget } : budgetFor(strategy, options.budget, options.maxTokens);
  if (isSeveral(strategy)) chainTokens(strategy, budget, options.maxTokens);
  for (const [name, value] of Object.entries(budget)) if (!(value >= 0)) throw invalid(`budget.${name}`, value, "0 or more");
  return {
    model,
    tools,
    instructions: options.instructions ?? "",
    prompts,
    strategy,
    protocol,
    temperature,
    seed: options.seed,
    topK,
    costWeight,
    margins,
    costs: new CostBook(tools),
    approve: options.approve,
    clock: options.now ?? (() => new Date()),
    timeZone: options.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
  };
}

/** Where several chains answer, each may write as much as one would, unless it is said what the run may. */
function budgetFor(strategy: RunStrategy, given: Partial<Budget> | undefined, maxTokens: number | undefined): Budget {
  const budget = { ...defaultBudget, ...given };
  if (!isSeveral(strategy)) return maxTokens === undefined ? budget : { ...budget, tokens: maxTokens };
  return { ...budget, tokens: given?.tokens ?? strategy.chains * (maxTokens ?? defaultBudget.tokens) };
}

function strategyOf(strategy: string | Strategy): Strategy {
  return typeof strategy === "string" ? strategyNamed(strategy) : strategy;
}

function invalid(option: string, value: unknown, wanted: string): ToolwrightError {
  return new ToolwrightError("invalid-option", `${option} is ${JSON.stringify(value)}.`, `It must be ${wanted}.`, { exitCode: 2 });
}

/** The tape of a run, opened when all that it needs is known to be there: one that is opened must be ended. */
class LateTape {
  tape: Tape | RecordingTape | undefined;
  readonly #recorder: Recorder | undefined;

  constructor(given: Tape | undefined, recorder: Recorder | undefined) {
    this.tape = given;
    this.#recorder = recorder;
  }

  async open(): Promise<Tape> {
    this.tape ??= (await this.#recorder?.tape()) ?? liveTape;
    return this.tape;
  }
}

/** Reads a run to its very end: one that is left is an aborted one. */
async function collect(events: AsyncIterable<AgentEvent>, used: LateTape): Promise<Answer> {
  const log = new CallLog();
  let answer: Extract<AgentEvent, { type: "answer" }> | undefined;
  let end: Extract<AgentEvent, { type: "usage" }> | undefined;
  let failure: ToolwrightError | undefined;
  for await (const event of events) {
    log.add(event);
    if (event.type === "answer") answer = event;
    else if (event.type === "usage") end = event;
    else if (event.type === "error" && event.fatal) failure = failureOf(event);
  }
  if (failure) throw failure;
  if (!end || !answer)
    throw new ToolwrightError("run-failed", "The run ended without an answer.", "If it happens again, please report it with the trace.");
  const { agreement, sources } = answer;
  const { tape } = used;
  return {
    answer: answer.text,
    ...(agreement ? { agreement } : {}),
    ...(sources ? { sources } : {}),
    calls: log.calls,
    usage: end.usage,
    ms: end.ms,
    ...(tape && "file" in tape ? { trace: tape.file } : {}),
  };
}
