import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ChatServer } from "../models/chat-server.js";

/** The compiled program. */
export const PROGRAM = fileURLToPath(new URL("../../cli/main.js", import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Settings {
  /** All that standard input has; without it, it stays open. */
  readonly input?: string;
  /** Added to the place's. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** A folder for a test: the working folder, with `TOOLWRIGHT_HOME` in it. A server stands for a model that makes sense, `openai:m`. */
export interface Place {
  readonly folder: string;
  readonly server: ChatServer;
  /** Of programs that are started here. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  start(args: readonly string[], settings?: Settings): { readonly child: ChildProcessWithoutNullStreams; readonly ended: Promise<Ended> };
  /** Runs the program to its end; without `input`, standard input is empty. */
  run(args: readonly string[], settings?: Settings): Promise<Ended>;
}

export const inPlace = (test: (place: Place) => Promise<void>) => async (): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), "toolwright-cli-"));
  await using server = await ChatServer.start();
  const environment = {
    ...process.env,
    TOOLWRIGHT_HOME: join(folder, "home"),
    TOOLWRIGHT_DEBUG: undefined,
    OPENAI_BASE_URL: server.url,
    OPENAI_API_KEY: "sk-a-key-of-the-tests",
    NO_COLOR: undefined,
    FORCE_COLOR: undefined,
  };
  const start: Place["start"] = (args, settings = {}) => {
    const child = spawn(process.execPath, [PROGRAM, ...args], { cwd: folder, env: { ...environment, ...settings.environment } });
    const written = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"] as const) child[name].setEncoding("utf8").on("data", (text: string) => (written[name] += text));
    child.stdin.on("error", () => {}); // A program that has ended reads no more.
    if (settings.input !== undefined) child.stdin.end(settings.input);
    const ended = new Promise<Ended>((resolve, reject) => child.on("error", reject).on("close", (code) => resolve({ code, ...written })));
    return { child, ended };
  };
  try {
    await test({ folder, server, environment, start, run: (args, settings) => start(args, { input: "", ...settings }).ended });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
