import { fold } from "../search/index.js";

/** A word of a text as the tagger sees it. */
export interface Token {
  readonly text: string;
  /** Folded base form: `built` is `build`, `boats` is `boat`. */
  readonly lemma: string;
  /** Of compromise: `Noun`, `Person`, `PastTense`, … */
  readonly tags: ReadonlySet<string>;
  /** In UTF-16 units of the text; a mark before or after the word is not part of it. */
  readonly start: number;
  readonly end: number;
}

interface Term {
  readonly text: string;
  readonly root?: string;
  readonly tags: readonly string[];
  readonly offset: { readonly start: number; readonly length: number };
}

/** The words of an English text (compromise, loaded when first used: about 100 ms). */
export async function tokensOf(text: string): Promise<Token[]> {
  const { default: nlp } = await import("compromise");
  const document = nlp(text);
  document.compute("offset");
  document.compute("root");
  const sentences = document.json({ offset: true }) as readonly { readonly terms: readonly Term[] }[];
  const tokens: Token[] = [];
  for (const { text: word, root, tags, offset } of sentences.flatMap(({ terms }) => terms)) {
    // What a contraction stands for has no text of its own; an offset that does not hold is not used.
    const start = text.indexOf(word, Math.min(offset.start, text.length));
    if (word === "" || start < 0 || start > offset.start + 3) continue;
    const plain = fold(word).replace(/'(?:s|re|d|ll|ve|m)?$/, "");
    // Of some verbs the tagger gives no base form: "written", and "taken" in "taken on".
    const base = root ?? (tags.includes("PastTense") || tags.includes("PhrasalVerb") ? formsOf(nlp, plain)[0] : undefined);
    tokens.push({
      text: word,
      lemma: plain === "" ? fold(word) : fold(base || plain),
      tags: new Set(tags),
      start,
      end: start + word.length,
    });
  }
  return tokens;
}

/** Base form, past, present and gerund of verbs: `sleep`, `slept`, `sleeps`, `sleeping`. */
export async function verbForms(verbs: readonly string[]): Promise<string[]> {
  const { default: nlp } = await import("compromise");
  return verbs.flatMap((verb) => formsOf(nlp, verb));
}

function formsOf(nlp: typeof import("compromise").default, verb: string): string[] {
  const view = nlp(verb);
  view.tag("Verb");
  const [forms] = view.verbs().conjugate() as readonly Readonly<Record<string, string>>[];
  return ["Infinitive", "PastTense", "PresentTense", "Gerund"].flatMap((name) => forms?.[name] ?? []);
}
