import { holds } from "./match.js";
import type { Interval, Result, Sitting } from "./record.js";
import { accuracyInterval } from "./wording-figures.js";

/** What a configuration came to. */
export interface Figures {
  /** Questions asked, each wording counted; those that ended with an error are wrong answers. */
  readonly n: number;
  readonly correct: number;
  /** From 0 to 1; 0 of no questions. */
  readonly accuracy: number;
  /** By question: wordings of one question are not drawn apart. */
  readonly interval?: Interval;
  /** Runs that ended with an error. */
  readonly errors: number;
  /** Calls that ran or were refused, nested ones too. */
  readonly calls: number;
  readonly callsPerQuestion: number;
  /** Questions with a call. */
  readonly asked: number;
  /** Calls whose output holds an accepted answer, and questions with such a call. */
  readonly rightCalls: number;
  readonly rightlyAsked: number;
  /** Calls that ended with an error of the tool. */
  readonly failed: number;
  readonly malformed: number;
  readonly unknown: number;
  readonly refused: number;
  /** Taken in and written. */
  readonly tokens: number;
  /** Of the sittings that were finished; with it tokens per second. */
  readonly seconds: number;
  readonly tokensPerSecond: number;
}

export function figuresOf(results: readonly Result[], sittings: readonly Sitting[]): Figures {
  const n = results.length;
  const sum = (of: (result: Result) => number) => results.reduce((total, result) => total + of(result), 0);
  const right = (result: Result) => result.calls.filter(({ output }) => output !== undefined && holds(output, result.accepted)).length;
  const correct = sum(({ correct }) => Number(correct));
  const calls = sum(({ calls }) => calls.length);
  const refused = sum((result) => result.refused);
  const seconds = sittings.reduce((total, sitting) => total + sitting.seconds, 0);
  const timed = sittings.reduce((total, sitting) => total + sitting.tokens, 0);
  const interval = accuracyInterval(results);
  return {
    n,
    correct,
    accuracy: n === 0 ? 0 : correct / n,
    ...(interval ? { interval } : {}),
    errors: sum(({ error }) => Number(error !== undefined)),
    calls,
    callsPerQuestion: n === 0 ? 0 : calls / n,
    asked: sum((result) => Number(result.calls.length > 0)),
    rightCalls: sum(right),
    rightlyAsked: sum((result) => Number(right(result) > 0)),
    failed: sum((result) => result.calls.filter(({ error }) => error !== undefined).length) - refused,
    malformed: sum((result) => result.malformed),
    unknown: sum((result) => result.unknown),
    refused,
    tokens: sum(({ usage }) => usage.input + usage.output),
    seconds,
    tokensPerSecond: seconds === 0 ? 0 : timed / seconds,
  };
}
