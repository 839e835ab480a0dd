// One batch: the four steps from requests for instructions to instances. A function of the pool, the parameters and the model.
import type { LanguageModel } from "../../models/index.js";
import { type ClassificationExample, classificationExamples, classificationRequest, readClassification } from "./classification.js";
import type { Draft } from "./draft.js";
import { Draws, seedOf } from "./draws.js";
import { filterInstances } from "./filter.js";
import { reply, takeIn, together } from "./generation.js";
import { type InstanceExamples, instanceExamples, instancesRequest, readInstances } from "./instances.js";
import { drawContext, enoughInstructions, instructionRequest, type Known, readInstructions } from "./instructions.js";
import type { Pool } from "./pool.js";
import type { SeedTask } from "./seeds.js";

/** Most tokens of a list of eight instructions. */
const MAX_TOKENS = 512;

/** What a batch depends on besides the pool. */
export interface Sampling {
  /** Of instructions; instances and classification are greedy, as published. */
  readonly temperature: number;
  readonly topP: number;
  readonly seed: number;
}

/**
 * How many requests for instructions a batch makes. It grows with the batches before, not with what is still wanted: so a run that is
 * asked for more later goes on as if it had been asked at once, and of a small run little is in vain.
 */
function requestsOf(batch: number): number {
  return Math.min(16, 4 * (1 + (batch >> 2)));
}

/** What the model is shown in steps 2 and 3: the same in all batches, so that its state can be kept. */
export interface Examples {
  readonly classification: readonly ClassificationExample[];
  readonly instances: InstanceExamples;
}

export function drawExamples(model: LanguageModel, seeds: readonly SeedTask[], seed: number): Examples {
  return {
    classification: classificationExamples(model, seeds, new Draws(seed, "classification")),
    instances: instanceExamples(model, seeds, new Draws(seed, "instances")),
  };
}

/**
 * @param atOnce most requests under way; it changes nothing but the speed
 * @throws ToolwrightError as the model's `open` and `generate`
 */
export async function makeBatch(
  batch: number,
  pool: Pool,
  model: LanguageModel,
  examples: Examples,
  sampling: Sampling,
  atOnce: number,
): Promise<Draft[]> {
  model.forget?.(); // A batch begins as it does in a process that begins with it.
  await takeInExamples(model, examples);
  const drafts: Draft[] = [];
  for (const { context, instructions } of await writeInstructions(batch, pool, model, sampling, atOnce)) {
    const seeds = context.map(({ id }) => id);
    for (const instruction of instructions) drafts.push({ batch, instruction, seeds, ...pool.offer(instruction) });
  }
  const accepted = drafts.filter(isAccepted);
  const classified = await classify(accepted, model, examples, atOnce);
  const worked = new Map((await workOut(classified, model, examples, atOnce)).map((draft) => [draft.accepted, draft]));
  return drafts.map((draft) => (isAccepted(draft) ? worked.get(draft.accepted)! : draft));
}

type Accepted = Draft & { readonly accepted: number };
type Classified = Accepted & { readonly classification: boolean };

function isAccepted(draft: Draft): draft is Accepted {
  return draft.accepted !== undefined;
}

/**
 * Has the model hold what the requests of steps 2 and 3 share, before each step, when no other text is under way. What a local model has in
 * memory goes into whatever begins alike, and taken in beside other texts its sums would come out in another order: a run that
 * is gone on with would not repeat the one that was not stopped.
 */
async function takeInExamples(model: LanguageModel, { classification, instances }: Examples): Promise<void> {
  await takeIn(model, classificationRequest(model, "", classification));
  for (const isClassification of [false, true]) await takeIn(model, instancesRequest({ instruction: "", isClassification }, instances));
}

/** Step 2. */
async function classify(drafts: readonly Accepted[], model: LanguageModel, examples: Examples, atOnce: number): Promise<Classified[]> {
  const requests = drafts.map(({ instruction }) => classificationRequest(model, instruction, examples.classification));
  await takeInExamples(model, examples);
  const answers = await together(requests, atOnce, async (request) => readClassification(await reply(model, request)));
  return drafts.map((draft, i) => ({
    ...draft,
    classification: answers[i] === true,
    ...(answers[i] === undefined && { unclear: true as const }),
  }));
}

/** Steps 3 and 4. */
async function workOut(drafts: readonly Classified[], model: LanguageModel, examples: Examples, atOnce: number): Promise<Classified[]> {
  const tasks = drafts.map(({ instruction, classification }) => ({ instruction, isClassification: classification }));
  await takeInExamples(model, examples);
  const written = await together(tasks, atOnce, async (task) =>
    readInstances(task, await reply(model, instancesRequest(task, examples.instances))),
  );
  return drafts.map((draft, i) => {
    const { instances, cutOff } = written[i]!;
    const { kept, dropped } = filterInstances(instances, draft.classification);
    return { ...draft, instances: kept, dropped: { ...dropped, ...(cutOff > 0 && { "cut off": cutOff }) } };
  });
}

/** Step 1: requests side by side, each with its own draw from the pool as it was before the batch. */
function writeInstructions(
  batch: number,
  pool: Pool,
  model: LanguageModel,
  { temperature, topP, seed }: Sampling,
  atOnce: number,
): Promise<{ readonly context: readonly Known[]; readonly instructions: readonly string[] }[]> {
  const begun = model.can.continues;
  return together(Array.from({ length: requestsOf(batch) }), atOnce, async (_, index) => {
    const context = drawContext(pool.seeds, pool.generated, new Draws(seed, "context", batch, index));
    const answer = await reply(model, {
      ...instructionRequest(context, begun),
      temperature,
      topP,
      seed: seedOf(seed, "instructions", batch, index),
      maxTokens: MAX_TOKENS,
      enough: enoughInstructions(begun),
    });
    return { context, instructions: readInstructions(answer, begun) };
  });
}
