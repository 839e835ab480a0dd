import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type BuiltInSet, builtIn } from "../../data/problems/sets.js";
import { mulberry32, seedOf } from "../../evaluation/random.js";
import { clauses } from "../../evaluation/wordings/clauses.js";
import { type Wording, type WordingRule, wordingsOf } from "../../evaluation/wordings/index.js";
import { toDigits, toWords } from "../../evaluation/wordings/numerals.js";
import { polite } from "../../evaluation/wordings/polite.js";
import { typos } from "../../evaluation/wordings/typos.js";
import { units } from "../../evaluation/wordings/units.js";
import { arithmeticAnswer, inDigits } from "../data/second/arithmetic.js";
import { dateAnswer } from "../data/second/dates.js";
import { isWritten } from "../data/second/fraction.js";
import { unitsAnswer } from "../data/second/units.js";

const test = suite("wordings");

const { sets } = builtIn({ seed: 3 });
const TYPOS = 0.3;
const said = (question: string, seed = 0) => wordingsOf(question, { typos: TYPOS, random: mulberry32(seed) });

/** Each question's other wordings. `undefined` is for those that a rule leaves alone. */
function says(rule: (question: string) => string | undefined, examples: readonly (readonly [string, string | undefined])[]): void {
  assert.equal(
    examples.map(([question]) => rule(question)),
    examples.map(([, wording]) => wording),
  );
}

test("number words become digits, where they are one whole number", () => {
  says(toDigits, [
    ["Ann had twenty-one apples and ate three.", "Ann had 21 apples and ate 3."],
    ["Two hundred and five birds and a hundred fish?", "205 birds and 100 fish?"],
    ["It cost twelve thousand three hundred dollars.", "It cost 12300 dollars."],
    ["How many are zero and ten?", "How many are 0 and 10?"],
    ["Put five and seven together.", "Put 5 and 7 together."],
    ["How big is one?", undefined],
    ["Add one hundred and five.", undefined],
    ["She ate two thirds of three pies.", undefined],
    ["The twenty-first of the five-pound bags", undefined],
    ["two million people", undefined],
    ["Did the Seven Dwarfs sing?", undefined],
    ["What is 5 plus 7?", undefined],
  ]);
});

test("digits become number words, where they are an amount", () => {
  says(toWords, [
    ["Ann had 21 apples and ate 3.", "Ann had twenty-one apples and ate three."],
    [
      "34 flasks, 1,205 bottles and 123456 corks?",
      "Thirty-four flasks, one thousand two hundred and five bottles and one hundred and twenty-three thousand four hundred and fifty-six corks?",
    ],
    ["Add 100 to 5.", "Add one hundred to five."],
    ["What is 15 percent of 2000 dollars?", "What is fifteen percent of two thousand dollars?"],
    ["Add 100 and 5.", undefined],
    ["What is 3+4, 3 - 4, (3 + 4) x 4, (3) or 2^5?", undefined],
    ["Is 1.5, 1/2, 10:30, $5, 15%, 5th, 5-6 or -7 more?", undefined],
    ["What day was May 8, 1945, 2024-05-08 or 8 May 1945?", undefined],
    ["Which day falls on Christmas in 2025?", undefined],
    ["Is Room 12 free?", undefined],
    ["What is 3 1/2?", undefined],
    ["What is 5 million?", undefined],
  ]);
});

test("units, percent, money and degrees are written out or in short", () => {
  says(units, [
    ["How far is 5 km in meters?", "How far is 5 kilometers in m?"],
    ["Convert 1 kilogram to pounds.", "Convert 1 kg to lb."],
    ["A rope is 1 m long.", "A rope is 1 meter long."],
    ["What is 15% of $20?", "What is 15 percent of 20 dollars?"],
    ["What is 15 percent of 20 dollars?", "What is 15% of $20?"],
    ["It costs $1, or $12.50.", "It costs 1 dollar, or 12.50 dollars."],
    ["What is 25°C in Fahrenheit?", "What is 25 degrees Celsius in Fahrenheit?"],
    ["How warm is 77 degrees Fahrenheit in Celsius?", "How warm is 77 °F in Celsius?"],
    ["How many liters are two gallons?", "How many litres are two gallons?"],
    // A foot of a dog, a pound that is money, five million.
    ["Two dogs have 8 feet. How many have 5 dogs?", undefined],
    ["He paid 5 pounds for lunch.", undefined],
    ["It cost $5 million.", undefined],
    ["What is 5 m² or 5 m/s?", undefined],
    ["Solve 5m + 3 = 18.", undefined],
  ]);
});

test("clauses change places, where nothing points back", () => {
  says(clauses, [
    ["How many apples does Ann have if Ben gives 3 to Ann?", "If Ben gives 3 to Ann, how many apples does Ann have?"],
    [
      "If a train goes 60 km in an hour, how far does a train go in 2 hours?",
      "How far does a train go in 2 hours if a train goes 60 km in an hour?",
    ],
    ["In 5 days, what day of the week will it be?", "What day of the week will it be in 5 days?"],
    ["Mr. Silva had 9 eggs. He broke 2. How many eggs are left?", "How many eggs are left? Mr. Silva had 9 eggs. He broke 2."],
    ["How many eggs are left? Ann had 9 eggs. She broke 2.", "Ann had 9 eggs. She broke 2. How many eggs are left?"],
    ["Ann has 3. How many more does she need?", undefined],
    ["I have 12 gallons. What does that come to in liters?", undefined],
    ["If Ann has 3, how many does she lack?", undefined],
    ["What if 3 is odd?", undefined],
    ["Hi! How are you?", undefined],
    ["How many eggs are left? She had 9 eggs.", undefined],
    ["What is 3 plus 4?", undefined],
  ]);
});

test("polite forms leave the question as it is, and add nothing behind what goes on", () => {
  const forms = new Set<string>();
  for (let seed = 0; seed < 200; seed++) {
    const [whole, open] = ["What is 3 plus 4?", "3 + 4 ="].map((question) => polite(question, mulberry32(seed))!);
    assert.ok(whole!.includes("What is 3 plus 4?") && whole !== "What is 3 plus 4?");
    assert.ok(open!.endsWith(" 3 + 4 ="), open);
    forms.add(whole!);
  }
  assert.ok(forms.size >= 8, `${forms.size} forms`);
  assert.is(polite("Please add 3 and 4.", mulberry32(0)), undefined);
});

/** Letters left out or put in, or two swapped. */
function isSlip(word: string, mistyped: string): boolean {
  const sorted = (text: string) => [...text].sort().join("");
  const isDoubled = (long: string, short: string) => [...long].some((_, at) => long.slice(0, at) + long.slice(at + 1) === short);
  return word[0] === mistyped[0] && (sorted(word) === sorted(mistyped) || isDoubled(word, mistyped) || isDoubled(mistyped, word));
}

const wordsOf = (text: string) => text.split(" ");

/** `[word, mistyped]` */
const slips = (question: string, wording: string) =>
  wordsOf(question).flatMap((word, at) => (word === wordsOf(wording)[at] ? [] : [[word, wordsOf(wording)[at]!] as const]));

test("typos are slips in so many words, and in none that decides", () => {
  const question =
    "Anna Silva had twelve heavy baskets with cherries before seven hungry neighbors carried baskets outside. How many cherries were left?";
  const open = "heavy baskets cherries hungry neighbors carried baskets outside. many cherries were";
  for (const [rate, count] of [
    [0.001, 1],
    [0.25, 3],
    [1, wordsOf(open).length],
  ] as const) {
    for (let seed = 0; seed < 50; seed++) {
      const found = slips(question, typos(question, { rate, random: mulberry32(seed) })!);
      // Now and then no slip of a word is left that is not another word.
      assert.ok(found.length <= count && found.length >= (rate === 1 ? count - 3 : count), `${found.length} of ${count}`);
      for (const [word, mistyped] of found) {
        assert.ok(isSlip(word, mistyped), `${word}: ${mistyped}`);
        assert.ok(wordsOf(open).includes(word) || word === "How", word);
      }
    }
  }
  assert.is(typos(question, { rate: 0, random: mulberry32(0) }), undefined);
  // What is asked about is a word, or a thing that only it names.
  for (const quiet of ["Define gazebo.", "Is 5 odd?", 'Say "which".', "Capital of Peru?"]) {
    for (let seed = 0; seed < 20; seed++)
      assert.not.match(typos(quiet, { rate: 1, random: mulberry32(seed) }) ?? quiet, /^(?!.*(?:gazebo|odd|"which"|Peru))/);
  }
});

/** A unit and its other spellings, as one. */
const SPELLINGS: readonly (readonly [RegExp, string])[] = [
  [/(\d) ?(?:%| percent)/g, "$1 percent"],
  [/\$(\d[\d,.]*\d|\d)/g, "$1 dollars"],
  [/\b1 dollar\b/g, "1 dollars"],
  [/(?<=\d) ?(?:°| degrees )(C|F)(?:elsius|ahrenheit)?/g, " degrees $1"],
  ...(
    [
      ["mm", "millimet(?:er|re)s?"],
      ["cm", "centimet(?:er|re)s?"],
      ["ft", "foot|feet"],
      ["yd", "yards?"],
      ["km", "kilomet(?:er|re)s?"],
      ["m", "met(?:er|re)s?"],
      ["mi", "miles?"],
      ["kg", "kilograms?"],
      ["g", "grams?"],
      ["oz", "ounces?"],
      ["lb", "pounds?"],
      ["ml", "millilit(?:er|re)s?"],
      ["L", "lit(?:er|re)s?"],
      ["gal", "gallons?"],
      ["min", "minutes?"],
      ["h", "hours?"],
    ] as const
  ).map(
    ([short, long]) =>
      [RegExp(`(?<=\\d) ?(?:${long}|${short})\\b|\\b(?:${long})\\b|(?<=\\b(?:in|to|into) )${short}\\b`, "g"), ` ${short}`] as const,
  ),
];

const canonical = (text: string) =>
  SPELLINGS.reduce((result, [form, one]) => result.replace(form, one), text)
    .replace(/\s+/g, " ")
    .trim();
const bag = (text: string) =>
  (text.toLowerCase().match(/[\p{L}\p{N}$€£%.,:°/*+^×-]*[\p{L}\p{N}%]/gu) ?? []).filter((word) => word !== "if").sort();
/** Numbers in digits, thousands without commas. */
const numbers = (text: string) =>
  (
    inDigits(text)
      .replace(/(?<=\d),(?=\d{3})/g, "")
      .match(/\d+(?:\.\d+)?/g) ?? []
  ).sort();
/** Words with a capital that do not begin a sentence. */
const names = (text: string) => Array.from(text.matchAll(/(?<=[\p{Ll},;] )\p{Lu}[\p{L}'’]+/gu), ([name]) => name);

/** What a wording must have kept, by its rule. */
const KEEPS: Readonly<Record<WordingRule, (question: string, wording: string) => boolean>> = {
  given: (question, wording) => question === wording,
  digits: (question, wording) => same(inDigits(question).toLowerCase(), inDigits(wording).toLowerCase()),
  words: (question, wording) =>
    same(inDigits(question).replace(/(?<=\d),(?=\d{3})/g, ""), inDigits(wording).replace(/(?<=\d),(?=\d{3})/g, "")),
  units: (question, wording) => canonical(question) === canonical(wording),
  clauses: (question, wording) => bag(question).join(" ") === bag(wording).join(" "),
  polite: (question, wording) => wording.includes(question),
  typos: (question, wording) => {
    const found = slips(question, wording);
    const share = question.split(/\P{L}+/u).filter((word) => word.length > 3).length;
    return (
      found.length > 0 &&
      found.length <= Math.max(1, Math.round(TYPOS * share)) &&
      found.every(([a, b]) => isSlip(a, b) && !/\d/.test(a + b))
    );
  },
};
const same = (a: string, b: string) => a === b;

function keptOf(question: string, { rule, question: wording }: Wording): string | undefined {
  if (!KEEPS[rule](question, wording)) return "what the rule does not change";
  const [before, after] = [numbers(question), numbers(wording)];
  if (before.join() !== after.join()) return `numbers: ${before} and ${after}`;
  const [told, kept] = rule === "units" ? [canonical(question), canonical(wording)] : [question, wording];
  const lost = names(told).filter((name) => !kept.includes(name));
  return lost.length > 0 ? `names: ${lost}` : undefined;
}

test("numbers, units and names survive in every wording of the built-in sets", () => {
  const rules = new Map<WordingRule, number>();
  for (const tasks of sets.values()) {
    for (const { id, question } of tasks) {
      for (const wording of said(question, seedOf(0, id))) {
        assert.is(keptOf(question, wording), undefined, `${wording.rule}: ${question} ${wording.question}`);
        rules.set(wording.rule, (rules.get(wording.rule) ?? 0) + 1);
      }
    }
  }
  for (const [rule, count] of rules) assert.ok(count >= 90, `${rule}: ${count}`);
  assert.is(rules.size, 7);
});

test("numbers, units and names survive in made-up questions, whatever they are", () => {
  const name = fc.constantFrom("Ann", "Mr. Silva", "Oluchi", "Bartholomew");
  const thing = fc.constantFrom("apples", "kilometers", "marbles", "liters of milk", "old maps");
  const amount = fc.oneof(
    fc.integer({ min: 0, max: 99_999 }).map(String),
    fc.integer({ min: 1000, max: 99_999 }).map((value) => value.toLocaleString("en-US")),
    fc.integer({ min: 2, max: 99 }).map((value) => toWords(`Of ${value} of`)!.split(" ")[1]!),
    fc.integer({ min: 0, max: 9999 }).map((value) => (value / 100).toFixed(2)),
  );
  const fact = fc.tuple(name, amount, thing).map(([who, count, what]) => `${who} had ${count} ${what}.`);
  const asks = fc.oneof(
    fc.tuple(thing, name).map(([what, who]) => `How many ${what} does ${who} have?`),
    fc.tuple(amount, amount).map(([a, b]) => `What is ${a} plus ${b}?`),
    fc.tuple(amount, name, amount).map(([a, who, b]) => `What is left of ${a} if ${who} takes ${b} percent on May 5, 2024?`),
    fc.tuple(amount, name).map(([a, who]) => `If ${who} pays $${a.replace(/\D/g, "") || "7"}, what is the rest?`),
  );
  fc.assert(
    fc.property(fc.array(fact, { maxLength: 3 }), asks, fc.nat(), (facts, ask, seed) => {
      const question = [...facts, ask].join(" ");
      for (const wording of said(question, seed))
        assert.is(keptOf(question, wording), undefined, `${wording.rule}: ${question} ${wording.question}`);
    }),
    { numRuns: 600, seed: 7 },
  );
});

test("any text is worded without a fault, first as it is, each wording once, the same ones for a seed", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: "binary" }), fc.lorem({ mode: "sentences" })), fc.nat(), (question, seed) => {
      const wordings = said(question, seed);
      assert.equal(wordings[0], { rule: "given", question });
      assert.is(new Set(wordings.map(({ question }) => question)).size, wordings.length);
      assert.equal(said(question, seed), wordings);
    }),
    { numRuns: 300, seed: 7 },
  );
});

test("a second reading of what is asked comes to the same answer in every wording but the mistyped", () => {
  const answers: Partial<Record<BuiltInSet, (question: string, answer: string, now?: string) => boolean>> = {
    arithmetic: (question, answer) => isTrue(arithmeticAnswer(question), answer),
    units: (question, answer) => isTrue(unitsAnswer(inDigits(question)), answer),
    dates: (question, answer, now) => dateAnswer(inDigits(question), now!) === answer,
  };
  const isTrue = (value: Parameters<typeof isWritten>[0] | undefined, answer: string) => value !== undefined && isWritten(value, answer);
  let count = 0;
  for (const [set, isRight] of Object.entries(answers)) {
    for (const { id, question, answer, now } of sets.get(set as BuiltInSet)!) {
      for (const wording of said(question, seedOf(0, id))) {
        if (wording.rule === "typos") continue;
        assert.ok(isRight(wording.question, [answer].flat()[0]!, now), `${wording.rule}: ${wording.question}`);
        count++;
      }
    }
  }
  assert.ok(count > 1500, `${count}`);
});

test.run();
