// The adapters of this machine, and how they are told of.
import { ToolwrightError } from "../errors.js";
import { type AdapterDescription, adapterFiles, folderPath, type ModelIdentity, readAdapter, shippedAdapter } from "../models/index.js";

/** An adapter's file: what it says of itself, or what is wrong with it. */
export interface FoundAdapter {
  readonly file: string;
  /** It came with the package. */
  readonly shipped: boolean;
  readonly adapter?: AdapterDescription;
  readonly problem?: string;
}

/** Those in the folder of adapters, or in another one, after the one that the package ships. */
export async function foundAdapters(folder = folderPath("adapters")): Promise<FoundAdapter[]> {
  const shipped = await shippedAdapter();
  const others = await Promise.all((await adapterFiles(folder)).map(examined));
  return [...(shipped === undefined ? [] : [{ file: shipped.file, shipped: true, adapter: shipped }]), ...others];
}

async function examined(file: string): Promise<FoundAdapter> {
  try {
    return { file, shipped: false, adapter: await readAdapter(file) };
  } catch (error) {
    if (!(error instanceof ToolwrightError)) throw error;
    return { file, shipped: false, problem: error.message };
  }
}

/** `q, k, v of layers 0 to 29`. */
export function changesText({ targets, layers }: AdapterDescription): string {
  return `${targets.join(", ")}${layers === undefined ? "" : ` of layers ${layers[0]} to ${layers[1] - 1}`}`;
}

/** The model that an adapter was trained on, as far as it says. */
export function baseText({ architecture, base }: AdapterDescription): string {
  if (base === undefined) return `unnamed, ${architecture}`;
  return base.name ?? `${base.sha256.slice(0, 16)}…`;
}

/** The adapters that a model runs with, in a few words; undefined for none. */
export function adapterText({ adapters = [] }: ModelIdentity): string | undefined {
  if (adapters.length === 0) return undefined;
  const names = adapters.map(({ digest, scale }) => `${digest.slice(0, 8)}${scale === 1 ? "" : ` × ${scale}`}`);
  return `adapter ${names.join(" and ")}`;
}
