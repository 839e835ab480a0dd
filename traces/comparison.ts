/** Where two values of plain JSON first differ. */
interface Difference {
  /** Keys and indices from the outside in; empty when the values differ as a whole. */
  readonly path: readonly (string | number)[];
  readonly a: unknown;
  readonly b: unknown;
}

/**
 * The first difference between two values, both as JSON writes them: a key that is undefined is no key.
 * @param ignored keys of the outermost object that may differ
 */
export function firstDifference(a: unknown, b: unknown, ignored: readonly string[] = []): Difference | undefined {
  return compare(asJson(a), asJson(b), [], ignored);
}

const asJson = (value: unknown): unknown =>
  typeof value === "object" && value !== null ? JSON.parse(JSON.stringify(value)) : (value ?? null);

function compare(a: unknown, b: unknown, path: readonly (string | number)[], ignored: readonly string[]): Difference | undefined {
  if (Object.is(a, b)) return undefined;
  if (Array.isArray(a) && Array.isArray(b)) {
    for (let i = 0; i < Math.max(a.length, b.length); i++) {
      const difference = compare(a[i], b[i], [...path, i], []);
      if (difference !== undefined) return difference;
    }
    return undefined;
  }
  if (!isObject(a) || !isObject(b)) return { path, a, b };
  for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
    const difference = ignored.includes(key) ? undefined : compare(a[key], b[key], [...path, key], []);
    if (difference !== undefined) return difference;
  }
  return undefined;
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);

/** A value on one line of at most `length` characters, for people. */
export function shorten(value: unknown, length = 80): string {
  const text = value === undefined ? "nothing" : (JSON.stringify(value) ?? "nothing");
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}

/** How many characters two texts have in common at their start. */
export function commonLength(a: string, b: string): number {
  let same = 0;
  while (same < a.length && a[same] === b[same]) same++;
  return same;
}

/** Two values shortened so that where they part is seen, also when both are long texts. */
export function shortenApart(a: unknown, b: unknown, length = 80): readonly [a: string, b: string] {
  if (typeof a !== "string" || typeof b !== "string") return [shorten(a, length), shorten(b, length)];
  const same = commonLength(a, b);
  const start = same > length / 2 ? same - Math.floor(length / 4) : 0;
  const from = (text: string): string => (start > 0 ? `…${shorten(text.slice(start), length)}` : shorten(text, length));
  return [from(a), from(b)];
}

/** `data.calls[2].id`; `"the whole value"` for an empty path. */
export function pathText(path: Difference["path"]): string {
  const text = path.map((step) => (typeof step === "number" ? `[${step}]` : `.${step}`)).join("");
  return text === "" ? "the whole value" : text.replace(/^\./, "");
}
