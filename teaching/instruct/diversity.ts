// How different instructions are: the verb of each and the noun that it is about, as figure 2 of the paper shows them.
import nlp from "compromise";

/** A verb with its nouns, the most frequent first. */
export interface VerbCount {
  readonly verb: string;
  readonly count: number;
  readonly nouns: readonly { readonly noun: string; readonly count: number }[];
}

export interface Diversity {
  /** All verbs that have a direct object, the most frequent first. */
  readonly verbs: readonly VerbCount[];
  /** Instructions in which a verb with its object was found, of so many. */
  readonly found: number;
  readonly of: number;
}

interface Term {
  readonly normal: string;
  readonly post: string;
  readonly tags: readonly string[];
}

/**
 * The verb at the root of each instruction's first sentence with its direct object, counted. The paper parses with the Berkeley
 * Neural Parser; here a tagger and the order of words do it, so questions and “Given …” without a command have none.
 */
export function verbsAndNouns(instructions: readonly string[]): Diversity {
  const counts = new Map<string, Map<string, number>>();
  let found = 0;
  for (const instruction of instructions) {
    const pair = verbAndNoun(instruction);
    if (pair === undefined) continue;
    found++;
    const nouns = counts.get(pair.verb) ?? new Map<string, number>();
    nouns.set(pair.noun, (nouns.get(pair.noun) ?? 0) + 1);
    counts.set(pair.verb, nouns);
  }
  const verbs = [...counts].map(([verb, nouns]) => {
    const sorted = [...nouns].map(([noun, count]) => ({ noun, count })).sort((a, b) => b.count - a.count || order(a.noun, b.noun));
    return { verb, count: sorted.reduce((sum, { count }) => sum + count, 0), nouns: sorted };
  });
  return { verbs: verbs.sort((a, b) => b.count - a.count || order(a.verb, b.verb)), found, of: instructions.length };
}

/** The verb and the noun of one instruction; undefined where there is none. */
export function verbAndNoun(instruction: string): { readonly verb: string; readonly noun: string } | undefined {
  const first = instruction.split(/(?<=[.!?:])\s/)[0]!; // The tagger's own way takes five times as long.
  const [sentence] = nlp(first).json({ terms: { normal: true, tags: true, whitespace: true } }) as { readonly terms: readonly Term[] }[];
  const terms = sentence?.terms ?? [];
  const at = rootVerb(terms);
  const noun = at < 0 ? undefined : directObject(terms.slice(at + 1));
  return noun === undefined ? undefined : { verb: terms[at]!.normal, noun };
}

/** A command: the tagger's own, or a plain verb at the beginning or after a comma, or what stands first and before a determiner. */
function rootVerb(terms: readonly Term[]): number {
  const command = terms.findIndex(({ tags }) => tags.includes("Imperative"));
  if (command >= 0) return command;
  const plain = terms.findIndex((term, i) => isPlainVerb(term) && (i === 0 || terms[i - 1]!.post.includes(",")));
  if (plain >= 0) return plain;
  const isName = terms[0]?.tags.includes("Singular") && terms[1]?.tags.includes("Determiner"); // “Brainstorm a list” is tagged as a noun.
  return isName ? 0 : -1;
}

function isPlainVerb({ tags }: Term): boolean {
  return tags.includes("Infinitive") && !["Auxiliary", "Modal", "Copula"].some((tag) => tags.includes(tag));
}

/** The last noun of the first group of them, before anything that ends the object's place. */
function directObject(terms: readonly Term[]): string | undefined {
  let head: string | undefined;
  for (const { normal, tags, post } of terms) {
    const isNoun = tags.includes("Noun") && !tags.includes("Pronoun") && !tags.includes("Possessive") && !PASSED_OVER.has(normal);
    if (isNoun) head = tags.includes("Plural") ? singular(normal) : normal;
    else if (head !== undefined || !(PASSED_OVER.has(normal) || tags.some((tag) => BEFORE_NOUNS.has(tag)))) break;
    if (head !== undefined && /[,;:.]/.test(post)) break;
  }
  return head;
}

const singulars = new Map<string, string>();

function singular(plural: string): string {
  let known = singulars.get(plural);
  if (known === undefined) {
    const word = nlp(plural);
    word.tag("Plural"); // By itself, “games” could be a verb.
    known = word.nouns().toSingular().text("normal") || plural;
    singulars.set(plural, known);
  }
  return known;
}

const PASSED_OVER: ReadonlySet<string> = new Set(["all", "following", "given", "each", "any", "both"]);
const BEFORE_NOUNS: ReadonlySet<string> = new Set(["Determiner", "Adjective", "Adverb", "Value", "Pronoun", "Possessive"]);

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
