import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { codeOf, messageOf, ToolwrightError } from "../../errors.js";
import type { ToolOutput } from "../tool.js";
import { failure } from "./failure.js";
import type { Rounding } from "./formatting.js";

export interface Request {
  readonly expression: string;
  readonly rounding: Rounding;
}

/** What the thread answers: an output, or the parts of a ToolwrightError. */
export type Reply = { readonly output: ToolOutput } | { readonly code: string; readonly message: string; readonly remedy: string };

/** How long the thread may take to load mathjs, in milliseconds: a fraction of a second on an idle machine. */
export const START_LIMIT = 10_000;
/** Of the thread's heap, in MB; mathjs takes some 20 of it. */
const MEMORY_LIMIT = 128;

/**
 * Keeps one thread for evaluations: started by the first, given one at a time in order, ended and replaced when an evaluation is
 * cancelled or needs more than its time or memory. An idle thread does not keep the process alive.
 */
export class Keeper {
  readonly #timeout: number;
  readonly #calls = new Set<AbortController>();
  #worker: Worker | undefined;
  /** Settled when all evaluations so far are. */
  #last: Promise<unknown> = Promise.resolve();

  /** @param timeout of an evaluation, in milliseconds */
  constructor(timeout: number) {
    this.#timeout = timeout;
  }

  /** @throws ToolwrightError `aborted`, `calculator-limit`, `calculator-worker`, and whatever the evaluation throws */
  async evaluate(request: Request, signal: AbortSignal): Promise<ToolOutput> {
    const call = new AbortController();
    const cancel = () => call.abort(cancelled(signal.reason));
    if (signal.aborted) cancel();
    signal.addEventListener("abort", cancel);
    this.#calls.add(call);
    const turn = this.#last.then(() => this.#serve(request, call));
    this.#last = turn.catch(() => {});
    try {
      return await untilAborted(turn, call.signal);
    } finally {
      signal.removeEventListener("abort", cancel);
      this.#calls.delete(call);
    }
  }

  /** Ends the thread; what runs or waits is cancelled. A later evaluation starts another thread. */
  async close(): Promise<void> {
    for (const call of this.#calls) call.abort(cancelled("the calculator was closed"));
    await this.#last;
    await this.#end();
  }

  async #serve(request: Request, call: AbortController): Promise<ToolOutput> {
    call.signal.throwIfAborted();
    const worker = this.#worker ?? (await this.#start(call));
    worker.postMessage(request);
    const late = failure("limit", `The calculation took longer than ${this.#timeout} ms.`, "Use smaller numbers.");
    const reply = await this.#message<Reply>(worker, this.#timeout, late, call);
    if ("output" in reply) return reply.output;
    throw new ToolwrightError(reply.code, reply.message, reply.remedy);
  }

  async #start(call: AbortController): Promise<Worker> {
    const worker = new Worker(new URL("./worker.js", import.meta.url), {
      resourceLimits: { maxOldGenerationSizeMb: MEMORY_LIMIT },
      // Not the process's: --input-type and the like are for its own script.
      execArgv: [],
    });
    worker.unref();
    worker.on("error", () => {
      if (this.#worker === worker) this.#worker = undefined;
    });
    this.#worker = worker;
    const late = failure("worker", `The calculator did not start within ${START_LIMIT} ms.`, "Try again when the machine is less busy.");
    await this.#message(worker, START_LIMIT, late, call);
    return worker;
  }

  /** The thread's next message. If it is late, or the call is cancelled, the thread is ended. */
  async #message<Message>(worker: Worker, milliseconds: number, late: ToolwrightError, call: AbortController): Promise<Message> {
    // The timer also keeps the process alive meanwhile; the thread does not.
    const timer = setTimeout(() => call.abort(late), milliseconds);
    try {
      const [message] = await once(worker, "message", { signal: call.signal });
      return message as Message;
    } catch (error) {
      await this.#end();
      throw call.signal.aborted ? call.signal.reason : broken(error);
    } finally {
      clearTimeout(timer);
    }
  }

  async #end(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
  }
}

/** As `promise`, but does not wait for it once the signal fires. */
function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener("abort", abort);
    promise.then(resolve, reject);
    if (signal.aborted) abort();
  });
}

function broken(error: unknown): ToolwrightError {
  if (codeOf(error) === "ERR_WORKER_OUT_OF_MEMORY") {
    return failure("limit", `The calculation needed more than ${MEMORY_LIMIT} MB of memory.`, "Use smaller numbers or shorter lists.");
  }
  return failure("worker", `The calculator's thread ended: ${messageOf(error)}.`, "Try again; if it happens again, report it.", error);
}

function cancelled(cause: unknown): ToolwrightError {
  return new ToolwrightError("aborted", "The calculation was cancelled.", "Ask again.", { cause });
}
