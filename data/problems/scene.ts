// What a problem's sentences are filled with, and the filling: templates to text.
import type { Actor, Person } from "./cast.js";
import type { Draw } from "./draw.js";
import { article, capitalised, inflect, type Noun, numberInWords, plain, type VerbForm, withCommas } from "./english.js";

export type Tense = "past" | "present";

/** How a problem writes its numbers. `few` is words up to ten. */
export interface Numerals {
  readonly words: "none" | "few" | "all";
  readonly commas: boolean;
}

export interface Currency {
  readonly prefix: string;
  readonly one: string;
  readonly many: string;
}

export interface Scene {
  readonly draw: Draw;
  /** Takes the wordings that are kept for tasks, where a list has any; otherwise those are left out. */
  readonly held: boolean;
  readonly tense: Tense;
  readonly numerals: Numerals;
  readonly currency: Currency;
  readonly actors: Readonly<Record<string, Actor>>;
  readonly nouns: Readonly<Record<string, Noun>>;
  /** Places and other phrases. */
  readonly words: Readonly<Record<string, string>>;
  readonly values: Readonly<Record<string, number>>;
  /** Values that are amounts of money. */
  readonly money: ReadonlySet<string>;
}

export interface Rendered {
  readonly text: string;
  /** The same with numbers, names and nouns masked. */
  readonly mask: string;
}

/** The noun of amounts of money: `{x money}` is `$5`, `{many money}` `how much money`. */
export const MONEY = "money";

/** Of a list of wordings the ones that may be used; what begins with `*` is kept for tasks. */
export function usable(list: readonly string[], held: boolean): readonly string[] {
  const kept = list.filter((entry) => entry.startsWith("*"));
  if (held) return kept.length > 0 ? kept.map((entry) => entry.slice(1)) : list;
  const open = list.filter((entry) => !entry.startsWith("*"));
  if (open.length === 0) throw new RangeError(`Every wording is kept for tasks: ${list[0]}`);
  return open;
}

export function choose(list: readonly string[], { draw, held }: Pick<Scene, "draw" | "held">): string {
  return draw.pick(usable(list, held));
}

/** Takes one of each `[a|b|]`, the innermost first. */
export function expand(template: string, scene: Pick<Scene, "draw" | "held">): string {
  let text = template;
  for (;;) {
    const next = text.replace(/\[([^[\]]*)\]/, (_, options: string) => choose(options.split("|"), scene));
    if (next === text)
      return text
        .replace(/ {2,}/g, " ")
        .replace(/ ([.,?!;:])/g, "$1")
        .trim();
    text = next;
  }
}

const FORMS: Readonly<Record<Person, { subject: string; object: string; possessive: string; plural: boolean }>> = {
  she: { subject: "she", object: "her", possessive: "her", plural: false },
  he: { subject: "he", object: "him", possessive: "his", plural: false },
  it: { subject: "it", object: "it", possessive: "its", plural: false },
  they: { subject: "they", object: "them", possessive: "their", plural: true },
  I: { subject: "I", object: "me", possessive: "my", plural: false },
};
const YOU = { subject: "you", object: "you", possessive: "your", plural: true };

/**
 * Fills a template:
 * - `{A}` `{A.o}` `{A's}`: an actor as subject, object, owner: by name first, later by pronoun too (only A). `{A!}` always by name, `{A.he}` and `{A.his}` always by pronoun
 * - `{x}`: a quantity as a number; `{x n}`: with its noun, `{x red n}` with words between; `{n}` plural, `{n.1}` singular, `{an n}` with its article
 * - `{many n}`: `how many apples`, `how much money`; `{some n}`; `{both}`, `{they}`, `{them}`: A and B
 * - `<eat>`: a verb that agrees with A, `<eat B>` with another actor, `<eat pl>` and `<eat sg>`; `<eat:past>`, `:now`, `:base`, `:ing`, `:part`
 * - other `{words}`: the scene's
 * @param solving digits only, and the asker is `you`
 */
export function render(template: string, scene: Scene, solving = false): Rendered {
  const mentioned = new Set<string>();
  let sentence = 0;
  let lastMention = -1;
  let masked = "";
  let end = 0;
  let text = "";
  const add = (shown: string, mask = shown) => {
    text += shown;
    masked += mask;
  };
  for (const match of template.matchAll(/\{([^}]+)\}|<([^>]+)>/g)) {
    const before = template.slice(end, match.index);
    add(before);
    sentence += before.match(/[.?!](?= |$|\n)/g)?.length ?? 0;
    end = match.index + match[0].length;
    if (match[2] !== undefined) {
      add(verb(match[2], scene, solving));
      continue;
    }
    const slot = match[1]!;
    if (slot === "both" || /^[Tt]h(?:ey|em)$/.test(slot)) {
      add(...pair(slot, scene, solving, mentioned));
      if (slot === "both") for (const key of ["A", "B"]) mentioned.add(key);
      continue;
    }
    const [, key = "", kind = ""] = /^([A-Z])(!|\.o|'s|\.he|\.his)?$/.exec(slot) ?? [];
    const actor = scene.actors[key];
    if (actor === undefined) {
      add(...filled(slot, scene, solving));
      continue;
    }
    const seen = mentioned.has(key);
    const near = lastMention === sentence;
    const pronoun =
      actor.person === "I" ||
      kind === ".he" ||
      kind === ".his" ||
      (key === "A" && kind !== "!" && seen && scene.draw.chance(near ? 0.95 : solving ? 0.85 : 0.65));
    mentioned.add(key);
    if (key === "A") lastMention = sentence;
    const forms = actor.person === "I" && solving ? YOU : FORMS[actor.person];
    if (pronoun) add(kind === ".o" ? forms.object : kind === "'s" || kind === ".his" ? forms.possessive : forms.subject);
    else {
      const name = seen || solving ? actor.again : actor.first;
      const ending = kind === "'s" ? "'s" : "";
      add(name + ending, actor.named ? `P${ending}` : `${seen ? "the" : "a"} P${ending}`);
    }
  }
  add(template.slice(end));
  const spoken = (shown: string) => capitalised(shown.replace(/([a-z])%/g, "$1 percent"));
  return { text: spoken(text), mask: spoken(masked) };
}

/** A and B: by name, or `they` and `them`; with the asker among them `we` and `us`, in a solution `you`. */
function pair(slot: string, { actors }: Scene, solving: boolean, mentioned: ReadonlySet<string>): [text: string, mask: string] {
  const [A, B] = [actors["A"]!, actors["B"]!];
  const asker = A.person === "I";
  if (slot === "both") {
    if (!asker) return [`${mentioned.has("A") || solving ? A.again : A.first} and ${B.again}`, "P and P"];
    return solving ? [`you and ${B.again}`, "you and P"] : [`${B.first} and I`, "P and I"];
  }
  const subject = slot.toLowerCase() === "they";
  const word = asker ? (solving ? "you" : subject ? "we" : "us") : slot.toLowerCase();
  return [word, word];
}

function verb(slot: string, scene: Scene, solving: boolean): string {
  const [, base = "", form = "", agreement = "A"] = /^([a-z]+)(?::(\w+))?(?: (\w+))?$/.exec(slot) ?? [];
  const tense = form === "past" || form === "now" ? (form === "now" ? "present" : "past") : scene.tense;
  const direct: Readonly<Record<string, VerbForm>> = { base: "base", ing: "ing", part: "participle" };
  if (direct[form] !== undefined) return inflect(base, direct[form]!);
  const actor = scene.actors[agreement];
  const asker = actor?.person === "I";
  const plural = agreement === "pl" || (actor !== undefined && (asker && solving ? true : FORMS[actor.person].plural));
  if (base === "be") {
    if (tense === "present") return asker && !solving ? "am" : plural ? "are" : "is";
    return plural ? "were" : "was";
  }
  if (tense === "past") return inflect(base, "past");
  return plural || asker ? base : inflect(base, "third");
}

/** The text of a slot, and its mask. */
function filled(slot: string, scene: Scene, solving: boolean): [text: string, mask: string] {
  const { nouns, words, values, draw } = scene;
  const parts = slot.split(" ");
  const [head = ""] = parts;
  const last = parts.at(-1)!;
  const between = parts.slice(1, -1).map((word) => word.replaceAll("_", " "));
  if (slot.startsWith("=")) return [plain(quantityOf(slot.slice(1), values)), "#"];
  if (head === "many" && parts.length > 1)
    return last === MONEY
      ? ["how much money", "how much money"]
      : [`how many ${[...between, nounOf(last, nouns).many].join(" ")}`, "how many X"];
  if (head === "some" && parts.length > 1) {
    if (last === MONEY) return ["some money", "some money"];
    const much = between.length > 0 ? `${between.join(" ")} ` : "";
    return [`some ${much}${nounOf(last, nouns).many}`, `some ${much}X`];
  }
  if (head === "an" && parts.length > 1) {
    const one = nounOf(last, nouns).one;
    return [`${article(one)} ${one}`, "a X"];
  }
  if (values[head] !== undefined) {
    const value = values[head]!;
    if (last === MONEY || (parts.length === 1 && scene.money.has(head))) {
      const amount = money(value, scene, solving);
      const more = between.includes("more") ? " more" : between.includes("fewer") ? " less" : "";
      return [amount + more, `$#${more}`];
    }
    const number = numeral(value, scene, solving);
    if (parts.length === 1) return [number, "#"];
    if (between[0] === "of") {
      const noun = nounOf(last, nouns).many;
      if (noun.includes(" of ")) return draw.chance(0.5) ? [`${number} ${noun}`, "# X"] : [`${number} ${noun.split(" of ")[0]}`, "# X"];
      const kind = draw.pick(["them", "them", "the", "none"]);
      if (kind === "them") return [`${number} of them`, "# of them"];
      return kind === "the" ? [`${number} of the ${noun}`, "# of the X"] : [`${number} ${noun}`, "# X"];
    }
    const noun = nounOf(last, nouns);
    const form = value === 1 ? noun.one : noun.many;
    if (between[0] === "another")
      return [["another", number, ...between.slice(1), form].join(" "), ["another #", ...between.slice(1), "X"].join(" ")];
    return [[number, ...between, form].join(" "), ["#", ...between, "X"].join(" ")];
  }
  if (slot === MONEY) return ["money", "money"];
  if (words[slot] !== undefined) return [words[slot]!, /^[A-Z]/.test(slot) ? words[slot]! : "W"];
  const [name = "", single] = slot.split(".");
  const noun = nounOf(name, nouns);
  return [single === "1" ? noun.one : noun.many, "X"];
}

function nounOf(name: string, nouns: Scene["nouns"]): Noun {
  const noun = nouns[name];
  if (noun === undefined) throw new RangeError(`No slot is called {${name}}.`);
  return noun;
}

function quantityOf(name: string, values: Scene["values"]): number {
  const value = values[name];
  if (value === undefined) throw new RangeError(`No quantity is called ${name}.`);
  return value;
}

function numeral(value: number, { numerals }: Scene, solving: boolean): string {
  if (solving) return plain(value);
  if (Number.isInteger(value) && (numerals.words === "all" ? value <= 999 : numerals.words === "few" && value <= 10))
    return numberInWords(value);
  return numerals.commas ? withCommas(plain(value)) : plain(value);
}

/** `$12`, `$2.50`, `12 dollars`. */
function money(value: number, scene: Scene, solving: boolean): string {
  const { prefix, one, many } = scene.currency;
  const whole = Number.isInteger(value);
  const digits = whole ? plain(value) : value.toFixed(2);
  const shown = !solving && scene.numerals.commas ? withCommas(digits) : digits;
  if (prefix !== "") return prefix + shown;
  const written = whole && scene.numerals.words === "all" && !solving && value <= 999 ? numberInWords(value) : shown;
  return `${written} ${value === 1 ? one : many}`;
}
