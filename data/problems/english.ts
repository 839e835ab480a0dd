// The English that the grammar needs: verbs, plurals, articles, numerals.
export { numberInWords } from "../../evaluation/index.js";

/** Base, third person, past, participle; the -ing form follows from the base. */
const IRREGULAR: ReadonlyMap<string, readonly [third: string, past: string, participle: string]> = new Map(
  `be is was been;have has had had;do does did done;go goes went gone;give gives gave given;eat eats ate eaten;buy buys bought bought;sell sells sold sold;lose loses lost lost;
find finds found found;get gets got got;take takes took taken;make makes made made;bake bakes baked baked;keep keeps kept kept;lend lends lent lent;
spend spends spent spent;send sends sent sent;leave leaves left left;come comes came come;put puts put put;cut cuts cut cut;
read reads read read;write writes wrote written;draw draws drew drawn;grow grows grew grown;throw throws threw thrown;break breaks broke broken;
drive drives drove driven;ride rides rode ridden;run runs ran run;swim swims swam swum;fly flies flew flown;begin begins began begun;catch catches caught caught;
pay pays paid paid;bring brings brought brought;build builds built built;hold holds held held;tell tells told told;say says said said;see sees saw seen;
feed feeds fed fed;win wins won won;set sets set set;let lets let let;cost costs cost cost;drink drinks drank drunk;tear tears tore torn;wear wears wore worn;
know knows knew known;sit sits sat sat;stand stands stood stood;rise rises rose risen;fall falls fell fallen;hide hides hid hidden;steal steals stole stolen;
pick picks picked picked;plan plans planned planned;drop drops dropped dropped;ship ships shipped shipped;swap swaps swapped swapped;trap traps trapped trapped;
travel travels traveled traveled;quit quits quit quit;lay lays laid laid;sew sews sewed sewn;knit knits knitted knitted;weave weaves wove woven;
hop hops hopped hopped;step steps stepped stepped;shed sheds shed shed;use uses used used;need needs needed needed;shoot shoots shot shot;dig digs dug dug;split splits split split;
chop chops chopped chopped;mop mops mopped mopped;chat chats chatted chatted;wrap wraps wrapped wrapped;shut shuts shut shut;meet meets met met;spill spills spilled spilled;
stop stops stopped stopped;spot spots spotted spotted;jog jogs jogged jogged;grab grabs grabbed grabbed;will will would would;can can could could;must must had had;fit fits fit fit;string strings strung strung;wind winds wound wound;creep creeps crept crept;outgrow outgrows outgrew outgrown;
mislay mislays mislaid mislaid;hem hems hemmed hemmed;slip slips slipped slipped;tag tags tagged tagged;snip snips snipped snipped;grind grinds ground ground;dream dreams dreamed dreamed;
cost costs cost cost;wrap wraps wrapped wrapped;sow sows sowed sown`
    .split(/;\s*/)
    .map((line) => line.trim().split(" "))
    .map(([base, ...forms]) => [base!, forms as [string, string, string]]),
);

export type VerbForm = "base" | "third" | "past" | "participle" | "ing";

export function inflect(verb: string, form: VerbForm): string {
  const irregular = IRREGULAR.get(verb);
  switch (form) {
    case "base":
      return verb;
    case "third":
      return irregular?.[0] ?? withS(verb);
    case "past":
      return irregular?.[1] ?? withEd(verb);
    case "participle":
      return irregular?.[2] ?? withEd(verb);
    case "ing":
      return withIng(verb);
  }
}

function withS(word: string): string {
  if (/(?:s|x|z|ch|sh)$/.test(word)) return `${word}es`;
  return /[^aeiou]y$/.test(word) ? `${word.slice(0, -1)}ies` : `${word}s`;
}

function withEd(verb: string): string {
  if (verb.endsWith("e")) return `${verb}d`;
  return /[^aeiou]y$/.test(verb) ? `${verb.slice(0, -1)}ied` : `${verb}ed`;
}

const DOUBLED =
  /^(?:get|put|cut|run|swim|begin|win|set|let|plan|drop|ship|swap|quit|knit|hop|step|sit|shut|dig|split|chop|wrap|stop|spot|jog|grab)$/;

function withIng(verb: string): string {
  if (verb === "be") return "being";
  if (DOUBLED.test(verb)) return `${verb}${verb.at(-1)}ing`;
  return /[^eo]e$/.test(verb) ? `${verb.slice(0, -1)}ing` : `${verb}ing`;
}

/** A thing that is counted: `apple`, or `loaf/loaves` where the plural is its own. */
export interface Noun {
  readonly one: string;
  readonly many: string;
}

export function noun(spec: string): Noun {
  const [one = "", many] = spec.split("/");
  return { one, many: many ?? pluralOf(one) };
}

function pluralOf(one: string): string {
  const [, head = one, rest = ""] = /^(.*?)( (?:of|with|for) .*)$/.exec(one) ?? [];
  return withS(head) + rest;
}

/** `a` or `an`, by sound as far as spelling shows it. */
export function article(word: string): string {
  return /^(?:[aefilmnorsx]\d|8|11\b|18\b)/.test(word) ||
    (/^[aeiou]/i.test(word) && !/^(?:eu|uni|use|one|once)/i.test(word)) ||
    /^hour/.test(word)
    ? "an"
    : "a";
}

/** As the calculator writes results: to six decimals, no trailing zeros, no commas. */
export function plain(value: number): string {
  return String(Number(value.toFixed(6)));
}

/** `1,200.5` */
export function withCommas(text: string): string {
  const [whole = "", decimals] = text.split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return decimals === undefined ? grouped : `${grouped}.${decimals}`;
}

/** A capital at the start of each sentence. */
export function capitalised(text: string): string {
  return text.replace(
    /(^|[.?!]["”)]? +|\n)(["“(]?)(\p{Ll})/gu,
    (_, before: string, quote: string, letter: string) => before + quote + letter.toUpperCase(),
  );
}

/** `a, b and c` */
export function listed(items: readonly string[], join = "and"): string {
  return items.length < 2 ? (items[0] ?? "") : `${items.slice(0, -1).join(", ")} ${join} ${items.at(-1)}`;
}
