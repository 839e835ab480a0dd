import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { codeDigest, digestOf } from "../../evaluation/code-digest.js";

test("other code that answers has another digest; other files have not", async () => {
  const root = await mkdtemp(join(tmpdir(), "toolwright-code-"));
  const write = async (file: string, text: string) => {
    await writeFile(join(root, file), text);
    return digestOf(root);
  };
  await mkdir(join(root, "agent/strategies"), { recursive: true });
  await mkdir(join(root, "cli"));
  const first = await write("agent/strategies/search.js", "1");
  assert.is(await write("cli/main.js", "1"), first);
  assert.is(await write("agent/strategies/search.js.map", "1"), first);
  const second = await write("agent/strategies/search.js", "2");
  assert.is.not(second, first);
  assert.is.not(await write("agent/other.js", ""), second);
  assert.is(await write("agent/strategies/search.js", "2"), digestOf(root));
  await rm(root, { recursive: true });
});

test("the package's own has its files in it", () => {
  assert.match(codeDigest(), /^[0-9a-f]{32}$/);
  assert.is.not(codeDigest(), digestOf(tmpdir()));
});

test.run();
