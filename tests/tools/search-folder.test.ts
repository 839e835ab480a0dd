import { readdir, readFile, rename, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import * as assert from "uvu/assert";
import { cacheFolder } from "../../tools/search/cache-folder.js";
import { ask, put, suiteInFolder } from "./search-place.js";

const test = suiteInFolder("search in a folder");

test("the passage that answers comes first, with the id to open it by", async ({ folder, open }) => {
  await put(folder, {
    "plans.txt": "The garden needs water.\n\nThe project deadline is 5 May 2031. Ana keeps the list.",
    "sub/other.md": "# Recipes\n\nA cake needs eggs and a deadline of patience.",
  });
  const tool = open();
  assert.is(
    await ask(tool, "When is the project deadline?"),
    "The garden needs water. The project deadline is 5 May 2031. Ana keeps the list. (plans.txt#1)",
  );
  const { results } = await tool.find("cakes");
  assert.equal(
    results.map(({ source: { id, title } }) => ({ id, title })),
    [{ id: "sub/other.md#1", title: "Recipes" }],
  );
  assert.ok((results[0]?.source.score ?? 0) > 0);
  assert.is(await ask(tool, "quote: plans.txt#1, list"), "Ana keeps the list.");
  assert.is((await tool.open("plans.txt")).text, "The garden needs water.\n\nThe project deadline is 5 May 2031. Ana keeps the list.");
});

test("a long passage is cut to the sentences about the query", async ({ folder, open }) => {
  const filler = Array.from({ length: 12 }, (_, at) => `Sentence number ${at} talks about nothing in particular.`).join(" ");
  await put(folder, { "long.txt": `${filler} The password of the vault is swordfish. ${filler}` });
  const text = await ask(open(), "password vault");
  assert.match(text, /The password of the vault is swordfish\./);
  assert.ok(text.length <= 300, `${text.length}`);
});

test("a title is shown where the text does not say what it is about", async ({ folder, open }) => {
  await put(folder, {
    "people.jsonl": '{"title": "Ada Lovelace", "text": "She wrote the first program.", "url": "https://example.org/ada"}\n',
  });
  const tool = open();
  assert.is(await ask(tool, "first program"), "Ada Lovelace: She wrote the first program. (people.jsonl#1)");
  assert.is((await tool.find("lovelace")).results[0]?.source.url, "https://example.org/ada");
});

test("the reference answers outright before the folder, and the folder before the dictionary", async ({ folder, open }) => {
  await put(folder, {
    "notes.txt": "Peru was lovely; the capital of our savings is gone.\n\nThe barometer hangs in the hall. We discovered a café.",
  });
  const tool = open({ reference: true });
  assert.is(await ask(tool, "capital of Peru"), "Lima is the capital of Peru.");
  assert.match(await ask(tool, "barometer"), /hangs in the hall\. We discovered a café\. \(notes\.txt#1\)$/);
  assert.match(await ask(tool, "Who discovered penicillin?"), /^Fleming: /, "a passage with half of the words comes last");
  assert.is(await ask(tool, "What is a sextant?"), "sextant: a unit of angular distance equal to 60 degrees");
});

test("a query is refined by naming it, so that calls depend on nothing before them", async ({ folder, open }) => {
  await put(folder, { "a.txt": "The meeting about budget is on Monday.", "b.txt": "The meeting about hiring is on Friday." });
  const tool = open();
  assert.is((await tool.find("meeting")).results.length, 2);
  assert.is(await ask(tool, "refine: meeting | hiring"), "The meeting about hiring is on Friday. (b.txt#1)");
  assert.equal((await tool.find("hiring", { within: "budget" })).results, []);
});

test("links, hidden files and node_modules are not followed", async ({ folder, open }) => {
  await put(dirname(folder), { "secret.txt": "swordfish outside" });
  await put(folder, {
    ".hidden.txt": "swordfish",
    ".git/x.txt": "swordfish",
    "node_modules/a/readme.md": "swordfish",
    "seen.txt": "herring",
  });
  await symlink(join(dirname(folder), "secret.txt"), join(folder, "link.txt"));
  await symlink(folder, join(folder, "circle"));
  const tool = open();
  assert.equal((await tool.find("swordfish")).results, []);
  assert.equal((await tool.refresh()).skipped, [{ path: "link.txt", reason: "a symbolic link" }]);
  for (const id of ["../secret.txt", "../secret.txt#1", "link.txt", join(dirname(folder), "secret.txt")]) {
    const error = await tool.open(id).catch((thrown: unknown) => thrown);
    assert.is((error as { code?: string }).code, "source-not-found", id);
  }
});

test("the index follows changes and reads only what has changed", async ({ folder, open }) => {
  await put(folder, { "a.txt": "alpha one", "b.txt": "beta one", "c.txt": "gamma one" });
  const tool = open();
  assert.is((await tool.refresh()).read, 3);
  assert.is((await tool.refresh()).read, 0);
  await put(folder, { "a.txt": "alpha two", "d.txt": "delta" }, new Date("2021-01-01"));
  await rm(join(folder, "b.txt"));
  await rename(join(folder, "c.txt"), join(folder, "e.txt"));
  assert.equal(await tool.refresh(), { files: 3, passages: 3, read: 3, skipped: [] });
  assert.is(await ask(tool, "alpha"), "alpha two (a.txt#1)");
  assert.is(await ask(tool, "beta"), 'No results for "beta".');
  assert.is(await ask(tool, "gamma"), "gamma one (e.txt#1)");
  await utimes(join(folder, "a.txt"), new Date("2022-01-01"), new Date("2022-01-01"));
  assert.is((await tool.refresh()).read, 0, "another time with the same content is no change");
});

test("a change that keeps size and time is seen when the file was young", async ({ folder, open }) => {
  const now = new Date();
  await put(folder, { "a.txt": "cat" }, now);
  const tool = open();
  assert.is(await ask(tool, "cat"), "cat (a.txt#1)");
  await put(folder, { "a.txt": "dog" }, now);
  assert.is(await ask(tool, "dog"), "dog (a.txt#1)");
});

test("an index made step by step gives what one made at once gives", async ({ folder, open }) => {
  const text = (seed: number) => Array.from({ length: 11 + seed * 3 }, (_, at) => `word${(seed * 7 + at * at) % 17}`).join(" ");
  const tool = open({ cache: false });
  for (let round = 0; round < 4; round += 1) {
    await put(
      folder,
      Object.fromEntries(Array.from({ length: 6 }, (_, at) => [`${(at * 5 + round) % 9}.txt`, text(at + round)])),
      new Date(2000 + round, 1),
    );
    await rm(join(folder, `${round}.txt`), { force: true });
    await tool.refresh();
  }
  const fresh = open({ cache: false });
  for (let word = 0; word < 17; word += 1) assert.equal(await tool.find(`word${word} word3`), await fresh.find(`word${word} word3`));
});

test("many searches at once share one look at the folder and agree", async ({ folder, open }) => {
  await put(folder, Object.fromEntries(Array.from({ length: 50 }, (_, at) => [`${at}.txt`, `document ${at} about herring`])));
  const tool = open();
  const answers = await Promise.all(Array.from({ length: 40 }, () => ask(tool, "document 7 herring")));
  assert.is(new Set(answers).size, 1);
  assert.match(answers[0] ?? "", /^document 7 about herring \(7\.txt#1\)/);
});

test("the index is kept, and another process reads nothing again", async ({ folder, cache, open }) => {
  await put(folder, { "a.txt": "alpha", "b.html": "<p>beta" });
  const first = open();
  await first.refresh();
  await first.close();
  assert.is((await readdir(cache)).length, 1);
  assert.is((await readdir(folder)).length, 2, "nothing is written into the folder itself");
  const second = open();
  assert.equal(await second.refresh(), { files: 2, passages: 2, read: 0, skipped: [] });
  assert.is(await ask(second, "beta"), "beta (b.html#1)");
});

test("an index that is damaged, cut short, of another folder or newer is made anew, with a note", async ({
  folder,
  cache,
  open,
  notes,
}) => {
  await put(folder, { "a.txt": "alpha" });
  const first = open();
  await first.refresh();
  await first.close();
  const file = join(cache, (await readdir(cache))[0] ?? "");
  const good = await readFile(file, "utf8");
  const bad: readonly (readonly [string | Uint8Array, RegExp])[] = [
    ["", /is damaged/],
    ["{", /is damaged/],
    [good.slice(0, -10), /is damaged/],
    [good.replace("alpha", "omega"), /is damaged/],
    [Buffer.from([0xff, 0xfe, 0, 0, 10, 13]), /is damaged/],
    [good.replace('"version":1', '"version":999'), /newer version/],
    [good.replace(folder, `${folder}x`), /is damaged/],
  ];
  for (const [content, reason] of bad) {
    notes.length = 0;
    await writeFile(file, content);
    const tool = open();
    assert.is(await ask(tool, "alpha"), "alpha (a.txt#1)", String(reason));
    await tool.close();
    assert.is(notes.length, 1);
    assert.match(notes[0] ?? "", reason);
    assert.is(await readFile(file, "utf8"), good);
  }
});

test("where the index cannot be kept, the search works and says so once", async ({ folder, cache, open, notes }) => {
  await put(folder, { "a.txt": "alpha" });
  await writeFile(cache, "a file where the cache folder should be");
  const tool = open();
  assert.is(await ask(tool, "alpha"), "alpha (a.txt#1)");
  await put(folder, { "b.txt": "beta" });
  assert.is(await ask(tool, "beta"), "beta (b.txt#1)");
  await tool.close();
  assert.is(notes.filter((note) => /cannot be kept/.test(note)).length, 1);
});

test("a folder that goes away is an error that names it", async ({ folder, open }) => {
  const tool = open();
  await tool.refresh();
  await rename(folder, `${folder}-moved`);
  const error = await tool.find("alpha").catch((thrown: unknown) => thrown);
  assert.is((error as { code?: string }).code, "folder-unreadable");
  assert.ok((error as Error).message.includes(folder));
  await rename(`${folder}-moved`, folder);
  assert.equal((await tool.find("alpha")).results, [], "and comes back");
});

test("a search that is aborted ends at once", async ({ folder, open }) => {
  await put(folder, Object.fromEntries(Array.from({ length: 200 }, (_, at) => [`${at}.txt`, `document ${at} about herring`])));
  const stop = new AbortController();
  const running = open()
    .find("herring", { signal: stop.signal })
    .catch((thrown: unknown) => thrown);
  stop.abort(new Error("enough"));
  assert.is(((await running) as Error).message, "enough");
  const late = await open()
    .find("herring", { signal: stop.signal })
    .catch((thrown: unknown) => thrown);
  assert.is((late as Error).message, "enough");
});

test("a mistyped word is found by likeness where nothing has it as it is", async ({ folder, open }) => {
  await put(folder, { "a.txt": "the barometer fell" });
  assert.is(await ask(open(), "barometr"), "the barometer fell (a.txt#1)");
});

test("indexes go where the platform keeps caches", () => {
  assert.is(cacheFolder({ TOOLWRIGHT_HOME: "/srv/tw" }), join("/srv/tw", "index"));
  if (process.platform === "linux") {
    assert.is(cacheFolder({ XDG_CACHE_HOME: "/var/cache/ann" }), "/var/cache/ann/toolwright/index");
    assert.match(cacheFolder({ XDG_CACHE_HOME: "relative" }), /\/\.cache\/toolwright\/index$/);
  }
});

test.run();
