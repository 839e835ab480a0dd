import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { ToolwrightError } from "../../errors.js";
import { calculator } from "../../tools/calculator/index.js";
import type { ToolContext } from "../../tools/tool.js";

type Calculator = ReturnType<typeof calculator>;

const context = (signal = new AbortController().signal): ToolContext => ({ signal, now: new Date(0), timeZone: "UTC" });
const ask = async (tool: Calculator, expression: string, signal?: AbortSignal) => (await tool.run({ expression }, context(signal))).text;

async function failureOf(call: Promise<unknown>): Promise<ToolwrightError> {
  const error = await call.then(
    (result) => assert.unreachable(`it gave ${JSON.stringify(result)}`),
    (thrown: unknown) => thrown,
  );
  assert.instance(error, ToolwrightError);
  return error as ToolwrightError;
}

/** So many ways that counting them takes minutes. */
const SLOW = "combinations(1e9, 5e8)";

let shared: Calculator;
test.before(() => {
  shared = calculator({ timeout: 5000 });
});
test.after(() => shared.close());

test("the tool takes exactly one required string, the expression", () => {
  assert.is(shared.name, "Calculator");
  assert.equal(Object.keys(shared.input.shape), ["expression"]);
  assert.ok(shared.input.safeParse({ expression: "1" }).success);
  assert.not(shared.input.safeParse({}).success);
});

test("37*48 is 1776", async () => {
  assert.is(await ask(shared, "37*48"), "1776");
});

test("a nested call gets full precision", async () => {
  const third = await shared.run({ expression: "1/3" }, context());
  assert.is(third.text, "0.333333");
  assert.is(await ask(shared, `${third.value} * 3`), "1");
});

test("a nested negative result binds as one number", async () => {
  const { text, value } = await shared.run({ expression: "1-4" }, context());
  assert.is(text, "-3");
  assert.is(await ask(shared, `${value}^2`), "9");
});

test("a nested quantity keeps its unit", async () => {
  const { value } = await shared.run({ expression: "60 mph * 90 minutes" }, context());
  assert.is(await ask(shared, `${value} to km`), "144.84096 km");
});

test("published rounding writes two decimals and hands on full precision", async () => {
  const published = calculator({ rounding: "published", timeout: 5000 });
  const { text, value } = await published.run({ expression: "400/1400" }, context());
  assert.is(text, "0.29");
  assert.match(value!, /^0\.285714285714/);
  assert.is(await ask(published, "735/499"), "1.47");
  assert.is(await ask(published, "18 + 12 x 3"), "54");
  assert.not.equal(published.version, shared.version);
  await published.close();
});

test("calls at the same time are served in order, each with its own result", async () => {
  const finished: number[] = [];
  const numbers = Array.from({ length: 8 }, (_, index) => index);
  const results = await Promise.all(
    numbers.map(async (number) => {
      const text = await ask(shared, `${number}^2`);
      finished.push(number);
      return text;
    }),
  );
  assert.equal(
    results,
    numbers.map((number) => String(number ** 2)),
  );
  assert.equal(finished, numbers);
});

test("a call that takes too long is ended, and the next one is answered", async () => {
  const tool = calculator({ timeout: 1000 });
  const [slow, next] = await Promise.allSettled([ask(tool, SLOW), ask(tool, "2+2")]);
  assert.is(slow.status, "rejected");
  assert.is((slow as PromiseRejectedResult).reason.code, "calculator-limit");
  assert.match((slow as PromiseRejectedResult).reason.message, "1000 ms");
  assert.equal(next, { status: "fulfilled", value: "4" });
  await tool.close();
});

test("a call that needs too much memory is ended, and the next one is answered", async () => {
  const tool = calculator({ timeout: 60_000 });
  const error = await failureOf(ask(tool, "transpose([1:3000]) * [1:3000]"));
  assert.is(error.code, "calculator-limit");
  assert.match(error.message, "memory");
  assert.is(await ask(tool, "2+2"), "4");
  await tool.close();
});

test("an abort ends the running call at once, and the waiting one is answered", async () => {
  const tool = calculator({ timeout: 60_000 });
  await ask(tool, "1");
  const abort = new AbortController();
  const running = failureOf(ask(tool, SLOW, abort.signal));
  const waiting = ask(tool, "2+2");
  const start = performance.now();
  setTimeout(() => abort.abort(), 20);
  assert.is((await running).code, "aborted");
  assert.ok(performance.now() - start < 1000);
  assert.is(await waiting, "4");
  await tool.close();
});

test("an abort takes a waiting call out of the line, and the running one goes on", async () => {
  const tool = calculator({ timeout: 500 });
  const abort = new AbortController();
  const running = failureOf(ask(tool, SLOW));
  const waiting = failureOf(ask(tool, "2+2", abort.signal));
  abort.abort();
  assert.is((await waiting).code, "aborted");
  assert.is((await running).code, "calculator-limit");
  await tool.close();
});

test("a call with a signal that has fired is not made", async () => {
  assert.is((await failureOf(ask(shared, "1", AbortSignal.abort()))).code, "aborted");
});

test("a call leaves no listener on its signal", async () => {
  const { signal } = new AbortController();
  let listeners = 0;
  const { addEventListener, removeEventListener } = signal;
  signal.addEventListener = (...args: Parameters<typeof addEventListener>) => {
    listeners++;
    addEventListener.apply(signal, args);
  };
  signal.removeEventListener = (...args: Parameters<typeof removeEventListener>) => {
    listeners--;
    removeEventListener.apply(signal, args);
  };
  await ask(shared, "1+1", signal);
  assert.is(listeners, 0);
});

test("closing ends what runs and what waits; a later call starts anew", async () => {
  const tool = calculator({ timeout: 60_000 });
  const calls = [failureOf(ask(tool, SLOW)), failureOf(ask(tool, "2+2"))];
  await tool.close();
  assert.equal(
    (await Promise.all(calls)).map(({ code }) => code),
    ["aborted", "aborted"],
  );
  assert.is(await ask(tool, "2+2"), "4");
  await tool.close();
});

test("an expression of more than 1,000 characters is refused", async () => {
  assert.is(await ask(shared, `${"1+".repeat(499)}1`), "500");
  const error = await failureOf(ask(shared, `${"1+".repeat(500)}1`));
  assert.is(error.code, "calculator-limit");
  assert.match(error.message, "1001 characters");
});

test("unknown options are errors that say what to give", () => {
  for (const options of [{ rounding: "exact" }, { timeout: 0 }, { timeout: NaN }]) {
    assert.throws(
      () => calculator(options as object),
      (error: unknown) => error instanceof ToolwrightError && error.code === "calculator-options" && error.remedy !== "",
    );
  }
});

test("a calculator that was used and not closed lets its process end", async () => {
  const index = new URL("../../tools/calculator/index.js", import.meta.url).href;
  const script = `
    import { calculator } from ${JSON.stringify(index)};
    const { text } = await calculator({ timeout: 10000 }).run({ expression: "6*7" }, { signal: new AbortController().signal });
    console.log(text);`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", script], { timeout: 30_000 });
  assert.is(stdout, "42\n");
});

test("the caller's thread does not load mathjs", () => {
  const seen = new Set<string>();
  const visit = (url: URL) => {
    if (seen.has(url.href)) return;
    seen.add(url.href);
    for (const [, specifier] of readFileSync(url, "utf8").matchAll(/^(?:import|export)\b.*?["']([^"']+)["'];$/gm)) {
      assert.not.match(specifier!, /^mathjs|^node:module$/);
      if (specifier!.startsWith(".")) visit(new URL(specifier!, url));
    }
  };
  visit(new URL("../../tools/calculator/index.js", import.meta.url));
  assert.ok(seen.size > 4);
});

test.run();
