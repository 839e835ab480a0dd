import { z } from "zod";
import { ToolwrightError } from "../../errors.js";
import { defineTool } from "../define.js";
import type { Tool } from "../tool.js";
import { examples } from "./examples.js";
import { failure } from "./failure.js";
import type { Rounding } from "./formatting.js";
import { Keeper, START_LIMIT } from "./keeper.js";

export interface CalculatorOptions {
  /** To six decimals, below 1 to six significant digits (`"natural"`), or to two decimals as in the Toolformer paper. Default natural. */
  readonly rounding?: Rounding;
  /** How long an evaluation may take, in milliseconds, not counting the wait for others and the start of the thread. Default 1000. */
  readonly timeout?: number;
}

const input = z.object({ expression: z.string().describe("What to calculate, such as 400/1400, 15% of 1,234 or 5 km to miles") });

const LONGEST_EXPRESSION = 1000;

/**
 * The calculator: arithmetic, percentages, powers, roots, units, averages and other functions, in mathjs's notation or plain wording.
 * Evaluates in a thread of its own, within limits of time and memory. Its errors are `calculator-unreadable`, `calculator-not-allowed`,
 * `calculator-undefined`, `calculator-limit`, `calculator-worker` and `aborted`.
 * @throws ToolwrightError `calculator-options`
 */
export function calculator({ rounding = "natural", timeout = 1000 }: CalculatorOptions = {}): Tool<typeof input> {
  if (rounding !== "natural" && rounding !== "published") {
    throw optionError(`The calculator's rounding is ${JSON.stringify(rounding)}.`, 'Give "natural" or "published".');
  }
  if (!(Number.isFinite(timeout) && timeout > 0))
    throw optionError(`The calculator's timeout is ${timeout}.`, "Give milliseconds above 0.");
  const keeper = new Keeper(timeout);
  const tool = defineTool({
    name: "Calculator",
    description: "Calculates: arithmetic, percentages, powers, roots, averages, unit conversions",
    input,
    cost: { milliseconds: 1, tokens: 15 },
    examples: rounding === "natural" ? examples : examples.filter(({ text }) => !/\.\d{3}/.test(text)),
    timeout: START_LIMIT + timeout,
    version: `1-${rounding}`,
    run: ({ expression }, { signal }) => {
      if (expression.length > LONGEST_EXPRESSION) {
        throw failure("limit", `The expression has ${expression.length} characters.`, `Write at most ${LONGEST_EXPRESSION}.`);
      }
      return keeper.evaluate({ expression, rounding }, signal);
    },
  });
  return { ...tool, close: () => keeper.close() };
}

function optionError(message: string, remedy: string): ToolwrightError {
  return new ToolwrightError("calculator-options", message, remedy, { exitCode: 2 });
}
