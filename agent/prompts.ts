// The prompt book: what the agent's strategies say to a model is data, a file each, with its source and version.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { messageOf, ToolwrightError } from "../errors.js";

const SHIPPED = fileURLToPath(new URL("../../data/prompts", import.meta.url));

const text = z.string().min(1);
const about = { version: z.int().min(1), source: text };
const demonstrations = z.array(z.strictObject({ question: text, text })).min(1);

/** A text in which each of these stands in braces. */
const template = (...names: string[]) =>
  text.refine((value) => names.every((name) => value.includes(`{${name}}`)), `it must have ${names.map((name) => `{${name}}`).join(", ")}`);

/** By the name of its file. `conclusion`: words that the answer follows at the end of a chain of thought. Default: "The answer is". */
const schemas = {
  /** How tools are told of: `tool` is the line of one of them. */
  tools: z.strictObject({ ...about, text: template("tools"), tool: template("name", "arguments", "description") }),
  "chain-of-thought": z.strictObject({ ...about, instruction: text, demonstrations, conclusion: text.optional() }),
  /** A passage from memory: which page it is from on the first line. */
  recitation: z.strictObject({ ...about, instruction: text, demonstrations }),
  reader: z.strictObject({
    ...about,
    instruction: text,
    text: template("evidence", "question"),
    demonstrations: z.array(z.strictObject({ evidence: text, question: text, text })).min(1),
  }),
  "step-by-step": z.strictObject({ ...about, text: template("question"), conclusion: text.optional() }),
} as const;

type Prompts = { readonly [Name in keyof typeof schemas]: Readonly<z.infer<(typeof schemas)[Name]>> };

/** All prompts of the strategies. */
export interface PromptBook extends Prompts {
  /** Of all that a model may read of it: 32 hexadecimal digits. */
  readonly digest: string;
}

let shipped: PromptBook | undefined;

/** The prompts that come with the package. */
export function shippedPrompts(): PromptBook {
  shipped ??= bookOf(
    Object.fromEntries(Object.keys(schemas).map((name) => [name, read(path.join(SHIPPED, `${name}.json`), name as Name)])),
  );
  return shipped;
}

type Name = keyof typeof schemas;

/**
 * Prompts of one's own, in another language for one: a folder with files such as `chain-of-thought.json`, each of which stands for the
 * shipped one of its name.
 * @throws ToolwrightError `prompts-invalid`, which names the file and what is wrong
 */
export function readPrompts(folder: string): PromptBook {
  let files: string[];
  try {
    files = readdirSync(folder).filter((file) => file.endsWith(".json"));
  } catch (error) {
    throw invalid(folder, `cannot be read: ${messageOf(error)}`, "Give a folder with prompts.", error);
  }
  const names = Object.keys(schemas);
  const known = names.map((name) => `${name}.json`).join(", ");
  if (files.length === 0) throw invalid(folder, "has no prompts", `It may have ${known}; data/prompts has those that are used otherwise.`);
  const own = files.map((file) => {
    const name = path.basename(file, ".json");
    if (!names.includes(name)) throw invalid(path.join(folder, file), "is not a prompt's name", `Use one of ${known}.`);
    return [name, read(path.join(folder, file), name as Name)] as const;
  });
  return bookOf({ ...shippedPrompts(), ...Object.fromEntries(own) });
}

function read(file: string, name: Name): unknown {
  let written: string;
  let json: unknown;
  try {
    written = readFileSync(file, "utf8");
  } catch (error) {
    throw invalid(file, `cannot be read: ${messageOf(error)}`, "Make it readable, or leave it out.", error);
  }
  try {
    json = JSON.parse(written);
  } catch (error) {
    throw invalid(file, `is no JSON: ${messageOf(error)}`, "Mend the file, or leave it out.", error);
  }
  const { data, error } = schemas[name].safeParse(json);
  if (data !== undefined) return data;
  throw invalid(file, `does not fit: ${z.prettifyError(error)}`, `data/prompts/${name}.json has the form.`);
}

function bookOf(prompts: object): PromptBook {
  const parts = Object.keys(schemas).map((name) => {
    const { source: _source, version: _version, ...said } = (prompts as Record<string, Record<string, unknown>>)[name]!;
    return [name, said];
  });
  const digest = createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 32);
  return { ...(prompts as Prompts), digest };
}

function invalid(what: string, problem: string, remedy: string, cause?: unknown): ToolwrightError {
  return new ToolwrightError("prompts-invalid", `${what} ${problem}.`, remedy, { cause, exitCode: 2 });
}

/** Puts values where their names stand in braces. */
export function filled(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => (Object.hasOwn(values, name) ? values[name]! : whole));
}
