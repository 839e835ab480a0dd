// Self-Instruct (Wang et al. 2023): new tasks from seed tasks, in four steps, with a filter and a report. It asks any language model;
// it knows nothing of tools, and calls are put into what it makes by the rest of `teaching/`.
export type { Diversity, VerbCount } from "./diversity.js";
export type { InstructReport, Lengths } from "./report.js";
export { checkOutput, type InstructEvent, type InstructLine, type InstructOptions, instruct, journalOf } from "./run.js";
export { type Instance, readSeeds, type SeedTask, type SeedTasks } from "./seeds.js";
