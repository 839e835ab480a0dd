// From wording to a result. Only the worker imports this.
import type { BigNumber, MathNode } from "mathjs";
import { messageOf, ToolwrightError } from "../../errors.js";
import type { ToolOutput } from "../tool.js";
import { checkTree } from "./checks.js";
import { failure } from "./failure.js";
import { type Rounding, writeResult } from "./formatting.js";
import { math } from "./math.js";
import { readTree } from "./reading.js";
import { toExpression } from "./wording.js";

/** JavaScript's own limits; mathjs throws a RangeError also for a matrix that is not square. */
const ENGINE_LIMIT = /^Maximum call stack|^Invalid (?:array|string) length/;

/**
 * What a call of the calculator gives.
 * @throws ToolwrightError `calculator-unreadable`, `calculator-not-allowed`, `calculator-undefined`, `calculator-limit`
 */
export function evaluate(wording: string, rounding: Rounding): ToolOutput {
  try {
    const { tree, fraction, circular } = readTree(parse(wording));
    checkTree(tree);
    const result: unknown = tree.evaluate();
    return writeResult(circular ? withoutNoise(result) : result, { rounding, fraction });
  } catch (error) {
    if (error instanceof ToolwrightError) throw error;
    if (error instanceof RangeError && ENGINE_LIMIT.test(error.message)) {
      throw failure("limit", "The expression is too large or too deeply nested.", "Split it into smaller steps.", error);
    }
    throw failure("undefined", plainMessage(error), "Check the kinds of the values and the number of arguments.", error);
  }
}

function parse(wording: string): MathNode {
  const expression = toExpression(wording);
  if (expression === "") throw failure("unreadable", "There is nothing to calculate.", "Give an expression, such as (3 + 4) * 12.");
  try {
    return math.parse(expression);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    // The position is left out: it counts in the rewritten text.
    const reason = error.message.replace(/ \(char \d+\)$/, "");
    throw failure("unreadable", `Cannot read "${wording.slice(0, 60)}": ${reason}.`, "Give one expression, such as (3 + 4) * 12.", error);
  }
}

/** π has finitely many digits, so sin(pi) comes out tiny and tan(pi/2) huge. */
function withoutNoise(result: unknown): unknown {
  if (!math.isBigNumber(result)) return result;
  const size = (result as BigNumber).abs();
  if (size.gt("1e50")) throw failure("undefined", "The function is not defined there.", "Use another angle.");
  return size.lt("1e-100") ? math.bignumber(0) : result;
}

/** mathjs's messages without what only its programmers read, and without most of the digits. */
function plainMessage(error: unknown): string {
  const message = messageOf(error)
    .replace(/^\[DecimalError\] /, "")
    .replace(/(\.\d{6})\d+/g, "$1");
  if (message.startsWith("Unexpected type of argument")) return "Numbers, units and lists do not go together in this way.";
  const units = /^Units do not match \('(.+)' != '(.+)'\)$/.exec(message);
  return units ? `Units do not match: ${units[2]} and ${units[1]}.` : `${message.replace(/ \(expected: .*|\.$/, "")}.`;
}
