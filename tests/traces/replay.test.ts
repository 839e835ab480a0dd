import { access, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { AgentEvent } from "../../agent/index.js";
import { ToolwrightError } from "../../errors.js";
import { noDigest, seal } from "../../traces/chain.js";
import {
  type Drive,
  diffTraces,
  openTrace,
  type ReplayOptions,
  recordTo,
  replayTrace,
  type Trace,
  type TraceRecord,
} from "../../traces/index.js";
import { all, drive, errorOf, inFolder, multiply, multiplying, recordRuns, smallModel, type Tools } from "./small-agent.js";

const test = suite("replay");

const noTools: Tools = {
  Multiply: () => {
    throw new Error("a replay has no tools");
  },
};

const driving =
  (tools: Tools = noTools): Drive =>
  ({ input, tape, model }) =>
    drive(input.question, { tape, model, tools });

async function replayed(trace: Trace, options: Partial<ReplayOptions> = {}): Promise<AgentEvent[]> {
  return (await all(replayTrace(trace, { drive: driving(), ...options }))).map(({ event }) => event);
}

/** The trace with the data of some records changed, and chained anew. */
async function rewrite(file: string, change: (record: { i: number; kind: string; data: unknown }) => unknown): Promise<Trace> {
  const [header = "", ...lines] = (await readFile(file, "utf8")).trimEnd().split("\n");
  let text = `${header}\n`;
  let prev = (JSON.parse(header) as { digest: string }).digest;
  let index = 1;
  for (const line of lines) {
    const record = JSON.parse(line) as { i: number; t: number; run: string; kind: string; data: unknown };
    const data = change(record);
    if (data === undefined) continue;
    const sealed = seal(index++, `"t":${record.t},"run":"${record.run}","kind":"${record.kind}","data":${JSON.stringify(data)}`, prev);
    prev = sealed.digest;
    text += sealed.line;
  }
  await writeFile(file, text);
  return openTrace(file);
}

test(
  "a replay gives the same events without model or tools",
  inFolder(async (folder) => {
    const file = join(folder, "run.jsonl");
    const recorded = await recordRuns(file, ["What is 6*7?", "And again?"]);
    assert.equal(await replayed(await openTrace(file)), JSON.parse(JSON.stringify(recorded)));
  }),
);

test(
  "runs that were recorded at the same time replay one after the other",
  inFolder(async (folder) => {
    const file = join(folder, "run.jsonl");
    const recorder = await recordTo(file);
    const tools: Tools = { Multiply: (input) => new Promise((done) => setTimeout(() => done(input), Math.random() * 5)) };
    const questions = ["a", "b", "c", "d", "e"];
    const events = await Promise.all(
      questions.map((question) => all(drive(question, { tape: recorder.tape(question), model: multiplying(), tools }))),
    );
    await recorder.close();
    const runs = new Map<string, AgentEvent[]>();
    for await (const { run, event } of replayTrace(await openTrace(file), { drive: driving() }))
      runs.set(run, [...(runs.get(run) ?? []), event]);
    assert.equal(
      [...runs],
      questions.map((question, i) => [question, JSON.parse(JSON.stringify(events[i]))]),
    );
  }),
);

test(
  "an error of the model is replayed as it was",
  inFolder(async (folder) => {
    const file = join(folder, "run.jsonl");
    const failing = smallModel((written) => {
      if (written === "") return "Hm";
      throw new ToolwrightError("endpoint-refused", "The endpoint answered 401.", "Set the key.");
    });
    const recorded = await recordRuns(file, ["What?"], failing);
    assert.is((recorded.at(-1) as { code?: string }).code, "endpoint-refused");
    assert.equal(await replayed(await openTrace(file)), recorded);
  }),
);

test(
  "a run that its consumer left ends where it ended",
  inFolder(async (folder) => {
    const file = join(folder, "run.jsonl");
    const recorder = await recordTo(file);
    const seen: AgentEvent[] = [];
    for await (const event of drive("What is 6*7?", { tape: recorder.tape(), model: multiplying(), tools: multiply })) {
      seen.push(event);
      if (event.type === "call") break;
    }
    await recorder.close();
    assert.equal(await replayed(await openTrace(file)), JSON.parse(JSON.stringify(seen)));
  }),
);

test(
  "whoever leaves a replay early gets no error",
  inFolder(async (folder) => {
    const file = join(folder, "run.jsonl");
    await recordRuns(file, ["What is 6*7?"]);
    for await (const { event } of replayTrace(await openTrace(file), { drive: driving() })) if (event.type === "call") break;
  }),
);

test(
  "what the loop makes differently is named, with both",
  inFolder(async (folder) => {
    const file = join(folder, "run.jsonl");
    await recordRuns(file, ["What is 6*7?"]);
    const trace = await rewrite(file, ({ i, data }) => (i === 9 ? { ...(data as object), output: "43" } : data));
    const error = await errorOf(replayed(trace));
    assert.is(error.code, "replay-differs");
    assert.is(error.exitCode, 3);
    assert.match(
      error.message,
      /run\.jsonl, line 11 \(run \w+\): the loop made another event than the record has: output was "42", and is now "43"\./,
    );
  }),
);

test(
  "a record too few, one too many and one of another kind are named",
  inFolder(async (folder) => {
    const file = join(folder, "run.jsonl");
    const expect = async (change: (record: { i: number; kind: string; data: unknown }) => unknown, message: RegExp): Promise<void> => {
      await recordRuns(file, ["What is 6*7?"]);
      const error = await errorOf(replayed(await rewrite(file, change)));
      assert.is(error.code, "replay-differs");
      assert.match(error.message, message);
      await writeFile(file, "");
    };
    await expect(
      ({ i, data }) => (i === 8 ? undefined : data),
      /line 9 .*the loop made event .*"call".* where the record of the run goes on with result/,
    );
    await expect(
      ({ i, data }) => (i === 5 ? undefined : data),
      /line 6 .*the loop asked for its next input, output, where the record of the run goes on with event/,
    );
    await expect(
      ({ i, data }) => (i === 14 ? { type: "stop", reason: "end" } : data),
      /line 16 .*another event.*type was "text", and is now "answer"/,
    );
  }),
);

test(
  "a record that goes on where the loop ends is a difference",
  inFolder(async (folder) => {
    const file = join(folder, "run.jsonl");
    const recorder = await recordTo(file);
    const tape = recorder.tape();
    const longer = {
      ...tape,
      end: async () => {
        tape.made("event", { n: 7, type: "text", delta: "P.S." });
        await tape.end();
      },
    };
    await all(drive("What is 6*7?", { tape: longer, model: multiplying(), tools: multiply }));
    await recorder.close();
    const error = await errorOf(replayed(await openTrace(file)));
    assert.is(error.code, "replay-differs");
    assert.match(error.message, /line 19 .*the loop ended where the record of the run goes on with event .*P\.S\./);
  }),
);

test(
  "damage is named where the replay comes to it, after all before it",
  inFolder(async (folder) => {
    const file = join(folder, "run.jsonl");
    const recorded = await recordRuns(file, ["What is 6*7?"]);
    const lines = (await readFile(file, "utf8")).split("\n");
    lines[12] = lines[12]!.replace(" 42", " 43");
    await writeFile(file, lines.join("\n"));
    const seen: AgentEvent[] = [];
    const error = await errorOf(
      (async () => {
        for await (const { event } of replayTrace(await openTrace(file), { drive: driving() })) seen.push(event);
      })(),
    );
    assert.is(error.code, "trace-changed");
    assert.match(error.message, "line 13:");
    assert.is(error.exitCode, 3);
    assert.equal(seen, JSON.parse(JSON.stringify(recorded.slice(0, 4))));
  }),
);

test(
  "a run whose process was stopped replays up to there, and says so",
  inFolder(async (folder) => {
    const file = join(folder, "run.jsonl");
    await recordRuns(file, ["What is 6*7?"]);
    const lines = (await readFile(file, "utf8")).split("\n");
    await writeFile(file, `${lines.slice(0, 8).join("\n")}\n`);
    const error = await errorOf(replayed(await openTrace(file)));
    assert.is(error.code, "trace-unfinished");
    assert.is(error.exitCode, 3);
    assert.match(error.message, "stops after line 8");
  }),
);

test(
  "live tools are asked again, and the same result but for its time is no difference",
  inFolder(async (folder) => {
    const file = join(folder, "run.jsonl");
    const recorded = await recordRuns(file, ["What is 6*7?"]);
    const trace = await openTrace(file);
    let asked = 0;
    const counting: Tools = {
      Multiply: (input) => {
        asked++;
        return multiply["Multiply"]!(input);
      },
    };
    assert.equal(await replayed(trace, { drive: driving(counting), live: "tools" }), JSON.parse(JSON.stringify(recorded)));
    assert.is(asked, 1);

    const error = await errorOf(replayed(trace, { drive: driving({ Multiply: () => "43" }), live: "tools" }));
    assert.is(error.code, "live-differs");
    assert.is(error.exitCode, 3);
    assert.match(error.message, "line 10 ");
    assert.match(error.message, 'the result differs: output was "42", and is now "43"');
    const failing = await errorOf(replayed(trace, { live: "tools" }));
    assert.match(failing.message, "a replay has no tools");
  }),
);

test(
  "a live model is asked again, and its first other piece is named",
  inFolder(async (folder) => {
    const file = join(folder, "run.jsonl");
    const recorded = await recordRuns(file, ["What is 6*7?"]);
    const trace = await openTrace(file);
    const model = multiplying();
    assert.equal(await replayed(trace, { live: "model", model }), JSON.parse(JSON.stringify(recorded)));
    assert.ok(model.asked.deltas > 5);
    assert.equal(model.asked.opened, [undefined]);
    const error = await errorOf(replayed(trace, { live: "model", model: smallModel((written) => (written === "" ? "It" : " was")) }));
    assert.is(error.code, "live-differs");
    assert.match(error.message, 'the output differs: text was " is", and is now " was"');
    assert.is((await errorOf(replayed(trace, { live: "model" }))).code, "wrong-replay");
  }),
);

test(
  "a fork differs only after its event, and its trace names the parent and replays",
  inFolder(async (folder) => {
    const file = join(folder, "run.jsonl");
    const recorded = await recordRuns(file, ["What is 6*7?"]);
    const trace = await openTrace(file);
    const records = await all(trace.records());
    for (let from = 0; from < recorded.length; from++) {
      const into = join(folder, `fork-${from}.jsonl`);
      const model = smallModel((written) => (written.endsWith("!") ? undefined : `${written.length}!`));
      const forked = await replayed(trace, { drive: driving({ Multiply: () => "6 times 7" }), model, fork: { from, into } });
      assert.equal(forked.slice(0, from + 1), JSON.parse(JSON.stringify(recorded.slice(0, from + 1))), `after event ${from}`);

      const fork = await openTrace(into);
      const at = records.find(({ kind, data }) => kind === "event" && (data as { n: number }).n === from);
      assert.equal(fork.header.parent, { file, digest: at?.digest, run: at?.run, n: from });
      assert.equal(await replayed(fork), JSON.parse(JSON.stringify(forked)));
      const kept = ({ i, run, kind, data }: TraceRecord): unknown => ({ i, run, kind, data });
      assert.equal((await all(fork.records())).slice(0, at!.i).map(kept), records.slice(0, at!.i).map(kept));
      if (from < recorded.length - 1) assert.ok((await all(diffTraces(trace, fork))).length > 0);
    }
  }),
);

test(
  "where a fork goes live, the model has the text so far, and was not asked before",
  inFolder(async (folder) => {
    const file = join(folder, "run.jsonl");
    const recorded = await recordRuns(file, ["What is 6*7?"]);
    const trace = await openTrace(file);
    const call = recorded.findIndex(({ type }) => type === "call");
    for (const [from, written] of [
      [0, "It"],
      [1, "It is"],
      [call, "It is [Multiply(6*7) → 99]"],
      [call + 1, "It is [Multiply(6*7) → 42]"],
      [call + 2, "It is [Multiply(6*7) → 42] 42"],
    ] as const) {
      const model = multiplying();
      await replayed(trace, { drive: driving({ Multiply: () => "99" }), model, fork: { from, into: join(folder, `${from}.jsonl`) } });
      assert.equal(model.asked.opened, [written], `after event ${from}`);
    }
  }),
);

test(
  "a fork of a chat's run has the runs before it and not those after it",
  inFolder(async (folder) => {
    const file = join(folder, "chat.jsonl");
    await recordRuns(file, ["One?", "Two?", "Three?"]);
    const trace = await openTrace(file);
    const runs = (await all(trace.runs())).map(({ run }) => run);
    const into = join(folder, "fork.jsonl");
    const events = await all(replayTrace(trace, { drive: driving(multiply), model: multiplying(), fork: { from: 2, run: runs[1], into } }));
    assert.equal([...new Set(events.map(({ run }) => run))], runs.slice(0, 2));
    assert.equal(
      (await all((await openTrace(into)).runs())).map(({ run }) => run),
      runs.slice(0, 2),
    );
  }),
);

test(
  "a run that its consumer left is copied into a fork as it was",
  inFolder(async (folder) => {
    const file = join(folder, "chat.jsonl");
    const recorder = await recordTo(file);
    for await (const _ of drive("Left", { tape: recorder.tape("left"), model: multiplying(), tools: multiply })) break;
    await all(drive("Seen", { tape: recorder.tape("seen"), model: multiplying(), tools: multiply }));
    await recorder.close();
    const into = join(folder, "fork.jsonl");
    await replayed(await openTrace(file), { drive: driving(multiply), model: multiplying(), fork: { from: 0, into } });
    const kinds = (await all((await openTrace(into)).records())).filter(({ run }) => run === "left").map(({ kind }) => kind);
    assert.equal(kinds, ["run", "prompt", "output", "event", "abort", "end"]);
  }),
);

test(
  "a fork where there is nothing to fork says so and leaves no file",
  inFolder(async (folder) => {
    const file = join(folder, "run.jsonl");
    await recordRuns(file, ["What is 6*7?"]);
    const trace = await openTrace(file);
    const into = join(folder, "fork.jsonl");
    const model = multiplying();
    const event = await errorOf(replayed(trace, { model, fork: { from: 40, into } }));
    assert.is(event.code, "no-such-event");
    assert.match(event.message, "the events 0 to 6");
    assert.is((await errorOf(replayed(trace, { model, fork: { from: 0, run: "other", into } }))).code, "no-such-run");
    assert.is((await errorOf(replayed(trace, { model, fork: { from: 0, into: file } }))).code, "trace-exists");
    assert.is((await errorOf(replayed(trace, { fork: { from: 0, into } }))).code, "wrong-replay");
    assert.is((await errorOf(replayed(trace, { model, live: "tools", fork: { from: 0, into } }))).code, "wrong-replay");
    await access(into).then(
      () => assert.unreachable("a file was made"),
      () => {},
    );
  }),
);

test(
  "a kind of which the driver knows that it differs can be accepted",
  inFolder(async (folder) => {
    const file = join(folder, "run.jsonl");
    const recorded = await recordRuns(file, ["What is 6*7?"]);
    const trace = await rewrite(file, ({ kind, data }) => (kind === "prompt" ? { digest: "of other instructions" } : data));
    assert.is((await errorOf(replayed(trace))).code, "replay-differs");
    const accepting: Drive = (run) => {
      run.tape.accept("prompt");
      return driving()(run);
    };
    assert.equal(await replayed(trace, { drive: accepting }), JSON.parse(JSON.stringify(recorded)));
  }),
);

test(
  "a run that does not begin with its input cannot be replayed",
  inFolder(async (folder) => {
    const file = join(folder, "run.jsonl");
    const header = seal(0, '"format":"toolwright-trace","version":1,"library":"0.1.0","created":"2026-07-31T12:00:00.000Z"', noDigest);
    await writeFile(file, header.line + seal(1, '"t":0,"run":"a","kind":"output","data":{}', header.digest).line);
    const error = await errorOf(replayed(await openTrace(file)));
    assert.is(error.code, "trace-invalid");
    assert.match(error.message, "line 2: ");
  }),
);

test.run();
