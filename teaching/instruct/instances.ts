// Step 3: worked cases. Input first as a rule; for classification the label first, or a model would write inputs of one label only.
import type { LanguageModel } from "../../models/index.js";
import type { Draws } from "./draws.js";
import { fewShot, fitting, type Reply, type Request } from "./generation.js";
import type { Instance, SeedTask } from "./seeds.js";

/** Most instances of a task. */
const MOST = 5;
/** Most tokens of a reply. */
const MAX_TOKENS = 384;
/** Examples in context, and the share of the context that they may take. */
const EXAMPLES = 8;
const SHARE = 0.4;
/** Seeds whose case is longer than this, in characters, are no examples. */
const LONG = 600;

const INPUT_FIRST =
  "You are shown tasks. Work each one out on an example of your own. If the task needs something to work on, write that after “Input:”; " +
  "make it up in full. Then write the right and complete answer after “Output:”. A task that needs nothing gets an output only.";

const LABEL_FIRST =
  "You are shown classification tasks. Take the labels that are possible one after the other. For each, write the label after “Label:” " +
  "and then, after “Input:”, an input of your own for which this label is right.";

/** Each seed shows one label only; these show that several are wanted. */
const SEVERAL_LABELS: readonly InstanceExample[] = [
  {
    question: "Task: Say whether the message is a complaint, a question or praise.",
    answer:
      "Label: complaint\nInput: The kettle I ordered leaks, and nobody has answered my two letters.\n\n" +
      "Label: question\nInput: Do you also send the kettle to Norway?\n\n" +
      "Label: praise\nInput: It boils in two minutes and looks lovely. Thank you!",
  },
  {
    question: "Task: Is the number even or odd?",
    answer: "Label: even\nInput: 318\n\nLabel: odd\nInput: 4,007",
  },
];

export interface InstanceExample {
  readonly question: string;
  readonly answer: string;
}

/** Examples for both ways. */
export interface InstanceExamples {
  readonly inputFirst: readonly InstanceExample[];
  readonly labelFirst: readonly InstanceExample[];
}

export function instanceExamples(model: LanguageModel, seeds: readonly SeedTask[], draws: Draws): InstanceExamples {
  const short = seeds.filter(({ instances: [first] }) => first !== undefined && first.input.length + first.output.length <= LONG);
  const drawn = (classification: boolean, count: number) =>
    draws.sample(
      short.filter((seed) => seed.isClassification === classification),
      count,
    );
  const inputFirst = drawn(false, EXAMPLES).map(({ instruction, instances: [first] }) => {
    const input = first!.input.trim() === "" ? "" : `Input: ${first!.input.trim()}\n`;
    return { question: question(instruction), answer: `${input}Output: ${first!.output.trim()}` };
  });
  const labelFirst = drawn(true, EXAMPLES - SEVERAL_LABELS.length).map(({ instruction, instances: [first] }) => {
    return { question: question(instruction), answer: `Label: ${first!.output.trim()}\nInput: ${first!.input.trim()}` };
  });
  return {
    inputFirst: fitting(model, inputFirst, SHARE),
    labelFirst: fitting(model, [...labelFirst, ...SEVERAL_LABELS].reverse(), SHARE).reverse(), // The last ones are followed most.
  };
}

export interface ClassifiedTask {
  readonly instruction: string;
  readonly isClassification: boolean;
}

/** What a reply holds, as it stands: instances without an output or an input are for the filter. */
export interface Written {
  readonly instances: readonly Instance[];
  /** How many were left out since they were cut off by a limit. */
  readonly cutOff: number;
}

export function instancesRequest(task: ClassifiedTask, { inputFirst, labelFirst }: InstanceExamples): Request {
  const [instructions, examples] = task.isClassification ? [LABEL_FIRST, labelFirst] : [INPUT_FIRST, inputFirst];
  const messages = fewShot(instructions, examples, question(task.instruction));
  return {
    messages,
    shared: messages.length - 1,
    temperature: 0, // As published: the likeliest answer is the best one that the model has.
    maxTokens: MAX_TOKENS,
    enough: (text) => NEXT_TASK.test(text) || readInstances(task, { text, whole: true }).instances.length > MOST,
  };
}

export function readInstances({ isClassification }: ClassifiedTask, reply: Reply): Written {
  return isClassification ? readLabelFirst(reply) : readInputFirst(reply);
}

/** The model has begun to make up another task. */
const NEXT_TASK = /\n[ \t]*(?:\*\*)?Task(?: \d+)?:/i;
const label = (names: string) => `^[ \\t]*(?:#{1,4} *)?(?:\\*\\*)?(?:${names})(?: \\d+)?(?:\\*\\*)?:(?:\\*\\*)?[ \\t]*`;
const INPUT = label("Inputs?");
const OUTPUT = label("Outputs?|Answer|Response");
const LABEL = label("(?:Class )?Label|Output");
const HEADING = /^[ \t]*(?:#{1,4} *)?(?:\*\*)?(?:Example|Instance) \d+(?:\*\*)?[.:]?(?:\*\*)?[ \t]*$/gim;

/** Inputs each with the output after it. A text without either word is an output: some models leave out what they find obvious. */
export function readInputFirst(reply: Reply): Written {
  const parts = partsOf(reply.text, [INPUT, OUTPUT]);
  if (parts.length === 0) return limited([{ input: "", output: cleaned(reply.text) }], reply.whole);
  const instances: Instance[] = [];
  let input = "";
  for (const [i, { kind, text }] of parts.entries()) {
    if (kind === 1) {
      instances.push({ input, output: text });
      input = "";
    } else {
      input = text;
      if (parts[i + 1]?.kind !== 1) instances.push({ input, output: "" });
    }
  }
  return limited(instances, reply.whole);
}

/** Labels each with the input after it; several inputs may follow one label. */
export function readLabelFirst(reply: Reply): Written {
  const parts = partsOf(reply.text, [LABEL, INPUT]);
  const instances: Instance[] = [];
  let output = "";
  for (const { kind, text } of parts) {
    if (kind === 0) output = text;
    else instances.push({ input: text, output });
  }
  return limited(instances, reply.whole);
}

/** What stands after each of the words, up to the next. */
function partsOf(text: string, words: readonly string[]): { readonly kind: number; readonly text: string }[] {
  const kept = text.split(NEXT_TASK)[0]!.replace(HEADING, "");
  const found = [...kept.matchAll(new RegExp(words.map((word) => `(${word})`).join("|"), "gim"))];
  return found.map((match, i) => ({
    kind: match[1] === undefined ? 1 : 0,
    text: cleaned(kept.slice(match.index + match[0].length, found[i + 1]?.index)),
  }));
}

function cleaned(text: string): string {
  const trimmed = text.trim();
  return /^(?:none|n\/a|no input|<no ?input>|\(none\))\.?$/i.test(trimmed) ? "" : trimmed;
}

function limited(instances: readonly Instance[], whole: boolean): Written {
  const all = whole || instances.length > MOST ? instances : instances.slice(0, -1);
  return { instances: all.slice(0, MOST), cutOff: instances.length > MOST ? 0 : instances.length - all.length };
}

function question(instruction: string): string {
  return `Task: ${instruction}`;
}
