// The tests that can be made harder, made harder: teaching is killed 200 times, and taught 10,000 texts; training is killed 100 times.
//   npm run soak
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const test = fileURLToPath(new URL("test.mjs", import.meta.url));
const env = { ...process.env, TEACHING_KILLS: "200", TEACHING_TEXTS: "10000", TRAINING_KILLS: "100" };
const { status } = spawnSync(process.execPath, [test, "(teaching/(resume|teach)|training/resume)"], { stdio: "inherit", env });
process.exitCode = status ?? 1;
