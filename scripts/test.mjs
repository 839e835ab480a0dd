// Runs the tests that the build left in dist/tests: all, or those whose path matches.
//   npm test -- [PATTERN]
// The last line is `N passed, N failed`.
// A suite whose `before` hook throws is no failure to uvu, which leaves its tests out. Here every test that did not pass is one.
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";

const pattern = `(?:${process.argv[2] ?? ""}).*\\.test\\.js$`;
const uvu = fileURLToPath(new URL("../node_modules/uvu/bin.js", import.meta.url));
const child = spawn(process.execPath, [uvu, "dist/tests", pattern], { stdio: ["inherit", "pipe", "inherit"] });
let text = "";
child.stdout.setEncoding("utf8").on("data", (piece) => {
  process.stdout.write(piece);
  text += piece;
});
child.on("close", (code) => {
  const counts = [...stripVTControlCharacters(text).matchAll(/^ {2}Total: +(\d+)\n {2}Passed: +(\d+)$/gm)].at(-1);
  const ended = counts !== undefined && counts[1] !== "0";
  if (!ended) console.error("No test was run to its end.");
  const [total, passed] = ended ? [Number(counts[1]), Number(counts[2])] : [1, 0];
  const failed = Math.max(total - passed, code === 0 ? 0 : 1);
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
});
