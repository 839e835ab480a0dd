// Traces: what is recorded of runs, read back, replayed, forked, compared and exported. Nothing here prints or reads options of a
// command line; a replay drives the agent's own loop.
export { listTraces, summarise, type DamagedTrace, type TraceSummary } from "./summary.js";
export { absentModel, deferredModel } from "./deferred.js";
export { contents, type RecordedEvent, type RunInput } from "./contents.js";
export { diffTraces, differenceText, type TraceDifference } from "./diff.js";
export { driveAgent, replayRuns, type DriveOptions, type ReplayedRun, type ReplayRunsOptions } from "./drive.js";
export { exportFormats, exportTrace, type ExportFormat } from "./export.js";
export { openTrace, type Trace, type TraceRun, type Verification } from "./trace.js";
export { recordIn, recordTo, type FolderRecorder, type RecordingTape, type RecordOptions, type TraceRecorder } from "./recorder.js";
export { replayTrace, type Drive, type ForkOptions, type ReplayedEvent, type ReplayOptions, type ReplayRun } from "./replay.js";
export { ReplayTape, type LiveInput, type ReplayTapeOptions } from "./replay-tape.js";
export { formatVersion, type Part, type RecordKind, type TraceHeader, type TraceParent, type TraceRecord } from "./record.js";
