// The engine against the bare library: the same file, the same context settings, the same process.

import { type Context, createContext, type Slot } from "../engine/context.js";
import { library, loadModel, logprob, type Scheduler } from "../engine/index.js";
import { inTurn, type Row, time } from "./measure.js";

export const THREADS = 2;
export const CELLS = 8192;
const TEXT = "Out of 1400 participants, 400 (or 29%) passed the test. ".repeat(20);

/** A context with nothing above it, on a model of its own, with an adapter if it is to have one. */
export function bareContext(
  file: string,
  { cells = CELLS, adapter }: { readonly cells?: number; readonly adapter?: string } = {},
): { context: Context; vocabulary: number; free: () => void } {
  const lib = library();
  const model = lib.model_load_from_file(file, lib.model_default_params());
  if (!model) throw new Error(`cannot load ${file}`);
  const vocabulary = lib.vocab_n_tokens(lib.model_get_vocab(model));
  const lora = adapter === undefined ? undefined : lib.adapter_lora_init(model, adapter);
  if (lora === null) throw new Error(`cannot load ${adapter}`);
  const adapters = lora === undefined ? [] : [{ pointer: lora, scale: 1 }];
  const context = createContext(lib, model, vocabulary, { cells, threads: THREADS, yielding: false, adapters });
  return {
    context,
    vocabulary,
    free: () => {
      context.free();
      lib.model_free(model);
    },
  };
}

function argmax(row: Float32Array): number {
  let best = 0;
  for (let i = 1; i < row.length; i++) if (row[i]! > row[best]!) best = i;
  return best;
}

export async function engineRows(file: string): Promise<Row[]> {
  const model = await loadModel(file);
  const scheduler = await model.createScheduler({ cells: CELLS, threads: THREADS });
  const bare = bareContext(file);
  const tokens = model.tokenizer.encode(TEXT).slice(0, 320);
  try {
    return [await scoring(scheduler, bare.context, tokens), await decoding(scheduler, bare.context, tokens.slice(0, 200))];
  } finally {
    bare.free();
    await model.close();
  }
}

/** Log-probabilities of the last 64 of 320 tokens. */
export async function score(scheduler: Scheduler, tokens: readonly number[]): Promise<number[]> {
  const logprobs: number[] = [];
  const sequence = await scheduler.open();
  await sequence.evaluate(tokens.slice(0, 319), {
    outputs: 64,
    onRow: ({ logits }, position) => logprobs.push(logprob(logits, tokens[position + 1]!)),
  });
  sequence.close();
  return logprobs;
}

async function scoring(scheduler: Scheduler, bare: Context, tokens: readonly number[]): Promise<Row> {
  const slots: Slot[] = tokens.map((token, position) => ({ token, position, sequence: 0, output: position === tokens.length - 1 }));
  const { a, b, ratio } = await inTurn(
    9,
    () => time(() => score(scheduler, tokens)),
    () => {
      bare.remove(0, -1);
      return time(() => bare.decode(slots));
    },
  );
  return {
    work: "log-probabilities of 64 of 320 tokens",
    against: "a bare `llama_decode` prefill of the same 320, same file",
    wanted: "≤ 1.15 × its time",
    measured: `${ratio.toFixed(2)} ×`,
    holds: ratio <= 1.15,
    figures: { "ours, ms": +a.toFixed(1), "bare, ms": +b.toFixed(1) },
  };
}

/** Sixteen texts that go on from one prefix, token by token. */
async function decoding(scheduler: Scheduler, bare: Context, prefix: readonly number[]): Promise<Row> {
  const width = 16;
  const steps = 40;
  const ours = async () => {
    const first = await scheduler.open({ tokens: prefix, reserve: 0 });
    await first.evaluate([]);
    const sequences = await Promise.all(Array.from({ length: width }, () => scheduler.open({ tokens: prefix, reserve: steps })));
    const elapsed = await time(() =>
      Promise.all(
        sequences.map(async (sequence) => {
          let token = -1;
          for (let step = 0; step <= steps; step++) {
            await sequence.evaluate(token < 0 ? [] : [token], { onRow: ({ logits }) => void (token = argmax(logits)) });
          }
        }),
      ),
    );
    for (const sequence of sequences) sequence.close();
    first.close();
    return elapsed;
  };
  const raw = async () => {
    for (let sequence = 0; sequence < width; sequence++) bare.remove(sequence, -1);
    await bare.decode(prefix.map((token, position) => ({ token, position, sequence: 0, output: false })));
    for (let sequence = 1; sequence < width; sequence++) bare.copy(0, sequence, prefix.length - 1);
    bare.remove(0, prefix.length - 1);
    let tokens = Array(width).fill(prefix.at(-1)!);
    return time(async () => {
      for (let step = 0; step <= steps; step++) {
        const position = prefix.length - 1 + step;
        const rows = await bare.decode(tokens.map((token, sequence) => ({ token, position, sequence, output: true })));
        tokens = rows.map(argmax);
      }
    });
  };
  const { a, b, ratio } = await inTurn(5, ours, raw);
  const speed = (ms: number) => Math.round(((width * (steps + 1)) / ms) * 1000);
  return {
    work: "16 sequences decoding from one 200-token prefix",
    against: "raw batched `llama_decode` with argmax, same process",
    wanted: "≥ 90 % of its tokens/s",
    measured: `${(100 / ratio).toFixed(0)} %`,
    holds: 1 / ratio >= 0.9,
    figures: { "ours, tokens/s": speed(a), "raw, tokens/s": speed(b) },
  };
}
