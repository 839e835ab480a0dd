import { readdir, readFile, stat } from "node:fs/promises";
import path from "node:path";
import type { Figures, Parameters } from "./record.js";

/** A file or folder that the texts come from. */
export interface CardInput {
  /** As it was named. */
  readonly name: string;
  /** An SPDX identifier such as `MIT`, or whatever its owner says; undefined: not stated. */
  readonly licence?: string;
}

/** What a data card tells. */
export interface CardContents {
  readonly parameters: Parameters;
  readonly figures: {
    readonly documents: number;
    readonly passages: number;
    readonly setAside: number;
    readonly lessons: number;
    readonly lessonsWithCalls: number;
    /** By the tool's name. */
    readonly tools: { readonly [tool: string]: Figures };
  };
  readonly corpus: readonly CardInput[];
  /** The command line that makes the dataset again. */
  readonly command: string;
}

/** What the head of a licence says, and its SPDX identifier. */
const LICENCES: readonly (readonly [RegExp, string])[] = [
  [/\bMIT License\b/i, "MIT"],
  [/\bApache License,?\s+Version 2\.0\b/i, "Apache-2.0"],
  [/\bCreative Commons Attribution-ShareAlike 4\.0\b|\bCC[ -]BY-SA[ -]4\.0\b/i, "CC-BY-SA-4.0"],
  [/\bCreative Commons Attribution 4\.0\b|\bCC[ -]BY[ -]4\.0\b/i, "CC-BY-4.0"],
  [/\bCC0\b/i, "CC0-1.0"],
];

/** Identifiers that the Hugging Face hub knows; what else is stated is `other` there. */
const ON_HUB =
  /^(mit|apache-2\.0|cc-by(-nc)?(-sa|-nd)?-[234]\.0|cc0-1\.0|a?gpl-3\.0|lgpl-3\.0|bsd-[23]-clause|odc-by|pddl|odbl|unlicense|unknown)$/;

/** The hub's words for how many texts there are: below so many. */
const SIZES: readonly (readonly [number, string])[] = [
  [1e3, "n<1K"],
  [1e4, "1K<n<10K"],
  [1e5, "10K<n<100K"],
  [1e6, "100K<n<1M"],
  [1e7, "1M<n<10M"],
  [1e8, "10M<n<100M"],
];

/**
 * The licence that lies beside a corpus: for `data/gsm8k_train.jsonl` a `data/LICENSE.gsm8k`, for a folder a `LICENSE` in it. Its SPDX
 * identifier where it is a known one, else its file's name; undefined when there is none. A plain `LICENSE` beside a file is a program's,
 * as a rule, and says nothing.
 */
export async function licenceBeside(corpus: string, kind: "file" | "folder"): Promise<string | undefined> {
  const folder = kind === "folder" ? corpus : path.dirname(corpus);
  const names = await readdir(folder).catch(() => []);
  const found = names.find((name) => (kind === "folder" ? /^licen[cs]e(\.md|\.txt)?$/i.test(name) : isFor(name, path.basename(corpus))));
  if (found === undefined) return undefined;
  const text = await readFile(path.join(folder, found), "utf8").catch(() => "");
  return LICENCES.find(([words]) => words.test(text.slice(0, 500)))?.[1] ?? found;
}

/** The files and folders of a corpus with their licences: the one that is stated, or what lies beside each. */
export async function cardInputs(corpus: readonly string[], licence?: string): Promise<CardInput[]> {
  return await Promise.all(
    corpus.map(async (name): Promise<CardInput> => {
      if (licence !== undefined) return { name, licence };
      const kind = name === "-" ? undefined : (await stat(name)).isDirectory() ? "folder" : "file";
      const found = kind === undefined ? undefined : await licenceBeside(name, kind);
      return { name, ...(found === undefined ? {} : { licence: found }) };
    }),
  );
}

function isFor(name: string, corpus: string): boolean {
  const words = (text: string) => `${text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, " ")} `;
  const subject = /^licen[cs]e\.(.+?)(\.md|\.txt)?$/i.exec(name)?.[1];
  return subject !== undefined && words(corpus).startsWith(words(subject));
}

/**
 * The data card of a dataset, in Markdown with the head that the Hugging Face hub reads: lay it beside `dataset.jsonl` as `README.md`.
 * The same run gives the same bytes: no times, nothing of what a cache saved.
 */
export function dataCard({ parameters, figures, corpus, command }: CardContents): string {
  const texts = (count: number) => `${number(count)} ${count === 1 ? "text" : "texts"}`;
  return `${cardHead(figures.lessons, corpus)}
# Texts with calls to ${list(parameters.tools.map(({ name }) => name))}

${texts(figures.lessons)}, ${number(figures.lessonsWithCalls)} of them with calls to tools where a call makes what follows more likely, after
[Toolformer](https://arxiv.org/abs/2302.04761). A language model proposed the calls, the tools ran, and those calls were kept whose
result lowered the model's loss on the text after them by τf nats or more. Nobody has read them one by one.

## Counts

${markdownTable([
  ["", "count"],
  ["documents read", number(figures.documents)],
  ["set aside with an error", number(figures.setAside)],
  ["passages", number(figures.passages)],
  ["texts in the dataset", number(figures.lessons)],
  ["of them with calls", number(figures.lessonsWithCalls)],
])}

${markdownTable([
  ["tool", "passages tried", "calls proposed", "run", "failed", "looked ahead", "kept", "in the dataset"],
  ...parameters.tools.map(({ name }) => {
    const {
      tried = 0,
      candidates = 0,
      executed = 0,
      cached = 0,
      failed = 0,
      lookedAhead = 0,
      kept = 0,
      calls = 0,
    } = figures.tools[name] ?? {};
    return [name, ...[tried, candidates, executed + cached, failed, lookedAhead, kept, calls].map(number)];
  }),
])}

A kept call is not in the dataset where a better one stands at its place or the same call stands elsewhere in the passage.

## Source of the texts

${markdownTable([["corpus", "licence"], ...corpus.map(({ name, licence }) => [markdownCode(name), licence ?? "not stated"])])}

The texts stay under the licences of their sources. Results of tools that return stored text carry their sources with each call.

## How it was made

${markdownTable([["", ""], ...settings(parameters)])}

${markdownTable([
  ["tool", "version", "τs", "τf", "positions of a passage", "samples at each"],
  ...parameters.tools.map(({ name, version, tauS, tauF, topK, samples }) => [name, version, ...[tauS, tauF, topK, samples].map(String)]),
])}

${fenced(command, "sh")}

## How to read it

\`dataset.jsonl\` has one text a line: \`text\` as it stands in the corpus, \`calls\` with their positions, inputs, outputs and margins, and
\`marked\`, the text with its calls in it as \`[Name(input) → output]\`. What looked like a call in the text itself is written \`[Name\\(\` in
\`marked\`. The format is version ${parameters.format}, described in \`docs/dataset-format.md\` of toolwright.

${fenced(
  `from datasets import load_dataset
lessons = load_dataset("json", data_files="dataset.jsonl", split="train")
taught = lessons.filter(lambda lesson: len(lesson["calls"]) > 0)`,
  "python",
)}
`;
}

/** What the hub reads of a card: licences, size, the dataset's file. */
export function cardHead(lessons: number, corpus: readonly CardInput[]): string {
  const stated = [...new Set(corpus.map(({ licence = "unknown" }) => licence))].sort();
  const onHub = [...new Set(stated.map((licence) => (ON_HUB.test(licence.toLowerCase()) ? licence.toLowerCase() : "other")))];
  const others = stated.filter((licence) => !ON_HUB.test(licence.toLowerCase()));
  const size = SIZES.find(([below]) => lessons < below)?.[1] ?? "100M<n<1B";
  return `---
license: ${onHub.length === 1 ? onHub[0] : `[${onHub.join(", ")}]`}
${others.length === 0 ? "" : `license_name: ${JSON.stringify(others.join("; "))}\n`}task_categories:
- text-generation
size_categories:
- ${size}
tags:
- tool-use
- toolformer
- toolwright
configs:
- config_name: default
  data_files: dataset.jsonl
---
`;
}

function settings({ model, placement, economy, context, as, seed, window, overlap, shard, format, version }: Parameters): string[][] {
  const adapters = model.adapters?.map(({ digest, scale }) => `${markdownCode(digest)} at ${scale}`) ?? [];
  const known = (name: string, value: string | number | undefined) => (value === undefined ? [] : [[name, String(value)]]);
  return [
    ["model", model.name],
    ...known("its file's SHA-256", model.digest && markdownCode(model.digest)),
    ...known("stored as", model.storage),
    ...known("adapters", adapters.length > 0 ? adapters.join(", ") : undefined),
    ...known("run by", model.runtime),
    ["toolwright", `${version}, dataset format ${format}`],
    ["placement of a call in scoring", placement === "before" ? "before the text, as published" : "at its position (splice)"],
    ["economy", economy ? "on" : "off: every candidate as published"],
    ["tokens before a position that count", context === undefined ? "all" : number(context)],
    ["rendered as", as ?? "records with a question as chat, others as text"],
    ["seed", String(seed)],
    ["tokens of a passage, and of what it is read after", `${number(window)}, ${number(overlap)}`],
    ...known("shard", shard && `${shard.index} of ${shard.of}`),
  ];
}

export function markdownTable([titles = [], ...rows]: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replace(/\s+/g, " ").replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(titles), line(titles.map(() => "---")), ...rows.map(line)].join("\n");
}

function number(value: number): string {
  return value.toLocaleString("en-US");
}

function list(names: readonly string[]): string {
  return names.length < 2 ? (names[0] ?? "no tool") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}

/** Text as code, whatever backticks it holds. */
export function markdownCode(text: string): string {
  const fence = fenceAround(text, 1);
  return fence.length === 1 ? `\`${text}\`` : `${fence} ${text} ${fence}`;
}

export function fenced(text: string, language: string): string {
  const fence = fenceAround(text, 3);
  return `${fence}${language}\n${text}\n${fence}`;
}

/** More backticks than stand together in the text. */
function fenceAround(text: string, least: number): string {
  const longest = Math.max(0, ...Array.from(text.matchAll(/`+/g), ([ticks]) => ticks.length));
  return "`".repeat(Math.max(least, longest + 1));
}
