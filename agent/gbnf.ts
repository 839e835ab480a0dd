// Grammars as data: written as GBNF (llama.cpp, grammars/README.md), and taken on by a text.

/** First and last code point, both included. */
type Range = readonly [first: number, last: number];

export type Rule =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "characters"; readonly not: boolean; readonly ranges: readonly Range[] }
  | { readonly kind: "sequence"; readonly of: readonly Rule[] }
  | { readonly kind: "either"; readonly of: readonly Rule[] }
  /** Without bound where `most` is undefined. What is repeated must not match the empty text. */
  | { readonly kind: "repeat"; readonly of: Rule; readonly least: number; readonly most?: number }
  | { readonly kind: "rule"; readonly name: string };

/** Rules by name: letters, digits and dashes. What a whole text must match is `root`, which no rule refers to; none is left-recursive. */
export type Grammar = ReadonlyMap<string, Rule>;

export function text(literal: string): Rule {
  return { kind: "text", text: literal };
}

/** One of the characters. `a-z` is a range; a dash at the end is a dash. */
export function characters(set: string): Rule {
  return { kind: "characters", not: false, ranges: rangesOf(set) };
}

/** Any character but these. */
export function except(set: string): Rule {
  return { kind: "characters", not: true, ranges: rangesOf(set) };
}

export function sequence(...parts: readonly (Rule | string)[]): Rule {
  return { kind: "sequence", of: parts.map(ruleOf) };
}

export function either(...parts: readonly (Rule | string)[]): Rule {
  return { kind: "either", of: parts.map(ruleOf) };
}

export function optional(...parts: readonly (Rule | string)[]): Rule {
  return { kind: "repeat", of: sequence(...parts), least: 0, most: 1 };
}

export function repeat(part: Rule, least: number, most?: number): Rule {
  return { kind: "repeat", of: part, least, most };
}

export function rule(name: string): Rule {
  return { kind: "rule", name };
}

/** The grammar as llama.cpp reads it, without the rules that `root` does not reach. */
export function writeGrammar(grammar: Grammar): string {
  const names = new Set(["root"]);
  let written = "";
  for (const name of names) {
    const body = definition(grammar, name);
    written += `${name} ::= ${write(body)}\n`;
    for (const used of rulesIn(body)) names.add(used);
  }
  return written;
}

/**
 * What may follow `begun`, as a grammar; the empty text is in it when `begun` is complete. Undefined when nothing that
 * begins so matches. Follows every reading at once, as llama.cpp does.
 */
export function remainder(grammar: Grammar, begun: string): Grammar | undefined {
  let readings: Rest[] = [{ rule: definition(grammar, "root"), next: undefined }];
  for (const character of begun) readings = distinct(readings.flatMap((reading) => advance(grammar, reading, character)));
  return readings.length === 0 ? undefined : new Map([...grammar, ["root", either(...readings.map(asRule))]]);
}

/** What is left to match: a rule, then the rest; undefined when nothing is. */
type Rest = { readonly rule: Rule; readonly next: Rest } | undefined;

/** What is left after the character, in each reading that allows it. */
function advance(grammar: Grammar, rest: Rest, character: string): Rest[] {
  if (rest === undefined) return [];
  const { rule: head, next } = rest;
  switch (head.kind) {
    case "text":
      if (head.text === "") return advance(grammar, next, character);
      if (!head.text.startsWith(character)) return [];
      return [head.text === character ? next : { rule: text(head.text.slice(character.length)), next }];
    case "characters": {
      const code = character.codePointAt(0) ?? 0;
      return head.ranges.some(([first, last]) => first <= code && code <= last) === head.not ? [] : [next];
    }
    case "sequence":
      return advance(
        grammar,
        head.of.reduceRight<Rest>((after, part) => ({ rule: part, next: after }), next),
        character,
      );
    case "either":
      return head.of.flatMap((part) => advance(grammar, { rule: part, next }, character));
    case "repeat": {
      const { of, least, most } = head;
      const left = most === undefined ? undefined : most - 1;
      const after: Rest = left === 0 ? next : { rule: repeat(of, Math.max(0, least - 1), left), next };
      const taken = advance(grammar, { rule: of, next: after }, character);
      return least > 0 ? taken : [...taken, ...advance(grammar, next, character)];
    }
    case "rule":
      return advance(grammar, { rule: definition(grammar, head.name), next }, character);
  }
}

/** Readings that are left with the same are one; otherwise an ambiguous list could double them with each item. */
function distinct(readings: Rest[]): Rest[] {
  return readings.length < 2 ? readings : [...new Map(readings.map((reading) => [write(asRule(reading)), reading])).values()];
}

function asRule(rest: Rest): Rule {
  const parts: Rule[] = [];
  for (let at = rest; at !== undefined; at = at.next) parts.push(at.rule);
  return sequence(...parts);
}

function rulesIn(of: Rule): string[] {
  switch (of.kind) {
    case "text":
    case "characters":
      return [];
    case "sequence":
    case "either":
      return of.of.flatMap(rulesIn);
    case "repeat":
      return rulesIn(of.of);
    case "rule":
      return [of.name];
  }
}

function definition(grammar: Grammar, name: string): Rule {
  const found = grammar.get(name);
  if (found === undefined) throw new Error(`the grammar has no rule "${name}"`);
  return found;
}

/** @param inside what the rule stands in, which says whether it needs parentheses */
function write(of: Rule, inside?: "sequence" | "repeat"): string {
  switch (of.kind) {
    case "text":
      return `"${[...of.text].map((character) => escaped(character, LITERAL)).join("")}"`;
    case "characters":
      return `[${of.not ? "^" : ""}${of.ranges.map(writeRange).join("")}]`;
    case "sequence":
      if (of.of.length === 1 && of.of[0]) return write(of.of[0], inside);
      return parenthesized(of.of.map((part) => write(part, "sequence")).join(" ") || '""', inside === "repeat");
    case "either":
      if (of.of.length === 1 && of.of[0]) return write(of.of[0], inside);
      return parenthesized(of.of.map((part) => write(part)).join(" | "), inside !== undefined);
    case "repeat":
      return write(of.of, "repeat") + count(of.least, of.most);
    case "rule":
      return of.name;
  }
}

function parenthesized(written: string, needed: boolean): string {
  return needed ? `(${written})` : written;
}

function count(least: number, most?: number): string {
  if (most === undefined && least <= 1) return least === 0 ? "*" : "+";
  if (least === 0 && most === 1) return "?";
  return least === most ? `{${least}}` : `{${least},${most ?? ""}}`;
}

/** What a backslash goes before in a set and in a literal. Everything else that is not plain ASCII goes by its code; so does `^`, which negates a set. */
const SET = "[]\\-";
const LITERAL = '"\\';

function writeRange([first, last]: Range): string {
  const from = escaped(String.fromCodePoint(first), SET);
  const to = escaped(String.fromCodePoint(last), SET);
  return first === last ? from : `${from}-${to}`;
}

function escaped(character: string, special: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (special.includes(character)) return `\\${character}`;
  if (code >= 0x20 && code < 0x7f && character !== "^") return character;
  const hex = code.toString(16).toUpperCase();
  return code <= 0xff ? `\\x${hex.padStart(2, "0")}` : code <= 0xffff ? `\\u${hex.padStart(4, "0")}` : `\\U${hex.padStart(8, "0")}`;
}

function rangesOf(set: string): Range[] {
  return Array.from(set.matchAll(/(.)-(.)|(.)/gsu), ([, first, last, single]) => {
    const from = first ?? single ?? "";
    return [from.codePointAt(0) ?? 0, (last ?? from).codePointAt(0) ?? 0] as const;
  });
}

function ruleOf(part: Rule | string): Rule {
  return typeof part === "string" ? text(part) : part;
}
