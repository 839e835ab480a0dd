// Questions about the made-up documents: those that one document answers, and those that need two.
import type { Thing, World } from "./documents.js";
import { drawFrom } from "./draw.js";

export interface HopQuestion {
  readonly question: string;
  /** All that are right: of a person the whole name and the surname. */
  readonly answer: string | readonly string[];
  /** Documents that are needed. */
  readonly hops: 1 | 2;
}

/** What can be asked of a thing: `{x}` is its name, or what stands for it. */
const ASKED: readonly { readonly kind: Thing["kind"]; readonly fact: string; readonly asks: readonly string[] }[] = [
  { kind: "person", fact: "birthplace", asks: ["In which town was {x} born?", "Which town did {x} come from?"] },
  { kind: "person", fact: "born", asks: ["In what year was {x} born?", "What is the birth year of {x}?"] },
  { kind: "person", fact: "job", asks: ["What was the occupation of {x}?", "What did {x} work as?"] },
  { kind: "person", fact: "teacher", asks: ["Who was the teacher of {x}?", "From whom did {x} learn the trade?"] },
  { kind: "town", fact: "river", asks: ["On which river does {x} lie?", "Which river flows through {x}?"] },
  { kind: "town", fact: "product", asks: ["What is {x} known for?", "For what do visitors come to {x}?"] },
  { kind: "town", fact: "mayor", asks: ["Who is the mayor of {x}?", "Which mayor does {x} have?"] },
  { kind: "house", fact: "founder", asks: ["Who founded {x}?", "By whom was {x} founded?"] },
  { kind: "house", fact: "seat", asks: ["In which town does {x} stand?", "Where is {x}?"] },
  { kind: "house", fact: "opened", asks: ["In what year did {x} open?", "Since what year has {x} been open?"] },
  { kind: "book", fact: "author", asks: ["Who wrote {x}?", "Who is the author of {x}?"] },
  { kind: "book", fact: "keeper", asks: ["Where is the manuscript of {x} kept?", "Which house keeps the manuscript of {x}?"] },
];

/** How one thing stands for another in a question: `{x}` is its name. */
const STANDS: readonly { readonly kind: Thing["kind"]; readonly fact: string; readonly says: string }[] = [
  { kind: "person", fact: "birthplace", says: "the town where {x} was born" },
  { kind: "person", fact: "teacher", says: "the teacher of {x}" },
  { kind: "town", fact: "mayor", says: "the mayor of {x}" },
  { kind: "house", fact: "founder", says: "the founder of {x}" },
  { kind: "house", fact: "seat", says: "the town where {x} stands" },
  { kind: "book", fact: "author", says: "the author of {x}" },
  { kind: "book", fact: "keeper", says: "the house that keeps the manuscript of {x}" },
];

/**
 * So many questions about a world, in a random order; each asks for another fact, by another thing, or in another way round.
 * Those of two hops cannot be answered from one document: none has both what is named and the answer.
 * @throws RangeError when there are not so many
 */
export function hopQuestions(
  { things, documents }: World,
  { hops, count, seed }: { hops: 1 | 2; count: number; seed: number },
): HopQuestion[] {
  const draw = drawFrom(`${seed}:hops:${hops}`);
  const byName = new Map(things.map((thing) => [thing.name, thing]));
  const texts = [...documents.values()];
  const named = ({ kind, name }: Thing) => (kind === "house" ? `the ${name}` : name);
  const ask = (said: string, about: Thing, from: Thing): HopQuestion[] =>
    ASKED.filter(({ kind }) => kind === about.kind).flatMap(({ fact, asks }) => {
      const answer = about.facts[fact]!;
      if (hops === 2 && (answer === from.name || texts.some((text) => text.includes(from.name) && text.includes(answer)))) return [];
      const question = draw.pick(asks).replace("{x}", said);
      return [{ question, answer: byName.get(answer)?.kind === "person" ? [answer, answer.split(" ").at(-1)!] : answer, hops }];
    });
  const all = things.flatMap((thing) =>
    hops === 1
      ? ask(named(thing), thing, thing)
      : STANDS.filter(({ kind }) => kind === thing.kind).flatMap(({ fact, says }) =>
          ask(says.replace("{x}", named(thing)), byName.get(thing.facts[fact]!)!, thing),
        ),
  );
  if (all.length < count)
    throw new RangeError(`There are ${all.length} questions of ${hops === 1 ? "single-hop" : "multi-hop"}, not ${count}.`);
  return draw.shuffle(all).slice(0, count);
}
