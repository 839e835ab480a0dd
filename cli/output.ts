import { once } from "node:events";

/** Writes data to stdout, no faster than its reader takes it. */
export async function print(text: string): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, "drain");
}

/** Writes a value to stdout as one line of JSON. */
export function printJson(value: unknown): Promise<void> {
  return print(`${JSON.stringify(value)}\n`);
}

/** Says something on stderr, on a line of its own. */
export function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Whoever reads the output may stop at any time (`| head`): that is no failure, and nobody is left to tell. */
export function endQuietlyOnBrokenPipe(): void {
  const end = (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit();
    say(`toolwright: The output cannot be written: ${error.message}`);
    process.exit(1);
  };
  process.stdout.on("error", end);
  process.stderr.on("error", () => process.exit(1));
}
