import { closeSync, openSync, readdirSync, readSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { codeOf as failureCode, ToolwrightError } from "../../errors.js";
import type { Code } from "./languages.js";

/** The files of one direction, such as French to English. */
export interface ModelFiles {
  readonly from: Code;
  readonly to: Code;
  readonly model: string;
  readonly shortlist: string;
  /** One for both languages, or the source's and the target's. */
  readonly vocabularies: readonly string[];
}

const DEEPEST = 5;
/** Bytes. The smallest file of a model has hundreds of thousands; a Git LFS pointer has some 130. */
const SMALLEST = 1024;

const WHERE =
  "Models are at https://github.com/mozilla/firefox-translations-models (Git LFS): of each pair model.*.bin, lex.*.bin and vocab.*.spm.";

/**
 * What a folder has of Bergamot's models, in itself or below. Files are named as Mozilla names them, and may be compressed (`.gz`):
 * `model.fren.intgemm.alphas.bin`, `lex.50.50.fren.s2t.bin`, and `vocab.fren.spm` or `srcvocab.fren.spm` with `trgvocab.fren.spm`.
 * Of several models of one pair the one that comes last by its path is taken.
 * @throws ToolwrightError `folder-not-found`, `translation-models-missing`, `translation-model-invalid`
 */
export function modelsIn(folder: string): ModelFiles[] {
  const groups = new Map<string, { files: string[]; pair: string }>();
  for (const file of filesIn(folder, 0)) {
    const [, pair] =
      /^(?:model|lex|vocab|srcvocab|trgvocab)\.(?:[\d.]+\.)?([a-z]{4})\.(?:.+\.)?(?:bin|spm)(?:\.gz)?$/.exec(basename(file)) ?? [];
    if (pair === undefined) continue;
    const key = `${join(file, "..")}\0${pair}`;
    const group = groups.get(key) ?? { files: [], pair };
    groups.set(key, { ...group, files: [...group.files, file] });
  }
  const found = new Map<string, ModelFiles>();
  const lacking: string[] = [];
  for (const { files, pair } of groups.values()) {
    const part = (name: string) => files.find((file) => basename(file).startsWith(`${name}.`));
    const [model, shortlist, shared, source, target] = ["model", "lex", "vocab", "srcvocab", "trgvocab"].map(part);
    const vocabularies = shared !== undefined ? [shared] : source !== undefined && target !== undefined ? [source, target] : undefined;
    if (model === undefined || shortlist === undefined || vocabularies === undefined) {
      const missing = [model === undefined && "model", shortlist === undefined && "lex", vocabularies === undefined && "vocab"];
      lacking.push(`${pair} lacks ${missing.filter(Boolean).join(" and ")}`);
      continue;
    }
    for (const file of [model, shortlist, ...vocabularies]) checkSize(file);
    found.set(pair, { from: pair.slice(0, 2), to: pair.slice(2), model, shortlist, vocabularies });
  }
  if (found.size > 0) return [...found.values()];
  const what = lacking.length === 0 ? "no translation model" : `no whole translation model: ${lacking.join("; ")}`;
  throw new ToolwrightError("translation-models-missing", `${folder} has ${what}.`, WHERE, { exitCode: 2 });
}

function filesIn(folder: string, depth: number): string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
    return entries.flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return depth < DEEPEST && !entry.name.startsWith(".") ? filesIn(path, depth + 1) : [];
      return [path];
    });
  } catch (cause) {
    const message = `The folder ${folder} cannot be read (${failureCode(cause)}).`;
    throw new ToolwrightError("folder-not-found", message, `Give a folder of translation models. ${WHERE}`, { cause, exitCode: 2 });
  }
}

function checkSize(file: string): void {
  if (statSync(file).size >= SMALLEST) return;
  const start = Buffer.alloc(24);
  const handle = openSync(file, "r");
  try {
    readSync(handle, start);
  } finally {
    closeSync(handle);
  }
  const pointer = start.toString("latin1").startsWith("version https://git-lfs");
  throw new ToolwrightError(
    "translation-model-invalid",
    pointer ? `${file} is a pointer of Git LFS, not the file itself.` : `${file} is too short to be what its name says.`,
    pointer ? "Run git lfs pull in the repository." : "Fetch it again.",
    { exitCode: 2 },
  );
}

/** @throws ToolwrightError `translation-model-invalid` for a compressed file that is damaged */
export async function readModelFile(file: string): Promise<ArrayBuffer> {
  const bytes = await readFile(file);
  if (!file.endsWith(".gz")) return Uint8Array.from(bytes).buffer;
  try {
    return Uint8Array.from(await promisify(gunzip)(bytes)).buffer;
  } catch (cause) {
    throw new ToolwrightError("translation-model-invalid", `${file} cannot be decompressed.`, "Fetch it again.", { cause });
  }
}
