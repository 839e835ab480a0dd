import { mkdir, mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { suite, type Test } from "uvu";
import { type SearchOptions, type SearchTool, search } from "../../tools/search/index.js";

/** A folder of its own for each test, and tools that search it. */
export interface Place {
  folder: string;
  cache: string;
  /** What the tools had to tell. */
  notes: string[];
  open(options?: SearchOptions): SearchTool;
}

/** A suite whose tests get a `Place`, which is cleared away after each. */
export function suiteInFolder(name: string): Test<Place> {
  const test = suite<Place>(name);
  const tools: SearchTool[] = [];
  test.before.each(async (place) => {
    const root = await mkdtemp(join(tmpdir(), "toolwright-search-"));
    place.folder = join(root, "notes");
    place.cache = join(root, "cache");
    place.notes = [];
    await mkdir(place.folder);
    place.open = (options = {}) => {
      const onNote = (note: string) => place.notes.push(note);
      const tool = search({ folder: place.folder, cache: place.cache, reference: false, onNote, ...options });
      tools.push(tool);
      return tool;
    };
  });
  test.after.each(async (place) => {
    await Promise.all(tools.splice(0).map((tool) => tool.close()));
    await rm(dirname(place.folder), { recursive: true });
  });
  return test;
}

/** Writes files with a time long past, so that they count as settled. */
export async function put(
  folder: string,
  files: Readonly<Record<string, string | Uint8Array>>,
  time = new Date("2020-01-01"),
): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
    await utimes(join(folder, path), time, time);
  }
}

/** What the model gets for a query. */
export async function ask(tool: SearchTool, query: string): Promise<string> {
  const context = { signal: new AbortController().signal, now: new Date(0), timeZone: "UTC" };
  return (await tool.run({ query }, context)).text;
}
