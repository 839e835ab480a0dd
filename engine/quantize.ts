import { messageOf, ToolwrightError } from "../errors.js";
import { inBackground } from "./context.js";
import { library } from "./library.js";

/** Storage types by llama.h's `enum llama_ftype`; of those without an importance matrix. */
export const STORAGE = {
  F32: 0,
  F16: 1,
  BF16: 32,
  Q8_0: 7,
  Q6_K: 18,
  Q5_K_M: 17,
  Q5_1: 9,
  Q5_0: 8,
  Q4_K_M: 15,
  Q4_1: 3,
  Q4_0: 2,
} as const;
export type Storage = keyof typeof STORAGE;

/**
 * Writes a model file anew with its weights stored as another type; 0.4 to 1.5 s for the default model.
 * @param pure all weights as that type; otherwise as llama.cpp mixes it, whose output layer is often of a finer type
 * @throws ToolwrightError `convert-failed`
 */
export async function convertModel(input: string, output: string, storage: Storage, threads: number, pure = true): Promise<void> {
  const lib = library();
  const params = Object.assign(lib.model_quantize_default_params(), {
    ftype: STORAGE[storage],
    nthread: threads,
    allow_requantize: true,
    pure,
  });
  let status: number;
  try {
    status = await inBackground(lib.model_quantize, input, output, params);
  } catch (error) {
    throw new ToolwrightError(
      "convert-failed",
      `${input} could not be converted to ${storage}: ${messageOf(error)}.`,
      "Use the file as it is (--exact).",
    );
  }
  if (status !== 0) {
    throw new ToolwrightError(
      "convert-failed",
      `${input} could not be converted to ${storage} in ${output}.`,
      "Check that the folder has room, or use the file as it is (--exact).",
    );
  }
}
