import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { modelDigest, storageChoice } from "../../models/index.js";
import { bestOf, chooseStorage } from "../../models/storage.js";
import { tinyModel } from "../fixtures/tiny-model.js";

const storage = suite<{ home: string; before?: string }>("storage types");

storage.before.each(async (context) => {
  context.home = await mkdtemp(path.join(os.tmpdir(), "toolwright-storage-"));
  context.before = process.env.TOOLWRIGHT_HOME;
  process.env.TOOLWRIGHT_HOME = context.home;
});
storage.after.each(async ({ home, before }) => {
  if (before === undefined) delete process.env.TOOLWRIGHT_HOME;
  else process.env.TOOLWRIGHT_HOME = before;
  await rm(home, { recursive: true });
});

const round = (type: "source" | "Q8_0" | "BF16", wall: number) => ({ storage: type, wall, cpu: wall });
const errors = (q8: number) => new Map([["source", 0.05] as const, ["Q8_0", q8] as const, ["BF16", 0] as const]);

storage("a moment when the machine was busy decides nothing: of each type the fastest round counts", () => {
  const rounds = [
    round("source", 480),
    round("Q8_0", 900),
    round("BF16", 990),
    round("source", 500),
    round("Q8_0", 440),
    round("BF16", 985),
  ];
  const { storage: best, measured } = bestOf(rounds, errors(0.07));
  assert.is(best, "Q8_0");
  assert.equal(
    measured.map(({ ms }) => ms),
    [480, 440, 985],
  );
});

storage("a type that is less faithful than the source is not chosen, however fast it is", () => {
  const rounds = [round("source", 480), round("Q8_0", 100), round("BF16", 470)];
  assert.is(bestOf(rounds, errors(0.08)).storage, "BF16");
  assert.is(bestOf(rounds, errors(0.07)).storage, "Q8_0");
});

storage("the choice is made once, can be asked for, and is made anew without its note or its copy", async ({ home }) => {
  const source = await tinyModel();
  const digest = await modelDigest(source);
  assert.is(await storageChoice(digest), undefined);
  const file = await chooseStorage(source, digest);
  const { note, storage: chosen, measured, share, at } = (await storageChoice(digest))!;
  assert.equal(
    measured.map((one) => one.storage),
    ["source", "Q8_0", "BF16"],
  );
  assert.ok(measured.every(({ ms }) => ms > 0) && measured[2]!.error === 0 && measured[1]!.error > 0);
  assert.ok(share > 0 && share <= 1 && Math.abs(Date.now() - Date.parse(at)) < 600_000);
  const copies = async () => (await readdir(path.join(home, "models"))).filter((name) => name.endsWith(".gguf"));
  assert.equal(await copies(), chosen === "source" ? [] : [path.basename(file)], "other copies are gone");
  const written = await readFile(note, "utf8");
  assert.is(await chooseStorage(source, digest), file);
  assert.is(await readFile(note, "utf8"), written);

  await writeFile(note, JSON.stringify({ storage: "Q8_0", measured: [] }));
  if (chosen === "Q8_0") await rm(file);
  assert.is(await storageChoice(digest), undefined, "its copy is not there");
  await chooseStorage(source, digest);
  assert.is((await storageChoice(digest))!.measured.length, 3);
  await rm(note);
  assert.ok(existsSync(await chooseStorage(source, digest)));
  assert.ok(existsSync(note));
});

storage.run();
