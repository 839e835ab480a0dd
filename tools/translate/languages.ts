import { ToolwrightError } from "../../errors.js";

/** A language by its ISO 639-1 code: `fr`. */
export type Code = string;

let names: Intl.DisplayNames | undefined;

/** In English: `French`; the code itself where it is none. */
export function nameOf(code: Code): string {
  names ??= new Intl.DisplayNames("en", { type: "language" });
  return names.of(code) ?? code;
}

let codes: ReadonlyMap<string, Code> | undefined;

/**
 * The code of a language that is given as one or by its English name, whatever the case.
 * @throws ToolwrightError `language-unknown`
 */
export function codeOf(language: string): Code {
  const asked = language.trim().toLowerCase();
  codes ??= new Map(
    letterPairs()
      .filter((code) => nameOf(code) !== code)
      .flatMap((code) => [
        [code, code],
        [nameOf(code).toLowerCase(), code],
      ]),
  );
  const found = codes.get(asked);
  if (found !== undefined) return found;
  throw new ToolwrightError(
    "language-unknown",
    `There is no language ${JSON.stringify(language)}.`,
    "Give a code such as fr, or an English name such as French.",
    { exitCode: 2 },
  );
}

function letterPairs(): string[] {
  const letters = [..."abcdefghijklmnopqrstuvwxyz"];
  return letters.flatMap((first) => letters.map((second) => first + second));
}

/**
 * The language that a text is most likely in, of some; undefined where none of them is likely at all. (eld, loaded when first used:
 * 0.3 s, 53 MB.)
 * @param among default: all that the detector knows, some sixty
 */
export async function languageOf(text: string, among?: ReadonlySet<Code>): Promise<Code | undefined> {
  const { eld } = await import("eld/small");
  const scores = Object.entries(eld.detect(text).getScores());
  return scores.filter(([code]) => among === undefined || among.has(code)).sort(([, a], [, b]) => b - a)[0]?.[0];
}
