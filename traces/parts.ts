import { hash } from "node:crypto";
import { existsSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { partDamaged } from "./damage.js";
import type { Part } from "./record.js";

/** The folder beside a trace that holds what is too large for a line. Names are digests, so equal data is kept once. */
const partsFolder = (trace: string): string => `${trace}.parts`;

/** Keeps a text of JSON beside the trace. */
export function storePart(trace: string, json: string): Part {
  const digest = hash("sha256", json, "hex");
  const folder = partsFolder(trace);
  const file = join(folder, `${digest}.json`);
  if (!existsSync(file)) {
    mkdirSync(folder, { recursive: true });
    const unfinished = `${file}.${process.pid}`; // Never seen under its own name before it is whole.
    writeFileSync(unfinished, json);
    renameSync(unfinished, file);
  }
  return { $part: digest, bytes: Buffer.byteLength(json) };
}

/** @param line of the record that refers to the part, for errors */
export async function loadPart(trace: string, part: Part, line: number): Promise<unknown> {
  const file = join(partsFolder(trace), `${part.$part}.json`);
  let json: Buffer;
  try {
    json = await readFile(file);
  } catch (error) {
    throw partDamaged(trace, line, file, "missing", error);
  }
  if (hash("sha256", json, "hex") !== part.$part) throw partDamaged(trace, line, file, "changed");
  return JSON.parse(json.toString());
}
