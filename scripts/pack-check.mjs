// Packs the package as `npm publish` would, looks into the tarball, and uses it as a stranger does: installed from the file into an empty
// folder, with an empty HOME. Needs a build. Prints what it does; the last line says the size.
//   node scripts/pack-check.mjs
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const { bin, exports, name, version } = JSON.parse(readFileSync(path.join(ROOT, "package.json"), "utf8"));
const place = mkdtempSync(path.join(tmpdir(), "toolwright-pack-"));
let failures = 0;

try {
  const { file, contents, size, unpackedSize } = pack();
  look(contents);
  step("publint", () => tool("publint", "run", file, "--strict"));
  step("attw", () => tool("attw", file, "--profile", "esm-only", "--format", "ascii"));
  const stranger = install(file);
  useIt(stranger);
  console.log(`\n${name} ${version}: ${kilobytes(size)} kB packed, ${kilobytes(unpackedSize)} kB unpacked, ${contents.length} files`);
} finally {
  rmSync(place, { recursive: true, force: true });
}
process.exitCode = failures === 0 ? 0 : 1;

function pack() {
  const [packed] = JSON.parse(run(ROOT, npm(), ["pack", "--ignore-scripts", "--json", "--pack-destination", place]));
  const file = path.join(place, packed.filename);
  return { file, contents: packed.files.map((entry) => entry.path), size: packed.size, unpackedSize: packed.unpackedSize };
}

/** What is in the tarball, by names and, for source maps, by what they point to. */
function look(contents) {
  const has = new Set(contents);
  const targets = [
    ...Object.values(bin),
    ...Object.values(exports).flatMap((entry) => (typeof entry === "string" ? entry : Object.values(entry))),
  ];
  step("licence, README and every entry are in it", () => {
    const missing = ["LICENSE", "README.md", ...targets.map((target) => path.posix.normalize(target))].filter((file) => !has.has(file));
    if (missing.length > 0) throw new Error(`missing: ${missing.join(", ")}`);
  });
  step("tests, benchmarks, examples and sources are not", () => {
    const extra = contents.filter((file) => /^(dist\/)?(tests|bench|examples|scripts)\/|(?<!\.d)\.ts$/.test(file));
    if (extra.length > 0) throw new Error(`extra: ${extra.join(", ")}`);
  });
  step("its source maps hold their sources", () => {
    const maps = contents
      .filter((file) => file.endsWith(".map"))
      .map((file) => [file, JSON.parse(readFileSync(path.join(ROOT, file), "utf8"))]);
    const empty = maps.filter(([, map]) => map.sources.length !== map.sourcesContent?.length).map(([file]) => file);
    if (empty.length > 0) throw new Error(`without: ${empty.join(", ")}`);
  });
}

function install(file) {
  const folder = path.join(place, "stranger");
  const home = path.join(place, "home");
  mkdirSync(folder);
  mkdirSync(home);
  // npm's own settings stay, so that it finds its registry and its cache.
  const setting = (key) => run(ROOT, npm(), ["config", "get", key]).trim();
  const env = {
    PATH: process.env.PATH,
    HOME: home,
    USERPROFILE: home,
    npm_config_registry: setting("registry"),
    npm_config_cache: setting("cache"),
  };
  writeFileSync(path.join(folder, "package.json"), '{ "name": "stranger", "private": true, "type": "module" }\n');
  step("npm install", () => run(folder, npm(), ["install", "--no-audit", "--no-fund", "--prefer-offline", file], env));
  return { folder, env };
}

function useIt({ folder, env }) {
  const node = (text) => run(folder, process.execPath, ["--input-type=module", "-e", text], env);
  const subpaths = Object.keys(exports).filter((subpath) => subpath !== "./package.json");
  for (const subpath of subpaths) {
    const from = path.posix.join(name, subpath);
    step(`import "${from}"`, () =>
      node(`const all = await import(${JSON.stringify(from)}); if (Object.keys(all).length === 0) throw new Error("it exports nothing");`),
    );
  }
  step(`${name} --help`, () => run(folder, npm(), ["exec", "--offline", "--", name, "--help"], env));
  step("an agent answers with a call", () => {
    const answer = node(`
      import { calculator, createAgent, scriptedModel } from ${JSON.stringify(name)};
      const agent = createAgent({ model: scriptedModel([["It is [Calculator(37*48)]", " 1776."]]), tools: [calculator()] });
      const { answer, calls } = await agent.ask("What is 37*48?");
      console.log(answer, calls[0].output);
      await agent.close();`);
    if (answer.trim() !== "It is 1776. 1776") throw new Error(`it said ${answer}`);
  });
}

/** @param work throws when the step fails */
function step(what, work) {
  try {
    work();
    console.log(`ok    ${what}`);
  } catch (error) {
    failures++;
    console.log(`FAIL  ${what}\n${[error.message, error.stdout, error.stderr].filter(Boolean).join("\n").trim()}`);
  }
}

/** A command that a devDependency brings. */
function tool(command, ...args) {
  return run(ROOT, npm(), ["exec", "--offline", "--", command, ...args]);
}

function run(cwd, command, args, env = process.env) {
  return execFileSync(command, args, {
    cwd,
    env,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    shell: process.platform === "win32",
  });
}

function npm() {
  return process.platform === "win32" ? "npm.cmd" : "npm";
}

function kilobytes(bytes) {
  return Math.round(bytes / 1000);
}
