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
    tokens.push({ text: word, lemma: lemmaOf(plain, root), tags: new Set(tags), start, end: start + word.length });
  }
  return tokens;
}

function lemmaOf(plain: string, root: string | undefined): string {
  const folded = fold(root ?? plain);
  return plain === "" || folded === "" ? plain : folded;
}
