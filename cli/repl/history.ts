import { appendFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { codeOf, messageOf } from "../../errors.js";
import { folderPath } from "../../models/index.js";
import { say } from "../output.js";

/** Entries that are kept from session to session. */
const KEPT = 1000;

/** What was typed in chats, in a file that only its user may read; a line an entry. Without such a file there is no history, which is no error. */
export class History {
  readonly #file = join(folderPath("history"), "chat");
  #broken = false;

  /** The newest first. */
  async load(): Promise<string[]> {
    try {
      await mkdir(folderPath("history"), { recursive: true, mode: 0o700 });
      const entries = (await readFile(this.#file, "utf8")).split("\n").filter((entry) => entry !== "");
      // Only now and then, so that two chats at the same time seldom meet here.
      if (entries.length > 2 * KEPT) await writeFile(this.#file, `${entries.slice(-KEPT).join("\n")}\n`, { mode: 0o600 });
      return entries.slice(-KEPT).reverse();
    } catch (error) {
      if (codeOf(error) !== "ENOENT") this.#give(error);
      return [];
    }
  }

  async add(entry: string): Promise<void> {
    if (this.#broken) return;
    try {
      await appendFile(this.#file, `${entry}\n`, { mode: 0o600 });
    } catch (error) {
      this.#give(error);
    }
  }

  /** Said once. */
  #give(error: unknown): void {
    this.#broken = true;
    say(`The history of what you type is not kept: ${messageOf(error)}`);
  }
}
