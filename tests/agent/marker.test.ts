import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { formatMarker, formatResult, type NestedCall } from "../../agent/call.js";
import { type MarkerEvent, type MarkerLimits, MarkerParser } from "../../agent/marker.js";

const TOOLS = ["Calculator", "Search", "Calc2", "get_weather"];
type Mode = "generate" | "read";

/** Every event of a text given in these pieces; what a call leaves of its chunk is fed again. Adjacent text is joined. */
function eventsOf(chunks: readonly string[], mode: Mode, limits?: MarkerLimits): MarkerEvent[] {
  const parser = new MarkerParser({ tools: TOOLS, mode, limits });
  const events: MarkerEvent[] = [];
  const take = (given: readonly MarkerEvent[]) => {
    for (const event of given) {
      const last = events.at(-1);
      if (event.type === "text" && last?.type === "text")
        events[events.length - 1] = { ...last, text: last.text + event.text, end: event.end };
      else events.push(event.type === "call" ? { ...event, rest: 0 } : event);
    }
  };
  for (const chunk of chunks) {
    let left = chunk;
    do {
      const given = parser.feed(left);
      const last = given.at(-1);
      left = last?.type === "call" ? left.slice(left.length - last.rest) : "";
      take(given);
    } while (left !== "");
  }
  take(parser.end());
  return events;
}

const read = (text: string, limits?: MarkerLimits) => eventsOf([text], "read", limits);
const generated = (text: string) => eventsOf([text], "generate");
const calls = (events: readonly MarkerEvent[]) => events.flatMap((event) => (event.type === "call" ? [event] : []));
const inputs = (text: string, mode: Mode = "generate") => calls(eventsOf([text], mode)).map((event) => event.call.input);
const reasons = (events: readonly MarkerEvent[]) => events.flatMap((event) => (event.type === "rejected" ? [event.reason] : []));

test("a marker in finished text is a call with its result", () => {
  assert.equal(read("37*48 is [Calculator(37*48) → 1776] 1776."), [
    { type: "text", text: "37*48 is ", start: 0, end: 9 },
    {
      type: "call",
      call: { tool: "Calculator", input: "37*48", marker: "[Calculator(37*48)", parts: [] },
      start: 9,
      end: 35,
      result: "1776",
      rest: 0,
    },
    { type: "text", text: " 1776.", start: 35, end: 41 },
  ]);
});

test("-> is read as the arrow, blanks around it do not matter, and a marker may have no result", () => {
  const results = (text: string) => calls(read(text)).map((event) => event.result);
  assert.equal(results("[Search(a) -> b] [Search(a)→b] [Search(a)  →   b c ] [Search(a) → ] [Search(a)]"), [
    "b",
    "b",
    "b c",
    "",
    undefined,
  ]);
});

test("a model's call ends at its closing parenthesis and says what followed it in the chunk", () => {
  const parser = new MarkerParser({ tools: TOOLS, mode: "generate" });
  assert.is(parser.feed("so [Calculator(1+1").length, 1);
  const [event, ...others] = parser.feed(") → 2] two");
  assert.equal(others, []);
  assert.is(event?.type === "call" && event.rest, " → 2] two".length);
  assert.is(parser.position, "so [Calculator(1+1)".length);
  parser.skip(" → 2]".length);
  assert.equal(parser.feed(" it is"), [{ type: "text", text: " it is", start: 24, end: 30 }]);
});

test("what is skipped is never parsed", () => {
  const parser = new MarkerParser({ tools: TOOLS, mode: "generate" });
  parser.feed("[Search(x)");
  parser.skip(" → [Calculator(1) ]".length);
  assert.equal(
    [...parser.feed("(2) end"), ...parser.end()].filter((event) => event.type !== "text"),
    [],
  );
});

test("skipping in the middle of text that is held back is refused", () => {
  const parser = new MarkerParser({ tools: TOOLS, mode: "generate" });
  parser.feed("[Calculator(1");
  assert.throws(() => parser.skip(1), /held back/);
});

test("text is held back only while it may still become a call", () => {
  const parser = new MarkerParser({ tools: TOOLS, mode: "generate" });
  const given = (chunk: string) =>
    parser
      .feed(chunk)
      .map((event) => (event.type === "text" ? event.text : event.type))
      .join("|");
  assert.is(given("see "), "see ");
  assert.is(given("["), "");
  assert.is(given("Calc"), "");
  assert.is(given("2x"), "[Calc2x");
  assert.is(given(" [1"), " |[1");
  assert.is(given(" [Calculator (1)"), " |[Calculator (1)");
  assert.is(given(" [Search(x"), " ");
  assert.is(given("\n"), "rejected|[Search(x|\n");
});

test("with no tools a bracket is never held back", () => {
  assert.equal(
    new MarkerParser({ tools: [], mode: "generate" }).feed("a [").map((event) => event.end),
    [2, 3],
  );
});

test("pending tells which call is being written, and its arguments so far", () => {
  const parser = new MarkerParser({ tools: TOOLS, mode: "generate" });
  const pending = (chunk: string) => {
    parser.feed(chunk);
    return parser.pending;
  };
  assert.is(pending("a [Calculator"), undefined);
  assert.equal(pending("("), { tool: "Calculator", input: "", start: 2 });
  assert.equal(pending("3*"), { tool: "Calculator", input: "3*", start: 2 });
  assert.equal(pending("(4"), { tool: "Calculator", input: "3*(4", start: 2 });
  assert.is(pending("))"), undefined);
});

test("a marker begins at the start, after white space, after ( and right after a marker, and nowhere else", () => {
  assert.equal(inputs("[Search(a)] [Search(b)]\n[Search(c)] ([Search(d)] [Search(e)][Search(f)]", "read"), ["a", "b", "c", "d", "e", "f"]);
  assert.equal(inputs("x[Search(a)] ][Search(b)] ![Search(c)] [[Search(d)]", "read"), []);
});

test("citations, links, arrays and code are text without a report", () => {
  const text =
    "As shown [1, 2] and [see](http://x.y/a(b)) in a[0], [[1,2],[3]], `x[f(1)]`, [f(x)], [F(x)], [see(1)], [Fig. 2], [], [Calc, [Calculator] [";
  assert.equal(read(text), [{ type: "text", text, start: 0, end: text.length }]);
});

test("an unknown name that looks like a tool's is reported, at its parenthesis, and stays text", () => {
  for (const name of ["Wikipedia", "QA", "wiki_search", "calculator", "SEARCH", "Calc"]) {
    const text = `a [${name}(x)] b`;
    const at = 2 + 1 + name.length;
    assert.equal(read(text), [
      { type: "text", text: text.slice(0, at), start: 0, end: at },
      { type: "rejected", reason: "unknown-tool", tool: name, text: `[${name}(`, start: 2, end: at + 1 },
      { type: "text", text: text.slice(at), start: at, end: text.length },
    ]);
  }
});

test("what is rejected is reported and then given as text", () => {
  assert.equal(read("a [Search(b\nc"), [
    { type: "text", text: "a ", start: 0, end: 2 },
    { type: "rejected", reason: "unclosed", tool: "Search", text: "[Search(b", start: 2, end: 11 },
    { type: "text", text: "[Search(b\nc", start: 2, end: 13 },
  ]);
  assert.equal(reasons(read("[Search(b")), ["unclosed"]);
  assert.equal(reasons(read("[Search(b) → c\n]")), ["unclosed"]);
  assert.equal(reasons(read("[Search(b) c]")), ["malformed"]);
  assert.equal(reasons(read("[Search(b) - c]")), ["malformed"]);
  assert.equal(reasons(read("[Search(b) → see [1]]")), ["malformed"]);
});

test("limits hold for arguments, depth and result, and the text goes on after them", () => {
  const limits = { input: 10, depth: 3, result: 5 };
  const after = " [Search(a)]";
  for (const [text, reason] of [
    [`[Search(${"x".repeat(11)})]`, "too-long"],
    [`[Search(${"(".repeat(4)}`, "too-deep"],
    ["[Search(a) → 12345]", "too-long"],
    [`[Search(a)${" ".repeat(12)}]`, "too-long"],
  ] as const) {
    const events = read(text + after, limits);
    assert.equal(reasons(events), [reason], text);
    assert.is(calls(events).length, 1, text);
  }
  assert.equal(reasons(read(`[Search(${"x".repeat(10)}) → 1234]`, limits)), []);
  assert.equal(reasons(read("[Search((((x))))]", limits)), []);
  assert.equal(reasons(read(`[Search(${"x".repeat(4097)})]`)), ["too-long"]);
  assert.equal(reasons(read(`[Search(${"(".repeat(17)}`)), ["too-deep"]);
});

test("parentheses are matched with quotes, escapes and JSON in mind", () => {
  for (const input of [
    "",
    "(1+2)*3",
    '":)"',
    "':-)'",
    "'it's :-)'",
    '"a \\" ) b"',
    "f('a)', x)",
    'who wrote "A (b" c',
    "\\) \\(",
    '{"text": "a ) b", "n": [1, 2]}',
    '{\n  "text": "it\'s :)"\n}',
    "[1, 2], {}",
    "“typographic” quotes’",
  ]) {
    assert.equal(inputs(`[Search(${input}) → ${input}`), [input]);
    assert.equal(inputs(`[Search(${input})]`, "read"), [input]);
  }
});

test("an apostrophe, an inch and an elided year are text", () => {
  for (const input of [
    "what's new",
    "the dogs' dinner",
    "rock 'n' roll",
    "the '90s",
    "'90s music",
    "'68 protests",
    "6'2\" tall",
    '5" pipe',
    "don't, can't, won't",
    "'it's quoted'",
    "\\('tis",
    "'",
  ]) {
    assert.equal(inputs(`[Search(${input}) more`), [input]);
  }
});

test("a call that never ended gives way to the one that begins after it", () => {
  const events = read("[Calculator(37 * 48 [Calculator(37*48) → 1776] and [Search(a) → [Search(b) → c]");
  assert.equal(reasons(events), ["malformed", "malformed"]);
  assert.equal(
    calls(events).map((event) => event.call.input),
    ["37*48", "b"],
  );
});

test("a list in the arguments is no new marker", () => {
  assert.equal(inputs("[Search(a, [Calculator(1), 2], [Calculator(3)])]", "read"), ["a, [Calculator(1), 2], [Calculator(3)]"]);
});

test("a bracket in the arguments is no new marker without a blank before it or a tool's name after it", () => {
  for (const input of ["x[Calculator(1)]", "x [Cal culator(1)]", "x [1]"]) assert.equal(inputs(`[Search(${input})]`, "read"), [input]);
});

test("calls to registered tools are nested, at any depth, and no others", () => {
  const [event] = calls(generated("[Calculator(max(Search(population of (greater) Paris), Calc2(Search(x)+1)) * 2)"));
  const outline = (parts: readonly NestedCall[]): unknown => parts.map((part) => [part.tool, part.input, outline(part.parts)]);
  assert.equal(outline(event?.call.parts ?? []), [
    ["Search", "population of (greater) Paris", []],
    ["Calc2", "Search(x)+1", [["Search", "x", []]]],
  ]);
  for (const input of ["max(1,2)", '"Search(x)"', "x.Search(y)", "reSearch(y)", "éSearch(y)", "Search\\(y\\)", "Search (x)"]) {
    assert.equal(calls(generated(`[Calculator(${input})`))[0]?.call.parts, [], input);
  }
});

test("a nested call stands at its offsets in the input that encloses it", () => {
  const check = (input: string, parts: readonly NestedCall[]): number =>
    parts.reduce((count, part) => {
      assert.is(input.slice(part.start, part.end), `${part.tool}(${part.input})`);
      return count + 1 + check(part.input, part.parts);
    }, 0);
  const [event] = calls(generated("[Calculator( (Search(a)) + f(Calc2(1, g(Search(b c)))) )"));
  assert.is(check(event?.call.input ?? "", event?.call.parts ?? []), 3);
});

test("a result is written on one line without brackets and arrows, and reads back", () => {
  assert.is(formatResult("a [1]\r\nb → c\n"), "a (1) b -> c");
  const marker = formatMarker({ tool: "Search", input: "x" }, "two\nlines [1] → [Calculator(1)]");
  assert.is(marker, "[Search(x) → two lines (1) -> (Calculator(1))]");
  assert.equal(calls(read(marker))[0]?.result, "two lines (1) -> (Calculator(1))");
});

const fragment = fc.oneof(
  fc.constantFrom(
    "[",
    "]",
    "(",
    ")",
    "[Calculator(",
    "[Search(",
    " [Search(",
    "Search(",
    "Calc2",
    ") → ",
    ") -> ",
    ")]",
    "→",
    "-",
    ">",
    "\\",
    '"',
    "'",
    "\n",
    " ",
    ",",
    "{",
  ),
  fc.constantFrom("[Foo(", "get_", "s", "90", "é", "🙂", "word ", "[1]", "[a](b)", "[Calculator(1) → 1]"),
  fc.string({ maxLength: 4 }),
);
const anyText = fc.array(fragment, { maxLength: 40 }).map((pieces) => pieces.join(""));
const anyMode = fc.constantFrom<Mode>("read", "generate");
const tight = { input: 12, depth: 2, result: 6 };

test("every chunking of every text gives the same events once adjacent text is joined", () => {
  fc.assert(
    fc.property(anyText, anyMode, fc.boolean(), fc.array(fc.nat(200)), (text, mode, narrow, cuts) => {
      const ends = [...cuts.map((cut) => cut % (text.length + 1)), text.length].sort((a, b) => a - b);
      const chunks = ends.map((end, index) => text.slice(ends[index - 1] ?? 0, end));
      const limits = narrow ? tight : undefined;
      assert.equal(eventsOf(chunks, mode, limits), eventsOf([text], mode, limits));
      assert.equal(eventsOf(text.split(""), mode, limits), eventsOf([text], mode, limits));
    }),
    { numRuns: 1000 },
  );
});

test("text and calls together are the whole text, in order, and every span is right", () => {
  fc.assert(
    fc.property(anyText, anyMode, (text, mode) => {
      let at = 0;
      for (const event of eventsOf([text], mode)) {
        if (event.type === "call") assert.ok(text.slice(event.start, event.end).startsWith(event.call.marker));
        else assert.is(text.slice(event.start, event.end), event.text);
        if (event.type === "rejected") continue;
        assert.is(event.start, at);
        at = event.end;
      }
      assert.is(at, text.length);
    }),
    { numRuns: 1000 },
  );
});

test("a marker that was written is read as the same call and result, whatever they say", () => {
  fc.assert(
    fc.property(anyText, anyText, (input, result) => {
      const [call] = calls(generated(`[Search(${input})`));
      fc.pre(call !== undefined && call.start === 0);
      const [again] = calls(read(formatMarker(call.call, result)));
      assert.equal(again?.call, call.call);
      assert.is(again?.result, formatResult(result));
    }),
    { numRuns: 1000 },
  );
});

test("work grows with the length of the text and no faster, whatever the text", () => {
  const hostile = [
    "[",
    " [",
    "[Calculator(",
    " [Calculator(",
    "[Calculator((",
    "[Search('a, ",
    '[Search(" ',
    " [Calc",
    " [Search(a) → b",
    "[Search({\n",
    "[Foo(",
    "[Search(Search(a)) → b]",
  ];
  const steps = (text: string, mode: Mode) => {
    const parser = new MarkerParser({ tools: TOOLS, mode });
    for (let left = text; left !== ""; left = text.slice(parser.position)) parser.feed(left);
    parser.end();
    return parser.steps;
  };
  for (const mode of ["read", "generate"] as const) {
    for (const piece of [...hostile, ...hostile.map((head) => `${head}((((`)]) {
      const once = steps(piece.repeat(10_000), mode);
      assert.ok(once <= 2 * piece.length * 10_000, `${piece}: ${once}`);
      assert.ok(steps(piece.repeat(20_000), mode) <= 2.01 * once, piece);
    }
  }
  assert.is(eventsOf(["["].concat(Array(100_000).fill("[")), "read").length, 1);
  assert.equal(reasons(read(`[Calculator(${"(".repeat(1_000_000)}`)), ["too-deep"]);
});

test.run();
