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
    await writeFile(settings, "set -g remain-on-exit on\nset -g status off\n");
    const command = [process.execPath, ...args].map((word) => `'${word}'`).join(" ");
    await terminal.#tmux("-u", "-f", settings, "new-session", "-d", "-x", "80", "-y", "40", command);
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
    return this.#until(async () => {
      const screen = await this.screen();
      return pattern.test(screen) ? screen : undefined;
    }, `the screen to match ${pattern}`);
  }

  /** Waits until the program has ended. @returns its exit code */
  async ended(): Promise<number> {
    return this.#until(async () => {
      const [dead, status] = (await this.#tmux("display-message", "-p", "#{pane_dead} #{pane_dead_status}")).trim().split(" ");
      return dead === "1" && status ? Number(status) : undefined;
    }, "the program to end");
  }

  async #until<T>(look: () => Promise<T | undefined>, what: string): Promise<T> {
    for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await pause(50)) {
      const seen = await look();
      if (seen !== undefined) return seen;
    }
    throw new Error(`Waited in vain for ${what}:\n${await this.screen()}`);
  }

  async #tmux(...args: readonly string[]): Promise<string> {
    const { stdout } = await promisify(execFile)("tmux", ["-L", this.#socket, ...args], { cwd: this.#folder, env: this.#environment });
    return stdout;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#tmux("kill-server");
  }
}
