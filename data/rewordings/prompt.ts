// How the model is asked for other wordings: plain text that it goes on with, after demonstrations that are nobody's but this file's.

const PROBLEMS = [
  "Nadia had 14 stickers. Her aunt gave her 9 more. How many stickers does Nadia have now?",
  "A baker puts 6 rolls in each bag. How many rolls are in 7 bags?",
  "There were 31 cars in the lot and 17 of them drove off. How many cars were left?",
  "Tom is 12 years old. His sister is 5 years younger than Tom. How old is his sister?",
] as const;

/** A way of asking: what stands before a rewording, and a rewording of each problem. */
interface Prompt {
  readonly name: string;
  readonly label: string;
  readonly rewordings: readonly [string, string, string, string];
}

/** In a few words, and with the question among the facts. What a small model does with others: docs/problems.md. */
export const PROMPTS: readonly Prompt[] = [
  {
    name: "short",
    label: "In short:",
    rewordings: [
      "Nadia: 14 stickers, and 9 more from her aunt. Stickers now?",
      "6 rolls in each bag, 7 bags. How many rolls?",
      "31 cars in the lot, 17 drove off. Cars left?",
      "Tom is 12, his sister 5 years younger. Her age?",
    ],
  },
  {
    name: "turned",
    label: "The same, asked in another way:",
    rewordings: [
      "How many stickers does Nadia have now if she had 14 and her aunt gave her 9 more?",
      "If a baker puts 6 rolls in each bag, how many rolls does he need for 7 bags?",
      "Of 31 cars in the lot, 17 drove off. What number of cars was left?",
      "Tell me how old Tom's sister is, who is 5 years younger than Tom, when Tom is 12 years old.",
    ],
  },
];

/** All demonstrations, for the filter. */
export const DEMONSTRATIONS: readonly string[] = [...PROBLEMS, ...PROMPTS.flatMap(({ rewordings }) => rewordings)];

/** What all requests of a prompt begin with. */
export function beginning({ label, rewordings }: Prompt): string {
  return PROBLEMS.map((problem, index) => `Problem: ${problem}\n${label} ${rewordings[index]}\n\n`).join("");
}

export function request(prompt: Prompt, question: string): string {
  return `${beginning(prompt)}Problem: ${question.replace(/\s+/g, " ")}\n${prompt.label}`;
}

/** Most numbers in digits that a question may have: the grammar lists their orders. */
const MOST_NUMBERS = 3;

/**
 * A grammar of one question with the numbers of another, each as often, in any order: a small model else drops them, makes up others, or
 * begins to reckon. Undefined for a question without numbers in digits, or with too many.
 */
export function grammarFor(question: string): string | undefined {
  const numbers = question.match(/[$€£]?\d+(?:[.,]\d+)*%?/g) ?? [];
  if (numbers.length === 0 || numbers.length > MOST_NUMBERS) return undefined;
  const orders = new Set(ordersOf(numbers).map((order) => `${order.map((number) => `t ${JSON.stringify(number)} `).join("")}t "?"`));
  return `root ::= " " (${[...orders].join(" | ")})\nt ::= [a-zA-Z ,.'-]*\n`;
}

function ordersOf(items: readonly string[]): string[][] {
  if (items.length <= 1) return [[...items]];
  return items.flatMap((item, at) => ordersOf(items.toSpliced(at, 1)).map((rest) => [item, ...rest]));
}
