import { messageOf, ToolwrightError } from "../errors.js";
import { inBackground } from "./context.js";
import { library } from "./library.js";

/** Storage types by llama.h's `enum llama_ftype`. */
export const STORAGE = { F32: 0, F16: 1, Q8_0: 7, BF16: 32 } as const;
export type Storage = keyof typeof STORAGE;

/**
 * Writes a model file anew with its weights stored as another type; 0.4 to 1.5 s for the default model.
 * @throws ToolwrightError `convert-failed`
 */
export async function convertModel(input: string, output: string, storage: Storage, threads: number): Promise<void> {
  const lib = library();
  const params = Object.assign(lib.model_quantize_default_params(), {
    ftype: STORAGE[storage],
    nthread: threads,
    allow_requantize: true,
    pure: true,
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
