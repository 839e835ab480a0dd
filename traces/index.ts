// Traces: what is recorded of runs, read back, replayed, forked, compared and exported. Nothing here prints or reads options of a
// command line; a replay drives the agent's own loop.

export { contents, type RecordedEvent, type RunInput } from "./contents.js";
export { absentModel, deferredModel } from "./deferred.js";
export { differenceText, diffTraces, type TraceDifference } from "./diff.js";
export { type DriveOptions, driveAgent, type ReplayedRun, type ReplayRunsOptions, replayRuns } from "./drive.js";
export { type ExportFormat, exportFormats, exportTrace } from "./export.js";
export { Journal } from "./journal.js";
export { type JournalLine, readJournal } from "./journal-reader.js";
export { FileLock } from "./lock.js";
export { formatVersion, type Part, type RecordKind, type TraceHeader, type TraceParent, type TraceRecord } from "./record.js";
export { type FolderRecorder, type RecordingTape, type RecordOptions, recordIn, recordTo, type TraceRecorder } from "./recorder.js";
export { type Drive, type ForkOptions, type ReplayedEvent, type ReplayOptions, type ReplayRun, replayTrace } from "./replay.js";
export { type LiveInput, ReplayTape, type ReplayTapeOptions } from "./replay-tape.js";
export { type DamagedTrace, listTraces, summarise, type TraceSummary } from "./summary.js";
export { openTrace, type Trace, type TraceRun, type Verification } from "./trace.js";
