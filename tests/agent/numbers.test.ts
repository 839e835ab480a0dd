import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { numbersIn, sameNumber, wholeNumber } from "../../agent/numbers.js";

const test = suite("numbers");
const values = (text: string) => numbersIn(text).map(({ value }) => value);

for (const [text, expected] of [
  ["She has 1,234.50 left.", [1234.5]],
  ["1,2,3 and 1, 200", [1, 2, 3, 1, 200]],
  ["1'234'567 is 1 234", [1_234_567, 1, 234]],
  ["-5, −5, -$5, $-5 and (-5)", [-5, -5, -5, -5, -5]],
  ["10-5 = 5, 10 - 5 = 5, 2–5", [10, 5, 5, 10, 5, 5, 2, 5]],
  ["2024-12-25 or 12/25/2024 at 3:30", [2024, 12, 25, 12, 25, 2024, 3, 30]],
  ["1/2 cup, 3 1/2 cups, 2½ cups, ¾", [0.5, 3.5, 2.5, 0.75]],
  ["48/2 = 24 and 20*1/2", [48, 2, 24, 20, 1, 2]],
  ["1.5 million and 3 hundred", [1_500_000, 300]],
  ["H2O, B12 and x=-3", [-3]],
  ["5km at 10am on the 21st", [5, 10, 21]],
  [".5 and 1e6 and 72.", [0.5, 1_000_000, 72]],
  ["twenty-one, one hundred and five, minus five", [21, 105, -5]],
  ["two thousand three hundred and four; five hundred thousand; a hundred", [2304, 500_000, 100]],
  ["one of them has 5", [5]],
  ["one of them; no one", []],
] as const) {
  test(text, () => assert.equal(values(text), [...expected]));
}

test("a percentage may mean two things", () => {
  assert.equal(
    numbersIn("50% or 12.5 percent").map(({ value, share }) => [value, share]),
    [
      [50, 0.5],
      [12.5, 0.125],
    ],
  );
});

test("a number is found as it was written, wherever it stands", () => {
  const number = fc.oneof(
    fc.integer({ min: -1_000_000, max: 1_000_000 }),
    fc.integer({ min: -99_999_999, max: 99_999_999 }).map((hundredths) => hundredths / 100),
  );
  const written = (value: number) =>
    fc.constantFrom(String(value), value.toLocaleString("en-US", { maximumFractionDigits: 2 }), `$${Math.abs(value)}`);
  const words = fc.constantFrom("", "The answer is ", "So there are about ", "Total: (");
  const after = fc.constantFrom("", ".", " apples.", ", as said", ")", "!");
  const cases = number.chain((value) => fc.tuple(fc.constant(value), words, written(value), after));
  fc.assert(
    fc.property(cases, ([value, before, text, end]) => {
      assert.equal(values(before + text + end), [text.startsWith("$") ? Math.abs(value) : value]);
    }),
  );
});

test("spans are where the text stands", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(..."0123456789.,-/% $½aone ".split("")), maxLength: 40 }), (text) => {
      let last = 0;
      for (const { start, end, text: written, value } of numbersIn(text)) {
        assert.ok(start >= last && end > start, text);
        assert.is(text.slice(start, end), written);
        assert.ok(!Number.isNaN(value), text);
        last = end;
      }
    }),
    { numRuns: 500 },
  );
});

test("what is a number as a whole, with its unit, and what is not", () => {
  const whole = [
    "12 apples",
    "$5",
    "5 USD",
    "USD 5",
    "7 days",
    "5 km/h",
    "about 5",
    "50 %",
    "1/2 cup",
    "five",
    "9 (apples)",
    "30°C",
    "-3.5",
  ];
  assert.equal(
    whole.map((text) => wholeNumber(text)?.value),
    [12, 5, 5, 5, 7, 5, 5, 50, 0.5, 5, 9, 30, -3.5],
  );
  for (const text of ["Boeing 747", "March 13", "10:30", "2024-12-25", "Paris", "2 or 3", "", "the 21st"]) {
    assert.is(wholeNumber(text), undefined, text);
  }
});

test("numbers are the same when one rounds to the other, from two decimals on", () => {
  const same = (a: string, b: string) => sameNumber(wholeNumber(a)!, wholeNumber(b)!);
  for (const [a, b] of [
    ["5", "5.0"],
    ["5", "5.00"],
    ["33.33", "33.333333"],
    ["1/3", "0.33"],
    ["50%", "0.5"],
    ["50%", "50"],
    ["1,000", "1000"],
    ["five", "5"],
  ] as const) {
    assert.ok(same(a, b), `${a}, ${b}`);
    assert.ok(same(b, a), `${b}, ${a}`);
  }
  for (const [a, b] of [
    ["3", "3.4"],
    ["0.5", "0.45"],
    ["33.33", "33.34"],
    ["33.33", "33.3"],
    ["5", "-5"],
    ["0.33", "0.34"],
    ["1.25", "1.3"],
  ] as const) {
    assert.not(same(a, b), `${a}, ${b}`);
    assert.not(same(b, a), `${b}, ${a}`);
  }
});

test.run();
