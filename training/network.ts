// Stands in until the network's own file is merged over it.
import { ToolwrightError } from "../errors.js";
import type { LoraShape, LoraTensor } from "./lora.js";
import type { Pack } from "./pack.js";

export interface Network extends AsyncDisposable {
  readonly tensors: readonly LoraTensor[];
  readonly information: {
    readonly architecture: string;
    readonly layers: number;
    readonly width: number;
    readonly vocabulary: number;
    readonly weights: string;
  };
  accumulate(
    pack: Pack,
    options: { readonly scale: number; readonly seed: number },
  ): Promise<{ readonly loss: number; readonly weight: number }>;
  loss(pack: Pack): Promise<{ readonly loss: number; readonly weight: number }>;
}

export interface NetworkOptions {
  readonly weights?: "auto" | "F32" | "BF16" | "Q8_0";
  readonly threads?: number;
  readonly seed?: number;
}

export async function openNetwork(_file: string, _shape: LoraShape, _options: NetworkOptions = {}): Promise<Network> {
  throw new ToolwrightError("network-missing", "The network is not built yet.", "Merge it.");
}
