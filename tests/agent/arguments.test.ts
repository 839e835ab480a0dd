import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { z } from "zod";
import { formatArguments, parseArguments } from "../../agent/arguments.js";
import { MarkerParser } from "../../agent/marker.js";

const tool = <Shape extends z.ZodRawShape>(name: string, shape: Shape) => ({ name, input: z.object(shape) });

const calculator = tool("Calculator", { expression: z.string() });
const search = tool("Search", { query: z.string().min(1), limit: z.int().min(1).optional(), exact: z.boolean().default(false) });
const convert = tool("Convert", { value: z.number(), unit: z.enum(["days", "weeks", "Years"]), round: z.int().optional() });
const calendar = tool("Calendar", { query: z.string().optional() });
const plot = tool("Plot", { points: z.array(z.number()), style: z.object({ color: z.string(), width: z.number().optional() }).optional() });
const store = tool("Store", { data: z.record(z.string(), z.unknown()), name: z.string().optional() });
const note = tool("Note", { text: z.string(), to: z.string() });
const loose = tool("Loose", { value: z.union([z.number(), z.string()]), label: z.string().nullable(), anything: z.any().optional() });

type AnyTool = { readonly name: string; readonly input: z.ZodObject };
const args = (input: string, of: AnyTool) => {
  const parsed = parseArguments(input, of);
  assert.ok(parsed.ok, `${of.name}(${input}): ${parsed.ok ? "" : parsed.message}`);
  return parsed.args;
};
const message = (input: string, of: AnyTool) => {
  const parsed = parseArguments(input, of);
  assert.not(parsed.ok, `${of.name}(${input})`);
  return parsed.ok ? "" : parsed.message;
};

test("one required text takes everything as it is", () => {
  for (const [input, text] of [
    [" 400/1400 ", "400/1400"],
    ["max(1, 2), 3", "max(1, 2), 3"],
    ["a,", "a,"],
    ["what's new?", "what's new?"],
    ['"War and Peace" author', '"War and Peace" author'],
    ['"a", "b"', '"a", "b"'],
    ["smile :-\\)", "smile :-)"],
    ["C:\\temp \\d+ \\\\host", "C:\\temp \\d+ \\\\host"],
    ["{1, 2, 3}", "{1, 2, 3}"],
    ["http://x.y", "http://x.y"],
  ] as const) {
    assert.equal(args(input, calculator), { expression: text });
  }
});

test("one required text may be quoted, named or in JSON", () => {
  for (const input of [
    '"a, b)"',
    "'a, b)'",
    'expression: "a, b)"',
    "expression=a, b)",
    "Expression: a, b)",
    '{"expression": "a, b)"}',
    "{'expression': 'a, b)'}",
  ]) {
    assert.equal(args(input, calculator), { expression: "a, b)" }, input);
  }
});

test("quotes understand escapes and keep apostrophes", () => {
  assert.equal(args('"a\\n\\u00e9\\"\\)"', calculator), { expression: 'a\né")' });
  assert.equal(args("'it's'", calculator), { expression: "it's" });
});

test("options follow the text by name", () => {
  assert.equal(args("war, peace, limit: 3", search), { query: "war, peace", limit: 3, exact: false });
  assert.equal(args("war, limit=3, exact: TRUE", search), { query: "war", limit: 3, exact: true });
  assert.equal(args("limit: 3, query: war", search), { query: "war", limit: 3, exact: false });
  assert.equal(args('"war", 3', search), { query: "war", limit: 3, exact: false });
  assert.equal(args('"war, limit: 3"', search), { query: "war, limit: 3", exact: false });
  assert.equal(args("limit: 3", search), { query: "limit: 3", exact: false });
});

test("several arguments stand in order, by name or in JSON", () => {
  const expected = { value: -2.5, unit: "days" };
  for (const input of [
    "-2.5, days",
    '-2.5,"days"',
    "-2.5, unit: days",
    "unit = 'days', value: -2.5",
    'unit: "days", -2.5',
    '"value": -2.5, "unit": "DAYS"',
    '{"value": -2.5, "unit": "days"}',
    '{"value": "-2.5", "unit": "days"}',
    "{'value': -2.5, 'unit': 'days'}",
    "-2.5, days,",
  ]) {
    assert.equal(args(input, convert), expected, input);
  }
  assert.equal(args('"a, b", c (d, e)', note), { text: "a, b", to: "c (d, e)" });
  assert.equal(args("12:30, http://x.y/z", note), { text: "12:30", to: "http://x.y/z" });
  assert.equal(args("to://x, text == y", note), { text: "to://x", to: "text == y" });
  assert.equal(args("a], b", note), { text: "a]", to: "b" });
});

test("text becomes what the schema asks for and nothing else", () => {
  assert.equal(args("007, 5", note), { text: "007", to: "5" });
  assert.equal(args("5, null", loose), { value: 5, label: null });
  assert.equal(args('"5", "null"', loose), { value: "5", label: "null" });
  assert.equal(args('five, x, {"a": [1]}', loose), { value: "five", label: "x", anything: { a: [1] } });
  const choice = tool("Choice", { choice: z.literal(["3", 3]) });
  assert.equal([args("3", choice), args('"3"', choice)], [{ choice: 3 }, { choice: "3" }]);
  assert.equal(args("1e3, weeks, round: +2", convert), { value: 1000, unit: "weeks", round: 2 });
});

test("lists and objects are JSON", () => {
  assert.equal(args('[1, 2.5], {"color": "red"}', plot), { points: [1, 2.5], style: { color: "red" } });
  assert.equal(args('[], style: {"color": "red", "width": 2}', plot), { points: [], style: { color: "red", width: 2 } });
});

test("an object is all the arguments when a key is an argument's name, else a value where one can be", () => {
  assert.equal(args('{"a": 1}', store), { data: { a: 1 } });
  assert.equal(args("{}", store), { data: {} });
  assert.equal(args("{}", tool("Maybe", { data: z.record(z.string(), z.unknown()).optional() })), {});
  assert.equal(args('{"data": {"a": 1}, "name": "x"}', store), { data: { a: 1 }, name: "x" });
  assert.equal(args('data: {"data": 1}', store), { data: { data: 1 } });
});

test("arguments that may be missing may be missing", () => {
  assert.equal(args("", calendar), {});
  assert.equal(args("{}", calendar), {});
  assert.equal(args("next Monday, please", calendar), { query: "next Monday, please" });
  assert.equal(args("  ", tool("Nothing", {})), {});
});

test("the message names the argument and what was expected", () => {
  for (const [input, of, says] of [
    ["a few, days", convert, 'value must be a number, got "a few"'],
    ["3, months", convert, 'unit must be one of "days", "weeks", "Years", got "months"'],
    ["3, days, 1.5", convert, 'round must be a whole number, got "1.5"'],
    ["3", convert, 'unit is missing: it must be one of "days", "weeks", "Years"'],
    ["", calculator, "expression is missing: it must be text"],
    ["1, 2, 3, 4", convert, "too many arguments (4): it takes value, unit, round (optional); text with commas needs quotes"],
    ["x", tool("Nothing", {}), "too many arguments (1): it takes none; text with commas needs quotes"],
    ['{"q": "x"}', search, 'there is no argument "q"; it takes query, limit (optional), exact (optional)'],
    ["value: 1, value: 2, unit: days", convert, "value is given twice"],
    ['{"value": 1, "VALUE": 2}', convert, "value is given twice"],
    ["1 2, {color: red}", plot, 'points must be a JSON list, got "1 2"'],
    ['[1, "a"]', plot, "points.1: Invalid input: expected number, received string"],
    ['"x", limit: 0', search, "limit: Too small: expected number to be >=1"],
    [`${"9".repeat(400)}, days`, convert, `value must be a number, got "${"9".repeat(39)}…`],
  ] as const) {
    assert.is(message(input, of), says);
  }
});

test("a check of the schema's own that throws is a message, too", () => {
  const strict = {
    name: "Strict",
    input: z.object({
      a: z.string().refine((): boolean => {
        throw new Error("no\nway");
      }),
    }),
  };
  assert.is(message("x", strict), "no way");
});

test("what a nested call came to is data", () => {
  const filled = (input: string, nested: string, value: string, of: AnyTool) => {
    const start = input.indexOf(nested);
    return parseArguments(input, of, [{ start, end: start + nested.length, value }]);
  };
  assert.equal(filled("Search(x) * 2", "Search(x)", "1, 2)", calculator), { ok: true, args: { expression: "1, 2) * 2" } });
  assert.equal(filled("Search(x)", "Search(x)", '{"expression": "1"}', calculator), {
    ok: true,
    args: { expression: '{"expression": "1"}' },
  });
  assert.equal(filled("Search(x), me", "Search(x)", 'a", to: "b\\)', note), { ok: true, args: { text: 'a", to: "b\\)', to: "me" } });
  assert.equal(filled("me, to: Search(x)", "Search(x)", '"quoted"', note), { ok: true, args: { text: "me", to: '"quoted"' } });
  assert.equal(filled("[1, Search(x)]", "Search(x)", "2.5", plot), { ok: true, args: { points: [1, 2.5] } });
  assert.equal(filled('{"text": Search(x), "to": "b"}', "Search(x)", 'a", "to": "c', note), {
    ok: true,
    args: { text: 'a", "to": "c', to: "b" },
  });
});

const phrase = fc.oneof(
  fc.string({ unit: "binary", maxLength: 12 }),
  fc
    .array(
      fc.constantFrom(
        '"',
        "'",
        "\\",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ",",
        ":",
        "=",
        " ",
        "\n",
        "limit: 3",
        "query: ",
        "text=",
        "null",
        "5",
        "'90s",
        "→",
        "é",
        "🙂",
        "it's",
      ),
      { maxLength: 8 },
    )
    .map((pieces) => pieces.join("")),
);
const number = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer({ min: -9, max: 9 }));
const some = fc.option(phrase, { nil: undefined });
const written: readonly (readonly [AnyTool, fc.Arbitrary<Record<string, unknown>>])[] = [
  [calculator, fc.record({ expression: phrase })],
  [calendar, fc.record({ query: some })],
  [
    search,
    fc.record({
      query: phrase.filter((text) => text !== ""),
      limit: fc.option(fc.integer({ min: 1, max: 99 }), { nil: undefined }),
      exact: fc.boolean(),
    }),
  ],
  [
    convert,
    fc.record({
      value: number,
      unit: fc.constantFrom("days", "weeks", "Years"),
      round: fc.option(fc.integer({ min: -5, max: 5 }), { nil: undefined }),
    }),
  ],
  [plot, fc.record({ points: fc.array(number), style: fc.option(fc.record({ color: phrase, width: number }), { nil: undefined }) })],
  [
    store,
    fc.record({
      data: fc.dictionary(
        phrase.filter((key) => key !== "__proto__"),
        fc.jsonValue(),
      ),
      name: some,
    }),
  ],
  [note, fc.record({ text: phrase, to: phrase })],
  [loose, fc.record({ value: fc.oneof(number, phrase), label: fc.option(phrase), anything: fc.jsonValue() })],
  [{ name: "Odd", input: z.object({ 'a "b"': z.boolean(), "c-d": z.string() }) }, fc.record({ 'a "b"': fc.boolean(), "c-d": phrase })],
  [{ name: "Open", input: z.looseObject({ text: z.string() }) }, fc.record({ text: phrase, more: fc.integer() })],
];

test("arguments that are written are read as the same, and stand in a marker as one call", () => {
  for (const [of, arbitrary] of written) {
    fc.assert(
      fc.property(arbitrary, (given) => {
        const input = formatArguments(given, of);
        const wanted = of.input.parse(JSON.parse(JSON.stringify(given)));
        assert.equal(args(input, of), wanted, input);
        const [event] = new MarkerParser({ tools: [of.name], mode: "read" }).feed(`[${of.name}(${input})]`);
        assert.is(event?.type === "call" && event.call.input, input);
      }),
      { numRuns: 500 },
    );
  }
});

test("arguments are written as a person would write them", () => {
  assert.is(formatArguments({ expression: "max(1, 2) * 3" }, calculator), "max(1, 2) * 3");
  assert.is(formatArguments({ expression: "a)" }, calculator), '"a)"');
  assert.is(formatArguments({ query: "what's new", limit: 3 }, search), "what's new, limit: 3");
  assert.is(formatArguments({ value: 5, unit: "days", round: 2 }, convert), '5, "days", round: 2');
  assert.is(formatArguments({ unit: "days" }, convert), 'unit: "days"');
  assert.is(formatArguments({ data: { a: 1 } }, store), 'data: {"a":1}');
  assert.is(formatArguments({}, calendar), "");
});

test("any text gives arguments or a message of one short line", () => {
  fc.assert(
    fc.property(fc.constantFrom(...written.map(([of]) => of)), fc.array(phrase, { maxLength: 4 }), (of, pieces) => {
      const parsed = parseArguments(pieces.join(""), of);
      if (parsed.ok) return;
      assert.not.match(parsed.message, /[\r\n]/);
      assert.ok(parsed.message.length <= 201);
    }),
    { numRuns: 3000 },
  );
  for (const text of ["(", '"a', "a", '"', "'", "{", ",", "\\", "a: "]) parseArguments(text.repeat(100_000), note);
});

test.run();
