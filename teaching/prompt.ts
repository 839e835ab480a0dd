// What a passage is read after: the prompt in which a model is shown how calls are put into a text (Schick et al. 2023, appendix A.2),
// and the one after which calls are weighed.
import { stripMarkers } from "../agent/index.js";
import type { Message } from "../models/index.js";
import type { Example, Tool } from "../tools/index.js";
import type { Beginning } from "./model.js";
import type { Passage } from "./record.js";

/** Demonstrations in a prompt. More make it longer, and every token of a passage looks at all of them. */
const DEMONSTRATIONS = 6;
/** Of a chat besides: turns with questions. */
const TURNS = 2;

export interface Beginnings {
  /** Where calls are sampled. */
  readonly sample: Beginning;
  /** Where they are weighed. The same object where that is the same. */
  readonly weigh: Beginning;
}

/**
 * - A question with its solution stands as it does for the agent: demonstrations are turns of a chat, the solution is the assistant's
 *   turn. Spliced calls are weighed in that very place, since there the model has seen what a result is for; calls before the text,
 *   as published, after the question alone.
 * - Plain text: calls are sampled as published, after `Input:` with the whole text and `Output:`. They are weighed after what precedes
 *   the text; spliced ones after demonstrations besides.
 * @param trained whether the model writes calls by itself: then nothing is shown to it, as when it answers
 */
export function beginningsOf(passage: Passage, tool: Tool, placement: "before" | "splice", trained = false): Beginnings {
  const { question, before, text } = passage;
  if (trained) {
    const alone: Beginning =
      question === undefined ? { text: before } : { messages: [{ role: "user", content: question }], written: before };
    return { sample: alone, weigh: alone };
  }
  const texts = tool.examples.filter((example) => example.question === undefined);
  if (question !== undefined) {
    const shown = chosen(tool.examples.filter(isTurn), TURNS);
    const turns: Message[] = [
      { role: "system", content: [taskOf(tool, "each answer"), ...chosen(texts).map((example) => example.text)].join("\n\n") },
      ...shown.flatMap((example): Message[] => [
        { role: "user", content: example.question },
        { role: "assistant", content: example.text },
      ]),
    ];
    const sample: Beginning = { messages: [...turns, { role: "user", content: question }], written: before, shared: turns.length };
    return { sample, weigh: placement === "splice" ? sample : { messages: [{ role: "user", content: question }], written: before } };
  }
  const shown = chosen(texts.length > 0 ? texts : tool.examples);
  const plain = (example: Example) => stripMarkers(example.text, [tool.name]);
  const head = `${taskOf(tool, "each text")}\n\n${shown.map((example) => `Input:\n${plain(example)}\nOutput:\n${example.text}\n\n`).join("")}`;
  const marked = `${shown.map((example) => example.text).join("\n\n")}\n\n`;
  return {
    sample: { text: `${head}Input:\n${before}${text}\nOutput:\n${before}`, shared: head.length },
    weigh: placement === "splice" ? { text: `${marked}${before}`, shared: marked.length } : { text: before },
  };
}

function taskOf({ name, description }: Pick<Tool, "name" | "description">, where: string): string {
  return `${description} Put calls to it into ${where}: [${name}(arguments)] right before what the result helps to write.`;
}

function isTurn(example: Example): example is Example & { readonly question: string } {
  return example.question !== undefined;
}

/** Evenly spread over the examples, which are sorted by kind; the last ones always, as they are the nearest to a text. */
function chosen<Of extends Example>(examples: readonly Of[], most = DEMONSTRATIONS): Of[] {
  const count = Math.min(examples.length, most);
  const step = examples.length / count;
  return Array.from({ length: count }, (_, index) => examples[Math.floor((index + 1) * step) - 1]!);
}
