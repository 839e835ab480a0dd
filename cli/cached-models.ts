// What is in the folder of model files, laid out as models/fetch.ts and models/storage.ts do it.
import { existsSync, readdirSync } from "node:fs";
import { stat } from "node:fs/promises";
import { join, sep } from "node:path";
import { ToolwrightError } from "../errors.js";
import { defaultModel, folderPath, modelDigest, storageChoice } from "../models/index.js";

/** A fetched model file. */
interface CachedModel {
  /** As `--model` takes it. */
  readonly name: string;
  readonly file: string;
  /** Bytes. */
  readonly size: number;
  /** Undefined for a damaged file. */
  readonly sha256?: string;
  /** What is wrong with a damaged file. */
  readonly problem?: string;
  /** The storage type that was chosen for it on this machine, `"source"` for the file as it is; undefined before its first use. */
  readonly runsAs?: string;
}

/** A copy of a model in another storage type. */
interface ConvertedModel {
  readonly file: string;
  readonly size: number;
  readonly storage: string;
  /** First digits of the digest of what it was made of. */
  readonly source: string;
}

/** OWNER/REPO/FILE.gguf and DIGEST.TYPE.gguf, from the folder on. */
const FETCHED = /^[^/]+\/[^/]+\/.+\.gguf$/i;
const CONVERTED = /^(?<source>[0-9a-f]{16})\.(?<storage>\w+)\.gguf$/;

export async function cachedModels(): Promise<{ readonly fetched: CachedModel[]; readonly converted: ConvertedModel[] }> {
  const folder = folderPath("models");
  const names = namesIn(folder);
  const converted = await Promise.all(
    names.flatMap((name) => {
      const parts = CONVERTED.exec(name)?.groups;
      const file = join(folder, name);
      return parts === undefined ? [] : [stat(file).then(({ size }) => ({ file, size, storage: parts.storage!, source: parts.source! }))];
    }),
  );
  const fetched: CachedModel[] = [];
  for (const name of names.filter((name) => FETCHED.test(name))) {
    const file = join(folder, name);
    fetched.push({ name: nameOf(name), file, size: (await stat(file)).size, ...(await examined(file)) });
  }
  return { fetched, converted };
}

async function examined(file: string): Promise<Pick<CachedModel, "sha256" | "problem" | "runsAs">> {
  try {
    const sha256 = await modelDigest(file);
    return { sha256, runsAs: (await storageChoice(sha256))?.storage };
  } catch (error) {
    if (!(error instanceof ToolwrightError)) throw error;
    return { problem: error.message };
  }
}

/** Names that `--model` takes: of what is here, and the beginnings of others. */
export function modelNames(): string[] {
  const here = namesIn(folderPath("models"))
    .filter((name) => FETCHED.test(name))
    .map(nameOf);
  return [...new Set(["local", ...here, "openai:"])];
}

function nameOf(path: string): string {
  return path === `${defaultModel.hub.repo}/${defaultModel.hub.path}` ? "local" : `hf:${path}`;
}

function namesIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => name.replaceAll(sep, "/"))
    .sort();
}
