// From facts and a question to one text: which comes first, what is joined, and the register it is told in.
import type { Draw } from "./draw.js";
import { choose, expand, type Scene } from "./scene.js";

export type Register = "plain" | "terse" | "chatty" | "formal" | "news" | "primer";

export interface Clauses {
  /** One wording each, slots not yet filled. */
  readonly facts: readonly string[];
  readonly asides: readonly string[];
  readonly question: string;
  readonly indirect: string;
  readonly notes: string | undefined;
  readonly rigid: boolean;
}

export const REGISTERS: readonly (readonly [number, Register])[] = [
  [54, "plain"],
  [6, "terse"],
  [16, "chatty"],
  [12, "formal"],
  [5, "news"],
  [7, "primer"],
];

const CHATTY_OPENINGS = [
  "Hi! ",
  "Hey, ",
  "Quick question: ",
  "Can you help me with this? ",
  "I'm stuck on this one. ",
  "OK, so ",
  "So ",
  "Help please! ",
  "Here's one: ",
  "My homework says: ",
  "My teacher asked this: ",
  "Let's see if you can do this. ",
  "I need a hand with some math. ",
  "Hello, I have a question. ",
  "*Got a minute? ",
  "*Here comes a puzzle. ",
  "*My little cousin asked me this one: ",
];
const CHATTY_ENDINGS = ["", "", "", " Thanks!", " Thank you!", " Any idea?", " Please help.", "* Cheers!", "* I can't work it out."];
const FORMAL_ORDERS = [
  "Find ",
  "Determine ",
  "Work out ",
  "Calculate ",
  "Find out ",
  "Compute ",
  "State ",
  "Please determine ",
  "*Establish ",
  "*Write down ",
];
const ASKING = [
  "Can you tell me ",
  "Can you work out ",
  "Do you know ",
  "Could you figure out ",
  "Please tell me ",
  "Tell me ",
  "I want to know ",
  "I wonder ",
  "*Any guess ",
];
const NEWS_OPENINGS = [
  "It was reported that ",
  "According to the local paper, ",
  "The town's newsletter reports: ",
  "Officials said that ",
  "From the news: ",
  "*The evening bulletin noted that ",
];
const PRIMER_OPENINGS = [
  "Once upon a time ",
  "Long ago, ",
  "A sum for the slate: ",
  "In a small village, ",
  "Hear this sum. ",
  "*A riddle from an old primer: ",
];
const PRIMER_ASKING = ["Pray, ", "Now tell me, ", "Say, ", "Tell, if you can, ", "Then, ", "*Reckon for me: "];

type Arrangement = (clauses: Clauses, scene: Scene) => string;

/** What refers to the sentence before it, which nothing may come between. */
const REFERRING = /^(?:that|this|it|they|them|each of them|of these) /;

/** What adds to something told before. */
const ADDING = /\b(?:also|too|besides|next to them)\b/;

/** The first thing told does not come after another. */
const FOLLOWING = /^(?:then|later|after that,|soon|the next morning|now) /;

const sentence = (clause: string) => `${clause}. `;

/** Joins clauses to one, where the same actor goes on with its name left out. */
function joined(clauses: readonly string[], draw: Draw): string {
  return clauses.reduce((text, clause) => {
    if (text === "") return clause;
    const goesOn = text.startsWith("{A} ") && clause.startsWith("{A} ") && draw.chance(0.6);
    if (goesOn) return `${text} and ${clause.slice("{A} ".length)}`;
    return `${text}${draw.pick([", and ", " and ", ", and "])}${clause}`;
  }, "");
}

/** Sentences, some joined in pairs, with asides between. */
function told(facts: readonly string[], asides: readonly string[], draw: Draw, rigid: boolean): string {
  const parts: string[] = [];
  for (let at = 0; at < facts.length; at++) {
    if (!rigid && at + 1 < facts.length && draw.chance(0.35)) parts.push(sentence(joined([facts[at]!, facts[++at]!], draw)));
    else parts.push(sentence(facts[at]!));
  }
  for (const aside of asides) {
    const places = [...parts.keys(), parts.length].filter((at) => !REFERRING.test(parts[at] ?? "") && !(at === 0 && ADDING.test(aside)));
    parts.splice(draw.pick(places.length > 0 ? places : [parts.length]), 0, sentence(aside));
  }
  return parts.join("");
}

/** Questions that point back to what has been told come after it. */
const POINTING = /\b(?:that|it|its|then|them|they|the same|difference)\b/;

const ARRANGEMENTS: readonly (readonly [number, Arrangement])[] = [
  // F1. F2. Q?
  [44, ({ facts, asides, question, rigid }, { draw }) => `${told(facts, asides, draw, rigid)}${question}?`],
  // If F1 and F2, q?
  [
    12,
    ({ facts, asides, question }, scene) =>
      `${asides.map(sentence).join("")}${expand("[if|if|suppose that|when|*given that]", scene)} ${joined(facts, scene.draw)}, ${question}?`.replace(
        /(suppose that .*), (?=\{many|how|what|by how)/,
        "$1. ",
      ),
  ],
  // Q if F1 and F2?
  [8, ({ facts, asides, question }, { draw }) => `${asides.map(sentence).join("")}${question} if ${joined(facts, draw)}?`],
  // F1. Q if F2?
  [
    9,
    ({ facts, asides, question, rigid }, { draw }) =>
      facts.length < 2
        ? `${told(facts, asides, draw, rigid)}${question}?`
        : `${told(facts.slice(0, -1), asides, draw, rigid)}${question} if ${facts.at(-1)}?`,
  ],
  // F1. If F2, q?
  [
    8,
    ({ facts, asides, question, rigid }, { draw }) =>
      facts.length < 2
        ? `${told(facts, asides, draw, rigid)}${question}?`
        : `${told(facts.slice(0, -1), asides, draw, rigid)}if ${facts.at(-1)}, ${question}?`,
  ],
  // Q? F1. F2.
  [6, ({ facts, asides, question, rigid }, { draw }) => `${question}? ${told(facts, asides, draw, rigid)}`],
  // Suppose F1. F2. Q?
  [
    4,
    ({ facts, asides, question, rigid }, scene) =>
      `${expand("[suppose|imagine|imagine that|say|let's say|*picture this:]", scene)} ${told(facts, asides, scene.draw, rigid)}${question}?`,
  ],
  // F1. F2. Can you tell me indirect?
  [
    9,
    ({ facts, asides, indirect, rigid }, scene) => {
      const lead = choose(ASKING, scene);
      return `${told(facts, asides, scene.draw, rigid)}${lead}${indirect}${/^(?:Please|Tell|I )/.test(lead) ? "." : "?"}`;
    },
  ],
];

/** Those that ask last. */
const AFTERWARDS = [0, 1, 4, 6, 7].map((at) => ARRANGEMENTS[at]!);

/** One text of a problem's clauses, a template still. */
export function arrange(clauses: Clauses, register: Register, scene: Scene): string {
  const { draw } = scene;
  const [first = "", ...rest] = clauses.facts;
  const facts = [first.replace(FOLLOWING, ""), ...rest];
  const { asides, question, indirect, notes, rigid } = clauses;
  const fit = asides.some((aside) => ADDING.test(aside)) ? [ARRANGEMENTS[0]!] : POINTING.test(question) ? AFTERWARDS : ARRANGEMENTS;
  const body = () => draw.weighted(fit)({ ...clauses, facts }, scene);
  switch (register) {
    case "plain":
      return body();
    case "terse":
      return notes === undefined ? `${facts.map(sentence).join("")}${question}?` : `${asides.map(sentence).join("")}${notes}`;
    case "chatty":
      return `${choose(CHATTY_OPENINGS, scene)}${body()}${choose(CHATTY_ENDINGS, scene)}`;
    case "formal":
      return draw.chance(0.75)
        ? `${told(facts, asides, draw, rigid)}${choose(FORMAL_ORDERS, scene)}${indirect}.`
        : `${asides.map(sentence).join("")}Given that ${joined(facts, draw)}, ${choose(FORMAL_ORDERS, scene).toLowerCase().replace("please ", "")}${indirect}.`;
    case "news":
      return `${asides.length === 0 ? choose(NEWS_OPENINGS, scene) : ""}${told(facts, asides, draw, rigid)}${question}?`;
    case "primer":
      return `${asides.length === 0 && draw.chance(0.5) ? choose(PRIMER_OPENINGS, scene) : ""}${told(facts, asides, draw, rigid)}${draw.chance(0.7) ? choose(PRIMER_ASKING, scene) : ""}${question}?`;
  }
}
