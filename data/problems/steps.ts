// Shorter problems out of longer ones that people wrote: of a worked solution its first steps, and a question for what they find. What
// the later steps would need stays in the text, so that numbers stand there which do not matter.
import { evaluate } from "mathjs";
import { brokenEnglish } from "./check.js";
import { inflect, numberInWords, plain } from "./english.js";

/** A problem with a solution of one step a line. */
export interface Worked {
  readonly id: string;
  readonly question: string;
  readonly solution: string;
}

export interface Shorter extends Worked {
  readonly answer: string;
}

const AMOUNT = String.raw`[$€£]?\d[\d,]*(?:\.\d+)?%?`;
const EXPRESSION = String.raw`\(*${AMOUNT}\)*(?: ?[-+*x/] ?\(*${AMOUNT}\)*)+`;
/** Subject and verb, expression, result, and what comes after it. */
const LINE = RegExp(
  String.raw`^(?:(?:So|Thus|Therefore|Then|Hence),? )?(.{1,60}?) (${EXPRESSION}) ?= ?([$€£]?)(\d[\d,]*(?:\.\d+)?)(?: (.{1,70}?))?\.?$`,
);

const VERBS =
  "have spend need make earn sell buy pay cost use get eat read receive save collect score take pick plant run bake catch see drink drive walk travel sleep weigh send write gain lose carry hold contain grow sew knit build fill wash clean solve finish complete watch play answer deliver bring borrow own keep donate produce cook want cut measure rent invest owe use charge".split(
    " ",
  );
/** The verb, and what helps it in a question, of each form that a line may have. */
const FORMS: ReadonlyMap<string, readonly [base: string, auxiliary: string]> = new Map([
  ...VERBS.filter((verb) => !["cost", "read", "cut"].includes(verb)).map((verb) => [verb, [verb, "do"]] as const),
  ...VERBS.map((verb) => [inflect(verb, "third"), [verb, "does"]] as const),
  ...VERBS.map((verb) => [inflect(verb, "past"), [verb, "did"]] as const),
] as readonly (readonly [string, readonly [string, string]])[]);
const BE = new Set(["is", "are", "was", "were"]);
const MODAL = new Set(["will", "can", "would", "must", "could"]);

/** Where the thing that is counted ends, and the rest of the sentence begins. */
const REST =
  / (?=(?:in|on|at|for|from|after|before|left|during|per|each|every|a (?:day|week|month|year)|an hour|this|last|next|total|altogether|together|than|with|without|to|by|because|since|so|that|who|which|when|while|if|as|over|into|now|already|remaining|unsold|long|old|tall|away|out|back|all|per)\b)/;

/** Subjects that begin with these are written small within a sentence; others are names. */
const SMALL = new Set(
  "the a an his her their its my our she he they it there this that these those each both all one two three four five six seven eight nine ten every half together".split(
    " ",
  ),
);

/** Words that a factor may stand for, and that must be in the text where the number itself is not. */
const WORDED: Readonly<Record<string, RegExp>> = {
  "2": /twice|double|half|both|couple|pair|two\b/i,
  "3": /triple|thrice|third|three/i,
  "4": /quarter|fourth|four/i,
  "5": /fifth|five/i,
  "7": /week/i,
  "10": /tenth|dime/i,
  "12": /dozen|year|month|foot|feet/i,
  "24": /day/i,
  "60": /hour|minute/i,
  "100": /percent|%|cent|meter/i,
  "0.5": /half/i,
};

const number = (text: string) => Number(text.replace(/[$€£,%]/g, ""));

function isTold(amount: string, context: string): boolean {
  const value = number(amount);
  const shown = plain(value);
  if (RegExp(String.raw`(?<![\d.])${shown.replace(".", "\\.")}(?!\.?\d)`).test(context.replace(/(?<=\d),(?=\d)/g, ""))) return true;
  if (Number.isInteger(value) && value <= 100 && RegExp(String.raw`\b${numberInWords(value)}\b`, "i").test(context)) return true;
  return WORDED[shown]?.test(context) ?? false;
}

interface Step {
  readonly line: string;
  readonly amounts: readonly string[];
  readonly result: string;
}

/** A line's equation, where it can be read and is true. */
function stepOf(line: string): Step | undefined {
  const [, , expression = "", , result = ""] = LINE.exec(line) ?? [];
  if (expression === "" || expression.split("(").length !== expression.split(")").length) return undefined;
  const value = Number(
    evaluate(
      expression
        .replace(/[$€£,]/g, "")
        .replace(/(\d)%/g, "$1/100")
        .replace(/ ?x ?/g, "*"),
    ),
  );
  if (Math.abs(value - number(result)) > 0.005) return undefined;
  return { line, amounts: expression.match(RegExp(AMOUNT, "g")) ?? [], result: plain(number(result)) };
}

/** "How many fish does Harry have?" for "Harry has 4*56 = 224 fish."; undefined where that is not so simple. */
export function questionFor(line: string): string | undefined {
  const [, head = "", , money = "", , after = ""] = LINE.exec(line) ?? [];
  if (head === "" || /[,;:"]|\d|\b(?:or|if|means|because|twice|half|another|only|than)\b/i.test(head) || /[,;="()]|\d/.test(after))
    return undefined;
  const words = head.split(" ");
  const verb = words.at(-1)!;
  const [counted = "", ...more] = after === "" ? [""] : ` ${after}`.split(REST).map((part) => part.trim());
  const rest = more.length === 0 ? "" : ` ${more.join(" ")}`;
  if (/\band\b/.test(after) || /^(?:each|more|less|fewer|older|younger)$/.test(counted) || / (?:more|less|fewer)$/.test(counted))
    return undefined;
  const small = (text: string) => (SMALL.has(text.split(" ")[0]!.toLowerCase()) ? text[0]!.toLowerCase() + text.slice(1) : text);
  if (BE.has(verb)) {
    const subject = words.slice(0, -1).join(" ");
    if (subject === "There") return counted === "" || money !== "" ? undefined : `How many ${counted} ${verb} there${rest}?`;
    if (!/^(?:The|Her|His|Their|Its) /.test(subject) || words.length < 3 || rest !== "") return undefined;
    return `What ${verb} ${small(subject)}?`;
  }
  const modal = words.at(-2)!;
  const [base, auxiliary] = FORMS.get(verb) ?? [];
  if (base === undefined) return undefined;
  const helped = MODAL.has(modal);
  const subject = words.slice(0, helped ? -2 : -1).join(" ");
  if (
    /^(?:|That|This|It|(?:On|In|At|After|Before|Between|For|With|From|By|During|If)\b.*)$/i.test(subject) ||
    (auxiliary === "do" && !helped && /^(?:He|She)\b/.test(subject))
  )
    return undefined;
  if (subject.split(" ").length > 5 || /\b(?:is|are|was|were|has|have|had|to|who|that|which)\b/.test(subject)) return undefined;
  const asked = money !== "" || (counted === "" && base === "cost") ? "How much" : counted === "" ? undefined : `How many ${counted}`;
  if (asked === undefined || (money !== "" && counted !== "" && !/^(?:dollars?|money)$/.test(counted))) return undefined;
  return `${asked} ${helped ? modal : auxiliary} ${small(subject)} ${base}${rest}?`;
}

/** Most steps of a shorter problem. */
const STEPS = 2;

/** Later sentences may change what there is: a question for it is asked before them. */
const STATE = / (?:have|keep|own|hold|contain)\b| (?:are|were|is|was) there\b/;

/** The problems that a worked one has in it: of its first step, and of its first two, where there are more. */
export function shorter({ id, question, solution }: Worked): Shorter[] {
  // A full stop that ends no sentence would cut one.
  if (/\b(?:Mr|Mrs|Ms|Dr|St)\./.test(question)) return [];
  const sentences = question.match(/[^.?!]+(?:[.?!]+(?!\s|$)[^.?!]*)*[.?!]+/g) ?? [];
  const facts = sentences.filter((sentence) => !sentence.includes("?"));
  const context = facts.join("").trim();
  const lines = solution.split("\n");
  const found: Shorter[] = [];
  const results: string[] = [];
  let told = 0;
  for (const [at, line] of lines.slice(0, Math.min(STEPS, lines.length - 1)).entries()) {
    const step = stepOf(line);
    if (step === undefined) break;
    const given = step.amounts.filter((amount) => !results.includes(plain(number(amount))));
    if (!given.every((amount) => isTold(amount, context))) break;
    while (!given.every((amount) => isTold(amount, facts.slice(0, told).join("")))) told++;
    results.push(step.result);
    const asked = questionFor(line);
    if (asked === undefined || brokenEnglish(asked) !== undefined) continue;
    // A later step that does not need the one before it is a problem of one step, with a line too many.
    if (at > 0 && !step.amounts.some((amount) => plain(number(amount)) === results[at - 1])) continue;
    const name = /^How (?:much|many .*?) (?:do|does|did|will|can|would|must|could) ([A-Z]\w*)/.exec(asked)?.[1];
    if (name !== undefined && !context.includes(name)) continue;
    const thing = /^How many (?:\S+ )*?(\S{1,4})\S*(?= (?:do|does|did|will|can|would|must|could|are|were|is|was) )/.exec(asked)?.[1] ?? "";
    let upTo = told;
    while (upTo < facts.length && !facts.slice(0, upTo).join("").includes(thing)) upTo++;
    const before = STATE.test(asked) ? facts.slice(0, upTo).join("").trim() : context;
    const solved = lines
      .slice(0, at + 1)
      .map((text) => (text.endsWith(".") ? text : `${text}.`))
      .join("\n");
    found.push({ id: `${id}:${at + 1}`, question: `${before} ${asked}`, solution: solved, answer: step.result });
  }
  return found;
}
