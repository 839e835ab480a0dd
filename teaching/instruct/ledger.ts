// The journal of a run: its parameters, then the drafts of each batch and a line that says that the batch is whole.
import { ToolwrightError } from "../../errors.js";
import type { ModelIdentity } from "../../models/index.js";
import { firstLine } from "../../parameters.js";
import { Journal, readJournal } from "../../traces/index.js";
import type { Sampling } from "./batch.js";
import type { Draft } from "./draft.js";

const FORMAT = 1;

/** What the drafts depend on, and in which order. How many tasks are wanted is not among it: more can be asked for later. */
export interface RunParameters extends Sampling {
  readonly model: ModelIdentity;
  /** SHA-256 of the file of seeds. */
  readonly seedTasks: string;
  /** Of toolwright's prompts: other words, other drafts. */
  readonly prompts: number;
}

/** The batches of a run that are whole, and where the next ones go. */
export class Ledger implements AsyncDisposable {
  readonly #journal: Journal;
  /** Of the batches that are whole, in order. */
  readonly drafts: Draft[];
  #batches: number;

  private constructor(journal: Journal, drafts: Draft[], batches: number) {
    this.#journal = journal;
    this.drafts = drafts;
    this.#batches = batches;
  }

  /** How many batches are whole. */
  get batches(): number {
    return this.#batches;
  }

  /**
   * @param resume goes on with a journal that is there; otherwise there must be none
   * @throws ToolwrightError `output-exists`, `other-run`, and as `Journal.open` and `readJournal`
   */
  static async open(file: string, parameters: RunParameters, resume: boolean): Promise<Ledger> {
    const header = `"kind":"instruct","format":${FORMAT},"parameters":${JSON.stringify(parameters)}`;
    if (!resume) {
      const journal = Journal.create(file, header);
      if (journal === undefined) throw outputExists(file);
      return new Ledger(journal, [], 0);
    }
    const { journal, last } = await Journal.open(file, header, ({ bytes }) => checkHeader(file, bytes, parameters));
    try {
      const { drafts, batches, left } = last === undefined ? { drafts: [], batches: 0, left: false } : await readBatches(file);
      // Lines cannot be taken back: what a batch left that was not whole is passed over from here on.
      if (left) journal.append('"kind":"resumed"');
      return new Ledger(journal, drafts, batches);
    } catch (error) {
      await journal.close();
      throw error;
    }
  }

  append(drafts: readonly Draft[]): void {
    for (const draft of drafts) this.#journal.append(`"kind":"draft","draft":${JSON.stringify(draft)}`);
    this.#journal.append(`"kind":"batch","batch":${this.#batches}`);
    this.#journal.sync();
    this.drafts.push(...drafts);
    this.#batches++;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#journal.close();
  }
}

export function outputExists(file: string): ToolwrightError {
  return new ToolwrightError(
    "output-exists",
    `${file} exists already.`,
    "Name another --out, or add --resume to go on with the run that wrote it.",
    { exitCode: 2 },
  );
}

async function readBatches(file: string): Promise<{ drafts: Draft[]; batches: number; left: boolean }> {
  const drafts: Draft[] = [];
  let batches = 0;
  let pending: Draft[] = [];
  for await (const { kind, draft } of readJournal(file)) {
    if (kind === "draft") pending.push(draft as Draft); // As this file wrote it: the digests have been checked.
    if (kind === "batch") {
      for (const one of pending) drafts.push(one);
      batches++;
    }
    if (kind === "batch" || kind === "resumed") pending = [];
  }
  return { drafts, batches, left: pending.length > 0 };
}

function checkHeader(file: string, bytes: Buffer, parameters: RunParameters): void {
  const header = firstLine(bytes);
  if (header["kind"] !== "instruct") {
    throw new ToolwrightError("other-run", `${file} is no journal of \`toolwright instruct\`.`, "Name another --out.", { exitCode: 2 });
  }
  if (header["format"] !== FORMAT) {
    throw new ToolwrightError(
      "other-run",
      `${file} has format ${String(header["format"])}; this toolwright writes format ${FORMAT}.`,
      "Go on with the toolwright that began it, or name another --out.",
      { exitCode: 2 },
    );
  }
  const before = header["parameters"] as Readonly<Record<string, unknown>>;
  const now = JSON.parse(JSON.stringify(parameters)) as Readonly<Record<string, unknown>>;
  const differing = Object.keys(now).filter((name) => JSON.stringify(before[name]) !== JSON.stringify(now[name]));
  if (differing.length === 0) return;
  const said = differing.map((name) => `${WORDS[name as keyof RunParameters]} ${shown(before[name])}, now ${shown(now[name])}`);
  throw new ToolwrightError(
    "other-run",
    `${file} is of a run with ${said.join("; ")}.`,
    "Give the same options as when it was begun, or name another --out.",
    { exitCode: 2 },
  );
}

const WORDS: { readonly [name in keyof RunParameters]: string } = {
  model: "the model",
  seedTasks: "seed tasks of SHA-256",
  prompts: "prompts of version",
  temperature: "--temperature",
  topP: "--top-p",
  seed: "--seed",
};

function shown(value: unknown): string {
  if (typeof value === "string") return value.slice(0, 12);
  if (typeof value !== "object" || value === null) return String(value);
  return Object.values(value as ModelIdentity)
    .map((part) =>
      typeof part === "string" && /^[0-9a-f]{64}$/.test(part) ? part.slice(0, 12) : typeof part === "string" ? part : JSON.stringify(part),
    )
    .join(" ");
}
