import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { ToolwrightError } from "../../errors.js";
import { evaluate } from "../../tools/calculator/evaluation.js";
import { calculator } from "../../tools/calculator/index.js";

const context = { signal: new AbortController().signal, now: new Date(0), timeZone: "UTC" };

function failureOf(expression: string): ToolwrightError {
  try {
    evaluate(expression, "natural");
  } catch (error) {
    if (error instanceof ToolwrightError) return error;
    throw error;
  }
  throw new Error(`${expression} has a result`);
}

for (const expression of [
  "import({})",
  'constructor.constructor("return process")()',
  "cos.constructor",
  'cos["constructor"]',
  'sqrt(2).constructor("return 1")',
  "(1).constructor",
  "constructor",
  "__proto__",
  "toString()",
  "hasOwnProperty(1)",
  'createUnit("foo")',
  'evaluate("1")',
  'parse("1")',
  'compile("1")',
  "parser()",
  "chain(3)",
  "config({})",
  "typed(1)",
  "help(sin)",
  "print(1, 2)",
  "format(1)",
  'derivative("x^2", "x")',
  "simplifyCore(1)",
  "map([1], sqrt)",
  "f(x) = x",
  "x = 3; x",
  "1; 2",
  "[1, 2][1]",
  "{a: 1}",
  "{a: 1}.a",
  '"text"',
  '"a"*1e9',
  "1 ? 2 : 3",
  "5 & 3",
  "5 and 3",
  "random()",
  "5 + percent(1, 2)",
  "zeros(1e5,1e5)",
  "version",
  "null",
  "Infinity",
  "process",
  "globalThis",
  "speedOfLight",
]) {
  test(`${expression} is refused`, () => {
    const { code, message, remedy } = failureOf(expression);
    assert.ok(["calculator-not-allowed", "calculator-unreadable"].includes(code), code);
    assert.ok(message.length < 120 && remedy.length > 0, message);
  });
}

for (const [expression, message] of [
  ["1e308^9", "1,000 digits"],
  ["2^2^2^2^2", "1,000 digits"],
  ["10^10^10", "1,000 digits"],
  ["-10^10^10", "1,000 digits"],
  ["factorial(1e9)", "factorial"],
  ["(10^9)!", "factorial"],
  ["450!", "factorial"],
  ["9!!!!", "factorial"],
  ["range(1,1e12)", "range"],
  ["1:1e12", "range"],
  ["sum(1:1:1e9)", "range"],
  ["range(1, 10, 0)", "range"],
  ["10^200 mod 7", "128 digits"],
  ["gcd(10^300, 6)", "128 digits"],
  ["1:1000", "1000 entries"],
] as const) {
  test(`${expression.slice(0, 30)} is over a limit`, () => {
    const start = performance.now();
    const error = failureOf(expression);
    assert.is(error.code, "calculator-limit");
    assert.match(error.message, message);
    assert.ok(performance.now() - start < 1000);
  });
}

for (const expression of ["1/0", "0/0", "1/(1/0)", "5 mod 0", "mod(5, 0)", "5 / (3 - 3)"]) {
  test(`${expression} is a division by zero`, () => {
    const { code, message } = failureOf(expression);
    assert.is(code, "calculator-undefined");
    assert.is(message, "Division by zero.");
  });
}

for (const expression of [
  "tan(90 deg)",
  "1/sin(pi)",
  "asin(2)",
  "5 km + 2",
  "5 km to seconds",
  "pi/6 m to seconds",
  "km",
  "sqrt()",
  "sqrt(1, 2)",
  "(-3)!",
  "det([1, 2])",
]) {
  test(`${expression} has no result, and a sentence says so`, () => {
    const { code, message } = failureOf(expression);
    assert.is(code, "calculator-undefined");
    assert.match(message, /^[A-Z].*\.$/);
    assert.not.match(message, /BigNumber|expected:|typed|index: /);
  });
}

for (const expression of ["", " ", "=", "3 +", "(3 + 4", ")", "3 4", "5 +* 3", "😀", "1,2"]) {
  test(`"${expression}" cannot be read`, () => {
    assert.is(failureOf(expression).code, "calculator-unreadable");
  });
}

test("every text gives a result or a ToolwrightError", () => {
  const words =
    "1 2.5 0 1,234 ( ) [ ] , ; : + - * / ^ ! % = < > . ' \" { } ? & | # @ \\ x of off percent km to in F C min sec e i pi".split(" ");
  const names = "sqrt( max( mean( log( fraction( percent( constructor prototype sum of half squared square root average and two".split(" ");
  const texts = fc.array(fc.oneof(fc.constantFrom(...words, ...names, " "), fc.string({ maxLength: 3 })), { maxLength: 12 });
  fc.assert(
    fc.property(texts, fc.constantFrom("", " "), (parts, joint) => {
      try {
        const { text, value = "" } = evaluate(parts.join(joint), "natural");
        assert.ok(text !== "" && !/NaN|Infinity|undefined|function|object/.test(text + value), text);
      } catch (error) {
        assert.instance(error, ToolwrightError);
      }
    }),
    { numRuns: 1500 },
  );
});

test("reading takes no more than a moment for any text of 1,000 characters", () => {
  const worst = [
    "(",
    "1(",
    "((a",
    "a",
    "1 ",
    "1,",
    "%",
    "5%",
    "of ",
    "1 a ",
    "a per ",
    "5 ft ",
    "one hundred ",
    "and ",
    "|",
    "=",
    "^{",
    "²",
    "-1",
  ];
  for (const part of worst) {
    const start = performance.now();
    try {
      evaluate(part.repeat(1000 / part.length), "natural");
    } catch (error) {
      assert.instance(error, ToolwrightError);
    }
    // Not its speed: what grew with a power of the length would take minutes.
    assert.ok(performance.now() - start < 10_000, `${part} took ${performance.now() - start} ms`);
  }
});

test("a refused expression leaves the calculator as it was", async () => {
  const tool = calculator({ timeout: 5000 });
  for (const expression of ["import({})", "1e308^9", "factorial(1e9)", "range(1,1e12)", "createUnit(1)"]) {
    await tool.run({ expression }, context).then(
      () => assert.unreachable(),
      (error: unknown) => assert.instance(error, ToolwrightError),
    );
    assert.is((await tool.run({ expression: "3 in to cm" }, context)).text, "7.62 cm");
  }
  await tool.close();
});

test.run();
