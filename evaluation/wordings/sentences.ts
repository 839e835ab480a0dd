// Where sentences begin and end.

const ABBREVIATION = /\b(?:Mr|Mrs|Ms|Dr|St|Jr|Sr|Prof|vs|approx|No|e\.g|i\.e)\.$/;

/** The sentences of a text of one line, each with its end mark. */
export function sentencesOf(text: string): string[] {
  const sentences: string[] = [];
  for (const part of text.split(/(?<=[.?!]["”)]?) +/)) {
    const last = sentences.at(-1);
    if (last !== undefined && ABBREVIATION.test(last)) sentences[sentences.length - 1] = `${last} ${part}`;
    else sentences.push(part);
  }
  return sentences;
}

/** Whether a sentence begins at a place, also after a colon, a quotation mark or a bracket. */
export function startsSentence(text: string, at: number): boolean {
  const before = text.slice(0, at);
  return /^["“(]*$/.test(before) || (/[.?!:\n]["”)]?\s*["“(]?$/.test(before) && !ABBREVIATION.test(before.trimEnd()));
}

export const upperFirst = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
export const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
