import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ToolwrightError } from "../../errors.js";
import { folderPath, makeFolder, openFolder } from "../../models/folders.js";

const test = suite("folders");

test("TOOLWRIGHT_HOME holds all folders", () => {
  const environment = { TOOLWRIGHT_HOME: "/srv/tw", XDG_CACHE_HOME: "/elsewhere", HOME: "/home/ann" };
  assert.is(folderPath("models", environment, "linux"), "/srv/tw/models");
  assert.is(folderPath("traces", environment, "linux"), "/srv/tw/traces");
});

test("without it what can be made again is in the XDG cache folder, the rest in the data folder", () => {
  const environment = { XDG_CACHE_HOME: "/var/cache/ann", XDG_DATA_HOME: "/var/data/ann", HOME: "/home/ann" };
  assert.is(folderPath("states", environment, "linux"), "/var/cache/ann/toolwright/states");
  assert.is(folderPath("history", environment, "linux"), "/var/data/ann/toolwright/history");
  assert.is(folderPath("models", { HOME: "/home/ann" }, "linux"), "/home/ann/.cache/toolwright/models");
  assert.is(folderPath("traces", { HOME: "/home/ann" }, "linux"), "/home/ann/.local/share/toolwright/traces");
});

test("an XDG path that is not absolute is ignored, as the specification says", () => {
  assert.is(folderPath("index", { XDG_CACHE_HOME: "cache", HOME: "/home/ann" }, "linux"), "/home/ann/.cache/toolwright/index");
});

test("macOS and Windows have their own places", () => {
  assert.is(folderPath("models", { HOME: "/Users/ann" }, "darwin"), "/Users/ann/Library/Caches/toolwright/models");
  assert.is(folderPath("traces", { HOME: "/Users/ann" }, "darwin"), "/Users/ann/Library/Application Support/toolwright/traces");
  const environment = { LOCALAPPDATA: "C:\\Users\\ann\\AppData\\Local" };
  assert.is(folderPath("models", environment, "win32"), "C:\\Users\\ann\\AppData\\Local\\toolwright\\cache\\models");
  assert.is(folderPath("traces", { USERPROFILE: "D:\\ann" }, "win32"), "D:\\ann\\AppData\\Local\\toolwright\\data\\traces");
});

test("a folder is made with those above it, and the trial leaves nothing", async () => {
  const home = await mkdtemp(join(tmpdir(), "toolwright-folders-"));
  try {
    const folder = await openFolder("models", { TOOLWRIGHT_HOME: join(home, "deep", "down") });
    assert.is(folder, join(home, "deep", "down", "models"));
    assert.equal(await readdir(folder), []);
  } finally {
    await rm(home, { recursive: true });
  }
});

test("a folder that cannot be made or written is refused with its path and a remedy", async () => {
  const home = await mkdtemp(join(tmpdir(), "toolwright-folders-"));
  try {
    await writeFile(join(home, "file"), "");
    await makeFolder(join(home, "file", "folder"));
    assert.unreachable();
  } catch (error) {
    assert.instance(error, ToolwrightError);
    assert.is((error as ToolwrightError).code, "folder-not-writable");
    assert.ok((error as ToolwrightError).message.includes(join(home, "file", "folder")));
    assert.match((error as ToolwrightError).remedy, /TOOLWRIGHT_HOME/);
  } finally {
    await rm(home, { recursive: true });
  }
});

test.run();
