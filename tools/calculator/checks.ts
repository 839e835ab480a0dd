// What mathjs would answer wrongly, or not in the time that a call has, found before the whole is evaluated. These checks give quick and
// clear answers; what holds in every case are the limits of the thread.
import type { BigNumber, FunctionNode, MathNode, OperatorNode, OperatorNodeFn, RangeNode } from "mathjs";
import { failure } from "./failure.js";
import { Decimal, math, PRECISION } from "./math.js";

/** 449! is the last factorial of at most 1,000 digits. */
const LARGEST_FACTORIAL = 449;
const LONGEST_RANGE = 100_000;
/** What depends on the last digit of its arguments. */
const WHOLE_NUMBERS: ReadonlySet<string> = new Set(["mod", "gcd", "lcm", "isPrime"]);

/** @throws ToolwrightError `calculator-undefined`, `calculator-limit` */
export function checkTree(tree: MathNode): void {
  // From the inside out: what an outer check evaluates has been checked itself.
  tree.forEach(checkTree);
  const { name, args } = operationOf(tree);
  if (name === "divide" || name === "mod") refuseZero(args[1]);
  if (WHOLE_NUMBERS.has(name)) refuseInexact(args);
  if (name === "factorial") refuseLargerThan(LARGEST_FACTORIAL, numberOf(args[0]), "The factorial has more than 1,000 digits.");
  if (name === "range") refuseLargerThan(LONGEST_RANGE, lengthOf(args), `The range has more than ${LONGEST_RANGE} numbers.`);
}

function operationOf(node: MathNode): { name: string; args: (MathNode | null)[] } {
  if (node.type === "OperatorNode") {
    const { fn, args } = node as OperatorNode<never, OperatorNodeFn>;
    return { name: fn, args };
  }
  if (node.type === "FunctionNode") {
    const { fn, args } = node as FunctionNode;
    return { name: fn.name, args };
  }
  if (node.type === "RangeNode") {
    const { start, end, step } = node as RangeNode;
    return { name: "range", args: [start, end, step] };
  }
  return { name: node.type, args: [] };
}

/** mathjs gives infinity for 1 / 0 and 1 for 1 mod 0. */
function refuseZero(divisor: MathNode | null | undefined): void {
  if (numberOf(divisor)?.isZero()) throw failure("undefined", "Division by zero.", "Use a divisor other than 0.");
}

/** Beyond the precision the last digits of a whole number are not known. */
function refuseInexact(args: readonly (MathNode | null)[]): void {
  for (const arg of args) refuseLargerThan(`1e${PRECISION}`, numberOf(arg)?.abs(), `A whole number has more than ${PRECISION} digits.`);
}

function refuseLargerThan(limit: number | string, number: BigNumber | undefined, message: string): void {
  if (number?.gt(limit)) throw failure("limit", message, "Use smaller numbers.");
}

function lengthOf([start, end, step]: readonly (MathNode | null)[]): BigNumber | undefined {
  const [from, to, by = new Decimal(1)] = [start, end, step].map(numberOf);
  return from && to?.minus(from).div(by).abs();
}

function numberOf(node: MathNode | null | undefined): BigNumber | undefined {
  const value: unknown = node?.evaluate();
  if (typeof value === "number") return new Decimal(value);
  return math.isBigNumber(value) ? (value as BigNumber) : undefined;
}
