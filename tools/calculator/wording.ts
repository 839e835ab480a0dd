// From what people and models write to an expression that mathjs parses. Text in, text out: the tables are the whole of it, each tried
// from top to bottom. What no row matches stays as it is, so a plain expression passes unchanged; words left over are refused later.
import { readNumerals } from "./numerals.js";
import { FUNCTIONS, ONE_ARGUMENT } from "./vocabulary.js";

type Row = readonly [pattern: RegExp, replacement: string | ((...match: string[]) => string)];

const NUMBER = String.raw`(?:\d+(?:\.\d+)?(?:e[+-]?\d+)?|\.\d+)`;
const GROUP = String.raw`\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)`;
/** What a word such as "half of" or "square root of" takes: a number or a group, perhaps a function's. */
const OPERAND = String.raw`-?(?:${NUMBER}|(?:[a-z]\w*)?${GROUP}|(?:pi|e)\b)`;
const PERCENT = String.raw`(?:%|per ?cent\b|percentage\b)`;
const ANGLE = String.raw` ?(?:deg(?:rees?)?|rad(?:ians?)?)\b`;
const TIME = "(?:hours?|hrs?|h|minutes?|min|seconds?|secs?|s|days?|weeks?|years?)";

const CHARACTERS: readonly Row[] = [
  [re`[⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+`, (digits) => `^(${digits.normalize("NFKC").replace("−", "-")})`],
  [re`(\d*) ?([¼½¾⅐-⅞])`, (_all, whole, part) => `(${whole || "0"}+${part.normalize("NFKC")})`],
  [re`[×✕✖⋅·∙•]`, "*"],
  [re`[÷∕⁄]`, "/"],
  [re`[−–—]`, "-"],
  [re`[$€£¥]`, ""],
  [re`≤`, "<="],
  [re`≥`, ">="],
  [re`≠`, "!="],
  [re`√`, " square root of "],
  [re`∛`, " cube root of "],
  [re`π`, "pi"],
  [re`[°℃℉] ?([CFK]\b)?`, (sign, scale) => ` deg${scale ?? { "℃": "C", "℉": "F" }[sign] ?? ""}`],
  [re`\*\*`, "^"],
  [re`\|([^|]+)\|`, "abs($1)"],
  [re`\s+`, " "],
];

const LATEX: readonly Row[] = [
  [re`\\(?:left|right)\b|\\[,;!]`, ""],
  [re`\\(?:times|cdot)\b`, "*"],
  [re`\\div\b`, "/"],
  [re`\\%`, "%"],
  [re`\\d?frac ?\{([^{}]*)\} ?\{([^{}]*)\}`, "(($1)/($2))"],
  [re`\\sqrt ?\{([^{}]*)\}`, "sqrt($1)"],
  [re`\^ ?\{([^{}]*)\}`, "^($1)"],
];

/** What stands around an expression and does not belong to it. */
const FRAME: readonly Row[] = [
  [re`^(?:(?:please|what(?:'s| is| are)|how much (?:is|are)|calculate|compute|evaluate|find|work out|convert(?: from)?) )+`, ""],
  [re`^(?:the )?(?:value|result) of `, ""],
  // "37*48=1776" asks for the left side.
  [re`(?<![<>=!])=(?!=).*$`, ""],
  [re`(?: ?(?:\?|\bequals?\b|\bis\b|\bwhat\b))+\.?$`, ""],
  [re`\.$`, ""],
  [re`(?<!\bto )\bthe `, ""],
];

const FRACTION = re`^(?:(?:simplify|reduce) (.+)|(.+) (?:as|in|to) (?:an? (?:\w+ )?fraction|(?:lowest|simplest) (?:terms|form)))$`;

const UNITS: readonly Row[] = [
  [re`(?<![\d.])(\d+) (\d+) ?\/ ?(\d+)\b`, "($1+$2/$3)"],
  [re`\bdegrees? (celsius|fahrenheit|[CF]\b)`, "$1"],
  [re`\bsq(?:uare|\.)? (?!(?:roots?|of)\b)([a-z]+)`, "$1^2"],
  [re`\bcu(?:bic|\.)? (?!roots?\b)([a-z]+)`, "$1^3"],
  [re`\bnautical (miles?)\b`, "nautical$1"],
  [re`\blight[ -](years?)\b`, "light$1"],
  [re`\bfl(?:\.|uid)? ?(?:oz|ounces?)\b`, "fluidounce"],
  [re`\bmetric ton(?:ne)?s?\b`, "tonne"],
  [re`(${NUMBER}) cents?\b`, "($1/100)"],
  [re` ?\b(?:dollars?|euros?|usd|eur|gbp)\b`, ""],
  compound("feet|foot|ft", "inches|inch|in"),
  compound("pounds?|lbs?", "ounces?|oz"),
  compound("years?", "months?"),
  compound("weeks?", "days?"),
  compound("days?", "hours?|hrs?|h"),
  compound("hours?|hrs?|h", "minutes?|mins?"),
  compound("minutes?|mins?", "seconds?|secs?|s"),
  // Bracketed, so that 120 km / 60 km/h is 2 hours.
  [
    re`(${NUMBER}) ?([a-z]+)(?: per ([a-z]+)| an? (${TIME})\b| ?\/ ?(${TIME})\b(?! ?\^))`,
    (_all, n, unit, a, b, c) => `(${n} ${unit}/${a ?? b ?? c})`,
  ],
  [re`\b([a-z]+) per ([a-z]+)`, "$1/$2"],
  [
    re`^how many (.+?) (?:(?:are|is) (?:there )?(?:in )?|in |make )(.+)$`,
    (_all, unit, amount) => `${amount.replace(/^an? /i, "1 ")} to ${unit}`,
  ],
  [re` (?:into|as|equals?) (?=[a-z]+(?:\/[a-z]+|\^\d)?$)`, " to "],
];

const FUNCTION_WORDS: readonly Row[] = [
  [re`\b(\d+)(?:st|nd|rd|th) root of (${OPERAND})`, "nthRoot($2, $1)"],
  [re`\blog(?:arithm)? (?:to )?(?:the )?base (${OPERAND}) of (${OPERAND})`, "log($2, $1)"],
  [re`\blog(?:arithm)?(?: of)? (${OPERAND}) (?:to|in|with) (?:the )?base (${OPERAND})`, "log($1, $2)"],
  [re`\bsquare root\b`, "sqrt"],
  [re`\bcub(?:e|ic) root\b`, "cbrt"],
  [re`\babsolute value\b`, "abs"],
  [re`\bnatural log(?:arithm)?\b`, "ln"],
  [re`\blogarithm\b`, "log"],
  [re`\b(sin|cosin)e\b`, (_all, name) => name.slice(0, 3)],
  [re`\btangent\b`, "tan"],
  [
    re`\b(sqrt|cbrt|abs|log2|log10|log|ln|exp|a?sin|a?cos|a?tan|square|cube|factorial)(?: of)? (${OPERAND}(?: ?\^ ?${OPERAND}|${ANGLE})?)`,
    "$1($2)",
  ],
];

const PERCENTAGES: readonly Row[] = [
  [re`^what ${PERCENT} of (.+) (?:is|are) (.+)$`, "($2)/($1)*100"],
  [re`^(?:what ${PERCENT} (?:is|are) )(.+) of (.+)$`, "($1)/($2)*100"],
  [re`^(.+) (?:is|are) what ${PERCENT} of (.+)$`, "($1)/($2)*100"],
  [re`^(.+) (?:as an?|in) ${PERCENT} of (.+)$`, "($1)/($2)*100"],
  [re`^(.+) out of (.+) (?:as an?|in) ${PERCENT}$`, "($1)/($2)*100"],
  [re`^(.+) (?:as an?|in|to) ${PERCENT}$`, "($1)*100"],
  [re`^${PERCENT} (?:change|increase|growth) from (.+) to (.+)$`, "(($2)-($1))/($1)*100"],
  [re`^${PERCENT} (?:decrease|reduction|drop) from (.+) to (.+)$`, "(($1)-($2))/($1)*100"],
  [re`(${OPERAND}) ?per ?cent\b`, "$1%"],
  [re`(${OPERAND}) ?% (?:off(?: of)?|less than|lower than) (${OPERAND})`, "($2*(1-$1/100))"],
  [re`(${OPERAND}) ?% (?:more|higher|greater) than (${OPERAND})`, "($2*(1+$1/100))"],
  [re`\bincrease (${OPERAND}) by (${OPERAND}) ?%`, "($1*(1+$2/100))"],
  [re`\b(?:decrease|reduce) (${OPERAND}) by (${OPERAND}) ?%`, "($1*(1-$2/100))"],
  [re`(${OPERAND}) (?:is )?increased by (${OPERAND}) ?%`, "($1*(1+$2/100))"],
  [re`(${OPERAND}) (?:is )?(?:decreased|reduced) by (${OPERAND}) ?%`, "($1*(1-$2/100))"],
  [re`(${OPERAND}) with an? (${OPERAND}) ?% (?:discount|reduction)`, "($1*(1-$2/100))"],
  [re`(${OPERAND}) with an? (${OPERAND}) ?% (?:tip|tax|increase|markup)`, "($1*(1+$2/100))"],
  [re`(${OPERAND}) ?% (?:tip|tax|interest|commission) (?:on|for) `, "$1% of "],
  // Before an operand "%" is the remainder, as in mathjs; before a sign it is a percentage, where mathjs reads 5% + 5% as 5 mod +5.
  [re`(${OPERAND}) ?%(?= ?(?:[^\w (.\[]|$)| (?:of|to|in|and|times|plus|minus|divided|multiplied)\b)`, "percent($1)"],
];

const LISTS: readonly Row[] = [
  [re`\bsum of (?:all )?(?:whole |natural )?numbers (?:from )?(\d+) (?:to|through) (\d+)`, "sum($1:$2)"],
  list("sum|total", "sum"),
  list("average|mean", "mean"),
  list("median", "median"),
  list("product", "prod"),
  list("maximum|max|largest|greatest|highest|biggest", "max"),
  list("minimum|min|smallest|least|lowest", "min"),
  list("greatest common (?:divisor|factor)|highest common factor|gcd|gcf|hcf", "gcd"),
  list("(?:least|lowest) common (?:multiple|denominator)|lcm", "lcm"),
];

const OPERATIONS: readonly Row[] = [
  [re`\bdifference between (.+?) and (.+)`, "abs(($1)-($2))"],
  [re`\bdifference of (.+?) and (.+)`, "(($1)-($2))"],
  [re`\b(?:quotient|ratio) of (.+?) (?:and|to) (.+)`, "(($1)/($2))"],
  [re`\bremainder (?:of|when) (.+?) (?:is )?divided by (.+)`, "mod($1, $2)"],
  [re`^add (.+?) (?:and|to) (.+)$`, "($1)+($2)"],
  [re`^subtract (.+?) from (.+)$`, "($2)-($1)"],
  [re`^(.+?) subtracted from (.+)$`, "($2)-($1)"],
  [re`^multiply (.+?) (?:by|and|with) (.+)$`, "($1)*($2)"],
  [re`^divide (.+?) by (.+)$`, "($1)/($2)"],
  [re`(${OPERAND}) more than (${OPERAND})`, "($2+$1)"],
  [re`(${OPERAND}) less than (${OPERAND})`, "($2-$1)"],
  [re`\b(?:double|twice)(?: of)? (${OPERAND})`, "(2*$1)"],
  [re`\btriple(?: of)? (${OPERAND})`, "(3*$1)"],
  [re`(${OPERAND}) choose (${OPERAND})`, "combinations($1, $2)"],
  [re`(${OPERAND}) factorial\b`, "$1!"],
  [re` ?\b(?:raised )?to (?:the )?power(?: of)? `, "^"],
  [re` ?\b(?:raised )?to the (\d+)(?:st|nd|rd|th)?(?: power)?\b`, "^$1"],
  [re` ?\braised to `, "^"],
  [re` ?\bsquared\b`, "^2"],
  [re` ?\bcubed\b`, "^3"],
  [re`\bthe `, ""],
  [re`\b(?:plus|added to)\b`, "+"],
  [re`\bminus\b`, "-"],
  [re`\b(?:times|multiplied (?:by|with)|of)\b`, "*"],
  [re`\b(?:divided by|over|per)\b`, "/"],
  [re`\bmodulo\b`, "mod"],
  // "x" between numbers multiplies, but 0x1F is a number.
  [re`(?<=[\d)!] ?|[\d)] ?[a-z]+ )(?<!(?<![\d.])0)x ?(?=[-\d(.]|[a-z]\w*\()`, "* "],
];

/** Rewrites wording as an expression. Never fails: what it does not know it leaves. */
export function toExpression(wording: string): string {
  const characters = rewrite(wording, CHARACTERS).normalize("NFKC").trim();
  const framed = rewrite(rewrite(characters, LATEX), FRAME).trim();
  const numbers = readNumerals(joinThousands(framed));
  const bare = numbers.replace(FRACTION, (_all, after?: string, before?: string) => after ?? before ?? "");
  const tables = [UNITS, FUNCTION_WORDS, PERCENTAGES, LISTS, OPERATIONS];
  const expression = tables.reduce(rewrite, bare).trim();
  return bare === numbers ? expression : `fraction(${expression})`;
}

/**
 * Takes the separators out of 1,234,567. Where commas separate arguments they stay: max(1,234) has two. So they do in
 * "the average of 100,200,300", where nothing else separates.
 */
function joinThousands(text: string): string {
  if (/^(?:average|mean|sum|median|product|\w+ common \w+) (?:of|between) \d+(?:,\d+)+$/i.test(text)) return text;
  return text.replace(/(?<![\d.,])\d{1,3}(?:,\d{3})+(?!,?\d)/g, (number, offset: number) =>
    separatesArguments(text.slice(0, offset)) ? number : number.replaceAll(",", ""),
  );
}

/** Whether a comma after `text` separates: what is open last is a vector or a function's bracket. */
function separatesArguments(text: string): boolean {
  const open: boolean[] = [];
  for (const [bracket, name] of text.matchAll(/([a-z]\w*)? ?[([]|[)\]]/gi)) {
    if (bracket === ")" || bracket === "]") open.pop();
    else open.push(bracket.endsWith("[") || takesSeveral(name?.toLowerCase() ?? ""));
  }
  return open.at(-1) ?? false;
}

function takesSeveral(name: string): boolean {
  return FUNCTIONS.has(name) && !ONE_ARGUMENT.has(name);
}

/** "5 feet 3 inches", "2 hours and 30 minutes". */
function compound(large: string, small: string): Row {
  return [re`(${NUMBER}) ?(${large})(?:,? and |, | )(${NUMBER}) ?(${small})\b(?! ?[a-z]+$)`, "($1 $2 + $3 $4)"];
}

/** "the average of 3, 4 and 5", to the end or to the bracket that closes around it. */
function list(words: string, name: string): Row {
  return [
    re`\b(?:${words}) (?:of|between) ((?:[^()]|${GROUP})+)`,
    (_all, items) => `${name}(${items.split(/, and |, ?| and | & /).join(", ")})`,
  ];
}

function re(strings: TemplateStringsArray, ...values: string[]): RegExp {
  return new RegExp(String.raw(strings, ...values), "gi");
}

function rewrite(text: string, rows: readonly Row[]): string {
  return rows.reduce((current, [pattern, replacement]) => current.replace(pattern, replacement as string), text);
}
