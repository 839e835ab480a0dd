// The agent: the loop, the marker parser and grammar, prompts and strategies, budgets, chats. It turns a question into a stream of
// events; who shows, records or sends them is elsewhere.
export {
  type Agent,
  type AgentOptions,
  type Answer,
  type CallRecord,
  type Chat,
  type ChatOptions,
  createAgent,
  type RunOptions,
  type Turn,
} from "./agent.js";
export { formatArguments, type ParsedArguments, parseArguments } from "./arguments.js";
export { type Budget, defaultBudget } from "./budget.js";
export { type Call, formatMarker, formatResult, type NestedCall } from "./call.js";
export { CallLog } from "./call-log.js";
export { nodesOf, readArguments, runTool } from "./calls.js";
export { costOf } from "./cost.js";
export { type Demonstration, demonstrationsOf, mostSimilar } from "./demonstrations.js";
export type { Approve } from "./dispatch.js";
export type { ChainRequest, Conclusion, Ensemble } from "./ensemble.js";
export type { AgentEvent, ChainResult, QuotedSource, Span, Standing, UnmadeCalls } from "./events.js";
export { failureOf, isOwnFailure } from "./failures.js";
export { argumentsGrammar, callGrammar } from "./grammar.js";
export {
  type MarkerEvent,
  type MarkerLimits,
  MarkerParser,
  type MarkerParserOptions,
  type PendingCall,
  type RejectionReason,
} from "./marker.js";
export { mcnemar } from "./mcnemar.js";
export {
  bestOf,
  keepMeasured,
  kindOf,
  type MeasuredStrategies,
  type MeasuringQuestion,
  measuredFor,
  measuredKey,
  measuringQuestions,
} from "./measured.js";
export { numberInWords, numbersIn, sameNumber, type WrittenNumber, wholeNumber } from "./numbers.js";
export { type PromptBook, readPrompts, shippedPrompts } from "./prompts.js";
export { describeTool, type ToolRecord } from "./run-input.js";
export {
  chainOfThought,
  defaultStrategy,
  direct,
  fewShot,
  isSuited,
  isTaught,
  oneShot,
  type ReciteOptions,
  recite,
  type SelfConsistencyOptions,
  searchFirst,
  selfConsistency,
  stepByStep,
  strategies,
  strategyNamed,
  suitedModel,
  zeroShot,
} from "./strategies/index.js";
export {
  type ChainStrategy,
  type Choice,
  type ChoiceInput,
  type ChoosingStrategy,
  isChoosing,
  isSeveral,
  type PromptInput,
  type PromptParts,
  type RunStrategy,
  type SeveralStrategy,
  type Strategy,
} from "./strategy.js";
export { type InputKind, liveTape, type MadeKind, type Recorder, type RecordingTape, type Tape } from "./tape.js";
export { stripMarkers } from "./visible.js";
