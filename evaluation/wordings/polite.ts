// Polite forms around a question, which stays as it is.

const BEFORE = [
  "Hello! ",
  "Please help me with this: ",
  "Could you help me? ",
  "Please tell me: ",
  "I would be glad of your help. ",
  "Excuse me, I have a question. ",
];
const AROUND = [
  ["", " Thank you."],
  ["Hello! ", " Thanks in advance."],
  ["", " Please answer, thank you."],
  ["May I ask you something? ", " Many thanks."],
] as const;
/** What is polite already. */
const POLITE = /\b(?:please|thanks?|hello|hi|excuse me|could you|can you|would you|good (?:morning|evening|day))\b/i;

/** @returns undefined for a question that is polite already */
export function polite(question: string, random: () => number): string | undefined {
  if (POLITE.test(question)) return undefined;
  // Something may be added behind a whole sentence only: "3 + 4 =" goes on.
  const forms: readonly (readonly [string, string])[] = [
    ...BEFORE.map((before) => [before, ""] as const),
    ...(/[.?!]$/.test(question) ? AROUND : []),
  ];
  const [before, after] = forms[Math.floor(random() * forms.length)]!;
  return `${before}${question}${after}`;
}
