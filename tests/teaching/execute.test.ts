import { setTimeout } from "node:timers/promises";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { z } from "zod";
import { createAgent } from "../../agent/index.js";
import { ToolwrightError } from "../../errors.js";
import { scriptedModel } from "../../models/index.js";
import { type ExecuteOptions, executeCalls } from "../../teaching/execute.js";
import { calculator, calendar, defineTool, type Tool } from "../../tools/index.js";
import { echo, lying, rejected } from "./small-tools.js";

const now = new Date("2024-05-17T12:00:00Z");
const at: ExecuteOptions = { now, timeZone: "UTC" };

const sums = calculator();
const dates = calendar();
test.after(() => sums.close());

const outcomes = async (tool: Tool, inputs: readonly string[], options: Partial<ExecuteOptions> = {}) =>
  (await executeCalls(tool, inputs, { ...at, ...options })).map(({ output, error }) => output ?? `error: ${error}`);

test("a call comes to what it comes to in the agent's loop", async () => {
  const { tool } = echo({ run: ({ text }) => (text === "bad" ? Promise.reject(new Error("no luck")) : `<${text}>`) });
  const half = defineTool({ name: "Half", description: "Halves.", input: z.object({ of: z.number() }), run: ({ of }) => `${of / 2}` });
  for (const [by, inputs] of [
    [sums, ["1+1", "Calculator(1/3)*3", "15% of 1,234", "1/0", "", "(2+3)*(4)"]],
    [dates, ["", "weekday of July 4, 2026", "days until Christmas", "nonsense"]],
    [tool, ["a, b", '"quoted"', "a (b) c", "Echo(bad) x", "bad", "a \\) b", "it's", "Echo(a, Echo(b))"]],
    [half, ["8", "of: 8", '{ "of": 8 }', "eight", "Half(8)", "Half(Half(8))"]],
  ] as const) {
    for (const input of inputs) {
      const model = scriptedModel([[`[${by.name}(${input})`, " end"]]);
      const agent = createAgent({ model, tools: [by], strategy: "direct", now: () => now, timeZone: "UTC" });
      const { calls } = await agent.ask("?");
      const { output, error } = calls.at(-1)!;
      assert.equal(await outcomes(by, [input]), [output ?? `error: ${error}`], `${by.name}(${input})`);
    }
  }
});

test("the calculator's results come in the order of the inputs, each input having run once", async () => {
  const executed = await executeCalls(sums, ["400/1400", "18+24", "400/1400", " 18+24 ", "2^0.5"], at);
  assert.equal(
    executed.map(({ output, cached }) => [output, cached]),
    [
      ["0.285714", false],
      ["42", false],
      ["0.285714", true],
      ["42", true],
      ["1.414214", false],
    ],
  );
  assert.ok(executed.every(({ ms, cached }) => (cached ? ms === 0 : ms > 0)));
  assert.not("value" in executed[0]!);
});

test("the calendar sees the clock and the time zone that it is given", async () => {
  assert.match((await outcomes(dates, ["today"])).join(), /Friday, May 17, 2024/);
  const late = { now: new Date("2024-05-17T23:00:00Z"), timeZone: "Asia/Tokyo" };
  assert.match((await outcomes(dates, ["today"], late)).join(), /Saturday, May 18, 2024/);
});

test("a call inside a call of the same tool runs first, with its full precision, and counts once", async () => {
  assert.equal(await outcomes(sums, ["Calculator(1/3) * 3", "Calculator(Calculator(2+3)*2) - 1", "Calculator(1/0) + 1"]), [
    "1",
    "9",
    "error: Calculator failed: Division by zero.",
  ]);
  const { tool, asked } = echo();
  assert.equal(await outcomes(tool, ["a Echo(b) Echo(b)", "b", "Echo(b)"]), ["<a <b> <b>>", "<b>", "<<b>>"]);
  assert.equal(asked.sort(), ["<b>", "a <b> <b>", "b"]);
});

test("what the agent would not read as one call is an error, and does not run", async () => {
  const { tool, asked } = echo();
  const inputs = ["a) b (c", "a (b", "a\nb", "x".repeat(5000), ""];
  const errors = await outcomes(tool, inputs);
  assert.equal(errors.slice(0, 4), Array(4).fill("error: these are not the arguments of one whole call"));
  assert.is(errors[4], "error: text is missing: it must be text");
  assert.equal(asked, []);
  const number = defineTool({ name: "Half", description: "Halves.", input: z.object({ of: z.number() }), run: ({ of }) => `${of / 2}` });
  assert.equal(await outcomes(number, ["8", "eight", "8, 9"]), [
    "4",
    'error: of must be a number, got "eight"',
    "error: too many arguments (2): it takes of; text with commas needs quotes",
  ]);
});

test("calls run at the same time, as many as are allowed", async () => {
  let [running, most] = [0, 0];
  const { tool } = echo({
    run: async () => {
      most = Math.max(most, ++running);
      await setTimeout(20);
      running--;
      return "done";
    },
  });
  const inputs = Array.from({ length: 20 }, (_, index) => `${index}`);
  await executeCalls(tool, inputs, at);
  assert.is(most, 8);
  most = 0;
  await executeCalls(tool, inputs.slice(0, 5), { ...at, atOnce: 2 });
  assert.is(most, 2);
});

test("a tool that hangs is cut by its time-out, and the others are not held up", async () => {
  const { tool } = echo({ timeout: 100, run: ({ text }) => (text === "hang" ? new Promise<string>(() => {}) : "done") });
  const executed = await executeCalls(tool, ["hang", "a", "b"], { ...at, atOnce: 1 });
  assert.equal(
    executed.map(({ output, error }) => output ?? error),
    ["took longer than 100 ms", "done", "done"],
  );
  assert.ok(executed[0]!.ms >= 99 && executed[0]!.ms < 5000);
});

test("whatever a tool throws or gives, the call has a result or an error", async () => {
  const nameless = Object.create(null) as object;
  for (const [run, expected] of [
    [() => Promise.reject(new Error("no luck")), "error: no luck"],
    [() => Promise.reject("a plain text"), "error: a plain text"],
    [() => Promise.reject(undefined), "error: undefined"],
    [() => Promise.reject(nameless), "error: failed without a message"],
    [() => Promise.reject(Object.assign(new Error(), { message: { not: "text" } })), "error: failed without a message"],
    [
      () => {
        throw new Error("at once");
      },
      "error: at once",
    ],
    [() => ({ text: "" }), "error: gave nothing"],
    [() => ({ text: " \n" }), "error: gave nothing"],
    [() => ({ text: 5 }), "error: gave no text"],
    [() => ({}), "error: gave no text"],
    [() => ({ text: "a", value: 5 }), "error: gave a value that is not text"],
    [() => ({ text: "a", sources: "b" }), "error: gave sources that are not a list of ids and titles"],
    [() => ({ text: "a", sources: [null] }), "error: gave sources that are not a list of ids and titles"],
    [() => ({ text: "now" }), "now"],
  ] as const) {
    assert.equal(await outcomes(lying(run), ["x"]), [expected], String(run));
  }
  assert.match(
    (
      await outcomes(
        lying(() => undefined),
        ["x"],
      )
    ).join(),
    /^error: .*undefined/,
  );
  assert.is(
    (
      await outcomes(
        lying(() => Promise.reject("long ".repeat(1000))),
        ["x"],
      )
    ).join().length,
    "error: ".length + 2001,
  );
});

test("a huge result is clipped to 2,000 bytes, and no character is cut in two", async () => {
  const texts = { short: "é".repeat(1000), long: "é".repeat(1001), odd: `a${"é".repeat(1000)}`, faces: `ab${"😀".repeat(600)}` };
  const tool = lying(({ text }) => ({ text: text === "huge" ? "x".repeat(50_000_000) : texts[text as keyof typeof texts] }));
  const [short, long, odd, faces, huge] = await outcomes(tool, [...Object.keys(texts), "huge"]);
  assert.is(short, texts.short);
  assert.is(long, `${"é".repeat(1000)}…`);
  assert.is(odd, `a${"é".repeat(999)}…`);
  assert.is(faces, `ab${"😀".repeat(499)}…`);
  assert.is(huge, `${"x".repeat(2000)}…`);
});

test("a tool that sets its clock sets no other's", async () => {
  const { tool } = echo({
    run: (_, context) => {
      const seen = context.now.toISOString();
      context.now.setFullYear(1999);
      return seen;
    },
  });
  assert.equal(await outcomes(tool, ["a", "b"]), [now.toISOString(), now.toISOString()]);
});

test("a tool with side effects is refused at once", async () => {
  const { tool, asked } = echo({ sideEffects: true });
  const error = await rejected(executeCalls(tool, ["a"], at));
  assert.instance(error, ToolwrightError);
  assert.equal([(error as ToolwrightError).code, (error as ToolwrightError).exitCode], ["tool-side-effects", 2]);
  assert.equal(asked, []);
});

test("options that are none are refused", async () => {
  for (const options of [{ now: new Date("never") }, { atOnce: 0 }, { atOnce: Number.NaN }]) {
    const error = await rejected(executeCalls(sums, ["1"], { ...at, ...options }));
    assert.equal([(error as ToolwrightError).code, (error as ToolwrightError).exitCode], ["bad-option", 2]);
  }
});

test("an abort rejects at once with its reason, and starts nothing more", async () => {
  const asked: unknown[] = [];
  const { tool } = echo({
    run: ({ text }) => {
      asked.push(text);
      return new Promise<string>(() => {});
    },
  });
  const controller = new AbortController();
  const running = executeCalls(tool, ["a", "b", "c", "d"], { ...at, atOnce: 2, signal: controller.signal });
  await setTimeout(30);
  controller.abort(new Error("enough"));
  assert.is(((await rejected(running)) as Error).message, "enough");
  await setTimeout(10);
  assert.equal(asked, ["a", "b"]);
  assert.is(((await rejected(executeCalls(tool, ["e"], { ...at, signal: controller.signal }))) as Error).message, "enough");
  assert.is(asked.length, 2);
});

test.run();
