import type { Tool } from "../tools/index.js";
import {
  characters,
  either,
  except,
  type Grammar,
  optional,
  type Rule,
  remainder,
  repeat,
  rule,
  sequence,
  text,
  writeGrammar,
} from "./gbnf.js";
import { type Field, type Shape, type Signature, signatureOf, writtenName } from "./signature.js";

type ToolInput = Pick<Tool, "name" | "input">;

/**
 * GBNF for what may follow a marker's `[`: `Name(arguments)` of one of the tools, up to the closing `)`. Arguments are as
 * `parseArguments` reads them: required ones in order, optional ones after them by name.
 * @param begun what was written after the `[` already, such as `Calc`
 * @returns undefined when no call can begin with `begun`: there is nothing to hold the output to
 */
export function callGrammar(tools: readonly ToolInput[], begun = ""): string | undefined {
  if (tools.length === 0) return undefined;
  const calls = tools.map((tool, index) => sequence(`${tool.name}(`, rule(`arguments-${index}`), ")"));
  const bodies = tools.map((tool, index) => [`arguments-${index}`, argumentsOf(signatureOf(tool))] as const);
  return written(new Map([...VALUES, ...bodies, ["root", either(...calls)]]), begun);
}

/**
 * GBNF for what may follow `[Name(`, up to the closing `)`.
 * @param begun the arguments as far as they are written already
 * @returns undefined when they cannot go on to what the schema asks for
 */
export function argumentsGrammar(tool: ToolInput, begun = ""): string | undefined {
  return written(new Map([...VALUES, ["root", sequence(argumentsOf(signatureOf(tool)), ")")]]), begun);
}

function written(grammar: Grammar, begun: string): string | undefined {
  const rest = begun === "" ? grammar : remainder(grammar, begun);
  return rest && writeGrammar(rest);
}

const DIGITS = characters("0-9");
const CONTROLS = "\u0000-\u001F\u007F";
/** Beside the space: what `trim` takes away. */
const BLANKS = "\u00A0\u1680\u2000-\u200A\u2028\u2029\u202F\u205F\u3000\uFEFF";

/**
 * The rules that arguments are made of. Text without quotes is what `Quotes` takes as plain: no brackets, braces or
 * backslashes, parentheses in pairs, `"` around words after a blank, and `'` only as an apostrophe. Digits are bounded:
 * small models do not always find an end, and an integer stays safe and a number finite.
 */
const VALUES: Grammar = new Map<string, Rule>([
  ["letter", except(`()[]{}"'\\,:= ${CONTROLS}${BLANKS}`)],
  ["word", sequence(rule("letter"), optional("'"))],
  ["group", sequence("(", repeat(either(rule("piece"), characters(",:= ")), 0), ")")],
  ["quotation", sequence(' "', repeat(except(`()[]{}"\\${CONTROLS}`), 1), '"')],
  ["piece", either(rule("word"), rule("group"))],
  ["bare", sequence(rule("piece"), repeat(either(rule("piece"), characters(":= "), rule("quotation")), 0))],
  ["raw", sequence(rule("piece"), repeat(either(rule("piece"), characters(",:= "), rule("quotation")), 0))],
  ["string", sequence('"', repeat(either(except(`"\\${CONTROLS}`), sequence("\\", rule("escape"))), 0), '"')],
  ["escape", either(characters('"\\/bfnrt'), sequence("u", repeat(characters("0-9a-fA-F"), 4, 4)))],
  ["whole", either("0", sequence(characters("1-9"), repeat(DIGITS, 0, 14)))],
  [
    "decimal",
    sequence(
      rule("whole"),
      optional(".", repeat(DIGITS, 1, 15)),
      optional(characters("eE"), optional(characters("+-")), repeat(DIGITS, 1, 2)),
    ),
  ],
  ["boolean", either("true", "false")],
  ["comma", sequence(",", optional(" "))],
  ["colon", sequence(":", optional(" "))],
  ["member", sequence(rule("string"), rule("colon"), rule("json"))],
  ["object", sequence("{", optional(rule("member"), repeat(sequence(rule("comma"), rule("member")), 0)), "}")],
  ["list", sequence("[", optional(rule("json"), repeat(sequence(rule("comma"), rule("json")), 0)), "]")],
  ["json", either(rule("string"), sequence(optional("-"), rule("decimal")), rule("boolean"), "null", rule("object"), rule("list"))],
]);

function argumentsOf(signature: Signature): Rule {
  const { fields, raw, positional } = signature;
  const others = fields.filter((field) => field !== raw);
  if (raw !== undefined) {
    const argument = either(rule("raw"), sequence(rule("string"), ...others.map((field) => optional(rule("comma"), named(field)))));
    return raw.required ? argument : optional(argument);
  }
  const byPosition = fields.slice(0, positional).map((field) => argumentOf(field.shape));
  return listed(byPosition, fields.slice(positional), named);
}

/** Items between commas: the first ones always, then members in order, of which those that are not required may be missing. */
function listed(items: readonly Rule[], members: readonly Field[], member: (field: Field) => Rule): Rule {
  const [first, ...rest] = items;
  if (first !== undefined) {
    const more = rest.map((item) => sequence(rule("comma"), item));
    return sequence(first, ...more, ...members.map((field) => follow(field, member)));
  }
  const begins = members.findIndex((field) => field.required);
  const heads = begins < 0 ? members : members.slice(0, begins + 1);
  const lists = heads.map((head, index) => sequence(member(head), ...members.slice(index + 1).map((field) => follow(field, member))));
  return lists.length === 0 ? text("") : begins < 0 ? optional(either(...lists)) : either(...lists);
}

function follow(field: Field, member: (field: Field) => Rule): Rule {
  const item = sequence(rule("comma"), member(field));
  return field.required ? item : optional(item);
}

function named(field: Field): Rule {
  return sequence(writtenName(field), rule("colon"), argumentOf(field.shape));
}

/** A value as an argument: text may do without quotes. */
function argumentOf(shape: Shape): Rule {
  switch (shape.kind) {
    case "text":
      return either(rule("string"), rule("bare"));
    case "choice":
      return either(...shape.of.flatMap((choice) => (isWord(choice) ? [JSON.stringify(choice), choice] : [JSON.stringify(choice)])));
    case "either":
      return either(...shape.of.map(argumentOf));
    default:
      return jsonOf(shape);
  }
}

/** A value as it stands in JSON. */
function jsonOf(shape: Shape): Rule {
  switch (shape.kind) {
    case "text":
      return rule("string");
    case "number":
      return sequence(...(shape.negative ? [optional("-")] : []), rule(shape.integer ? "whole" : "decimal"));
    case "boolean":
      return rule("boolean");
    case "choice":
      return either(...shape.of.map((choice) => JSON.stringify(choice)));
    case "list": {
      const item = jsonOf(shape.of);
      return sequence("[", optional(item, repeat(sequence(rule("comma"), item), 0)), "]");
    }
    case "object":
      if (shape.fields.length === 0) return rule("object");
      return sequence(
        "{",
        listed([], shape.fields, (field) => sequence(JSON.stringify(field.name), rule("colon"), jsonOf(field.shape))),
        "}",
      );
    case "either":
      return either(...shape.of.map(jsonOf));
    case "any":
      return rule("json");
  }
}

/** Whether a choice can stand without quotes and be read as itself. */
function isWord(choice: unknown): choice is string {
  return typeof choice === "string" && /^[\p{L}_][\p{L}\p{N}_-]*$/u.test(choice) && !/^(true|false|null)$/i.test(choice);
}
