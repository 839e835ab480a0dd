// A step's rows of logits on their way to those who asked for them.
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Part } from "./plan.js";
import type { Request } from "./sequence.js";
import type { Pointer } from "./structs.js";

// Rows are handled this long, in milliseconds, before the event loop gets a turn.
const SLICE = 6;

/**
 * Hands each row to whoever wanted it, giving the event loop a turn now and then.
 * @returns the requests that have all their rows, or whose reader threw. They are to be settled together: who asks for what next, and in
 * which order, must not depend on when a turn was given.
 */
export async function handOut(
  parts: readonly Part<Request>[],
  rows: readonly Float32Array[],
  context: Pointer,
): Promise<[request: Request, failure: unknown][]> {
  const done: [request: Request, failure: unknown][] = [];
  let row = 0;
  let index = 0;
  let slice = performance.now();
  for (const { request, first, count } of parts) {
    const { sequence } = request;
    let failure: unknown;
    for (let position = first; position < first + count; position++, index++) {
      if (position < request.from) continue;
      const logits = rows[row++]!;
      if (sequence.request !== request || failure !== undefined) continue; // aborted meanwhile
      try {
        request.onRow?.({ logits, context, index }, position);
      } catch (error) {
        failure = error;
      }
      if (performance.now() - slice > SLICE) {
        await nextTurn();
        slice = performance.now();
      }
    }
    if (failure !== undefined || sequence.evaluated === sequence.tokens.length) done.push([request, failure]);
  }
  return done;
}
