// The native binding to llama.cpp: libraries, structs, model, tokenizer, the scheduler and its sequences, sampling, storage types,
// compute graphs.
// Nothing here knows of prompts, tools or agents.
export { MAX_SEQUENCES } from "./context.js";
export { draw, type Random, random } from "./draw.js";
export { type Backend, dequantize, isReadable, openBackend, quantize, rowBytes, TYPES, type TypeName } from "./ggml.js";
export { type GgufTensor, type GgufValue, ggufArray, ggufValue, writeGguf } from "./gguf.js";
export type { Grammar } from "./grammar.js";
export { Graph, type RopeSettings, type Tensor, TensorStore } from "./graph.js";
export { library, RELEASE } from "./library.js";
export { argmax, logOdds, logprob, logSumExp, rank } from "./logits.js";
export { type AdapterSetting, type EngineModel, loadModel, type ModelInfo, type SchedulerSettings } from "./model.js";
export { convertModel, STORAGE, type Storage } from "./quantize.js";
export type { Sampler, SamplingOptions } from "./sampler.js";
export type { Scheduler } from "./scheduler.js";
export type { Counts, EngineSequence, EvaluateOptions, OpenOptions, Row, Work } from "./sequence.js";
export type { Tokenizer } from "./tokenizer.js";
