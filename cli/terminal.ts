// What depends on where output goes: colours, widths, and what may be sent to a terminal at all.
import type { WriteStream } from "node:tty";

type Style = (text: string) => string;

interface Styles {
  readonly dim: Style;
  readonly bold: Style;
  readonly red: Style;
}

/** SGR codes, on and off (ECMA-48, 8.3.117). */
const codes = { dim: [2, 22], bold: [1, 22], red: [31, 39] } as const;

/** Styles for a stream; where it shows no colours, they leave the text as it is. */
export function styles(stream: NodeJS.WriteStream): Styles {
  const coloured = showsColours(stream);
  const style =
    ([on, off]: readonly [number, number]): Style =>
    (text) =>
      coloured ? `\x1b[${on}m${text}\x1b[${off}m` : text;
  return { dim: style(codes.dim), bold: style(codes.bold), red: style(codes.red) };
}

/** As force-color.org and no-color.org have it. `util.styleText` goes by neither before Node 22.13. */
function showsColours(stream: NodeJS.WriteStream): boolean {
  const { FORCE_COLOR, NO_COLOR, TERM } = process.env;
  if (FORCE_COLOR !== undefined) return !["0", "false"].includes(FORCE_COLOR);
  return stream.isTTY === true && !NO_COLOR && TERM !== "dumb";
}

/** Columns of a terminal; undefined for anything else, where a line may be as long as it is. */
export function columnsOf(stream: Partial<WriteStream>): number | undefined {
  return stream.isTTY ? (stream.columns ?? 80) : undefined;
}

/** Text without the control characters by which it could move the cursor, retitle the window or hide something; lines and tabs stay. */
export function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return text.replace(/\r\n/g, "\n").replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/g, "");
}

/** Text on one line of at most `length` characters. */
export function oneLine(text: string, length = Number.POSITIVE_INFINITY): string {
  const characters = Array.from(printable(text).replace(/\s+/g, " ").trim());
  return characters.length <= length ? characters.join("") : `${characters.slice(0, Math.max(0, length - 1)).join("")}…`;
}

/** Rows as a table for people: columns as wide as their widest cell, the last one as it comes. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = rows.reduce<number[]>((widest, row) => row.map((cell, i) => Math.max(widest[i] ?? 0, cell.length)), []);
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd(widths[i]!)))
          .join("  ")
          .trimEnd()}\n`,
    )
    .join("");
}
