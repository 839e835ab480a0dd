// An expression's tree, read against the vocabulary: what is not listed there is refused before anything is evaluated, and a tree of
// allowed nodes has no way to JavaScript, the network or the host.
import type { FunctionNode, MathNode, OperatorNode, OperatorNodeFn, SymbolNode } from "mathjs";
import { failure } from "./failure.js";
import { math } from "./math.js";
import { CIRCULAR_FUNCTIONS, CONSTANTS, FUNCTIONS, OPERATORS, TEMPERATURES, UNIT_SPELLINGS } from "./vocabulary.js";

/** A tree that may be evaluated, and what was found in it. */
export interface Reading {
  readonly tree: MathNode;
  /** The result is wanted as a fraction. */
  readonly fraction: boolean;
  /** One of `CIRCULAR_FUNCTIONS` is at work. */
  readonly circular: boolean;
}

type Operator = OperatorNode<never, OperatorNodeFn>;

/** Kinds of nodes that are never taken, in words. */
const OTHER_NODES: ReadonlyMap<string, string> = new Map([
  ["AccessorNode", "properties and indices"],
  ["AssignmentNode", "assignments"],
  ["BlockNode", "several expressions at once"],
  ["ConditionalNode", "conditions"],
  ["FunctionAssignmentNode", "definitions of functions"],
  ["ObjectNode", "objects"],
]);

const HUNDRED = valueNode(math.bignumber(100));

/** @throws ToolwrightError `calculator-not-allowed` for whatever the vocabulary does not list */
export function readTree(root: MathNode): Reading {
  let fraction = false;
  let circular = false;

  function visit(node: MathNode): MathNode {
    switch (node.type) {
      case "ParenthesisNode":
      case "ArrayNode":
      case "RangeNode":
      case "RelationalNode":
        return node.map(visit);
      case "ConstantNode":
        return constant(node);
      case "SymbolNode":
        return symbol((node as SymbolNode).name);
      case "OperatorNode":
        return operation(node as Operator);
      case "FunctionNode":
        return call(node as FunctionNode<MathNode>);
      default:
        throw notAllowed(OTHER_NODES.get(node.type) ?? node.type);
    }
  }

  function operation(node: Operator): MathNode {
    if (!OPERATORS.has(node.fn)) throw notAllowed(`the operator ${node.op}`);
    if (node.fn === "to") return withTemperatures(node).map(visit);
    return (isPercentAdded(node) ? asFactor(node) : node).map(visit);
  }

  function call(node: FunctionNode<MathNode>): MathNode {
    // In `a.b(c)` and `f(a)(b)` what is called is not a name.
    const written = node.fn.type === "SymbolNode" ? (node.fn as SymbolNode).name.toLowerCase() : undefined;
    if (node.args.length === 1 && written === "percent") return new math.OperatorNode("/", "divide", [visit(node.args[0]!), HUNDRED]);
    if (node.args.length === 1 && written === "fraction") {
      fraction = true;
      return visit(node.args[0]!);
    }
    const name = FUNCTIONS.get(written ?? "");
    if (name === undefined) throw notAllowed(`the function ${node.fn.toString()}`);
    circular ||= CIRCULAR_FUNCTIONS.has(name);
    return new math.FunctionNode(new math.SymbolNode(name), node.args.map(visit));
  }

  return { tree: visit(root), fraction, circular };
}

function constant(node: MathNode): MathNode {
  const { value } = node as MathNode & { value: unknown };
  if (math.isBigNumber(value) || Number.isFinite(value) || typeof value === "boolean") return node;
  throw notAllowed(typeof value === "string" ? "text in quotes" : String(value));
}

/** A constant or a unit. A unit becomes a value here: `min`, `sec` and `coulomb` are also names of mathjs's own. */
function symbol(name: string): MathNode {
  if (CONSTANTS.has(name)) return new math.SymbolNode(name);
  const spelling = [name, name.toLowerCase()].find((candidate) => UNIT_SPELLINGS.has(candidate) || math.Unit.isValuelessUnit(candidate));
  if (spelling === undefined) throw notAllowed(`"${name}"`);
  return valueNode(math.unit(UNIT_SPELLINGS.get(spelling) ?? spelling));
}

/** In a conversion to a scale of temperature, C and F are degrees. */
function withTemperatures(node: Operator): MathNode {
  const scaleOf = (part: MathNode) => {
    if (part.type !== "SymbolNode") return undefined;
    const { name } = part as SymbolNode;
    return TEMPERATURES.get(name) ?? TEMPERATURES.get(name.toLowerCase());
  };
  if (scaleOf(node.args[1]!) === undefined) return node;
  return node.transform((part: MathNode) => {
    const scale = scaleOf(part);
    return scale === undefined ? part : new math.SymbolNode(scale);
  });
}

/** 200 + 10% is 220, as in mathjs; 5% + 5% is 10%. */
function isPercentAdded(node: Operator): boolean {
  const [left, right] = node.args;
  return (node.fn === "add" || node.fn === "subtract") && right !== undefined && isPercentage(right) && !isPercentage(left!);
}

function isPercentage(node: MathNode): boolean {
  if (node.type === "FunctionNode") {
    const { fn, args } = node as FunctionNode<MathNode>;
    return fn.toString() === "percent" && args.length === 1;
  }
  return node.type === "OperatorNode" && ["add", "subtract"].includes((node as Operator).fn) && (node as Operator).args.every(isPercentage);
}

/** `a + percent(b)` as `a * ((100 + b) / 100)`. */
function asFactor({ op, fn, args }: Operator): MathNode {
  const [amount, percent] = args as [MathNode, FunctionNode];
  const share = new math.OperatorNode(op, fn, [HUNDRED, ...percent.args]);
  return new math.OperatorNode("*", "multiply", [amount, new math.OperatorNode("/", "divide", [share, HUNDRED])]);
}

/** mathjs's types leave out values other than plain ones, and so units. */
function valueNode(value: unknown): MathNode {
  return new (math.ConstantNode as unknown as new (value: unknown) => MathNode)(value);
}

function notAllowed(what: string): Error {
  return failure(
    "not-allowed",
    `The calculator does not know ${what}.`,
    "Use numbers, + - * / ^, units, and functions such as sqrt, log, sin, max, mean.",
  );
}
