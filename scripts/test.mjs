// Runs the tests that the build left in dist/tests: all, or those whose path matches.
//   npm test -- [PATTERN]
// A suite whose `before` hook throws is no failure to uvu, which leaves its tests out. Here every test that did not pass is one.
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";

const pattern = `${process.argv[2] ?? ""}.*\\.test\\.js$`;
const uvu = fileURLToPath(new URL("../node_modules/uvu/bin.js", import.meta.url));
const child = spawn(process.execPath, [uvu, "dist/tests", pattern], { stdio: ["inherit", "pipe", "inherit"] });
let text = "";
child.stdout.setEncoding("utf8").on("data", (piece) => {
  process.stdout.write(piece);
  text += piece;
});
child.on("close", (code) => {
  const counts = [...stripVTControlCharacters(text).matchAll(/^ {2}Total: +(\d+)\n {2}Passed: +(\d+)$/gm)].at(-1);
  const missing = counts === undefined ? Number.NaN : Number(counts[1]) - Number(counts[2]);
  if (code === 0 && missing !== 0)
    console.error(counts === undefined ? "The tests did not come to their end." : `${missing} tests did not pass.`);
  process.exitCode = code || (missing === 0 && counts?.[1] !== "0" ? 0 : 1);
});
