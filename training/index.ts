// Training: LoRA adapters for a frozen model on the engine's graphs, forward and backward.
// Nothing here knows of agents, tools or how a dataset came about.
export type { LoraShape, LoraTensor } from "./lora.js";
export { type Loss, type Network, type NetworkOptions, openNetwork } from "./network.js";
export type { Pack } from "./pack.js";
export { TARGETS, type Target, WEIGHT_TYPES, type WeightType } from "./weights.js";
