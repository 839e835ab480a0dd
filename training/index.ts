// Training: LoRA adapters for a frozen model. Texts become examples, examples packs; a network gives losses and gradients, an optimiser
// makes steps of them; checkpoints, adapter files, the page. Nothing here prints or reads options of a command line.
export { type AdapterFile, type AdapterOrigin, readAdapterFile, writeAdapter } from "./adapter-file.js";
export { type DatasetCounts, type DatasetSettings, readTrainingData, type TrainingData } from "./dataset.js";
export { type Example, type ExampleModel, exampleOf, type LessonText, type LossOn, losses } from "./example.js";
export { type TrainingPaths, trainingPaths } from "./folder.js";
export type { LoraShape, LoraTensor } from "./lora.js";
export { type Loss, type Network, type NetworkOptions, openNetwork } from "./network.js";
export { clipGradients, createOptimiser, type Optimiser, type OptimiserName, optimisers, type Trained } from "./optimiser.js";
export { type Pack, packing, packOf } from "./pack.js";
export { readTrainingLog, type TrainingRecord, writeComparison } from "./report.js";
export { learningRate, type Schedule, type ScheduleName, schedules } from "./schedule.js";
export { ADAMW_TO_LION, defaults as trainDefaults, type TrainOptions, type TrainParameters } from "./settings.js";
export { type Outcome, type StepFigures, type TrainEvent, train, type ValidationFigures } from "./train.js";
export { TARGETS, type Target, WEIGHT_TYPES, type WeightType } from "./weights.js";
