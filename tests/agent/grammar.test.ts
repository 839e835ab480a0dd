import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { z } from "zod";
import { parseArguments } from "../../agent/arguments.js";
import { characters, except, writeGrammar } from "../../agent/gbnf.js";
import { argumentsGrammar, callGrammar } from "../../agent/grammar.js";
import { MarkerParser } from "../../agent/marker.js";
import { type EngineModel, loadModel } from "../../engine/index.js";
import { tinyModel } from "../fixtures/tiny-model.js";

const tool = <Shape extends z.ZodRawShape>(name: string, shape: Shape) => ({ name, input: z.object(shape) });

const tools = [
  tool("Calculator", { expression: z.string() }),
  tool("Search", { query: z.string(), limit: z.int().min(0).optional(), exact: z.boolean().optional() }),
  tool("Convert", {
    value: z.number(),
    unit: z.enum(["days", "sq mi", 'a"\\b', "^-]"]),
    note: z.string().optional(),
    round: z.int().optional(),
  }),
  tool("Calendar", { query: z.string().optional() }),
  tool("Plot", {
    points: z.array(z.number()),
    style: z.object({ color: z.string(), width: z.number().optional() }),
    extra: z.any().optional(),
  }),
  tool("get_time", { zone: z.string(), offset: z.union([z.number(), z.literal("auto")]).nullable() }),
  tool("Nothing", {}),
  tool("Options", { first: z.boolean().optional(), second: z.int().nonnegative().optional(), "odd name": z.boolean().optional() }),
];
const names = tools.map(({ name }) => name);

const test = suite<{ model: EngineModel }>("grammar");

test.before(async (context) => {
  context.model = await loadModel(await tinyModel(), { vocabularyOnly: true });
});
test.after(({ model }) => model.close());

/** What llama.cpp makes of a text under a grammar: it refuses some token, or takes all; then the text is whole if it may end there. */
function judge({ tokenizer, createSampler }: EngineModel, grammar: string, text: string): "refused" | "begun" | "whole" {
  const logits = new Float32Array(tokenizer.size);
  const sampler = createSampler({ grammar });
  const takes = (token: number) => {
    logits.fill(0);
    logits[token] = 1;
    return sampler.pick({ logits, context: 0n, index: 0 }) === token;
  };
  try {
    if (!tokenizer.encode(text).every(takes)) return "refused";
    return takes(tokenizer.end!) ? "whole" : "begun";
  } finally {
    sampler.free();
  }
}

/** A text of random tokens that the grammar lets through, to its end; undefined when it found none. Control tokens have no text. */
function wander({ tokenizer, createSampler }: EngineModel, grammar: string, seed: number): string | undefined {
  const tokens: number[] = [];
  const sampler = createSampler({ grammar });
  const closing = tokenizer.encode(")")[0] ?? 0;
  let state = seed;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  try {
    while (tokens.length < 80) {
      const logits = Float32Array.from({ length: tokenizer.size }, (_, token) =>
        tokenizer.isControl(token) && !tokenizer.isEnd(token) ? -1 : random(),
      );
      if (random() < 0.2) logits[closing] = 2;
      const token = sampler.pick({ logits, context: 0n, index: 0 });
      if (tokenizer.isEnd(token)) return tokenizer.decode(tokens);
      tokens.push(token);
    }
    return undefined;
  } finally {
    sampler.free();
  }
}

const WHOLE = [
  "Calculator(37*48)",
  "Calculator(Search(capital of France) * 2)",
  'Calculator("a)b\\n\\u00e9")',
  'Search(what\'s new, in "War and" town?)',
  "Search(Zürich → 東京)",
  'Search("x", limit: 3, exact: true)',
  'Search("x", exact: false)',
  "Convert(3.5, days)",
  'Convert(-3e5,"sq mi", note: hello (a, b), round: -3)',
  'Convert(0, "a\\"\\\\b", round: 10)',
  'Convert(0, "^-]", note: "a, b")',
  "Calendar()",
  "Calendar(next Monday, please)",
  'Plot([1, 2.5,-3], style: {"color": "x)", "width": 3})',
  'Plot([], style: {"color": ""}, extra: [null, {"q": [true]}])',
  "get_time(Europe/Berlin, auto)",
  "get_time(UTC, null)",
  "get_time(12:30, -1)",
  "Nothing()",
  "Options()",
  "Options(first: true)",
  'Options(second: 3, "odd name": false)',
];

test("calls to the tools are let through, to their closing parenthesis", ({ model }) => {
  const grammar = callGrammar(tools) ?? "";
  for (const call of WHOLE) {
    assert.is(judge(model, grammar, call), "whole", call);
    assert.is(judge(model, grammar, call.slice(0, -1)), "begun", call);
    assert.is(judge(model, grammar, `${call} `), "refused", call);
  }
});

test("nothing else is", ({ model }) => {
  const grammar = callGrammar(tools) ?? "";
  for (const text of [
    "Foo(1)",
    "calculator(1)",
    " Calculator(1)",
    "Calculator()",
    "Calculator(a [1])",
    "Calculator(a\nb)",
    "Calculator('a')",
    "Calculator(a\\)b)",
    "Calculator({a})",
    "Convert(a, days)",
    "Convert(00, days)",
    "Convert(3, months)",
    "Convert(3)",
    "Convert(3, days, note: a, b)",
    'Search(a "b) c")',
    "Convert(3, days, round: 1.5)",
    'Search("x", limit: -1)',
    "Plot([a], {})",
    'Plot([1], style: {"width": 3})',
    "Nothing(1)",
    "Options(second: 3, first: true)",
    `Convert(${"3".repeat(17)}, days)`,
  ]) {
    assert.is(judge(model, grammar, text), "refused", text);
  }
});

test("whatever is let through is one call whose arguments fit", ({ model }) => {
  const grammars = tools.map((of) => argumentsGrammar(of) ?? "");
  let found = 0;
  fc.assert(
    fc.property(fc.nat(tools.length - 1), fc.nat(), (index, seed) => {
      const of = tools[index];
      const text = wander(model, grammars[index] ?? "", seed);
      if (of === undefined || text === undefined) return;
      found++;
      const [event] = new MarkerParser({ tools: names, mode: "generate" }).feed(`[${of.name}(${text}`);
      assert.ok(event?.type === "call" && event.rest === 0, text);
      const parsed = parseArguments(event.call.input, of);
      assert.ok(parsed.ok, `${text}: ${parsed.ok || parsed.message}`);
    }),
    { numRuns: 400 },
  );
  assert.ok(found > 100, `only ${found} walks came to an end`);
});

test("what was written already is gone on with", ({ model }) => {
  for (const call of WHOLE) {
    for (let cut = 0; cut <= call.length; cut++) {
      const rest = callGrammar(tools, call.slice(0, cut));
      assert.is(rest && judge(model, rest, call.slice(cut)), "whole", `${call.slice(0, cut)} | ${call.slice(cut)}`);
    }
    const paren = call.indexOf("(") + 1;
    const of = tools.find(({ name }) => name === call.slice(0, paren - 1));
    const rest = of && argumentsGrammar(of, call.slice(paren, paren + 2));
    assert.is(rest && judge(model, rest, call.slice(paren + 2)), "whole", call);
  }
});

test("what cannot go on has no grammar", () => {
  for (const begun of ["Foo", "Calculator(1)x", "Convert(a", "Nothing(1", "Search([", 'Convert({"value": 1'])
    assert.is(callGrammar(tools, begun), undefined, begun);
  assert.is(argumentsGrammar({ name: "Convert", input: z.object({ value: z.number() }) }, "x"), undefined);
  assert.is(callGrammar([]), undefined);
});

test("a list that can be read in two ways does not double with each item", () => {
  const twofold = tool("Twofold", { items: z.array(z.union([z.literal("a"), z.string()])) });
  const rest = argumentsGrammar(twofold, `[${'"a", '.repeat(500)}`);
  assert.ok(rest !== undefined && rest.length < 2000);
});

test("characters that mean something in a set are written so that they do not", ({ model }) => {
  for (const set of ["^]\\[-", "é\n^"]) {
    for (const character of [..."^]\\[-é\na"]) {
      const [inside, outside] = set.includes(character) ? ["whole", "refused"] : ["refused", "whole"];
      assert.is(judge(model, writeGrammar(new Map([["root", characters(set)]])), character), inside);
      assert.is(judge(model, writeGrammar(new Map([["root", except(set)]])), character), outside);
    }
  }
});

test("only rules that are used are written", () => {
  assert.not.match(callGrammar([tool("Convert", { value: z.number() })]) ?? "", /raw|string|json/);
});

test.run();
