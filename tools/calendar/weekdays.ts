import { type Recurrence, weekly } from "./recurrence.js";

const NAMES: readonly (readonly [name: string, ...short: string[]])[] = [
  ["monday", "mon"],
  ["tuesday", "tue", "tues"],
  ["wednesday", "wed"],
  ["thursday", "thu", "thur", "thurs"],
  ["friday", "fri"],
  ["saturday", "sat"],
  ["sunday", "sun"],
];

const NUMBERS: ReadonlyMap<string, number> = new Map(NAMES.flatMap((names, index) => names.map((name) => [name, index + 1] as const)));

/** Source of a pattern without groups: `friday`, `fri`. */
export const WEEKDAY = `(?:${[...NUMBERS.keys()].sort((a, b) => b.length - a.length).join("|")})\\b`;

/** Monday 1 to Sunday 7, of a name that `WEEKDAY` matches. */
export function weekdayNumber(name: string): number {
  return NUMBERS.get(name)!;
}

/** The days of the week by name, any day from Monday to Friday as `weekday`, and Saturday as `weekend`. */
export const WEEKLY: ReadonlyMap<string, Recurrence> = new Map([
  ...[...NUMBERS].map(([name, number]) => [name, weekly(name, [number])] as const),
  ["weekend", weekly("weekend", [6])],
  ...["weekday", "workday", "working day", "business day"].map((name) => [name, weekly(name, [1, 2, 3, 4, 5])] as const),
]);
