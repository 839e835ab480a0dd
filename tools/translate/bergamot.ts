import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { text as textOf } from "node:stream/consumers";
import { Worker } from "node:worker_threads";
import { messageOf, ToolwrightError } from "../../errors.js";
import { type ModelFiles, readModelFile } from "./bergamot-models.js";
import type { Code } from "./languages.js";

// Bergamot (Marian as WebAssembly) in a thread of its own. Of the package only the worker is used, and it is started here: as the package
// starts it, under Node, it fails, since its CommonJS file counts as a module ("require is not defined", version 0.4.9).

const PACKAGE = "@browsermt/bergamot-translator";
/** Through it texts go for which there is no model of their own. */
const PIVOT = "en";

/** @throws ToolwrightError `bergamot-missing` */
function bergamotWorker(): string {
  try {
    return join(dirname(createRequire(import.meta.url).resolve(PACKAGE)), "worker", "translator-worker.js");
  } catch (cause) {
    throw new ToolwrightError(
      "bergamot-missing",
      `Translation models need the package ${PACKAGE}, which is not installed.`,
      `Run npm install ${PACKAGE}, or give a language model to translate with.`,
      { cause, exitCode: 2 },
    );
  }
}

/** Translates with the models of a folder. The thread and each model load when they are first needed, and stay until `close`. */
export class Bergamot {
  readonly #models: readonly ModelFiles[];
  readonly #file: string;
  #thread: Thread | undefined;
  #last: Promise<unknown> = Promise.resolve();

  /** @throws ToolwrightError `bergamot-missing` */
  constructor(models: readonly ModelFiles[]) {
    this.#models = models;
    this.#file = bergamotWorker();
  }

  /** The languages from which it can translate into this one. */
  sourcesFor(to: Code): ReadonlySet<Code> {
    return new Set(this.#models.map(({ from }) => from).filter((from) => this.#way(from, to) !== undefined));
  }

  /**
   * One text at a time: others wait.
   * @throws ToolwrightError `translation-model-invalid` when the models cannot be loaded, `translation-failed`
   */
  translate(text: string, from: Code, to: Code): Promise<string> {
    const work = this.#last.then(() => this.#translate(text, from, to));
    this.#last = work.catch(() => undefined);
    return work;
  }

  async close(): Promise<void> {
    await this.#thread?.stop();
    this.#thread = undefined;
  }

  /** The model that does it, or the two that do. */
  #way(from: Code, to: Code): readonly ModelFiles[] | undefined {
    const model = (one: Code, other: Code) => this.#models.find((each) => each.from === one && each.to === other);
    const direct = model(from, to);
    if (direct !== undefined) return [direct];
    const [first, second] = [model(from, PIVOT), model(PIVOT, to)];
    return first === undefined || second === undefined || from === to ? undefined : [first, second];
  }

  async #translate(text: string, from: Code, to: Code): Promise<string> {
    const way = this.#way(from, to) ?? [];
    const thread = (this.#thread ??= await Thread.start(this.#file));
    try {
      for (const model of way) await thread.load(model);
      return await thread.translate(text, way);
    } catch (failure) {
      // What failed once inside has left its memory in no good state.
      await this.close();
      throw failure;
    }
  }
}

interface Reply {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: { readonly message?: string };
}

/** The package's worker and the calls that it answers: `{ id, name, args }`, replied to with `{ id, result }` or `{ id, error }`. */
class Thread {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, { resolve(result: unknown): void; reject(failure: Error): void }>();
  /** What it wrote to its error output: the reason of a failure stands only there. */
  readonly #complaints: Promise<string>;
  #calls = 0;

  static async start(file: string): Promise<Thread> {
    const place = `globalThis.__filename = ${JSON.stringify(file)}; globalThis.__dirname = ${JSON.stringify(dirname(file))};\n`;
    const thread = new Thread(place + (await readFile(file, "utf8")));
    await thread.#call("initialize", {});
    return thread;
  }

  constructor(source: string) {
    this.#worker = new Worker(source, { eval: true, stdout: true, stderr: true });
    this.#complaints = textOf(this.#worker.stderr).catch(() => "");
    // A program whose work is done need not wait for it.
    this.#worker.unref();
    this.#worker.on("message", ({ id, result, error }: Reply) => {
      const call = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (error === undefined) call?.resolve(result);
      else call?.reject(new Error(error.message ?? "failed without a message"));
      if (this.#waiting.size === 0) this.#worker.unref();
    });
    this.#worker.on("error", (failure) => this.#end(failure));
    this.#worker.on("exit", () => this.#end(new Error("the thread has ended")));
  }

  async load(files: ModelFiles): Promise<void> {
    const { from, to, model, shortlist, vocabularies } = files;
    if ((await this.#call("hasTranslationModel", { from, to })) === true) return;
    const [first, second, ...vocabs] = await Promise.all([model, shortlist, ...vocabularies].map(readModelFile));
    // As the package does: models without "alphas" were made for another arithmetic.
    const config = /intgemm8?\.bin/.test(model) ? { "gemm-precision": "int8shiftAll" } : {};
    try {
      await this.#call("loadTranslationModel", { from, to }, { model: first, shortlist: second, vocabs, config });
    } catch (cause) {
      throw new ToolwrightError(
        "translation-model-invalid",
        `The translation model ${from} to ${to} (${model}) cannot be loaded: ${await this.#reason(cause)}`,
        "Fetch its files again, all from the same place.",
        { cause },
      );
    }
  }

  async translate(text: string, way: readonly ModelFiles[]): Promise<string> {
    const models = way.map(({ from, to }) => ({ from, to }));
    try {
      const [response] = (await this.#call("translate", { models, texts: [{ text, html: false, qualityScores: false }] })) as readonly {
        readonly target: { readonly text: string };
      }[];
      return response?.target.text.trim() ?? "";
    } catch (cause) {
      throw new ToolwrightError("translation-failed", `Bergamot failed: ${await this.#reason(cause)}`, "Try a shorter text.", { cause });
    }
  }

  async stop(): Promise<void> {
    await this.#worker.terminate();
  }

  /** The first error that it wrote, which the others follow from. */
  async #reason(failure: unknown): Promise<string> {
    await this.stop();
    const written = (await this.#complaints).split("\n").find((line) => /\bError: /.test(line));
    return written?.replace(/^.*?\bError: /, "").trim() ?? messageOf(failure);
  }

  #call(name: string, ...args: readonly unknown[]): Promise<unknown> {
    const id = ++this.#calls;
    this.#worker.ref();
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ id, name, args });
    });
  }

  #end(failure: Error): void {
    for (const { reject } of this.#waiting.values()) reject(failure);
    this.#waiting.clear();
  }
}
