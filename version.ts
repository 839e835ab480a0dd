// The version of toolwright. Any folder may import this file; it imports nothing of ours.
import { readFileSync } from "node:fs";

let known: string | undefined;

/** As the package says, such as `"0.1.0"`. Read when it is first asked for. */
export function version(): string {
  known ??= (JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as { version: string }).version;
  return known;
}
