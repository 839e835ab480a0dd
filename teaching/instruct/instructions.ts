// Step 1: new instructions, written on from a list of old ones.
import type { Message } from "../../models/index.js";
import type { Draws } from "./draws.js";

/** Instructions in context, and how many of them are generated ones as soon as there are any (Wang et al. 2023, section 2.2). */
const IN_CONTEXT = 8;
const GENERATED = 2;
/** Instructions that are taken from one reply: those with numbers 9 to 16. */
const WANTED = 8;

/** An instruction of the pool: a seed's or a generated one. */
export interface Known {
  readonly id: string;
  readonly instruction: string;
}

/** Which instructions a request shows: 6 seeds and 2 generated ones, or seeds alone as long as nothing is generated. */
export function drawContext(seeds: readonly Known[], generated: readonly Known[], draws: Draws): Known[] {
  const new_ = draws.sample(generated, GENERATED);
  return draws.sample([...draws.sample(seeds, IN_CONTEXT - new_.length), ...new_], IN_CONTEXT);
}

/**
 * A request for the instructions after those that are shown. A model that continues gets them as the beginning of its own answer
 * (`written`), which small ones follow far better than a list that is quoted to them; others get them in the question.
 */
export function instructionRequest(
  context: readonly Known[],
  continues: boolean,
): { readonly messages: Message[]; readonly written?: string } {
  const list = context.map(({ instruction }, i) => `${i + 1}. ${oneLine(instruction).replace(/:$/, "")}`).join("\n");
  const [next, last] = [context.length + 1, context.length + WANTED];
  const ask = (content: string): Message[] => [
    {
      role: "system",
      content:
        "You make up tasks for an assistant that reads and writes text. Each of your tasks asks for something else than all before: " +
        "another subject, another form, other words.",
    },
    { role: "user", content },
  ];
  if (continues) {
    return { messages: ask(`Write a list of ${last} different tasks: one a line, with its number.`), written: `${list}\n${next}.` };
  }
  return {
    messages: ask(
      `Here is the beginning of a list of tasks:\n\n${list}\n\nGo on with numbers ${next} to ${last}: one task a line, and nothing else.`,
    ),
  };
}

/** How an item of a list begins. */
const ITEM = /^[ \t]*(?:#{1,4} *)?(?:\*\*)?(?:(?:Task )?\d{1,3} ?[.):]|[-*•](?= ))(?:\*\*)?[ \t]*/m;

/** The instructions of a reply, at most eight. What stands before a list is left out; so is a last item that is not whole. */
export function readInstructions({ text, whole }: { readonly text: string; readonly whole: boolean }, begun: boolean): string[] {
  const parts = text.split(new RegExp(ITEM, "gm"));
  const items = begun || parts.length === 1 ? parts : parts.slice(1);
  const wanted = items.slice(0, WANTED);
  if (!whole && items.length <= WANTED) wanted.pop();
  return wanted.map((item) => capitalised(oneLine(item.split(/\n\s*\n/)[0]!).replace(/^\*\*|\*\*$/g, ""))).filter((item) => item !== "");
}

/** Whether a reply has all that is wanted: the item after the last one has begun. */
export function enoughInstructions(begun: boolean): (text: string) => boolean {
  return (text) => text.split(new RegExp(ITEM, "gm")).length > WANTED + (begun ? 0 : 1);
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
