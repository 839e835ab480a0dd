// What the tests of teaching on a model have in common: the tiny model with nothing that rounds, a tool that it can call, texts.
import { z } from "zod";
import type { EngineModel, Scheduler, SchedulerSettings } from "../../engine/index.js";
import { type LocalModel, localModel } from "../../models/index.js";
import { openCallCache } from "../../teaching/call-cache.js";
import { engineTeachingModel } from "../../teaching/engine-model.js";
import { everyPassage } from "../../teaching/heuristics.js";
import type { PassageSettings } from "../../teaching/lesson.js";
import type { TeachingModel } from "../../teaching/model.js";
import type { Passage } from "../../teaching/record.js";
import { planOf, type ToolPlan } from "../../teaching/settings.js";
import { defineTool } from "../../tools/index.js";
import { tinyModel } from "../fixtures/tiny-model.js";

/** Its arguments are a number, so that even noise is a call before long. */
export const half = defineTool({
  name: "Half",
  description: "halves a number",
  input: z.object({ n: z.number() }),
  examples: [
    { question: "What is half of 9?", text: "It is [Half(9) → 4.5] 4.5." },
    { text: "She took half of 8, so [Half(8) → 4] 4." },
    { text: "Of 6 days 3 are [Half(6) → 3] 3." },
  ],
  run: ({ n }) => String(n / 2),
});

/** Takes all places and keeps all calls, so that many are weighed. */
export function everything(more: Partial<Pick<ToolPlan, "topK" | "samples" | "tauF">> = {}): ToolPlan {
  return { ...planOf({ tool: half, tauS: 0, tauF: -100, topK: 5, samples: 4, ...more, heuristic: everyPassage }, 0) };
}

export const passage = (text: string, more: Partial<Passage> = {}): Passage => ({
  document: 0,
  part: 0,
  id: "notes.txt",
  source: "notes.txt",
  before: "",
  text,
  ...more,
});

export const passages: readonly Passage[] = [
  passage("In all he has $12, and 7 of it is for the bus.\nThe rest is 5.", { before: "He is ten. " }),
  passage("She sold 48/2 = 24 in May.\nIn all 48+24=72 (of 90).", { document: 1, question: "How many are sold?" }),
  passage("Élan: 苹果 12 für €3, −4 °C 👍 and so on", { document: 2, before: "… " }),
  passage("This is it", { document: 3, question: "What is it?", before: "So 3. " }),
];

export const settings = (more: Partial<PassageSettings> = {}): PassageSettings => ({
  economy: false,
  related: false,
  placement: "before",
  seed: 5,
  now: new Date("2025-01-01T12:00:00Z"),
  timeZone: "UTC",
  cache: openCallCache(undefined),
  ...more,
});

/** A teaching model on a scheduler of its own. */
export interface Taught {
  readonly model: TeachingModel;
  readonly scheduler: Scheduler;
}

export interface Scene {
  readonly local: LocalModel;
  readonly engine: EngineModel;
  teaching(settings?: SchedulerSettings): Promise<Taught>;
  close(): Promise<void>;
}

/** The tiny model, whose weights are 32-bit numbers; its schedulers keep keys and values so too, unless told otherwise. */
export async function tinyScene(): Promise<Scene> {
  const local = await localModel({ file: await tinyModel(), exact: true });
  return {
    local,
    engine: local.engine,
    async teaching(more = {}) {
      const scheduler = await local.engine.createScheduler({ cacheType: "F32", threads: 1, repeatable: true, ...more });
      return { scheduler, model: engineTeachingModel({ ...parts(local), scheduler }) };
    },
    close: () => local.close(),
  };
}

/** What of a local model teaching uses, on its own scheduler. */
export function parts(local: LocalModel) {
  return {
    identity: local.identity,
    engine: local.engine,
    scheduler: local.scheduler,
    render: local.render.bind(local),
  };
}
