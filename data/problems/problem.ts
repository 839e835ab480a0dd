// One problem from a draft: worded, solved and checked.
import { arrange, REGISTERS, type Register } from "./arrangement.js";
import { aside } from "./asides.js";
import type { Actor } from "./cast.js";
import { brokenEnglish, wrongAnswer, wrongEquation } from "./check.js";
import type { Draft, Setting, Step } from "./draft.js";
import { plain } from "./english.js";
import { choose, expand, MONEY, render, type Scene } from "./scene.js";

export interface Meta {
  readonly situation: string;
  /** The quantity that is asked for. */
  readonly unknown: string;
  readonly steps: number;
  /** Of the solution, in order: `+ - * /`. */
  readonly operations: readonly string[];
  /** There is a number that does not matter. */
  readonly distractor: boolean;
  readonly register: Register;
}

export interface Problem {
  readonly question: string;
  readonly solution: string;
  readonly answer: string;
  /** The clock, an ISO date, where the answer depends on it. */
  readonly date?: string;
  readonly meta: Meta;
  /** The question with numbers, names and nouns masked: two problems of one skeleton are worded alike. */
  readonly skeleton: string;
}

/** The problem, or a reason why the draft cannot be told so. */
export function tell(setting: Setting, draft: Draft): Problem | string {
  const { draw, held } = setting;
  const wrong = wrongAnswer(draft);
  if (wrong !== undefined) return wrong;
  const side = draw.chance(0.24) ? aside(setting, draft) : undefined;
  const values = side === undefined ? draft.values : { ...draft.values, z: draw.integer(...side.range) };
  if (Object.values(values).some((value) => value < 0)) return "A quantity is below zero.";
  const told = [...draft.given, draft.wanted].map((name) => values[name]!);
  if (told.some((value) => Math.abs(value * 100 - Math.round(value * 100)) > 1e-6)) return "A quantity has more than two decimals.";
  const register = fitting(draw.weighted(REGISTERS), setting, draft);
  const scene: Scene = {
    ...setting.scene,
    tense: draft.tense ?? (register === "news" || register === "primer" ? "past" : setting.scene.tense),
    nouns: { ...setting.scene.nouns, ...draft.nouns },
    words: { ...setting.scene.words, ...draft.words },
    values,
    money: new Set([...(draft.money ?? []), ...(side?.money ? ["z"] : [])]),
  };
  const word = (says: readonly string[], kept = held) => expand(choose(says, { draw, held: kept }), { draw, held: kept });
  // Half of the tasks ask as the corpus does, where what they tell is worded as it never does.
  const known = held && draw.chance(0.5) && draft.facts.some(({ says }) => says.some((text) => text.startsWith("*")));
  const template = arrange(
    {
      facts: draft.facts.map(({ says }) => word(says)),
      asides: side === undefined ? [] : [word(side.says)],
      question: word(draft.questions, held && !known),
      indirect: word(draft.indirect, held && !known),
      notes: draft.notes && word(draft.notes),
      rigid: draft.rigid ?? false,
    },
    register,
    known ? { ...scene, held: false } : scene,
  );
  const asked = render(template, scene);
  const question = tidy(asked.text);
  // Notes that name nobody are the asker's own.
  const nameless = !/\{A[}!.']/.test(template);
  const solution = solved(draft, nameless ? { ...scene, actors: { ...scene.actors, A: ASKER } } : scene);
  const broken = brokenEnglish(question) ?? brokenEnglish(solution.replace(/ = /g, " equals ")) ?? wrongEquation(solution);
  if (broken !== undefined) return broken;
  return {
    question,
    solution,
    answer: plain(values[draft.wanted]!),
    meta: {
      situation: draft.situation,
      unknown: draft.unknown,
      steps: draft.steps.length,
      operations: draft.steps.flatMap(({ expression }) => expression.match(/[-+*/]/g) ?? []),
      distractor: side !== undefined || draft.distracts === true,
      register,
    },
    skeleton: tidy(asked.mask).replace(/\d+(?:[.,:]\d+)*/g, "#"),
  };
}

/** News is of large numbers and of others; what is not fit to be told so is plain. */
function fitting(register: Register, { scene }: Setting, { values }: Draft): Register {
  const small = Math.max(...Object.values(values)) < 30;
  return register === "news" && (small || scene.actors["A"]?.person === "I") ? "plain" : register;
}

const ASKER: Actor = { first: "I", again: "I", person: "I", named: false };

const tidy = (text: string) =>
  text
    .replace(/\s+/g, " ")
    .replace(/ ([.,?!])/g, "$1")
    .trim();

/** A sentence a step with its equation, then the answer. */
function solved({ steps, answers }: Draft, scene: Scene): string {
  const { draw } = scene;
  const tight = draw.chance(0.5);
  const lines = steps.map((step) =>
    expand(choose(step.says ?? ["{eq}."], { draw, held: false }), { draw, held: false }).replace(
      /\{eq(?: ([^}]+))?\}/,
      (_, noun?: string) => equation(step, noun, tight, scene),
    ),
  );
  const answer = expand(choose(answers, { draw, held: false }), { draw, held: false });
  const joint = steps.length > 1 && draw.chance(0.6) ? "\n" : " ";
  return tidyLines(render([...lines, answer].join(joint), scene, true).text);
}

const tidyLines = (text: string) => text.replace(/ {2,}/g, " ").trim();

/** `12-5 = 7 apples`; amounts of money have their decimals, and the currency's name for a sign. */
function equation(
  { finds, expression }: Step,
  noun: string | undefined,
  tight: boolean,
  { values, money, nouns, currency, words }: Scene,
): string {
  const written = expression.replace(/[a-z]\w*/g, (name) => {
    const value = values[name]!;
    return money.has(name) && !Number.isInteger(value) ? value.toFixed(2) : plain(value);
  });
  const result = values[finds]!;
  const unit =
    noun === undefined ? "" : noun === MONEY ? ` ${result === 1 ? currency.one : currency.many}` : ` ${unitOf(noun, result, nouns, words)}`;
  return `${tight ? written.replace(/ ([-+*/]) /g, "$1") : written} = ${plain(result)}${unit}`;
}

function unitOf(noun: string, count: number, nouns: Scene["nouns"], words: Scene["words"]): string {
  const [last = "", ...before] = noun.split(" ").reverse();
  const unit = nouns[last];
  const shown = unit === undefined ? (words[last] ?? last) : count === 1 ? unit.one : unit.many;
  return [...before.reverse(), shown].join(" ");
}
