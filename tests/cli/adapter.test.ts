import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFile, cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { readAdapter } from "../../models/index.js";
import { tinyAdapter } from "../fixtures/tiny-adapter.js";
import { tinyModel } from "../fixtures/tiny-model.js";
import { inPlace } from "./program.js";

const TINY = await tinyModel();
const SHA256 = createHash("sha256")
  .update(await readFile(TINY))
  .digest("hex");
const SHIPPED = await tinyAdapter({
  metadata: {
    "general.name": "sums",
    "toolwright.base.digest": SHA256,
    "toolwright.base.name": "tiny.gguf",
    "toolwright.strategy": "direct",
  },
});
const OTHER = await tinyAdapter({ rank: 2, seed: 9 });
const { sha256: SHIPPED_SHA256 } = await readAdapter(SHIPPED);

const test = suite("toolwright model, adapters");

test(
  "adapters lists those in the folder, and what is wrong with the others",
  inPlace(async ({ folder, run }) => {
    const place = join(folder, "home", "adapters");
    const own = (text: string) => text.split("\n").filter((line) => !line.endsWith("(shipped)"));
    assert.equal(own((await run(["model", "adapters"])).stdout).join(""), "");
    await mkdir(place, { recursive: true });
    await copyFile(SHIPPED, join(place, "sums.gguf"));
    await copyFile(OTHER, join(place, "theirs.gguf"));
    await writeFile(join(place, "worse.gguf"), "no adapter");
    const { stdout, stderr, code } = await run(["model", "adapters"]);
    assert.is(code, 0, stderr);
    const [first, second, third] = own(stdout);
    assert.match(first!, new RegExp(`^tiny\\.gguf +rank 4 +0\\.0 MB +${SHIPPED_SHA256} +/.*sums\\.gguf$`));
    assert.match(second!, /^unnamed, llama +rank 2 .*theirs\.gguf$/);
    assert.match(third!, /^damaged +\/.*worse\.gguf$/);
    assert.match(stderr, /worse\.gguf.*does not begin with GGUF/);
    const sums = JSON.parse((await run(["model", "adapters", "--json", place])).stdout).find(
      ({ shipped }: { shipped: boolean }) => !shipped,
    );
    assert.equal([sums.rank, sums.alpha, sums.strategy, sums.base], [4, 8, "direct", { sha256: SHA256, name: "tiny.gguf" }]);
  }),
);

test(
  "info says what an adapter is",
  inPlace(async ({ run }) => {
    const { stdout, stderr } = await run(["model", "info", SHIPPED]);
    for (const row of [
      /^kind +LoRA adapter$/m,
      /^name +sums$/m,
      new RegExp(`^sha256 +${SHIPPED_SHA256}$`, "m"),
      new RegExp(`^base +tiny\\.gguf, SHA-256 ${SHA256}$`, "m"),
      /^rank, alpha +4, 8$/m,
      /^changes +q, v of layers 0 to 2$/m,
      /^strategy +direct$/m,
    ])
      assert.match(stdout, row, stderr);
  }),
);

test(
  "merge writes a model that runs, under the strategy of its adapter",
  inPlace(async ({ folder, run }) => {
    const { code, stdout, stderr } = await run(["model", "merge", TINY, SHIPPED, "--out", "whole.gguf", "--type", "Q8_0"]);
    assert.is(code, 0, stderr);
    assert.is(stdout, "whole.gguf\n");
    assert.match((await run(["model", "info", "whole.gguf"])).stdout, /^name +Toolwright tiny \+ sums$[\s\S]*^stored as +(MOSTLY_)?Q8_0$/m);
    await run(["ask", "--model", "whole.gguf", "--exact", "--max-tokens", "2", "--trace", "t.jsonl", "Hello?"]);
    assert.match(await readFile(join(folder, "t.jsonl"), "utf8"), /"strategy":"direct"/);
  }),
);

test(
  "none beside another adapter is wrong use",
  inPlace(async ({ run }) => {
    const { code, stderr } = await run(["ask", "--model", TINY, "--adapter", "none", "--adapter", OTHER, "Hello?"]);
    assert.is(code, 2);
    assert.match(stderr, /--adapter none stands beside other adapters/);
  }),
);

test.run();

/** The package as it would be with an adapter for the tiny model in it. */
const shipped = suite<{
  root: string;
  run: (...args: string[]) => Promise<{ stdout: string; stderr: string }>;
  trace: (name: string) => Promise<RunRecord>;
}>("the shipped adapter");

interface RunRecord {
  readonly options: { readonly strategy: string };
  readonly model: { readonly adapters?: readonly { readonly digest: string }[] };
}

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const ASK = ["--model", TINY, "--exact", "--max-tokens", "8", "--tools", "none"];

shipped.before(async (context) => {
  const root = await mkdtemp(join(tmpdir(), "toolwright-package-"));
  await cp(join(ROOT, "dist"), join(root, "dist"), {
    recursive: true,
    filter: (path) => !/dist\/(tests|bench|examples)$|\.map$/.test(path),
  });
  await copyFile(join(ROOT, "package.json"), join(root, "package.json"));
  await symlink(join(ROOT, "node_modules"), join(root, "node_modules"));
  await mkdir(join(root, "data", "adapter"), { recursive: true });
  await copyFile(SHIPPED, join(root, "data", "adapter", "sums.gguf"));
  await cp(join(ROOT, "data", "prompts"), join(root, "data", "prompts"), { recursive: true });
  const env = { ...process.env, TOOLWRIGHT_HOME: join(root, "home") };
  context.root = root;
  context.run = (...args) =>
    new Promise((resolve) =>
      execFile(process.execPath, [join(root, "dist", "cli", "main.js"), ...args], { cwd: root, env }, (_, stdout, stderr) =>
        resolve({ stdout, stderr }),
      ),
    );
  context.trace = async (name) => {
    const lines = (await readFile(join(root, name), "utf8")).trim().split("\n");
    return lines.map((line) => JSON.parse(line)).find(({ kind }) => kind === "run").data;
  };
});
shipped.after(async ({ root }) => {
  await rm(root, { recursive: true });
});

shipped("answers are given with it, and traces name it; none turns it off", async ({ run, trace }) => {
  const first = await run("ask", ...ASK, "--trace", "with.jsonl", "Hello?");
  const { options, model } = await trace("with.jsonl");
  assert.equal(model.adapters, [{ digest: SHIPPED_SHA256, scale: 1 }], first.stderr);
  assert.is(options.strategy, "direct");
  await run("ask", ...ASK, "--adapter", "none", "--trace", "without.jsonl", "Hello?");
  const without = await trace("without.jsonl");
  assert.is(without.model.adapters, undefined);
  assert.is(without.options.strategy, "few-shot");
  await run("ask", ...ASK, "--adapter", OTHER, "--strategy", "zero-shot", "--trace", "other.jsonl", "Hello?");
  const other = await trace("other.jsonl");
  assert.not.equal(other.model.adapters?.[0]?.digest, SHIPPED_SHA256);
  assert.is(other.options.strategy, "zero-shot");
});

shipped("a replay that asks the model takes what was recorded", async ({ run }) => {
  assert.match((await run("replay", "with.jsonl", "--json")).stdout, /"type":"answer"/);
  for (const name of ["with.jsonl", "without.jsonl"]) {
    const { stdout, stderr } = await run("replay", name, "--json", "--live", "model", "--model", TINY, "--exact");
    assert.match(stdout, /"type":"answer"/, `${name}: ${stderr}`);
    assert.not.match(stderr, /adapter|differs/);
  }
  const { stderr } = await run("replay", "other.jsonl", "--live", "model", "--model", TINY, "--exact");
  assert.match(stderr, /Recorded with the adapter [0-9a-f]{64}, which is not the model's default/);
});

shipped("scores are the base's, unless it is named", async ({ root, run }) => {
  await writeFile(join(root, "texts.jsonl"), '{"prefix": "How many", "text": " days until the answer?"}\n');
  const score = async (...args: string[]) =>
    JSON.parse((await run("score", "--model", TINY, "--exact", "texts.jsonl", ...args)).stdout).logprobs;
  const [plain, none, named] = [await score(), await score("--adapter", "none"), await score("--adapter", SHIPPED)];
  const off = (other: readonly number[]) => Math.max(...other.map((value, i) => Math.abs(value - plain[i])));
  assert.ok(off(none) < 0.01);
  assert.ok(off(named) > 0.1);
});

shipped("a model that is not its base has none, and the list shows it", async ({ root, run, trace }) => {
  await run("model", "merge", TINY, OTHER, "--out", "other.gguf", "--type", "F32");
  await run("ask", "--model", "other.gguf", ...ASK.slice(2), "--trace", "unlike.jsonl", "Hello?");
  assert.is((await trace("unlike.jsonl")).model.adapters, undefined);
  assert.match((await run("model", "adapters")).stdout, new RegExp(`${SHIPPED_SHA256} +${root}/data/adapter/sums\\.gguf \\(shipped\\)`));
});

shipped.run();
