import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ToolwrightError } from "../../errors.js";
import { checkGguf } from "../../models/gguf.js";
import { ggufFile } from "./gguf-file.js";

const test = suite("the check of GGUF files");
const folder = mkdtempSync(join(tmpdir(), "toolwright-gguf-"));
const path = join(folder, "model.gguf");
test.after(() => rmSync(folder, { recursive: true }));

const WHOLE = ggufFile(100);

function refusal(content: Uint8Array): ToolwrightError {
  writeFileSync(path, content);
  try {
    checkGguf(path);
  } catch (error) {
    assert.instance(error, ToolwrightError);
    return error as ToolwrightError;
  }
  throw new Error("the file was taken");
}

function changed(at: number, bytes: readonly number[]): Buffer {
  const content = Buffer.from(WHOLE);
  Buffer.from(bytes).copy(content, at);
  return content;
}

test("a whole file is taken, and one with something after its end", () => {
  writeFileSync(path, WHOLE);
  checkGguf(path);
  writeFileSync(path, Buffer.concat([WHOLE, Buffer.from("more")]));
  checkGguf(path);
});

test("a file cut anywhere is refused", () => {
  fc.assert(
    fc.property(fc.integer({ min: 4, max: WHOLE.length - 1 }), (length) => {
      const { code, message } = refusal(WHOLE.subarray(0, length));
      assert.is(code, "model-invalid");
      assert.match(message, /ends early/);
    }),
    { numRuns: 150 },
  );
});

test("the refusal of a cut file says how much is missing", () => {
  assert.match(refusal(WHOLE.subarray(0, -1)).message, new RegExp(`need ${WHOLE.length} bytes and it has ${WHOLE.length - 1}`));
});

test("another kind of file is refused by its first bytes", () => {
  for (const content of ["", "GG", "<!DOCTYPE html><html></html>", "version https://git-lfs.github.com/spec/v1\n"]) {
    assert.is(refusal(Buffer.from(content)).code, "model-invalid");
  }
  assert.match(refusal(Buffer.from("PK\u0003\u0004 and so on")).message, /does not begin with GGUF/);
});

test("a version that is not known is refused by its number", () => {
  assert.match(refusal(changed(4, [9])).message, /version is 9/);
});

test("lengths and counts beyond the file end the check at once", () => {
  const huge = [255, 255, 255, 255, 255, 255, 255, 127];
  for (const at of [8, 16, 24]) assert.is(refusal(changed(at, huge)).code, "model-invalid");
});

test("impossible values are named", () => {
  const alignment = WHOLE.indexOf("general.alignment");
  assert.match(refusal(changed(alignment + "general.alignment".length + 4, [0, 0, 0, 0])).message, /alignment is 0/);
  assert.match(refusal(changed(alignment + "general.alignment".length, [77])).message, /unknown type 77/);
  const long = Buffer.concat([changed(alignment - 8, [0, 0, 1]), Buffer.alloc(100_000)]);
  assert.match(refusal(long).message, /name of 65536 bytes/);
});

test("whatever bytes are changed, the answer is a yes or a plain no", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 200 }), fc.uint8Array({ minLength: 1, maxLength: 12 }), (at, bytes) => {
      writeFileSync(path, changed(at, [...bytes]));
      try {
        checkGguf(path);
      } catch (error) {
        assert.is((error as ToolwrightError).code, "model-invalid");
      }
    }),
    { numRuns: 200 },
  );
});

test("what is not there or is a folder is said to be so", () => {
  for (const [missing, message] of [
    [join(folder, "none.gguf"), /There is no file/],
    [folder, /is no file/],
  ] as const) {
    try {
      checkGguf(missing);
      assert.unreachable();
    } catch (error) {
      assert.is((error as ToolwrightError).code, "model-not-found");
      assert.match((error as ToolwrightError).message, message);
    }
  }
});

test.run();
