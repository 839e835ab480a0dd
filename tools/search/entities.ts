import { openDictionary, parseSynset, type Sense } from "./wordnet.js";
import { fold, stem, words } from "./words.js";

// WordNet describes some 7,700 particular people, places and things ("Scottish bacteriologist who discovered penicillin"):
// a small encyclopaedia that can be searched by what it says.

interface Entity extends Pick<Sense, "names" | "definition"> {
  /** Names and definition, folded, to pass over most entities at once. */
  readonly folded: string;
}

let loaded: Promise<readonly Entity[]> | undefined;

/** Read once a process, when first needed (about 100 ms, 3 MB kept). */
function entities(): Promise<readonly Entity[]> {
  loaded ??= readEntities();
  return loaded;
}

async function readEntities(): Promise<Entity[]> {
  const file = await openDictionary("data.noun");
  try {
    const found: Entity[] = [];
    let rest = "";
    for await (const chunk of file.createReadStream({ encoding: "latin1", autoClose: false, highWaterMark: 1 << 20 })) {
      const text = rest + (chunk as string);
      let at = 0;
      for (let hit = text.indexOf(" @i ", at); hit >= 0; hit = text.indexOf(" @i ", at)) {
        const end = text.indexOf("\n", hit);
        if (end < 0) break;
        const { names, definition } = parseSynset(text.slice(text.lastIndexOf("\n", hit) + 1, end));
        found.push({ names, definition, folded: fold(`${names.join(" ")} ${definition}`) });
        at = end;
      }
      // A line begun here ends in the next piece.
      rest = text.slice(Math.max(at, text.lastIndexOf("\n") + 1));
    }
    return found;
  } finally {
    await file.close();
  }
}

/** A question for the most or the first of a kind has one answer, and a text that has its words is rarely it. */
const SUPERLATIVE = /^(?:most|least|first|last|second|third|only|best|worst|1st|2nd|3rd|\p{L}{2,}est)$/u;
/** What holds for a few years: a dictionary does not know who it is now. */
const CHANGING: ReadonlySet<string> = new Set(
  "president minister chancellor king queen leader mayor governor champion record population".split(" "),
);
const SAME: Readonly<Record<string, string>> = { first: "1st", second: "2nd", third: "3rd", tallest: "highest", biggest: "largest" };

/**
 * The people, places and things whose name and description have all of the words, those first that say little else. With a
 * superlative among the words, only those that say nothing else.
 */
export async function entitiesAbout(asked: readonly string[], limit: number): Promise<Entity[]> {
  const wanted = [...new Set(asked.map((word) => stem(SAME[word] ?? word)))];
  if (wanted.length < 2) return [];
  const strict = wanted.some((word) => SUPERLATIVE.test(word));
  if (!strict && wanted.some((word) => CHANGING.has(word))) return [];
  const found: { entity: Entity; density: number }[] = [];
  for (const entity of await entities()) {
    if (!wanted.every((word) => entity.folded.includes(word))) continue;
    const said = words(`${entity.names.join(" ")} ${entity.definition}`).map(stem);
    if (!wanted.every((word) => said.some((other) => agrees(other, word)))) continue;
    const clause = telling(entity.definition.split(";", 1)[0] ?? "");
    const density = clause.filter((word) => wanted.some((other) => agrees(word, other))).length / Math.max(1, clause.length);
    if (!strict || (density === 1 && wanted.every((word) => word === "world" || clause.some((other) => agrees(other, word)))))
      found.push({ entity, density });
  }
  return found
    .sort((a, b) => b.density - a.density)
    .slice(0, limit)
    .map(({ entity }) => entity);
}

/** `Australia` agrees with `Australian`; short words only with themselves. */
function agrees(word: string, wanted: string): boolean {
  return word === wanted || (wanted.length >= 5 && word.startsWith(wanted) && word.length - wanted.length <= 3);
}

const CONNECTIVES: ReadonlySet<string> = new Set("a an the of in on at to and or is was who which that from by for as world".split(" "));

function telling(clause: string): string[] {
  return words(clause.replace(/\([^)]*\)/g, " "))
    .filter((word) => !CONNECTIVES.has(word))
    .map(stem);
}
