/** The matrices of a layer that an adapter may change. */
export type Target = "q" | "k" | "v" | "o" | "gate" | "up" | "down";

/** Which matrices an adapter changes, and how much. */
export interface LoraShape {
  readonly rank: number;
  /** The change is scaled by alpha / rank, as llama.cpp does. */
  readonly alpha: number;
  readonly targets: readonly Target[];
  /** Half-open. */
  readonly layers: readonly [from: number, to: number];
  readonly dropout: number;
}

/** A or B of one matrix. */
export interface LoraTensor {
  /** llama.cpp's: `blk.0.attn_q.weight.lora_a`, `….lora_b`. */
  readonly name: string;
  /** In ggml's order: `ne0`, `ne1`. */
  readonly shape: readonly [number, number];
  readonly values: Float32Array;
  readonly gradient: Float32Array;
}
