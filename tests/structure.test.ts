// Holds the source to its design: which folder may import which, through which file, and what a reader finds at the top of each.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** What each folder may import of the others: the table of the design. All may import `ANYBODYS`. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  "errors.ts": [],
  "version.ts": [],
  "parameters.ts": [],
  engine: [],
  models: ["engine"],
  tools: [],
  pages: [],
  agent: ["tools", "models"],
  traces: ["agent", "tools", "models"],
  teaching: ["agent", "tools", "models", "traces", "engine", "pages"],
  training: ["engine", "models", "teaching", "traces", "pages"],
  evaluation: ["agent", "tools", "models", "traces", "pages"],
  rounds: ["agent", "tools", "models", "traces", "teaching", "training", "evaluation"],
  data: ["models", "tools", "evaluation"],
  cli: ["agent", "tools", "models", "traces", "engine", "teaching", "training", "evaluation", "rounds", "index.ts"],
};

/** What all may import. */
const ANYBODYS = ["errors.ts", "version.ts", "parameters.ts"];

/** These look inside other folders: tests test their files, benchmarks compare their parts. */
const INSIDERS = ["tests", "bench"];

/** Parts of a folder that are a subpath of the package of their own, since they load LangChain. */
const OWN_ENTRIES: Readonly<Record<string, readonly string[]>> = {
  "langchain.ts": ["agent/langchain.ts", "models/langchain.ts", "tools/langchain.ts"],
};

const LONGEST = 400;

interface SourceFile {
  /** Relative to the root, with `/`. */
  readonly path: string;
  readonly text: string;
  /** Files that it imports, relative to the root; packages are not among them. */
  readonly imports: readonly string[];
}

/** What is compiled: files at the root, and folders. */
const { include: INCLUDED } = JSON.parse(readFileSync(path.join(ROOT, "tsconfig.json"), "utf8")) as { readonly include: readonly string[] };

function read(): SourceFile[] {
  const within = (folder: string) =>
    readdirSync(path.join(ROOT, folder), { recursive: true, encoding: "utf8" }).map((file) =>
      path.posix.join(folder, ...file.split(path.sep)),
    );
  return INCLUDED.flatMap((name) => (name.endsWith(".ts") ? [name] : within(name).filter((file) => file.endsWith(".ts")))).map((file) => {
    const text = readFileSync(path.join(ROOT, file), "utf8");
    return { path: file, text, imports: importsOf(file, text) };
  });
}

/** Static, dynamic and side-effect imports, re-exports, and files that a worker or a process is started with. */
function importsOf(file: string, text: string): string[] {
  const found = text.matchAll(/(?:^|[\s;}(])(?:from|import|new URL)\s*\(?\s*"(\.[^"]*)\.js"/gm);
  return Array.from(found, ([, name = ""]) => `${path.posix.join(path.posix.dirname(file), name)}.ts`);
}

/** The first folder of a file; the file itself where it stands at the root. */
const folderOf = (file: string) => file.split("/")[0]!;

const files = read();
const relations = files.flatMap(({ path: from, imports }) => imports.map((to) => ({ from, to, line: `${from} imports ${to}` })));

const broken = (holds: (relation: { readonly from: string; readonly to: string }) => boolean) =>
  relations.filter((relation) => !holds(relation)).map(({ line }) => line);

test("the source and its imports are seen", () => {
  assert.ok(files.length > 100, `${files.length} files`);
  for (const [kind, line] of [
    ["re-export", "index.ts imports models/index.ts"],
    ["static", "agent/agent.ts imports agent/ensemble.ts"],
    ["dynamic", "cli/main.ts imports cli/ask.ts"],
    ["worker", "tools/calculator/keeper.ts imports tools/calculator/worker.ts"],
  ]) {
    assert.ok(
      relations.some((relation) => relation.line === line),
      `${kind}: ${line}`,
    );
  }
});

test("every folder is in the table", () => {
  const known = [...Object.keys(MAY_IMPORT), ...INSIDERS, "examples"];
  assert.equal(
    INCLUDED.filter((name) => !name.endsWith(".ts") && !known.includes(folderOf(name))),
    [],
  );
});

test("what is imported is there", () => {
  assert.equal(
    broken(({ to }) => files.some((file) => file.path === to)),
    [],
  );
});

test("a folder imports only those that it may", () => {
  const allowed = (folder: string, other: string) =>
    folder === other || ANYBODYS.includes(other) || MAY_IMPORT[folder]?.includes(other) !== false;
  assert.equal(
    broken(({ from, to }) => allowed(folderOf(from), folderOf(to))),
    [],
  );
});

test("the product imports neither tests, benchmarks, examples nor the command line", () => {
  const outside = [...INSIDERS, "examples", "cli"];
  assert.equal(
    broken(({ from, to }) => outside.includes(folderOf(from)) || !outside.includes(folderOf(to))),
    [],
  );
});

test("a folder is imported through its index.ts only", () => {
  const throughIndex = ({ from, to }: { readonly from: string; readonly to: string }) => {
    if (INSIDERS.includes(folderOf(from)) || OWN_ENTRIES[from]?.includes(to)) return true;
    // Of the folders around `to` that `from` is outside of, the outermost one that has an index.
    const around = to
      .split("/")
      .slice(0, -1)
      .map((_, depth, parts) => parts.slice(0, depth + 1).join("/"));
    const entered = around.find((folder) => !from.startsWith(`${folder}/`) && existsSync(path.join(ROOT, folder, "index.ts")));
    return entered === undefined || to === `${entered}/index.ts`;
  };
  assert.equal(broken(throughIndex), []);
});

test("examples import the package by its name, as its users do", () => {
  assert.equal(
    broken(({ from, to }) => folderOf(from) !== "examples" || folderOf(to) === "examples"),
    [],
  );
});

test("nothing imports what the build makes", () => {
  assert.equal(
    broken(({ to }) => !to.split("/").includes("dist")),
    [],
  );
});

test("every index.ts says in its first line what its folder is for", () => {
  const silent = files.filter((file) => path.posix.basename(file.path) === "index.ts" && !/^(#!.*\n)?\/\/ \S/.test(file.text));
  assert.equal(
    silent.map((file) => file.path),
    [],
  );
});

test(`a file of more than ${LONGEST} lines says in its first five why it is one`, () => {
  const long = files.filter(({ text }) => text.split("\n").length > LONGEST + 1);
  const unexplained = long.filter(({ text }) => !/^\/\/ .*\b(one file|long)\b/im.test(text.split("\n").slice(0, 5).join("\n")));
  assert.equal(
    unexplained.map((file) => file.path),
    [],
  );
});

test.run();
