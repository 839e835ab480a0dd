// Questions that need no tool and have one right answer, which everybody knows: kinds of things, opposites, forms of words, what comes next.
// `plain.ts` has those that are talk.

import { MONTHS } from "./days.js";
import type { Draw } from "./draw.js";
import { inflect, listed } from "./english.js";
import type { Problem } from "./problem.js";
import { usable } from "./scene.js";

/** Words that are of one kind and of no other in this list, in any of their senses. */
const KINDS: Readonly<Record<string, readonly string[]>> = {
  "an animal": "dog cow lion wolf rabbit donkey elephant giraffe hedgehog otter sparrow eagle penguin frog lizard salmon spider wasp".split(
    " ",
  ),
  "a fruit": "apple pear banana cherry lemon grape strawberry pineapple mango apricot raspberry melon".split(" "),
  "a tool": "trowel screwdriver wrench pliers chisel rake shovel scissors".split(" "),
  "a musical instrument": "violin cello guitar trumpet flute clarinet harp saxophone accordion trombone".split(" "),
  "a piece of furniture": "table sofa wardrobe bookcase armchair desk dresser".split(" "),
  "a piece of clothing": "sweater shirt trousers jacket overcoat sock skirt scarf".split(" "),
  "a vehicle": "bicycle truck airplane tractor ambulance helicopter motorcycle ferry".split(" "),
  "a part of the body": "elbow knee shoulder ankle nostril thumb wrist forehead".split(" "),
};

/** Neither of a pair has another opposite. */
const OPPOSITES =
  "hot cold;early late;wet dry;strong weak;high low;good bad;open closed;wide narrow;rich poor;clean dirty;full empty;first last;safe dangerous;true false;same different;inside outside;always never;above below;up down;day night;friend enemy;push pull;buy sell;love hate;remember forget;rise fall"
    .split(";")
    .map((pair) => pair.split(" "));

const VERBS =
  "go give eat buy sell lose find take make keep lend spend send leave come write draw grow throw break drive ride run swim fly begin catch pay bring build hold tell say feed win drink tear wear know sit stand rise fall hide steal weave shoot dig meet creep choose speak forget freeze sing teach think sleep feel".split(
    " ",
  );
/** Of those that `inflect` does not know. */
const PASTS: Readonly<Record<string, string>> = {
  choose: "chose",
  speak: "spoke",
  forget: "forgot",
  freeze: "froze",
  sing: "sang",
  teach: "taught",
  think: "thought",
  sleep: "slept",
  feel: "felt",
};

const PLURALS: Readonly<Record<string, string>> = Object.fromEntries(
  "mouse mice;goose geese;foot feet;tooth teeth;man men;woman women;child children;wolf wolves;knife knives;leaf leaves;loaf loaves;wife wives;shelf shelves;thief thieves;calf calves;half halves;berry berries;box boxes;city cities;bus buses"
    .split(";")
    .map((pair) => pair.split(" ") as [string, string]),
);

const WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

interface Made {
  readonly kind: string;
  /** Wordings with `{x}`; `{X}` is it with a capital. What begins with `*` is kept for tasks. */
  readonly asks: readonly string[];
  readonly x: string;
  readonly tell: string;
  readonly answer: string;
}

function kindOfThing(draw: Draw): Made {
  const [kind, ...others] = draw.shuffle(Object.keys(KINDS)).slice(0, 3) as [string, string, string];
  const answer = draw.pick(KINDS[kind]!);
  const words = draw.shuffle([answer, ...others.map((other) => draw.pick(KINDS[other]!))]);
  return {
    kind: "kind of thing",
    asks: [
      `Which of these is ${kind}: {x}?`,
      `Which one is ${kind}: {x}?`,
      `*Just one word names ${kind}: {x}. Which word is it?`,
      `*Pick out what is ${kind}: {x}.`,
    ],
    x: listed(words, "or"),
    tell: `The ${answer} is ${kind}.`,
    answer,
  };
}

function opposite(draw: Draw): Made {
  const [word, answer] = draw.shuffle(draw.pick(OPPOSITES)) as [string, string];
  return {
    kind: "opposite",
    asks: [
      "What is the opposite of {x}?",
      "Name the opposite of {x}.",
      "*Turn {x} into its contrary: which word is that?",
      "*{X} is one end. What is the other?",
    ],
    x: word,
    tell: `The opposite of ${word} is ${answer}.`,
    answer,
  };
}

function past(draw: Draw): Made {
  const verb = draw.pick(VERBS);
  const answer = PASTS[verb] ?? inflect(verb, "past");
  return {
    kind: "past tense",
    asks: [
      'What is the past tense of "{x}"?',
      'What is the past of "{x}"?',
      '*Today they {x}. Yesterday they did it too. Which one word says "they {x}" of yesterday?',
      '*How does the verb "{x}" read in the past?',
    ],
    x: verb,
    tell: `The past tense of ${verb} is ${answer}.`,
    answer,
  };
}

function plural(draw: Draw): Made {
  const one = draw.pick(Object.keys(PLURALS));
  return {
    kind: "plural",
    asks: [
      "What is the plural of {x}?",
      "How do you say more than one {x}?",
      "*One {x}, two what?",
      "*Several of the kind {x} are called what?",
    ],
    x: one,
    tell: `The plural of ${one} is ${PLURALS[one]}.`,
    answer: PLURALS[one]!,
  };
}

function next(draw: Draw): Made {
  const [row, unit] = draw.pick([[MONTHS, "month"] as const, [WEEKDAYS, "day"] as const]);
  const at = draw.integer(0, row.length - 1);
  const after = draw.chance(0.5);
  const answer = row.at((at + (after ? 1 : -1)) % row.length)!;
  return {
    kind: "next",
    asks: after
      ? [`Which ${unit} comes after {x}?`, `What ${unit} follows {x}?`, `*{X} is over. Which ${unit} begins?`]
      : [`Which ${unit} comes before {x}?`, `*{X} has just begun. Which ${unit} has ended?`],
    x: row[at]!,
    tell: `${answer} comes ${after ? "after" : "before"} ${row[at]}.`,
    answer,
  };
}

/** One that no tool is needed for, with the one answer that is right. */
export function everyday(draw: Draw, held: boolean): Problem {
  const make = draw.weighted([
    [5, kindOfThing],
    [2, opposite],
    [2, past],
    [1, plural],
    [1, next],
  ] as const);
  const { kind, asks, x, tell, answer } = make(draw);
  const ask = draw.pick(usable(asks, held));
  return {
    question: ask.replaceAll("{x}", x).replace("{X}", x[0]!.toUpperCase() + x.slice(1)),
    solution: tell,
    answer,
    skeleton: ask.replaceAll(/\{x\}/gi, "X"),
    meta: { situation: "everyday", unknown: kind, steps: 0, operations: [], distractor: false, register: "plain" },
  };
}
