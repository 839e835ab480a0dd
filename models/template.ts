import { Template } from "@huggingface/jinja";
import type { Tokenizer } from "../engine/index.js";
import { messageOf, ToolwrightError } from "../errors.js";
import type { Message } from "./model.js";

/** Renders conversations to tokens as a model was taught to read them. */
export interface ChatTemplate {
  /**
   * Token ids of the messages. Only what the template itself writes may become special tokens; what the messages say is plain text.
   * @param open ends with the start of the assistant's turn
   * @throws ToolwrightError `template-failed`
   */
  render(messages: readonly Message[], open: boolean): number[];
}

// Private-use characters that stand for the messages' contents while the template is run. A template that trims or escapes them
// meets only these, so the contents reach the model as they are.
const slot = (index: number) => `\uE000${index}\uE001`;
const SLOTS = /\uE000(\d+)\uE001/;

const PLAIN = `{% for message in messages %}{% if message.role == 'system' %}{{ message.content }}\n\n{% else %}{{ 'Question: ' if message.role == 'user' else 'Answer: ' }}{{ message.content }}\n{% endif %}{% endfor %}{% if add_generation_prompt %}Answer:{% endif %}`;

/**
 * @param source the model file's Jinja template; without one (a base model) plain "Question:" and "Answer:" lines are used
 * @param known tokens of an assistant's content where the model wrote them itself, so that they need not be guessed from the text
 */
export function chatTemplate(
  source: string | undefined,
  tokenizer: Tokenizer,
  known: (message: Message) => readonly number[] | undefined,
): ChatTemplate {
  let template: Template;
  try {
    template = new Template(source ?? PLAIN);
  } catch (error) {
    throw failed(error);
  }
  const bos = tokenizer.bos === undefined ? "" : tokenizer.name(tokenizer.bos);
  const eos = tokenizer.eos === undefined ? "" : tokenizer.name(tokenizer.eos);
  const run = (messages: readonly { role: string; content: string }[], open: boolean) =>
    template.render({ messages, add_generation_prompt: open, bos_token: bos, eos_token: eos });
  // The template's own text is the same for every conversation.
  const spelled = new Map<string, readonly number[]>();
  const spell = (text: string): readonly number[] => {
    let tokens = spelled.get(text);
    if (!tokens) spelled.set(text, (tokens = tokenizer.encode(text, true)));
    return tokens;
  };

  return {
    render(messages, open) {
      const slots = messages.map(({ role }, index) => ({ role, content: slot(index) }));
      let text: string;
      try {
        text = run(slots, open);
      } catch (error) {
        // Some templates know no system turn: what it says goes before the first question.
        if (messages[0]?.role !== "system" || messages[1]?.role !== "user") throw failed(error);
        try {
          text = run([{ role: "user", content: `${slot(0)}\n\n${slot(1)}` }, ...slots.slice(2)], open);
        } catch {
          throw failed(error);
        }
      }
      const tokens: number[] = [];
      text.split(SLOTS).forEach((part, index) => {
        if (index % 2 === 0) {
          for (const token of spell(part)) tokens.push(token);
        } else {
          const message = messages[Number(part)]!;
          for (const token of known(message) ?? tokenizer.encode(message.content)) tokens.push(token);
        }
      });
      if (tokenizer.bos !== undefined && tokens[0] !== tokenizer.bos) tokens.unshift(tokenizer.bos);
      return tokens;
    },
  };
}

function failed(error: unknown): ToolwrightError {
  return new ToolwrightError(
    "template-failed",
    `The model's chat template cannot be used: ${messageOf(error)}.`,
    "Use another file of this model, one whose template the conversation fits.",
    { cause: error },
  );
}
