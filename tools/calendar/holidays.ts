import { annual, type Recurrence, ranked } from "./recurrence.js";

const MONDAY = 1;
const THURSDAY = 4;
const SUNDAY = 7;
const LAST = -1;

/** Names without apostrophes and full stops, in lower case. */
const FIXED: readonly (readonly [month: number, day: number, ...names: string[]])[] = [
  [1, 1, "new years day", "new year", "new years", "new year day"],
  [1, 6, "epiphany", "three kings day"],
  [2, 2, "groundhog day"],
  [2, 14, "valentines day", "valentines", "valentine day", "saint valentines day", "st valentines day"],
  [2, 29, "leap day"],
  [3, 8, "international womens day", "womens day"],
  [3, 14, "pi day"],
  [3, 17, "st patricks day", "saint patricks day", "st patrick day", "st paddys day"],
  [4, 1, "april fools day", "april fools", "april fool day"],
  [4, 22, "earth day"],
  [5, 1, "may day", "international workers day"],
  [5, 5, "cinco de mayo"],
  [6, 19, "juneteenth"],
  [7, 1, "canada day"],
  [7, 4, "independence day", "us independence day", "american independence day"],
  [7, 14, "bastille day"],
  [10, 31, "halloween"],
  [11, 1, "all saints day"],
  [11, 5, "guy fawkes night", "guy fawkes day", "bonfire night"],
  [11, 11, "veterans day", "armistice day", "remembrance day"],
  [12, 24, "christmas eve"],
  [12, 25, "christmas", "christmas day", "xmas"],
  [12, 26, "boxing day", "st stephens day", "saint stephens day"],
  [12, 31, "new years eve", "new year eve"],
];

/** Those of the United States that fall on a weekday of a month. */
const RANKED: readonly (readonly [rank: number, weekday: number, month: number, ...names: string[]])[] = [
  [3, MONDAY, 1, "martin luther king day", "martin luther king jr day", "mlk day"],
  [3, MONDAY, 2, "presidents day", "washingtons birthday"],
  [2, SUNDAY, 5, "mothers day"],
  [LAST, MONDAY, 5, "memorial day"],
  [3, SUNDAY, 6, "fathers day"],
  [1, MONDAY, 9, "labor day"],
  [2, MONDAY, 10, "columbus day", "indigenous peoples day"],
  [4, THURSDAY, 11, "thanksgiving", "thanksgiving day"],
];

/** Holidays by name: lower case, without apostrophes and full stops. */
export const HOLIDAYS: ReadonlyMap<string, Recurrence> = new Map([
  ...FIXED.flatMap(([month, day, ...names]) => names.map((name) => [name, annual(month, day)] as const)),
  ...RANKED.flatMap(([rank, weekday, month, ...names]) => names.map((name) => [name, ranked(name, rank, weekday, month)] as const)),
]);
