import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Counts, type EngineModel, type EngineSequence, loadModel, type Scheduler } from "../../engine/index.js";
import type { ToolwrightError } from "../../errors.js";
import { tinyModel } from "../fixtures/tiny-model.js";

const scheduler = suite<{ model: EngineModel; folder: string }>("scheduler");

scheduler.before(async (context) => {
  context.model = await loadModel(await tinyModel());
  context.folder = await mkdtemp(path.join(os.tmpdir(), "toolwright-scheduler-"));
});
scheduler.after(async ({ model, folder }) => {
  await model.close();
  await rm(folder, { recursive: true });
});

async function after(sequence: EngineSequence, tokens: readonly number[]): Promise<Float32Array> {
  let row = new Float32Array();
  await sequence.evaluate(tokens, { onRow: ({ logits }) => void (row = logits.slice()) });
  return row;
}

/** What a sequence alone in a new scheduler gives. */
async function alone(model: EngineModel, tokens: readonly number[]): Promise<Float32Array> {
  const fresh = await model.createScheduler({ cells: 512 });
  const row = await after(await fresh.open(), tokens);
  await fresh.dispose();
  return row;
}

// Keys and values are kept as 16-bit floats, so that steps of another shape round otherwise; another text's logits are off by units.
function near(a: Float32Array, b: Float32Array): void {
  const distance = Math.max(...a.map((value, i) => Math.abs(value - b[i]!)));
  assert.ok(a.length > 0 && distance < 0.02, `logits differ by ${distance}`);
}

const code = (thrown: unknown) => (thrown as ToolwrightError).code;
const text = (model: EngineModel, length: number, salt = 0) =>
  Array.from({ length }, (_, i) => 3 + ((i * 37 + salt * 101) % (model.tokenizer.size - 3)));

scheduler("sequences in one step do not see each other", async ({ model }) => {
  const shared = await model.createScheduler({ cells: 4096 });
  const texts = Array.from({ length: 24 }, (_, i) => text(model, 5 + 7 * i, i));
  const rows = await Promise.all(texts.map(async (tokens) => after(await shared.open({ tokens, reserve: 1 }), [])));
  assert.ok(shared.counts.steps < 24 + 12, `${shared.counts.steps} steps`);
  for (const i of [0, 5, 23]) near(rows[i]!, await alone(model, texts[i]!));
  await shared.dispose();
});

scheduler("a text that begins like one in memory takes in only what is new", async ({ model }) => {
  const one = await model.createScheduler({ cells: 2048 });
  const prefix = text(model, 100);
  const first = await one.open();
  await first.evaluate(prefix);
  const before = one.counts.tokens;
  const rows = await Promise.all([1, 2, 3].map(async (salt) => after(await one.open({ tokens: prefix }), text(model, 3, salt))));
  assert.is(one.counts.tokens - before, 3 * 4, "three new tokens and the last of the prefix for each");
  near(rows[1]!, await alone(model, [...prefix, ...text(model, 3, 2)]));
  first.close();
  const [kept] = await Promise.all([one.open({ tokens: [...prefix, 9] })]);
  near(await after(kept, []), await alone(model, [...prefix, 9]));
  await one.dispose();
});

scheduler("rows come for the tokens that asked, in order", async ({ model }) => {
  const one = await model.createScheduler({ cells: 1024, stepTime: 1 }); // small steps: rows span several
  const tokens = text(model, 90);
  const sequence = await one.open();
  const positions: number[] = [];
  const rows: Float32Array[] = [];
  await sequence.evaluate(tokens, {
    outputs: 40,
    onRow: ({ logits }, position) => {
      positions.push(position);
      rows.push(logits.slice());
    },
  });
  assert.equal(
    positions,
    Array.from({ length: 40 }, (_, i) => 50 + i),
  );
  near(rows[0]!, await alone(model, tokens.slice(0, 51)));
  near(rows[39]!, await alone(model, tokens));
  assert.ok(one.counts.steps > 2);
  await one.dispose();
});

scheduler("forgetting, forking, parking and closing at random leave each text as if it were alone", async ({ model }) => {
  const op = fc.record({
    op: fc.constantFrom("add", "open", "truncate", "park", "close"),
    which: fc.nat(),
    count: fc.integer({ min: 1, max: 12 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(op, { minLength: 5, maxLength: 30 }), async (steps) => {
      const one = await model.createScheduler({ cells: 512 });
      const open: EngineSequence[] = [await one.open({ tokens: text(model, 8), reserve: 16 })];
      const pending: Promise<unknown>[] = [];
      const busy = new Set<EngineSequence>();
      for (const [i, { op, which, count }] of steps.entries()) {
        const sequence = open[which % Math.max(1, open.length)];
        if (op === "open" && open.length < 8)
          open.push(await one.open({ tokens: (sequence?.tokens ?? []).slice(0, count * 3), reserve: 16 }));
        else if (sequence === undefined || busy.has(sequence) || sequence.tokens.length > 60) continue;
        else if (op === "add") {
          busy.add(sequence);
          pending.push(sequence.evaluate(text(model, count, i)).finally(() => busy.delete(sequence)));
          if (count % 3 === 0) await Promise.all(pending);
        } else if (op === "truncate") sequence.truncate(count);
        else {
          open.splice(open.indexOf(sequence), 1);
          if (op === "park") sequence.park();
          else sequence.close();
        }
      }
      await Promise.all(pending);
      for (const sequence of open) near(await after(sequence, [5]), await alone(model, sequence.tokens));
      for (const sequence of open) sequence.close();
      assert.is(one.load.running, 0);
      await one.dispose();
    }),
    { numRuns: 12 },
  );
});

scheduler("parked texts give way when room is needed, the longest unused first", async ({ model }) => {
  const one = await model.createScheduler({ cells: 256 });
  const texts = [1, 2, 3].map((salt) => text(model, 70, salt));
  for (const tokens of texts) {
    const sequence = await one.open({ tokens, reserve: 0 });
    await sequence.evaluate([]);
    sequence.park();
  }
  assert.is(one.load.cells, 210);
  const large = await one.open({ tokens: text(model, 100, 9), reserve: 0 });
  await large.evaluate([]);
  assert.equal(
    [0, 1, 2].map((i) => one.held(texts[i]!)),
    [0, 70, 70],
  );
  await one.dispose();
});

scheduler("more than run at once wait in order, and an abort ends the waiting", async ({ model }) => {
  const one = await model.createScheduler({ cells: 1024, width: 2 });
  const running = [await one.open(), await one.open()];
  const order: string[] = [];
  const controller = new AbortController();
  const third = one.open().then(() => order.push("third"));
  const fourth = one.open({ signal: controller.signal }).catch((reason) => order.push(String(reason)));
  const fifth = one.open().then(() => order.push("fifth"));
  controller.abort("tired");
  await fourth;
  assert.is(one.load.waiting, 2);
  running[0]!.close();
  await third;
  running[1]!.park();
  await fifth;
  assert.equal(order, ["tired", "third", "fifth"]);
  await one.dispose();
});

scheduler("an abort ends an evaluation between steps, and the text can go on", async ({ model }) => {
  const one = await model.createScheduler({ cells: 4096, stepTime: 1 });
  const sequence = await one.open();
  const controller = new AbortController();
  const tokens = text(model, 1500);
  const work = sequence.evaluate(tokens, { signal: controller.signal });
  setTimeout(() => controller.abort(new Error("enough")), 5);
  assert.is(await work.catch((error: Error) => error.message), "enough");
  assert.ok(sequence.evaluated < 1500, "it was stopped early");
  near(
    await after(sequence, [7]),
    await (async () => {
      const other = await one.open();
      return after(other, [...tokens, 7]);
    })(),
  );
  await one.dispose();
});

scheduler("what cannot fit is refused in words", async ({ model }) => {
  const one = await model.createScheduler({ cells: 256 });
  assert.is(code(await one.open({ tokens: text(model, 300) }).catch((error) => error)), "context-full");
  const sequence = await one.open();
  assert.is(code(await sequence.evaluate(text(model, 257)).catch((error) => error)), "context-full");
  await one.dispose();
});

scheduler("a state saved to disk is the same text, for this model and these tokens only", async ({ model, folder }) => {
  const file = path.join(folder, "prefix.state");
  const tokens = text(model, 80);
  const first = await model.createScheduler({ cells: 512 });
  const sequence = await first.open();
  await sequence.evaluate(tokens);
  await first.save(sequence, file);
  await first.dispose();
  assert.ok(existsSync(file));

  const second = await model.createScheduler({ cells: 512 });
  assert.is(await second.restore(file, text(model, 80, 1)), undefined, "other tokens");
  const restored = await second.restore(file, tokens);
  near(await after(restored!, [11]), await alone(model, [...tokens, 11]));
  assert.is(second.counts.tokens, 1);
  await writeFile(file, "not a state");
  assert.is(await second.restore(file, tokens), undefined);
  assert.is(second.load.running, 1, "what failed holds nothing");
  await second.dispose();
});

scheduler("an error in a listener fails its own evaluation only", async ({ model }) => {
  const one = await model.createScheduler({ cells: 512 });
  const [a, b] = [await one.open(), await one.open()];
  const bad = a.evaluate(text(model, 4), {
    onRow: () => {
      throw new Error("listener");
    },
  });
  const good = b.evaluate(text(model, 4));
  assert.is(await bad.catch((error: Error) => error.message), "listener");
  await good;
  await one.dispose();
});

scheduler(
  "repeatable steps do not follow the clock: the same requests are computed in the same steps, to the same bits",
  async ({ model }) => {
    const run = async () => {
      const one = await model.createScheduler({ cells: 4096, threads: 1, repeatable: true });
      const record: NonNullable<Counts["record"]> = [];
      one.counts.record = record;
      const rows = await Promise.all(
        Array.from({ length: 12 }, async (_, i) => {
          const sequence = await one.open({ tokens: text(model, 3 + ((i * 29) % 180), i), reserve: 8 });
          const own: Float32Array[] = [];
          await sequence.evaluate([], { outputs: 2, onRow: ({ logits }) => void own.push(logits.slice()) });
          for (let count = 0; count < 4; count++) own.push(await after(sequence, [5 + count]));
          return own; // Not closed before all are done: a cell that is given free would be filled by whoever comes next.
        }),
      );
      await one.dispose();
      const steps = record.map((work) => ("step" in work ? [...work.step].sort(([a], [b]) => a - b) : work));
      return { steps: JSON.stringify(steps), rows: JSON.stringify(rows.map((own) => own.map((row) => Array.from(row)))) };
    };
    const steady = await run();
    const { now } = performance;
    let late = 0;
    performance.now = () => now.call(performance) + (late += 7);
    try {
      const other = await run();
      assert.is(other.steps, steady.steps);
      assert.ok(other.rows === steady.rows, "the steps are the same, the logits are not");
    } finally {
      performance.now = now;
    }
  },
);

scheduler("in repeatable steps a next token's logits are the same to the bit, whatever else is in the step", async ({ model }) => {
  const prefix = text(model, 130);
  const run = async (others: number) => {
    const one = await model.createScheduler({ cells: 4096, threads: 1, repeatable: true });
    const first = await one.open({ tokens: prefix });
    await first.evaluate([]);
    const decode = async (salt: number) => {
      const sequence = await one.open({ tokens: [...prefix, ...text(model, 1 + (salt % 7), salt)], reserve: 16 });
      const rows = [await after(sequence, [])];
      for (const token of text(model, 6, salt + 50)) rows.push(await after(sequence, [token]));
      sequence.close();
      return rows;
    };
    const [rows] = await Promise.all(Array.from({ length: 1 + others }, (_, salt) => decode(salt)));
    await one.dispose();
    return rows!;
  };
  const alone = await run(0);
  for (const others of [1, 9, 40]) {
    const beside = await run(others);
    for (const [i, row] of alone.entries()) {
      assert.ok(Buffer.from(row.buffer).equals(Buffer.from(beside[i]!.buffer)), `token ${i} beside ${others}`);
    }
  }
});

scheduler("with 32-bit keys and values logits hardly depend on how a text is cut into steps", async ({ model }) => {
  const tokens = text(model, 150);
  const run = async (cut: number) => {
    const one = await model.createScheduler({ cells: 512, threads: 1, cacheType: "F32" });
    const sequence = await one.open();
    let row: Float32Array = new Float32Array();
    for (let i = 0; i < tokens.length; i += cut) row = await after(sequence, tokens.slice(i, i + cut));
    await one.dispose();
    return row;
  };
  const whole = await run(150);
  for (const cut of [1, 2, 30, 75]) {
    const row = await run(cut);
    const distance = Math.max(...whole.map((value, i) => Math.abs(value - row[i]!)));
    assert.ok(distance < 1e-4, `steps of ${cut}: logits differ by ${distance}`);
  }
});

scheduler("closing it fails what is under way and frees everything", async ({ model }) => {
  const one: Scheduler = await model.createScheduler({ cells: 2048, stepTime: 1, width: 1 });
  const sequence = await one.open();
  const work = sequence.evaluate(text(model, 1000)).catch(code);
  const waiting = one.open().catch(code);
  await one.dispose();
  assert.equal(await Promise.all([work, waiting]), ["engine-closed", "engine-closed"]);
  sequence.close();
  assert.is(await sequence.evaluate([1]).catch(() => "refused"), "refused");
});

scheduler.run();
