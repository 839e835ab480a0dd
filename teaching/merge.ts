import { markerSpans } from "./escape.js";
import { isReadable, markerPlace, markText } from "./marked.js";
import type { Candidate, Lesson, LessonCall, Passage } from "./record.js";

/** A kept candidate with all that a call of a lesson needs. */
type Kept = Candidate & { readonly output: string; readonly margin: number };

/**
 * The lesson of a passage from its kept candidates, in any order and of any tools. The best margin comes first, and at equal margins the
 * earlier position; then one after the other goes in unless
 * - a call stands at its place already
 * - the same call, white space aside, with the same output stands elsewhere
 * - its place is inside what reads as a call in the text itself, or nothing follows it
 * - its marker could not be read again
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
  const places = new Set<number>();
  const contents = new Set<string>();
  const chosen: Kept[] = [];
  for (const candidate of kept.filter(isComplete).sort(byMargin)) {
    if (candidate.position < 0 || candidate.position >= text.length) continue;
    const place = markerPlace(text, candidate.position);
    const content = JSON.stringify([candidate.tool, candidate.input.replace(/\s+/g, ""), candidate.output]);
    if (places.has(place) || contents.has(content)) continue;
    if (spans.some(({ start, end }) => start < candidate.position && place < end) || !isReadable(candidate, names)) continue;
    places.add(place);
    contents.add(content);
    chosen.push(candidate);
  }
  const calls = chosen.sort((a, b) => a.position - b.position).map((candidate) => callOf(candidate, now));
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

/** A total order of what differs, so that the order in which candidates come does not matter. */
function byMargin(a: Kept, b: Kept): number {
  const name = ({ tool, input, output }: Kept) => JSON.stringify([tool, input, output]);
  return b.margin - a.margin || a.position - b.position || (name(a) < name(b) ? -1 : 1);
}

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
