import { createHash } from "node:crypto";
import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import os from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ggufValue, writeGguf } from "../../engine/gguf.js";
import { noteOf } from "../../models/storage.js";
import { tinyModel } from "../fixtures/tiny-model.js";
import { HubServer } from "../models/hub-server.js";
import { inPlace } from "./program.js";

const test = suite("toolwright model");
const TINY = await tinyModel();
const SHA256 = createHash("sha256")
  .update(await readFile(TINY))
  .digest("hex");

test(
  "fetch brings a file and prints its path; list and info know it then",
  inPlace(async ({ folder, run }) => {
    await using hub = await HubServer.start();
    hub.put("tiny.gguf", await readFile(TINY));
    const environment = { HF_ENDPOINT: hub.url };
    const file = join(folder, "home", "models", "owner", "repo", "tiny.gguf");
    const fetched = await run(["model", "fetch", "hf:owner/repo/tiny.gguf"], { environment });
    assert.is(fetched.stdout, `${file}\n`);
    assert.match(fetched.stderr, /^Fetching the model from the Hugging Face hub, this once \(0\.7 MB\) …\n(.*\n)*Fetched\.\n$/);
    const again = await run(["model", "fetch", "--json", "hf:owner/repo/tiny.gguf"], { environment });
    assert.equal({ ...JSON.parse(again.stdout), stderr: again.stderr }, { file, sha256: SHA256, stderr: "" });
    assert.is(hub.downloads.length, 1);
    const { fetched: here, converted } = JSON.parse((await run(["model", "list", "--json"])).stdout);
    assert.equal(here, [{ name: "hf:owner/repo/tiny.gguf", file, size: (await readFile(TINY)).length, sha256: SHA256 }]);
    assert.equal(converted, []);
  }),
);

test(
  "a fetch that fails says what was tried",
  inPlace(async ({ run }) => {
    await using hub = await HubServer.start();
    const { code, stdout, stderr } = await run(["model", "fetch", "hf:owner/repo/none.gguf"], { environment: { HF_ENDPOINT: hub.url } });
    assert.is(code, 1);
    assert.is(stdout, "");
    assert.match(stderr, /^toolwright: The model file none\.gguf is not on this machine and could not be fetched\. .*no file none\.gguf/);
  }),
);

test(
  "list names damaged files, and copies in other storage types by what they were made of",
  inPlace(async ({ folder, run }) => {
    const models = join(folder, "home", "models");
    await mkdir(join(models, "owner", "repo"), { recursive: true });
    await copyFile(TINY, join(models, "owner", "repo", "tiny.gguf"));
    await copyFile(TINY, join(models, `${SHA256.slice(0, 16)}.Q8_0.gguf`));
    await writeFile(noteOf(models, SHA256, Math.min(8, os.availableParallelism())), JSON.stringify({ storage: "Q8_0", measured: [] }));
    await writeFile(join(models, `${SHA256.slice(0, 16)}.0123456789abcdef.json`), '{ "storage": "source" }'); // Of another machine.
    await writeFile(join(models, "owner", "repo", "worse.gguf"), "no model");
    const { stdout } = await run(["model", "list"]);
    const [file, damaged, copy] = stdout.split("\n");
    assert.match(file!, new RegExp(`^hf:owner/repo/tiny\\.gguf +0\\.7 MB +${SHA256} +runs as Q8_0 +/.*/tiny\\.gguf$`));
    assert.match(damaged!, /^hf:owner\/repo\/worse\.gguf +0\.0 MB +damaged +\/.*worse\.gguf$/);
    assert.match(copy!, /^hf:owner\/repo\/tiny\.gguf +0\.7 MB +copy as Q8_0 +\/.*\.Q8_0\.gguf$/);
  }),
);

test(
  "info says what a file is and whether it runs here",
  inPlace(async ({ run }) => {
    const { code, stdout, stderr } = await run(["model", "info", TINY]);
    assert.is(code, 0, stderr);
    for (const row of [
      /^file +\/.*tiny\.gguf$/m,
      new RegExp(`^sha256 +${SHA256}$`, "m"),
      /^architecture +llama$/m,
      /^stored as +F32$/m,
      /^context +2048 tokens$/m,
      /^tokenizer +gpt2, \d+ tokens$/m,
      /^chat template +yes$/m,
      /^runs here +yes$/m,
    ]) {
      assert.match(stdout, row);
    }
    const { parameters, activeParameters, layers, width } = JSON.parse((await run(["model", "info", "--json", TINY])).stdout);
    assert.ok(parameters > 100_000);
    assert.equal({ activeParameters, layers, width }, { activeParameters: parameters, layers: 3, width: 64 });
  }),
);

test(
  "of a mixture of experts, the parameters that are active for a token are counted too",
  inPlace(async ({ folder, run }) => {
    const tensor = (name: string, shape: readonly number[]) => ({
      name,
      shape,
      type: "F32" as const,
      data: new Float32Array(shape.reduce((a, b) => a * b)),
    });
    await writeGguf(join(folder, "experts.gguf"), {
      metadata: {
        "general.architecture": ggufValue("string", "mixed"),
        "mixed.expert_count": ggufValue("u32", 8),
        "mixed.expert_used_count": ggufValue("u32", 2),
        "general.license": ggufValue("string", "mit"),
      },
      tensors: [
        tensor("token_embd.weight", [4, 100]),
        tensor("blk.0.ffn_up_exps.weight", [4, 10, 8]),
        tensor("blk.0.ffn_up_shexp.weight", [4, 10]),
      ],
    });
    const { code, stdout, stderr } = await run(["model", "info", "experts.gguf"]);
    assert.is(code, 0, stderr);
    assert.match(stdout, /^parameters +760, 520 of them active for a token$/m);
    assert.match(stdout, /^experts +2 of 8 for a token$/m);
    assert.match(stdout, /^licence +mit$/m);
    assert.match(stdout, /^runs here +no: .*mixed/m);
  }),
);

for (const [what, content, says] of [
  ["missing", undefined, /^toolwright: There is no file .*some\.gguf\.\n/],
  ["not a model", "Hello", /^toolwright: .*some\.gguf is no usable GGUF file: it does not begin with GGUF\.\n/],
  ["cut off", "half", /^toolwright: .*some\.gguf is no usable GGUF file: it ends early/],
] as const) {
  test(
    `a file that is ${what} is told`,
    inPlace(async ({ folder, run }) => {
      const tiny = await readFile(TINY);
      if (content !== undefined)
        await writeFile(join(folder, "some.gguf"), content === "half" ? tiny.subarray(0, tiny.length / 2) : content);
      const { code, stdout, stderr } = await run(["model", "info", "some.gguf"]);
      assert.is(code, 1);
      assert.is(stdout, "");
      assert.match(stderr, says);
    }),
  );
}

test.run();
