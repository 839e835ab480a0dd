import { execFile, spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import type { Place } from "./program.js";

const PATIENCE_MS = 60_000;

/** Whether terminals can be had here: they are tmux's. */
export const hasTerminals = spawnSync("tmux", ["-V"]).status === 0;

/** A program in a real terminal of 80 columns. */
export class Terminal implements AsyncDisposable {
  readonly #socket = `toolwright-${randomUUID()}`;
  readonly #folder: string;
  readonly #environment: Place["environment"];

  private constructor({ folder, environment }: Place) {
    this.#folder = folder;
    this.#environment = { ...environment, TERM: "xterm-256color", TMUX: undefined };
  }

  /** Starts Node with these arguments in a place. */
  static async start(args: readonly string[], place: Place): Promise<Terminal> {
    const terminal = new Terminal(place);
    const settings = join(place.folder, "tmux.conf");
    await writeFile(settings, "set -g status off\n");
    const command = [process.execPath, ...args].map((word) => `'${word}'`).join(" ");
    // The shell tells the exit code: tmux's own pane_dead_status may never come (seen with 3.3a).
    await terminal.#tmux("-u", "-f", settings, "new-session", "-d", "-x", "80", "-y", "40", `${command}; echo "Ended with $?."; cat`);
    return terminal;
  }

  async type(text: string): Promise<void> {
    await this.#tmux("send-keys", "-l", text);
  }

  /** Keys by tmux's names, such as `Enter`, `C-c`, `Up`; one after the other, as fingers do it. */
  async press(...keys: readonly string[]): Promise<void> {
    for (const key of keys) {
      await this.#tmux("send-keys", key);
      await pause(100);
    }
  }

  async enter(text: string): Promise<void> {
    await this.type(text);
    await this.press("Enter");
  }

  /** Pastes as a terminal does it for programs that have asked for bracketed paste. */
  async paste(text: string): Promise<void> {
    await this.#tmux("set-buffer", text);
    await this.#tmux("paste-buffer", "-p");
  }

  /** What is on the screen, without the spaces at the ends of lines and the empty lines at the end. */
  async screen(): Promise<string> {
    return (await this.#tmux("capture-pane", "-p")).replace(/ +$/gm, "").trimEnd();
  }

  /** Waits until the screen is like this. @returns it */
  async until(pattern: RegExp): Promise<string> {
    for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await pause(50)) {
      const screen = await this.screen();
      if (pattern.test(screen)) return screen;
    }
    throw new Error(`Waited in vain for the screen to match ${pattern}:\n${await this.screen()}`);
  }

  /** Waits until the program has ended. @returns its exit code */
  async ended(): Promise<number> {
    const [, code] = /^Ended with (\d+)\.$/m.exec(await this.until(/^Ended with \d+\.$/m))!;
    return Number(code);
  }

  async #tmux(...args: readonly string[]): Promise<string> {
    const { stdout } = await promisify(execFile)("tmux", ["-L", this.#socket, ...args], { cwd: this.#folder, env: this.#environment });
    return stdout;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#tmux("kill-server").catch(() => {}); // It ends with its last program.
  }
}
