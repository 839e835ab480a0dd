// The second solver: what a problem's quantities have to do with each other, solved without a look at how the solution is worded.

/**
 * - `"a = b + c"`, `"a = b * c"`: any number of terms, which are quantities or numbers; any one of them may be the unknown
 * - `"q = floor t / s"`, `"q = ceil t / s"`, `"r = t mod s"`: the left side only can be the unknown
 */
export type Relation = string;

const FORM = /^(\S+) = (?:(floor|ceil) (\S+) \/ (\S+)|(\S+) mod (\S+)|(.+))$/;

/** What the unknown must be for all relations to hold, or undefined where they do not determine it or contradict each other. */
export function solve(relations: readonly Relation[], given: Readonly<Record<string, number>>, unknown: string): number | undefined {
  const known = new Map(Object.entries(given));
  const quantity = (term: string) => (/^[\d.]+$/.test(term) ? Number(term) : known.get(term));
  let open = [...relations];
  for (;;) {
    const still = open.filter((relation) => !step(relation, known, quantity));
    if (still.length === open.length || still.length === 0) {
      const value = known.get(unknown);
      return value !== undefined && relations.every((relation) => !contradicted(relation, quantity)) ? value : undefined;
    }
    open = still;
  }
}

interface Parsed {
  readonly whole: string;
  readonly by: "+" | "*" | "floor" | "ceil" | "mod";
  readonly parts: readonly string[];
}

function parse(relation: Relation): Parsed {
  const match = FORM.exec(relation);
  if (match === null) throw new SyntaxError(`No relation: ${relation}`);
  const [, whole = "", rounding, total = "", size = "", dividend, modulus = "", terms = ""] = match;
  if (rounding !== undefined) return { whole, by: rounding as "floor" | "ceil", parts: [total, size] };
  if (dividend !== undefined) return { whole, by: "mod", parts: [dividend, modulus] };
  const by = terms.includes("*") ? "*" : "+";
  return { whole, by, parts: terms.split(/ [+*] /) };
}

function compute(by: Parsed["by"], values: readonly number[]): number {
  const [a = 0, b = 1] = values;
  switch (by) {
    case "+":
      return values.reduce((sum, value) => sum + value, 0);
    case "*":
      return values.reduce((product, value) => product * value, 1);
    case "floor":
      return Math.floor(a / b + 1e-9);
    case "ceil":
      return Math.ceil(a / b - 1e-9);
    case "mod":
      return a % b;
  }
}

/** True when the relation has nothing more to tell. */
function step(relation: Relation, known: Map<string, number>, quantity: (term: string) => number | undefined): boolean {
  const { whole, by, parts } = parse(relation);
  const values = parts.map(quantity);
  const missing = values.filter((value) => value === undefined).length;
  const total = quantity(whole);
  if (missing === 0) {
    if (total === undefined) known.set(whole, compute(by, values as number[]));
    return true;
  }
  if (missing > 1 || total === undefined || (by !== "+" && by !== "*")) return false;
  const rest = compute(
    by,
    values.filter((value) => value !== undefined),
  );
  if (by === "*" && rest === 0) return false;
  known.set(parts[values.indexOf(undefined)]!, by === "+" ? total - rest : total / rest);
  return true;
}

function contradicted(relation: Relation, quantity: (term: string) => number | undefined): boolean {
  const { whole, by, parts } = parse(relation);
  const values = parts.map(quantity);
  const total = quantity(whole);
  if (total === undefined || values.includes(undefined)) return false;
  return Math.abs(total - compute(by, values as number[])) > 1e-6 * Math.max(1, Math.abs(total));
}
