// The one error type of the project. Any folder may import this file; it imports nothing.

/** How a process that fails with the error ends: 1 the work failed, 2 wrong use, 3 a replay or comparison differs, 130 interrupted. */
export type ExitCode = 1 | 2 | 3 | 130;

/**
 * An error that a person can act on: `message` says what happened (with file, line or option), `remedy` says what to do.
 * `code` is a stable kebab-case word for programs, such as `"model-not-found"`.
 */
export class ToolwrightError extends Error {
  override readonly name = "ToolwrightError";
  readonly code: string;
  readonly remedy: string;
  readonly exitCode: ExitCode;

  constructor(code: string, message: string, remedy: string, options: { cause?: unknown; exitCode?: ExitCode } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.remedy = remedy;
    this.exitCode = options.exitCode ?? 1;
  }
}

/** The sentence of anything thrown: an error's message, or the value as text. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** The code of a system error that was thrown, such as `"ENOENT"`; undefined for anything without one. */
export function codeOf(thrown: unknown): string | undefined {
  const code = (thrown as { readonly code?: unknown } | null | undefined)?.code;
  return typeof code === "string" ? code : undefined;
}
