import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { callKey, openCallCache } from "../../teaching/call-cache.js";
import { type ExecuteOptions, executeCalls } from "../../teaching/execute.js";
import type { Tool, ToolDefinition } from "../../tools/index.js";
import { echo, lying, rejected } from "./small-tools.js";

const now = new Date("2024-05-17T12:00:00Z");
const at: ExecuteOptions = { now, timeZone: "UTC" };

const root = await mkdtemp(join(tmpdir(), "toolwright-calls-"));
test.after(() => rm(root, { recursive: true }));
let folders = 0;
const newFolder = () => join(root, `cache-${folders++}`);

const outcomes = async (tool: Tool, inputs: readonly string[], options: Partial<ExecuteOptions> = {}) =>
  (await executeCalls(tool, inputs, { ...at, ...options })).map(({ output, error }) => output ?? `error: ${error}`);

test("results are found again: by the same cache, by another that opens the folder, and by another process", async () => {
  const folder = newFolder();
  const first = echo({ run: ({ text }) => ({ text: `<${text}>`, value: "7", sources: [{ id: "a#1", title: "A", score: 2 }] }) });
  const cache = openCallCache(folder);
  const [made] = await executeCalls(first.tool, ["x"], { ...at, cache });
  const found = { output: "<x>", sources: [{ id: "a#1", title: "A", score: 2 }], ms: 0, cached: true };
  assert.equal({ ...made, ms: 0, cached: true }, found);
  assert.is(made!.cached, false);
  for (const again of [cache, openCallCache(folder)]) {
    const { tool, asked } = echo();
    assert.equal(await executeCalls(tool, ["x"], { ...at, cache: again }), [found]);
    // The value, which only enclosing calls get, is kept too.
    assert.equal(await outcomes(tool, ["Echo(x)!"], { cache: again }), ["<7!>"]);
    assert.equal(asked, again === cache ? ["7!"] : []);
  }
  const module = new URL("../../teaching/call-cache.js", import.meta.url).href;
  const key = callKey({ tool: first.tool, input: "x", now, timeZone: "UTC" });
  const script = `const { openCallCache } = await import(${JSON.stringify(module)});
    const cache = openCallCache(${JSON.stringify(folder)});
    console.log((await cache.get("Echo", ${JSON.stringify(key)})).output);
    await cache.put("Echo", ${JSON.stringify(callKey({ tool: first.tool, input: "y", now, timeZone: "UTC" }))}, { output: "of another" });`;
  assert.is(spawnSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" }).stdout, "<x>\n");
  assert.equal(await outcomes(first.tool, ["y"], { cache: openCallCache(folder) }), ["of another"]);
});

test("another clock, time zone, version, tool, input or salt is another call", async () => {
  const folder = newFolder();
  const runs = async (more: Partial<ExecuteOptions>, definition: Partial<ToolDefinition> = {}, input = "x") => {
    const { tool, asked } = echo(definition);
    await executeCalls(tool, [input], { ...at, cache: openCallCache(folder), ...more });
    return asked.length;
  };
  for (const expected of [1, 0]) {
    assert.is(await runs({}), expected);
    assert.is(await runs({ now: new Date("2024-05-18") }), expected);
    assert.is(await runs({ timeZone: "Europe/Berlin" }), expected);
    assert.is(await runs({ toolSalt: "folder as of today" }), expected);
    assert.is(await runs({}, { version: "2" }), expected);
    assert.is(await runs({}, { name: "Other" }), expected);
    assert.is(await runs({}, {}, "y"), expected);
    assert.is(await runs({}, { cacheable: false }), 1, "a tool that is not cacheable runs every time");
  }
  const { tool, asked } = echo({ cacheable: false });
  await executeCalls(tool, ["x", "x", "Echo(x)"], at);
  assert.is(asked.length, 4);
});

test("an error is kept as long as the cache is open, never on disk", async () => {
  const folder = newFolder();
  let asked = 0;
  const failing = lying(() => {
    asked++;
    throw new Error("no luck");
  });
  const cache = openCallCache(folder);
  for (const cached of [false, true]) {
    const [{ ms, ...outcome } = { ms: 0 }] = await executeCalls(failing, ["x"], { ...at, cache });
    assert.equal(outcome, { error: "no luck", cached });
  }
  assert.is(asked, 1);
  assert.not.ok(existsSync(folder));
  await executeCalls(failing, ["x"], { ...at, cache: openCallCache(folder) });
  assert.is(asked, 2);
});

test("an aborted call is not kept", async () => {
  const cache = openCallCache(undefined);
  const controller = new AbortController();
  let ready = false;
  const { tool } = echo({ run: () => (ready ? "done" : new Promise<string>(() => {})) });
  const running = executeCalls(tool, ["x"], { ...at, cache, signal: controller.signal });
  controller.abort();
  await rejected(running);
  ready = true;
  assert.equal(await outcomes(tool, ["x"], { cache }), ["done"]);
});

test("a file cut anywhere gives every result whose line is whole, and takes new ones", async () => {
  const folder = newFolder();
  const cache = openCallCache(folder);
  const kept = Array.from({ length: 6 }, (_, index) => ({ key: `k${index}`, output: `→ ${index} é\u2028"` }));
  for (const { key, ...result } of kept) await cache.put("T", key, result);
  const file = join(folder, "T.jsonl");
  const bytes = await readFile(file);
  const whole = (size: number) => bytes.subarray(0, size).toString("latin1").split("}\n").length - 1;
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: bytes.length }), async (size) => {
      await writeFile(file, bytes);
      await truncate(file, size);
      const reopened = openCallCache(folder);
      const found = await Promise.all(kept.map(({ key }) => reopened.get("T", key)));
      const count = found.filter(Boolean).length;
      // A line that lacks only its newline is whole.
      assert.ok(count === whole(size) || (bytes[size] === 10 && count === whole(size) + 1), `${count} at ${size}`);
      await reopened.put("T", "new", { output: "new" });
      const last = openCallCache(folder);
      assert.is((await last.get("T", "new"))?.output, "new");
      assert.equal(await last.get("T", "k0"), found[0]);
    }),
    { numRuns: 60 },
  );
});

test("a changed byte loses its line and gives no other result", async () => {
  const folder = newFolder();
  const cache = openCallCache(folder);
  const kept = {
    a: { output: "12.5" },
    b: { output: "long", value: "13" },
    c: { output: "x", sources: [{ id: "i", title: "t", score: 1 }] },
  };
  for (const [key, result] of Object.entries(kept)) await cache.put("T", key, result);
  const file = join(folder, "T.jsonl");
  const bytes = await readFile(file);
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: bytes.length - 1 }), fc.integer({ min: 1, max: 255 }), async (offset, change) => {
      const changed = Buffer.from(bytes);
      changed[offset]! ^= change;
      await writeFile(file, changed);
      const reopened = openCallCache(folder);
      for (const [key, result] of Object.entries(kept)) {
        const found = await reopened.get("T", key);
        if (found !== undefined) assert.equal(found, result);
      }
    }),
    { numRuns: 100 },
  );
});

test("rubbish in the file is passed over, and two that append at the same time lose nothing", async () => {
  const folder = newFolder();
  await mkdir(folder);
  await writeFile(join(folder, "T.jsonl"), 'null\n5\n{"key":"k","output":"forged","sum":"x"}\n\n\0\xff\n[]\n{');
  const [one, other] = [openCallCache(folder), openCallCache(folder)];
  assert.is(await one.get("T", "k"), undefined);
  assert.is(await other.get("T", "k"), undefined);
  for (let index = 0; index < 50; index++) {
    await Promise.all([one.put("T", `one ${index}`, { output: "1" }), other.put("T", `other ${index}`, { output: "2" })]);
  }
  const both = openCallCache(folder);
  for (let index = 0; index < 50; index++) {
    assert.equal([await both.get("T", `one ${index}`), await both.get("T", `other ${index}`)], [{ output: "1" }, { output: "2" }]);
  }
});

test("a tool's name cannot lead out of the folder", async () => {
  const folder = newFolder();
  await openCallCache(folder).put("../../outside", "k", { output: "x" });
  assert.equal(await readdir(folder), ["..%2F..%2Foutside.jsonl"]);
});

test("a folder that cannot be written or read is told once, and the run goes on", async () => {
  const file = join(root, "a-file");
  await writeFile(file, "");
  const notes: string[] = [];
  const cache = openCallCache(join(file, "folder"), (note) => notes.push(note));
  const { tool, asked } = echo();
  assert.equal(await outcomes(tool, ["a", "b"], { cache }), ["<a>", "<b>"]);
  assert.equal(await outcomes(tool, ["a", "b"], { cache }), ["<a>", "<b>"]);
  assert.is(asked.length, 2);
  assert.is(notes.length, 1);
  assert.match(notes[0]!, /^The call cache .*Echo\.jsonl cannot be read \(ENOTDIR\); results are kept in memory only\.$/);
  // Nothing is there to read, and nothing can be made there.
  const folder = newFolder();
  await mkdir(folder);
  await symlink(join(root, "nowhere", "file"), join(folder, "Echo.jsonl"));
  const unwritable = openCallCache(folder, (note) => notes.push(note));
  assert.equal(await outcomes(tool, ["a", "b", "a"], { cache: unwritable }), ["<a>", "<b>", "<a>"]);
  assert.equal(await outcomes(tool, ["a", "b"], { cache: unwritable }), ["<a>", "<b>"]);
  assert.is(asked.length, 4);
  assert.is(notes.length, 2);
  assert.match(notes[1]!, /^The call cache .*Echo\.jsonl cannot be written \(ENOENT\); results are kept in memory only\.$/);
});

test("a result longer than a line may be is kept in memory only", async () => {
  const folder = newFolder();
  const cache = openCallCache(folder);
  await cache.put("T", "long", { output: "x", value: "y".repeat(70_000) });
  await cache.put("T", "short", { output: "x" });
  assert.is((await cache.get("T", "long"))?.value?.length, 70_000);
  assert.ok((await stat(join(folder, "T.jsonl"))).size < 200);
});

test.run();
