import { test } from "uvu";
import * as assert from "uvu/assert";
import { library, RELEASE } from "../../engine/index.js";
import { checkLayouts } from "../../engine/structs.js";

const defaults = () => {
  const lib = library();
  return {
    model: lib.model_default_params(),
    context: lib.context_default_params(),
    quantize: lib.model_quantize_default_params(),
    chain: lib.sampler_chain_default_params(),
  };
};

test("the installed library is the release that the layouts are of", () => {
  assert.match(library().package, /^@node-llama-cpp\//);
  assert.not.throws(() => checkLayouts(defaults(), "here"), RELEASE);
});

test("a default that reads otherwise is named, with the platform and what to do", () => {
  const shifted = defaults();
  shifted.context.n_ubatch = 2048; // as if a field had been inserted before it
  assert.throws(
    () => checkLayouts(shifted, "@node-llama-cpp/other"),
    (error: { code: string; message: string; remedy: string }) =>
      error.code === "engine-layout" &&
      error.message.includes("context.n_ubatch reads 2048, not 512") &&
      error.message.includes(`${process.platform}-${process.arch}`) &&
      error.remedy.includes("npm ci"),
  );
});

test("what the library says while it works can be listened to", () => {
  const lib = library();
  const { value, messages } = lib.withMessages(() => lib.model_load_from_file("/no/such/file.gguf", lib.model_default_params()));
  assert.is(value, null);
  assert.match(messages, /no\/such\/file/);
});

test.run();
