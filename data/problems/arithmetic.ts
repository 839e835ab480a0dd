// Arithmetic that is asked for as such.

import { evaluate } from "mathjs";
import type { Draw } from "./draw.js";
import { numberInWords, plain, withCommas } from "./english.js";
import type { Problem } from "./problem.js";
import { expand, usable } from "./scene.js";

interface Kind {
  readonly name: string;
  readonly weight: number;
  /** The two or three numbers. */
  numbers(draw: Draw): readonly number[];
  /** With `a`, `b`, `c` for the numbers. */
  readonly expression: string;
  /** Wordings, with `{a}` and so on; `{e}` is the expression. What begins with `*` is kept for tasks. */
  readonly asks: readonly string[];
  readonly tells: readonly string[];
}

const sized = (draw: Draw) => draw.pick([12, 30, 100, 100, 1000, 1000, 10000]);
const any = (draw: Draw) => draw.integer(2, sized(draw));
const decimal = (draw: Draw) => Math.round(draw.integer(11, 990) * (draw.chance(0.5) ? 1 : 10)) / (draw.chance(0.5) ? 10 : 100);

const LEADS = "[What is|What's|Calculate|Compute|How much is|Work out|Find|Evaluate|Tell me|*Give me the value of|*Solve]";
const E = [
  `${LEADS} {e}[.|]`,
  "{e} =",
  "{e}",
  "[Hi, |Hello, |Quick: |]what is {e}?",
  "[Can you|Could you] [calculate|work out|compute] {e}?",
  "Please [calculate|work out|compute] {e}.",
  "I need to know {e}.",
  "*How does {e} come out?",
  "*Run the numbers on {e}.",
];
const TOLD = ["{e} = {r}.", "{E} = {r}. The answer is {r}.", "{e} = {r}."];

const KINDS: readonly Kind[] = [
  {
    name: "sum",
    weight: 4,
    numbers: (draw) => [any(draw), any(draw)],
    expression: "a + b",
    asks: [
      ...E,
      "What is {a} plus {b}?",
      "Add {a} and {b}.",
      "What is the sum of {a} and {b}?",
      "How much is {a} and {b} together?",
      "What do I get if I add {b} to {a}?",
      "What number is {b} more than {a}?",
      "*Put {a} and {b} together. What comes out?",
      "*{a} increased by {b} gives what?",
    ],
    tells: TOLD,
  },
  {
    name: "difference",
    weight: 4,
    numbers: (draw) => {
      const [x, y] = [any(draw), any(draw)];
      return x > y ? [x, y] : [y + 1, x];
    },
    expression: "a - b",
    asks: [
      ...E,
      "What is {a} minus {b}?",
      "How much is {a} minus {b}?",
      "Subtract {b} from {a}.",
      "What is the difference between {a} and {b}?",
      "Take {b} away from {a}.",
      "What is left if I take {b} from {a}?",
      "What number is {b} less than {a}?",
      "How much more is {a} than {b}?",
      "*Reduce {a} by {b}. What remains?",
      "*From {a}, remove {b}. The result?",
    ],
    tells: TOLD,
  },
  {
    name: "product",
    weight: 4,
    numbers: (draw) => [draw.integer(2, draw.pick([12, 99, 400])), draw.integer(2, draw.pick([12, 60, 99]))],
    expression: "a * b",
    asks: [
      ...E,
      "What is {a} times {b}?",
      "Multiply {a} by {b}.",
      "What is the product of {a} and {b}?",
      "How much is {a} times {b}?",
      "What is {a} x {b}?",
      "What is {a} multiplied by {b}?",
      "*{b} lots of {a} make how many?",
      "*Take {a} exactly {b} times. What do you get?",
    ],
    tells: TOLD,
  },
  {
    name: "quotient",
    weight: 4,
    numbers: (draw) => {
      const b = draw.integer(2, draw.pick([12, 40, 99]));
      return [b * draw.integer(2, draw.pick([12, 60, 300])), b];
    },
    expression: "a / b",
    asks: [
      ...E,
      "What is {a} divided by {b}?",
      "Divide {a} by {b}.",
      "How many times does {b} go into {a}?",
      "{a} divided by {b}",
      "How much is {a} divided by {b}?",
      "What is the quotient of {a} and {b}?",
      "*Split {a} into {b} equal parts. How big is one?",
      "*How often is {b} contained in {a}?",
    ],
    tells: TOLD,
  },
  {
    name: "decimals",
    weight: 3,
    numbers: (draw) => [decimal(draw), decimal(draw)].sort((x, y) => y - x),
    expression: "a + b",
    asks: [...E, "What is {a} plus {b}?", "Add {a} and {b}.", "*{a} and {b}: what is the sum?"],
    tells: TOLD,
  },
  {
    name: "decimal difference",
    weight: 2,
    numbers: (draw) => [decimal(draw) + 100, decimal(draw)],
    expression: "a - b",
    asks: [...E, "What is {a} minus {b}?", "Subtract {b} from {a}.", "*{a} less {b} is what?"],
    tells: TOLD,
  },
  {
    name: "decimal product",
    weight: 2,
    numbers: (draw) => [draw.integer(11, 199) / 10, draw.integer(2, 40)],
    expression: "a * b",
    asks: [...E, "What is {a} times {b}?", "Multiply {a} by {b}.", "*{b} times over, {a} makes what?"],
    tells: TOLD,
  },
  {
    name: "decimal quotient",
    weight: 2,
    numbers: (draw) => {
      const b = draw.pick([2, 4, 5, 8]);
      return [draw.integer(5, 400) + (draw.chance(0.4) ? 0.5 : 0), b];
    },
    expression: "a / b",
    asks: [...E, "What is {a} divided by {b}?", "{a} divided by {b}", "Divide {a} by {b}.", "*{a} shared by {b} is what?"],
    tells: TOLD,
  },
  {
    name: "percentage",
    weight: 5,
    numbers: (draw) => [draw.pick([5, 10, 12, 15, 18, 20, 25, 30, 35, 40, 60, 75, 4, 8]), draw.integer(2, 60) * draw.pick([5, 10, 20, 50])],
    expression: "a / 100 * b",
    asks: [
      "What is {a}% of {b}?",
      "What is {a} percent of {b}?",
      "Calculate {a} % of {b}[.|]",
      "How much is {a}% of {b}?",
      "[Find|Work out|Compute] {a}% of {b}.",
      "{a}% of {b}",
      "[Please tell me|I need] {a} percent of {b}.",
      "*{a} in every hundred of {b} is how many?",
      "*Out of {b}, {a} percent makes what?",
    ],
    tells: ["{a}% of {b} is {e} = {r}.", "{e} = {r}. So {a}% of {b} is {r}."],
  },
  {
    name: "half",
    weight: 1.5,
    numbers: (draw) => [2 * draw.integer(3, 900)],
    expression: "a / 2",
    asks: [
      "What is half of {a}?",
      "What's half of {a}?",
      "How much is one half of {a}?",
      "Halve {a}.",
      "*Cut {a} in two. How much is one half?",
    ],
    tells: ["{e} = {r}. Half of {a} is {r}."],
  },
  {
    name: "double",
    weight: 1,
    numbers: (draw) => [draw.integer(13, 900)],
    expression: "a * 2",
    asks: ["What is twice {a}?", "Double {a}.", "What is {a} doubled?", "*Two times {a} makes what?"],
    tells: ["{e} = {r}. Twice {a} is {r}."],
  },
  {
    name: "three sum",
    weight: 2,
    numbers: (draw) => [any(draw), any(draw), any(draw)],
    expression: "a + b + c",
    asks: [
      ...E,
      "What is the sum of {a}, {b} and {c}?",
      "Add {a}, {b} and {c}.",
      "What do {a}, {b} and {c} make together?",
      "*{a}, {b}, {c}: the total, please.",
    ],
    tells: TOLD,
  },
  {
    name: "brackets",
    weight: 2,
    numbers: (draw) => [draw.integer(2, 60), draw.integer(2, 60), draw.integer(2, 20)],
    expression: "(a + b) * c",
    asks: [
      ...E,
      "Add {a} and {b}, then multiply by {c}.",
      "What is {c} times the sum of {a} and {b}?",
      "*The sum of {a} and {b}, taken {c} times, is what?",
    ],
    tells: TOLD,
  },
  {
    name: "mixed",
    weight: 2,
    numbers: (draw) => [draw.integer(100, 900), draw.integer(2, 9), draw.integer(2, 11)],
    expression: "a - b * c",
    asks: [
      ...E,
      "Subtract the product of {b} and {c} from {a}.",
      "What is {a} minus {b} times {c}?",
      "*From {a} take {b} times {c}. What is left?",
    ],
    tells: TOLD,
  },
  {
    name: "average",
    weight: 1.5,
    numbers: (draw) => {
      const m = draw.integer(10, 90);
      const [x, y] = [draw.integer(-8, 8), draw.integer(-8, 8)];
      return [m + x, m + y, m - x - y];
    },
    expression: "(a + b + c) / 3",
    asks: [
      "What is the average of {a}, {b} and {c}?",
      "Find the mean of {a}, {b} and {c}.",
      "Average {a}, {b} and {c}.",
      "*What number lies in the middle of {a}, {b} and {c} on average?",
    ],
    tells: ["{e} = {r}. The average is {r}."],
  },
  {
    name: "remainder",
    weight: 1,
    numbers: (draw) => {
      const b = draw.integer(3, 12);
      const q = draw.integer(2, 20);
      return [b * q + draw.integer(1, b - 1), b, q];
    },
    expression: "a - b * c",
    asks: [
      "What is the remainder when {a} is divided by {b}?",
      "{a} divided by {b} leaves what remainder?",
      "*Divide {a} by {b}. What is left over?",
    ],
    tells: ["{b} goes {c} times into {a}, and {e} = {r} is left. The remainder is {r}."],
  },
  {
    name: "root",
    weight: 1.5,
    numbers: (draw) => [draw.integer(4, 99) ** 2],
    expression: "sqrt(a)",
    asks: [
      "What is the square root of {a}?",
      "Find the square root of {a}.",
      "How much is the square root of {a}?",
      "Which number squared is {a}?",
      "*A square number: {a}. What is its root?",
    ],
    tells: ["{e} = {r}. The square root of {a} is {r}.", "{e} = {r}."],
  },
  {
    name: "cube root",
    weight: 0.7,
    numbers: (draw) => [draw.integer(3, 25) ** 3],
    expression: "cbrt(a)",
    asks: ["What is the cube root of {a}?", "Find the cube root of {a}.", "*Which number gives {a} as its cube?"],
    tells: ["{e} = {r}. The cube root of {a} is {r}."],
  },
  {
    name: "square",
    weight: 1,
    numbers: (draw) => [draw.integer(7, 120)],
    expression: "a^2",
    asks: ["What is {a} squared?", "What is the square of {a}?", "Square {a}.", "*Of {a}, tell me the square."],
    tells: ["{e} = {r}. {a} squared is {r}.", "{e} = {r}."],
  },
  {
    name: "power",
    weight: 1,
    numbers: (draw) => [draw.integer(2, 9), draw.integer(3, 7)],
    expression: "a^b",
    asks: [
      "What is {a} to the power of {b}?",
      "How much is {a} to the power {b}?",
      "Calculate {a}^{b}.",
      "Raise {a} to the power of {b}.",
      "*Take {a} as a factor {b} times over.",
    ],
    tells: ["{e} = {r}. {a} to the power of {b} is {r}.", "{e} = {r}."],
  },
  {
    name: "share in percent",
    weight: 2.5,
    numbers: (draw) => {
      const whole = draw.integer(2, 40) * draw.pick([5, 10, 20]);
      return [(whole * draw.pick([5, 10, 15, 20, 25, 30, 40, 60, 75, 80])) / 100, whole];
    },
    expression: "a / b * 100",
    asks: [
      "What percent of {b} is {a}?",
      "What percentage of {b} is {a}?",
      "{a} is what percent of {b}?",
      "How many percent of {b} are {a}?",
      "*Give {a} as a percentage of {b}.",
    ],
    tells: ["{e} = {r}. {a} is {r}% of {b}."],
  },
  {
    name: "raised by percent",
    weight: 2,
    numbers: (draw) => [draw.integer(2, 60) * draw.pick([10, 20, 50]), draw.pick([5, 10, 15, 20, 25, 30, 40, 50])],
    expression: "a + a * b / 100",
    asks: ["Increase {a} by {b}%.", "What is {a} increased by {b}%?", "Add {b} percent to {a}.", "*{a} grows by {b} percent. To what?"],
    tells: ["{e} = {r}. {a} increased by {b}% is {r}."],
  },
  {
    name: "lowered by percent",
    weight: 2,
    numbers: (draw) => [draw.integer(2, 60) * draw.pick([10, 20, 50]), draw.pick([5, 10, 15, 20, 25, 30, 40, 50])],
    expression: "a - a * b / 100",
    asks: [
      "Decrease {a} by {b}%.",
      "What is {a} decreased by {b}%?",
      "Take {b} percent off {a}.",
      "[A jacket|A lamp|A bicycle] costs {a} dollars and is {b}% off. What is the sale price?",
      "*{a} shrinks by {b} percent. To what?",
    ],
    tells: ["{e} = {r}. {a} decreased by {b}% is {r}."],
  },
];

/** One question, its result by mathjs. */
export function arithmetic(draw: Draw, held: boolean): Problem {
  const kind = draw.weighted(KINDS.map((each) => [each.weight, each] as const));
  const numbers = kind.numbers(draw).map((number) => Number(plain(number)));
  const names = ["a", "b", "c"];
  const valued = (written: (value: number) => string, text: string) =>
    names.reduce((result, name, at) => (numbers[at] === undefined ? result : result.replaceAll(`{${name}}`, written(numbers[at]!))), text);
  const exact = kind.expression.replace(/\b[abc]\b/g, (name) => plain(numbers[names.indexOf(name)]!));
  const tight = draw.chance(0.5);
  const shown = tight ? exact.replace(/ ([-+*/]) /g, "$1") : exact;
  const commas = draw.chance(0.5);
  const words = draw.chance(0.12) && numbers.every((number) => Number.isInteger(number) && number <= 100);
  const written = (value: number) => (words ? numberInWords(value) : commas ? withCommas(plain(value)) : plain(value));
  const result = plain(Number(evaluate(exact)));
  const sign = draw.pick(["*", "*", "x", "×"]);
  const asked = expand(draw.pick(usable(kind.asks, held)), { draw, held });
  const inQuestion = (draw.chance(0.5) ? shown : exact).replaceAll("*", sign).replace(/(?<=[\d)])x(?=[\d(])/g, " x ");
  const fill = (text: string, expression: string) => valued(written, text).replace("{e}", expression);
  const filled = fill(asked, inQuestion);
  const asks = /^(?:What|How|Can|Could)\b/.test(filled);
  const solution = valued(plain, draw.pick(kind.tells)).replace("{e}", shown).replace("{E}", shown).replaceAll("{r}", result);
  return {
    question: asks ? filled.replace(/[.?]?$/, "?") : filled,
    solution,
    answer: result,
    meta: {
      situation: "arithmetic",
      unknown: kind.name,
      steps: 1,
      operations: kind.expression.match(/[-+*/^]/g) ?? [],
      distractor: false,
      register: "plain",
    },
    skeleton: asked.replace(/\{[abc]\}/g, "#").replace("{e}", exact.replace(/[\d.]+/g, "#")),
  };
}
