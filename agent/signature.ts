import { z } from "zod";
import type { Tool } from "../tools/index.js";

/** A single value of an enumeration. */
export type Choice = string | number | boolean | null;

/** What an argument may be, as far as reading and writing it as text needs to know; the tool's schema has the last word. */
export type Shape =
  | { readonly kind: "text" }
  | { readonly kind: "number"; readonly integer: boolean; readonly negative: boolean }
  | { readonly kind: "boolean" }
  | { readonly kind: "choice"; readonly of: readonly Choice[] }
  | { readonly kind: "list"; readonly of: Shape }
  | { readonly kind: "object"; readonly fields: readonly Field[] }
  | { readonly kind: "either"; readonly of: readonly Shape[] }
  | { readonly kind: "any" };

export interface Field {
  readonly name: string;
  readonly required: boolean;
  readonly shape: Shape;
}

/** A tool's arguments. */
export interface Signature {
  /** In the schema's order. */
  readonly fields: readonly Field[];
  /** Arguments that are not declared are allowed. */
  readonly open: boolean;
  /** The one argument that takes the whole text as it is: the only required one, or the only one, if it is plain text. */
  readonly raw?: Field;
  /**
   * How many arguments are written by position: the required ones that come first. An object is written by name, since
   * `{…}` alone is read as all the arguments.
   */
  readonly positional: number;
}

/** The part of JSON Schema that zod writes and that matters here. */
interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly Choice[];
  readonly const?: Choice;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly items?: JsonSchema | boolean;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: JsonSchema | boolean;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
}

const signatures = new WeakMap<object, Signature>();

/** The signature of a tool's schema, worked out once. What JSON Schema cannot say (dates, custom types) may be anything. */
export function signatureOf(tool: Pick<Tool, "input">): Signature {
  const known = signatures.get(tool.input);
  if (known !== undefined) return known;
  const schema = z.toJSONSchema(tool.input, { io: "input", unrepresentable: "any" }) as JsonSchema;
  const signature = describe(schema);
  signatures.set(tool.input, signature);
  return signature;
}

function describe(schema: JsonSchema): Signature {
  const fields = fieldsOf(schema);
  const required = fields.filter((field) => field.required);
  const only = required.length === 1 ? required[0] : fields.length === 1 ? fields[0] : undefined;
  const byName = fields.findIndex((field) => !field.required || mayBeObject(field.shape));
  return {
    fields,
    open: schema.additionalProperties !== undefined && schema.additionalProperties !== false,
    positional: byName < 0 ? fields.length : byName,
    ...(only?.shape.kind === "text" ? { raw: only } : {}),
  };
}

function fieldsOf(schema: JsonSchema): Field[] {
  const required = new Set(schema.required);
  return Object.entries(schema.properties ?? {}).map(([name, property]) => ({
    name,
    required: required.has(name),
    shape: shapeOf(property),
  }));
}

function shapeOf(schema: JsonSchema): Shape {
  if (schema.enum !== undefined) return { kind: "choice", of: schema.enum };
  if (schema.const !== undefined) return { kind: "choice", of: [schema.const] };
  const options = schema.anyOf ?? schema.oneOf;
  if (options !== undefined) return { kind: "either", of: options.map(shapeOf) };
  if (Array.isArray(schema.type)) return { kind: "either", of: schema.type.map((type: string) => shapeOf({ ...schema, type })) };
  switch (schema.type) {
    case "string":
      return { kind: "text" };
    case "number":
    case "integer": {
      const least = schema.minimum ?? schema.exclusiveMinimum ?? Number.NEGATIVE_INFINITY;
      return { kind: "number", integer: schema.type === "integer", negative: least < 0 };
    }
    case "boolean":
      return { kind: "boolean" };
    case "null":
      return { kind: "choice", of: [null] };
    case "array":
      return { kind: "list", of: typeof schema.items === "object" ? shapeOf(schema.items) : { kind: "any" } };
    case "object":
      return { kind: "object", fields: fieldsOf(schema) };
    default:
      return { kind: "any" };
  }
}

/** Whether a value of this shape may be written `{…}`. */
export function mayBeObject(shape: Shape): boolean {
  return shape.kind === "object" || shape.kind === "any" || (shape.kind === "either" && shape.of.some(mayBeObject));
}

/** The name as it stands before a colon. */
export function writtenName({ name }: Field): string {
  return /^[A-Za-z_]\w*$/.test(name) ? name : JSON.stringify(name);
}
