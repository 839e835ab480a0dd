// Results with units: in the caller's units where that is possible, spelled as a person spells them.
import type { Unit, UnitComponent } from "mathjs";
import { failure } from "./failure.js";
import { math } from "./math.js";
import { COMBINED_UNITS, IRREGULAR_PLURALS, UNIT_SYMBOLS } from "./vocabulary.js";

const SUPERSCRIPTS = ["⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"];

/**
 * Units of one kind are merged into the first: 3 ft * 4 inch is in ft^2, 60 mile/hour * 30 minutes in mile. Units of several kinds stay,
 * unless together they are one that has a name: kg m/s^2 is N.
 */
export function tidyUnit(unit: Unit): Unit {
  if (unit.value === null) throw failure("undefined", `There is no number before ${unit.formatUnits()}.`, "Write how many, such as 5 km.");
  const kinds = new Map<string, { name: string; power: number }>();
  for (const component of unit.units) {
    const { name, power } = kinds.get(component.unit.base.key) ?? { name: nameOf(component), power: 0 };
    kinds.set(component.unit.base.key, { name, power: power + component.power });
  }
  if (kinds.size < unit.units.length) {
    const merged = [...kinds.values()].filter(({ power }) => power !== 0);
    return unit.to(merged.map(({ name, power }) => `${name}^${power}`).join(" "));
  }
  const [single, ...others] = unit.units.length > 1 ? unit.simplify().units : [];
  return single?.power === 1 && others.length === 0 && COMBINED_UNITS.has(single.unit.name) ? unit.to(single.unit.name) : unit;
}

/** How many of its units a quantity is: 5 of 5 km. */
export function amountOf(unit: Unit): unknown {
  return unit.toNumeric(unit.formatUnits());
}

/** What follows the number of a quantity: " km/h", " miles", " square feet", " m²", "°", "/s". */
export function unitSuffix(unit: Unit, one: boolean): string {
  const above = unit.units.filter(({ power }) => power > 0);
  const below = unit.units.filter(({ power }) => power < 0).map((component) => powered(singular(nameOf(component)), -component.power));
  const names = above.map((component, index) => {
    const counted = index === above.length - 1 && !one;
    return powered(counted ? plural(nameOf(component)) : singular(nameOf(component)), component.power);
  });
  const written = [names.join(" "), ...below].join("/");
  const suffix = UNIT_SYMBOLS.get(written) ?? written;
  return /^°$|^\//.test(suffix) ? suffix : ` ${suffix}`;
}

function nameOf({ prefix, unit }: UnitComponent): string {
  // The types say that a prefix is a string; it is an object.
  return (prefix as unknown as { name: string }).name + unit.name;
}

function powered(name: string, power: number): string {
  if (power === 1) return name;
  if (name.length > 3 && power === 2) return `square ${name}`;
  if (name.length > 3 && power === 3) return `cubic ${name}`;
  return name + (SUPERSCRIPTS[power] ?? `^${power}`);
}

function plural(name: string): string {
  return IRREGULAR_PLURALS.get(name) ?? (isSameUnit(name, `${name}s`) ? `${name}s` : name);
}

function singular(name: string): string {
  for (const [one, many] of IRREGULAR_PLURALS) if (name === many) return one;
  const one = name.replace(/s$/, "");
  return isSameUnit(name, one) ? one : name;
}

/** Of two spellings. Shorter ones are symbols: ms is not the plural of m. */
function isSameUnit(name: string, other: string): boolean {
  if (Math.min(name.length, other.length) < 3 || !math.Unit.isValuelessUnit(other)) return false;
  return math.unit(1, name).equals(math.unit(1, other));
}
