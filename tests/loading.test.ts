import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";

const DIST = new URL("../", import.meta.url);

/** The scripts that a process of its own loads, as V8's coverage lists them: every module, ESM and CommonJS, of every Node version. */
function loaded(...args: string[]): URL[] {
  const folder = mkdtempSync(path.join(tmpdir(), "toolwright-loading-"));
  try {
    execFileSync(process.execPath, args, { env: { ...process.env, NODE_V8_COVERAGE: folder }, stdio: "ignore" });
    const urls = readdirSync(folder).flatMap((file) => {
      const { result } = JSON.parse(readFileSync(path.join(folder, file), "utf8")) as { result: { url: string }[] };
      return result.map(({ url }) => url);
    });
    return urls.filter((url) => url.startsWith("file:")).map((url) => new URL(url));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const importing = (entry: string) => loaded("--input-type=module", "-e", `await import(${JSON.stringify(new URL(entry, DIST).href)})`);

function packagesOf(urls: readonly URL[]): string[] {
  const names = urls.flatMap(({ pathname }) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(pathname)?.[1] ?? []);
  return [...new Set(names)].sort();
}

function foldersOf(urls: readonly URL[]): string[] {
  const own = urls.filter(({ href }) => href.startsWith(DIST.href)).map(({ href }) => href.slice(DIST.href.length));
  return [...new Set(own.filter((file) => file.includes("/")).map((file) => file.slice(0, file.indexOf("/"))))].sort();
}

/** Small enough to load before they are used. */
const LIGHT = ["@huggingface/jinja", "minisearch", "zod"];

test('import("toolwright") loads neither LangChain nor the engine, nor anything else that is heavy', () => {
  const urls = importing("index.js");
  assert.equal(
    packagesOf(urls).filter((name) => !LIGHT.includes(name)),
    [],
  );
  assert.not(foldersOf(urls).includes("engine"), "the engine is loaded");
  assert.ok(foldersOf(urls).includes("agent"));
});

test("toolwright --help loads neither", () => {
  const urls = loaded(fileURLToPath(new URL("cli/main.js", DIST)), "--help");
  assert.equal(
    packagesOf(urls).filter((name) => ![...LIGHT, "commander"].includes(name)),
    [],
  );
  assert.not(foldersOf(urls).includes("engine"), "the engine is loaded");
});

test("LangChain and the engine are loaded by the subpaths that are theirs", () => {
  const packages = packagesOf([...importing("langchain.js"), ...importing("engine/index.js")]);
  for (const name of ["@langchain/core", "koffi"]) assert.ok(packages.includes(name), `${name} is not loaded`);
});

test.run();
