import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, rename, rm, stat, utimes } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import {
  type AdapterSetting,
  type EngineModel,
  loadModel,
  logSumExp,
  type ModelInfo,
  RELEASE,
  type Scheduler,
  type SchedulerSettings,
} from "../engine/index.js";
import { ToolwrightError } from "../errors.js";
import { type AdapterDescription, checkAdapter, readAdapter, shippedAdapter, taughtTools } from "./adapter.js";
import { modelDigest } from "./digest.js";
import { findModel, type Progress } from "./fetch.js";
import { openFolder } from "./folders.js";
import { interruptible, LocalSequence } from "./local-sequence.js";
import type { Message, ModelIdentity, Prompt, ScoreOptions, Scores, ScoringModel, Sequence } from "./model.js";
import { chooseStorage } from "./storage.js";
import { type ChatTemplate, chatTemplate } from "./template.js";

export interface LocalModelOptions {
  /** A GGUF file, or a name that `findModel` knows. Default `"local"`: the default small model, fetched on first use. */
  readonly file?: string;
  /** Runs the file as it is, instead of the storage type that is fastest on this CPU. Default false. */
  readonly exact?: boolean;
  /** Default: the adapter that the package ships, where the model is its base. An empty list: none. */
  readonly adapters?: readonly AdapterSetting[];
  /** Tokens that all texts under way hold together; one alone holds no more than the model was trained for. Default 8192. */
  readonly contextSize?: number;
  readonly threads?: number;
  /** The same requests give the same results bit by bit on the same machine: steps and threads do not follow its speed. Default false. */
  readonly repeatable?: boolean;
  /** Most texts that run at once; further ones wait in order. Default 64. */
  readonly width?: number;
  readonly onProgress?: (progress: Progress) => void;
  readonly signal?: AbortSignal;
}

/** A model file that runs in this process. */
export interface LocalModel extends ScoringModel {
  readonly info: ModelInfo;
  /** The model file and the scheduler under it: for teaching, figures and tests. */
  readonly engine: EngineModel;
  readonly scheduler: Scheduler;
  /** Those that are loaded. */
  readonly adapters: readonly AdapterDescription[];
  /**
   * The same model with these adapters and no others (an empty list: the base), beside this one. The weights are in memory once, attention
   * memory each has its own. Each is closed by whoever opened it, in any order; the last one to close frees the weights.
   * @param options `instead`: this one is closed first, so that its attention memory and the new one's are never there at once
   * @throws ToolwrightError `adapter-*`, `engine-context`, `engine-closed`
   */
  withAdapters(adapters: readonly AdapterSetting[], options?: { readonly instead?: boolean }): Promise<LocalModel>;
  /** Token ids of a conversation by the model's chat template. @param open ends with the start of the assistant's turn */
  render(messages: readonly Message[], open: boolean): number[];
  /** Token ids of plain text, without BOS. */
  tokenize(text: string): number[];
}

// When there are more states on disk than these, those that were not used the longest are dropped.
const KEPT_STATES = 16;
// A shared beginning shorter than this is faster to compute than to read.
const SHORTEST_STATE = 64;

/** A loaded file that models with different adapters share. */
interface Weights {
  readonly engine: EngineModel;
  readonly source: string;
  /** Without adapters. */
  readonly identity: ModelIdentity & { readonly digest: string };
  readonly settings: Omit<SchedulerSettings, "adapters">;
  /** Models that are open. */
  users: number;
}

interface ScaledAdapter extends AdapterDescription {
  readonly scale: number;
}

/** As `localModel` of index.ts says. */
export async function localModel(options: LocalModelOptions = {}): Promise<LocalModel> {
  const source = await findModel(options.file ?? "local", { onProgress: options.onProgress, signal: options.signal });
  const digest = await modelDigest(source);
  const name = path.basename(source);
  const byItself = options.adapters === undefined;
  const adapters = byItself ? await defaultAdapters(digest) : await readAdapters(options.adapters!);
  for (const adapter of adapters) checkAdapter(adapter, { file: source, digest, name }); // Before anything is measured or loaded.
  const engine = await loadModel(options.exact ? source : await chooseStorage(source, digest, options.threads));
  const weights: Weights = {
    engine,
    source,
    identity: { name, digest, storage: engine.info.storage, runtime: `llama.cpp ${RELEASE}` },
    settings: {
      cells: options.contextSize,
      threads: options.threads ?? (options.repeatable ? Math.min(8, os.availableParallelism()) : undefined),
      repeatable: options.repeatable,
      width: options.width,
    },
    users: 0,
  };
  const model = await openOn(weights, adapters);
  return byItself && adapters.length > 0 ? Object.assign(model, { untaught: () => model.base() }) : model;
}

async function readAdapters(settings: readonly AdapterSetting[]): Promise<ScaledAdapter[]> {
  return await Promise.all(settings.map(async ({ file, scale = 1 }) => ({ ...(await readAdapter(file)), scale })));
}

async function defaultAdapters(digest: string): Promise<ScaledAdapter[]> {
  const shipped = await shippedAdapter();
  return shipped?.base?.sha256 === digest ? [{ ...shipped, scale: 1 }] : [];
}

async function openOn(weights: Weights, adapters: readonly ScaledAdapter[]): Promise<Local> {
  weights.users++;
  try {
    return new Local(weights, await weights.engine.createScheduler({ ...weights.settings, adapters }), adapters);
  } catch (error) {
    await release(weights);
    throw error;
  }
}

async function release(weights: Weights): Promise<void> {
  if (--weights.users === 0) await weights.engine.close();
}

class Local implements LocalModel {
  readonly can = { continues: true, score: true, fork: true, grammar: true, ranks: true, adapters: true, nativeTools: false };
  readonly name: string;
  readonly identity: ModelIdentity;
  readonly strategy?: string;
  readonly taught?: readonly string[];
  readonly engine: EngineModel;
  readonly info: ModelInfo;
  readonly contextSize: number;
  readonly #weights: Weights;
  readonly #written = new WeakMap<Message, readonly number[]>();
  readonly #prefixes = new Map<string, Promise<void>>();
  readonly #template: ChatTemplate;
  readonly #preferred = new Map<string, number[]>();
  #closing: Promise<void> | undefined;
  #base: Promise<LocalModel> | undefined;

  constructor(
    weights: Weights,
    readonly scheduler: Scheduler,
    readonly adapters: readonly ScaledAdapter[],
  ) {
    const { engine, identity } = weights;
    this.#weights = weights;
    this.engine = engine;
    this.info = engine.info;
    this.name = identity.name;
    const { runtime, ...file } = identity;
    const used = adapters.map(({ sha256, scale }) => ({ digest: sha256, scale }));
    this.identity = { ...file, ...(used.length > 0 ? { adapters: used } : {}), runtime };
    const trained = adapters.find(({ strategy }) => strategy !== undefined);
    // A merged model has these from its adapter.
    this.strategy = trained?.strategy ?? engine.info.metadata("toolwright.strategy");
    this.taught = trained === undefined ? taughtTools(engine.info.metadata("toolwright.tools")) : trained.tools;
    this.contextSize = scheduler.longest;
    this.#template = chatTemplate(engine.info.chatTemplate, engine.tokenizer, (message) => this.#written.get(message));
  }

  async withAdapters(settings: readonly AdapterSetting[], { instead = false } = {}): Promise<LocalModel> {
    const weights = this.#weights;
    const { source, identity } = weights;
    const adapters = await readAdapters(settings);
    for (const adapter of adapters) checkAdapter(adapter, { file: source, digest: identity.digest, name: identity.name });
    if (this.#closing !== undefined)
      throw new ToolwrightError("engine-closed", `${this.name} was closed.`, "Open its companions before it is closed.");
    if (!instead) return await openOn(weights, adapters);
    weights.users++; // Holds the weights while nobody else does.
    try {
      await this.close();
      return await openOn(weights, adapters);
    } finally {
      await release(weights);
    }
  }

  /** This model without adapters, opened once, and closed with this one. */
  base(): Promise<LocalModel> {
    if (this.#base === undefined) {
      const base = this.withAdapters([]);
      this.#base = base;
      base.catch(() => (this.#base = undefined)); // The next one tries anew.
    }
    return this.#base;
  }

  countTokens(text: string): number {
    return this.engine.tokenizer.encode(text).length;
  }

  tokenize(text: string): number[] {
    return this.engine.tokenizer.encode(text);
  }

  render(messages: readonly Message[], open: boolean): number[] {
    return this.#template.render(messages, open);
  }

  async open(prompt: Prompt, options: { signal?: AbortSignal; written?: string } = {}): Promise<Sequence> {
    const tokens = this.#template.render(prompt.messages, true);
    if (prompt.shared) await this.#holdPrefix(this.#sharedPrefix(prompt.messages.slice(0, prompt.shared), tokens), options.signal);
    const start = tokens.length;
    if (options.written) tokens.push(...this.tokenize(options.written));
    const sequence = await interruptible(options.signal, this.scheduler.open({ tokens, signal: options.signal }));
    return new LocalSequence(this, sequence, start, options.written ?? "");
  }

  async openText(text: string, options: { signal?: AbortSignal } = {}): Promise<Sequence> {
    const tokens = [...this.#beginning(), ...this.tokenize(text)];
    const sequence = await interruptible(options.signal, this.scheduler.open({ tokens, signal: options.signal }));
    return new LocalSequence(this, sequence, tokens.length, "");
  }

  async score(prefix: string, text: string, options: ScoreOptions = {}): Promise<Scores> {
    const { tokenizer } = this.engine;
    const before = [...this.#beginning(), ...tokenizer.encode(prefix)];
    const tokens = tokenizer.encode(text);
    const offsets = tokenizer.offsets(tokens);
    const logprobs: number[] = new Array(tokens.length).fill(Number.NaN);
    const others = options.alternatives?.map((alternative) => this.#single(alternative));
    const alternatives = others && tokens.map(() => others.map(() => Number.NaN));
    const scores = { tokens, offsets, logprobs, ...(alternatives && { alternatives }) };
    const wanted = before.length === 0 ? tokens.length - 1 : tokens.length;
    if (wanted <= 0) return scores;
    // The last token's own logits are not needed: nothing comes after it.
    const all = [...before, ...tokens].slice(0, -1);
    const sequence = await interruptible(
      options.signal,
      this.scheduler.open({ tokens: all.slice(0, all.length - wanted + 1), reserve: wanted, signal: options.signal }),
    );
    try {
      const offset = before.length - 1;
      await interruptible(
        options.signal,
        sequence.evaluate(all.slice(all.length - wanted + 1), {
          outputs: wanted,
          signal: options.signal,
          onRow: (row, position) => {
            const sum = logSumExp(row.logits);
            const index = position - offset;
            logprobs[index] = row.logits[tokens[index]!]! - sum;
            others?.forEach((token, i) => {
              alternatives![index]![i] = token === undefined ? Number.NEGATIVE_INFINITY : row.logits[token]! - sum;
            });
          },
        }),
      );
    } finally {
      sequence.close();
    }
    return scores;
  }

  #beginning(): number[] {
    const { bos } = this.engine.tokenizer;
    return bos === undefined ? [] : [bos];
  }

  #single(text: string): number | undefined {
    const tokens = this.tokenize(text);
    return tokens.length === 1 ? tokens[0] : undefined;
  }

  remember(message: Message, tokens: readonly number[]): void {
    this.#written.set(message, tokens);
  }

  /** Tokens that a run may be made to write; only texts of one token have a rank. */
  preferredTokens(texts: readonly string[]): number[] {
    const key = texts.join("\0");
    let ids = this.#preferred.get(key);
    if (!ids) {
      ids = texts.map((text) => this.tokenize(text)).flatMap((tokens) => (tokens.length === 1 ? tokens : []));
      this.#preferred.set(key, ids);
    }
    return ids;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const base = await this.#base?.catch(() => undefined);
    await base?.close();
    await this.scheduler.dispose();
    await release(this.#weights);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  forget(): void {
    this.scheduler.forget();
  }

  #sharedPrefix(messages: readonly Message[], whole: readonly number[]): number[] {
    const alone = this.#template.render(messages, false);
    let length = 0;
    while (length < alone.length && alone[length] === whole[length]) length++;
    return alone.slice(0, length);
  }

  /** Has the tokens' state in memory: computed once for all who ask at the same time, or read from disk. */
  async #holdPrefix(tokens: readonly number[], signal: AbortSignal | undefined): Promise<void> {
    if (tokens.length < SHORTEST_STATE || this.scheduler.held(tokens) === tokens.length) return;
    const key = createHash("sha256")
      .update(JSON.stringify([this.identity, this.#weights.settings.repeatable ?? false]))
      .update(Int32Array.from(tokens))
      .digest("hex");
    let held = this.#prefixes.get(key);
    if (!held) {
      held = this.#computePrefix(tokens, key).finally(() => this.#prefixes.delete(key));
      this.#prefixes.set(key, held);
    }
    // One who gives up does not stop the others.
    await abortable(held, signal);
  }

  async #computePrefix(tokens: readonly number[], key: string): Promise<void> {
    // Where states cannot be kept on disk they are computed each time: slower by a second, not worth an error.
    const folder = await openFolder("states").catch(() => undefined);
    const file = folder && path.join(folder, `${key.slice(0, 32)}.state`);
    if (file && existsSync(file)) {
      const restored = await this.scheduler.restore(file, tokens);
      if (restored) {
        restored.park();
        const now = new Date();
        await utimes(file, now, now);
        return;
      }
    }
    const sequence = await this.scheduler.open({ tokens, reserve: 0 });
    try {
      await sequence.evaluate([]);
      if (folder && file) {
        const partial = `${file}.${process.pid}`;
        await this.scheduler.save(sequence, partial);
        await rename(partial, file);
        await prune(folder);
      }
    } finally {
      sequence.park(); // Also when the disk is full: what runs counts against what may.
    }
  }
}

async function prune(folder: string): Promise<void> {
  const files = (await readdir(folder)).filter((name) => name.endsWith(".state")).map((name) => path.join(folder, name));
  if (files.length <= KEPT_STATES) return;
  const aged = await Promise.all(files.map(async (file) => ({ file, time: (await stat(file)).mtimeMs })));
  aged.sort((a, b) => b.time - a.time);
  for (const { file } of aged.slice(KEPT_STATES)) await rm(file, { force: true });
}

function abortable<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work;
  const first = new Promise<T>((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const onAbort = () => reject(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
  return interruptible(signal, first);
}
