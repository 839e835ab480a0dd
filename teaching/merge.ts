import { markerSpans } from "./escape.js";
import { isReadable, markerPlace, markText } from "./marked.js";
import type { Candidate, Lesson, LessonCall, Passage } from "./record.js";

/** A kept candidate with all that a call of a lesson needs. */
type Kept = Candidate & { readonly output: string; readonly margin: number };

/**
 * The lesson of a passage from its kept candidates, in any order and of any tools. Calls at one place with one output differ in how they
 * are written only: the shortest stands for them. The best margin comes first, and at equal margins the earlier position; then one after
 * the other goes in unless
 * - a call stands at its place already
 * - it gives back what was put into it
 * - its place is inside what reads as a call in the text itself, or nothing follows it
 * - its marker could not be read again
 *
 * Of those with the same output the first in the text is left: after it the text has the result.
 *
 * @param options.tools names of all tools of the run: what looks like a call to one of them in the text is escaped
 * @param options.now the clock that the tools saw. Default: the passage's date
 */
export function lessonOf(
  passage: Passage,
  kept: readonly Candidate[],
  { tools, now = passage.date }: { readonly tools: Iterable<string>; readonly now?: string },
): Lesson {
  const { id, source, document, part, question, text, date, meta } = passage;
  const names = [...tools];
  const spans = markerSpans(text, names);
  const shortest = new Map<string, Kept>();
  for (const candidate of kept.filter(isComplete).sort(byLength)) {
    if (candidate.position < 0 || candidate.position >= text.length || !isReadable(candidate, names)) continue;
    if (bare(candidate.input) === bare(candidate.output)) continue;
    const place = markerPlace(text, candidate.position);
    if (spans.some(({ start, end }) => start < candidate.position && place < end)) continue;
    const key = JSON.stringify([place, candidate.tool, candidate.output]);
    if (!shortest.has(key)) shortest.set(key, candidate);
  }
  const places = new Map<number, Kept>();
  for (const candidate of [...shortest.values()].sort(byMargin)) {
    const place = markerPlace(text, candidate.position);
    if (!places.has(place)) places.set(place, candidate);
  }
  const outputs = new Set<string>();
  const calls = [...places.values()]
    .sort((a, b) => a.position - b.position)
    .filter(({ tool, output }) => {
      const result = JSON.stringify([tool, output]);
      return !outputs.has(result) && outputs.add(result);
    })
    .map((candidate) => callOf(candidate, now));
  return {
    id,
    source,
    document,
    part,
    ...(question === undefined ? {} : { question }),
    text,
    calls,
    marked: markText(text, calls, names),
    ...(date === undefined ? {} : { date }),
    ...(meta === undefined ? {} : { meta }),
  };
}

function isComplete(candidate: Candidate): candidate is Kept {
  return candidate.output !== undefined && candidate.margin !== undefined;
}

/** Total orders of what differs, so that the order in which candidates come does not matter. */
function byMargin(a: Kept, b: Kept): number {
  return b.margin - a.margin || a.position - b.position || (nameOf(a) < nameOf(b) ? -1 : 1);
}

function byLength(a: Kept, b: Kept): number {
  const length = ({ input }: Kept) => bare(input).length;
  return length(a) - length(b) || byMargin(a, b);
}

const bare = (text: string) => text.replace(/\s+/g, "");
const nameOf = ({ tool, input, output }: Kept) => JSON.stringify([tool, input, output]);

function callOf({ tool, position, input, output, margin, sources }: Kept, now: string | undefined): LessonCall {
  return {
    tool,
    position,
    input,
    output,
    margin,
    ...(now === undefined ? {} : { now }),
    ...(sources === undefined ? {} : { sources }),
  };
}
