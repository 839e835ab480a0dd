import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ToolwrightError } from "../../errors.js";
import { type CorpusOptions, readCorpus } from "../../teaching/corpus.js";
import type { Passage, SetAside } from "../../teaching/record.js";

const test = suite<{ folder: string }>("corpus");
test.before.each((context) => {
  context.folder = mkdtempSync(path.join(tmpdir(), "corpus-"));
});
test.after.each(({ folder }) => rmSync(folder, { recursive: true, force: true }));

const countTokens = (text: string) => text.match(/\S+/g)?.length ?? 0;
const sizes = { countTokens, window: 100, overlap: 10 };

async function read(paths: string | readonly string[], options: Partial<CorpusOptions> = {}): Promise<(Passage | SetAside)[]> {
  const items: (Passage | SetAside)[] = [];
  for await (const item of readCorpus(paths, { ...sizes, ...options })) items.push(item);
  return items;
}

/** What a reader wants to know of an item at a glance. */
const gist = (item: Passage | SetAside) => ("code" in item ? [item.document, item.id, item.code] : [item.document, item.id, item.text]);
const gists = async (...asked: Parameters<typeof read>) => (await read(...asked)).map(gist);

/** Writes files, and gives the path of the last. */
function write(folder: string, files: Readonly<Record<string, string | Uint8Array>>): string {
  let last = folder;
  for (const [name, content] of Object.entries(files)) {
    last = path.join(folder, name);
    mkdirSync(path.dirname(last), { recursive: true });
    writeFileSync(last, content);
  }
  return last;
}

const lines = (...records: readonly unknown[]) => records.map((record) => `${JSON.stringify(record)}\n`).join("");

async function refusal(reading: Promise<unknown>): Promise<ToolwrightError> {
  try {
    await reading;
  } catch (error) {
    if (error instanceof ToolwrightError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

test("a folder is read file by file, sorted, at any depth, and only its texts", async ({ folder }) => {
  write(folder, {
    "b.md": "Markdown *text*.",
    "a.txt": "First.",
    "B.txt": "Capital.",
    "deep/er/c.jsonl": lines({ text: "A line." }, { id: "own", text: "Another." }),
    "deep/z.txt.gz": gzipSync("Packed."),
    "image.png": "no text",
    "settings.json": "{}",
    ".hidden/x.txt": "no",
    "node_modules/x/readme.md": "no",
  });
  symlinkSync(folder, path.join(folder, "round"));
  symlinkSync(path.join(folder, "a.txt"), path.join(folder, "linked.txt"));
  assert.equal(await gists(folder), [
    [0, "B.txt", "Capital."],
    [1, "a.txt", "First."],
    [2, "b.md", "Markdown *text*."],
    [3, "deep/er/c.jsonl:1", "A line."],
    [4, "own", "Another."],
    [5, "deep/z.txt.gz", "Packed."],
    [6, "linked.txt", "First."],
  ]);
});

test("a record's members reach its passages", async ({ folder }) => {
  const file = write(folder, {
    "x.jsonl": lines(
      { id: 7, question: "How many?", solution: "Two. And two.", answer: 4, date: "2024-03-01", meta: { from: ["me"] }, other: true },
      { text: "Plain.", id: null, date: null, meta: null },
    ),
  });
  assert.equal(await read(file), [
    {
      document: 0,
      part: 0,
      id: "7",
      source: "x.jsonl, line 1",
      question: "How many?",
      date: "2024-03-01",
      meta: { from: ["me"] },
      before: "",
      text: "Two. And two.",
    },
    { document: 1, part: 0, id: "x.jsonl:2", source: "x.jsonl, line 2", before: "", text: "Plain." },
  ]);
});

test("a question and its solution are one text when texts are asked for, and a text is set aside when chats are", async ({ folder }) => {
  write(folder, { "a.jsonl": lines({ question: "Q?", solution: "S." }, { text: "T." }), "b.txt": "B." });
  assert.equal(await gists(folder, { as: "text" }), [
    [0, "a.jsonl:1", "Q?\nS."],
    [1, "a.jsonl:2", "T."],
    [2, "b.txt", "B."],
  ]);
  assert.equal(await gists(folder, { as: "chat" }), [
    [0, "a.jsonl:1", "S."],
    [1, "a.jsonl:2", "no-question"],
    [2, "b.txt", "no-question"],
  ]);
});

test("a long document becomes numbered parts, with the question and what comes before in each", async ({ folder }) => {
  const file = write(folder, { "x.jsonl": lines({ question: "Which?", solution: "One two. Three four. Five six." }) });
  const passages = (await read(file, { window: 4, overlap: 2 })) as Passage[];
  assert.equal(
    passages.map(({ part, id, question, before, text }) => [part, id, question, before, text]),
    [
      [0, "x.jsonl:1", "Which?", "", "One two. Three four. "],
      [1, "x.jsonl:1#1", "Which?", "Three four. ", "Five six."],
    ],
  );
});

test("a question that is longer than a passage may be is set aside", async ({ folder }) => {
  const file = write(folder, { "x.jsonl": lines({ question: "a b c d e f", solution: "g" }, { question: "a", solution: "b" }) });
  assert.equal(await gists(file, { window: 5 }), [
    [0, "x.jsonl:1", "too-long"],
    [1, "x.jsonl:2", "b"],
  ]);
});

test("bad lines are set aside with file and line, and the next is read", async ({ folder }) => {
  const file = write(folder, {
    "x.jsonl": `{"text": "One."}\n\n{"text": oops}\n[1]\n{"question": "Q"}\n{"text": "T", "date": "2023-02-31"}\n{"text": "T", "meta": 1}\n{"text": "T", "id": {}}\n{"text": " "}\r\n{"text": "a\\u0000b"}\n{"text": "Last."}`,
  });
  const items = await read(file);
  assert.equal(
    items.map((item) => ("code" in item ? `${item.document} ${item.code}` : `${item.document} ${item.text}`)),
    ["0 One.", ...[1, 2, 3, 4, 5, 6].map((n) => `${n} bad-line`), "7 not-text", "8 not-text", "9 Last."],
  );
  const [, second] = items as SetAside[];
  assert.ok(second!.message.startsWith(`${file}, line 3: not JSON`), second!.message);
  assert.is(second!.source, "x.jsonl, line 3");
});

test("a line of more than 16 MiB is set aside, and the next is read", async ({ folder }) => {
  const file = write(folder, { "x.jsonl": `${lines({ text: "y".repeat(17 * 1024 * 1024) })}${lines({ text: "Short." })}` });
  assert.equal(await gists(file), [
    [0, "x.jsonl:1", "line-too-long"],
    [1, "x.jsonl:2", "Short."],
  ]);
});

test("encodings are told document by document", async ({ folder }) => {
  const utf16 = (text: string) => Buffer.from(`\ufeff${text}`, "utf16le");
  write(folder, {
    "a.txt": "\ufeffÜber – 日本語 😀",
    "b.txt": utf16("Über – 日本語 😀"),
    "c.txt": utf16("Über big-endian").swap16(),
    "d.txt": Buffer.from("Caf\xe9 \x93quoted\x94 \x80 5", "latin1"),
    "e.txt": Buffer.concat([Buffer.from("Größe, then broken "), Buffer.from([0xe9, 0x20]), Buffer.from("ü")]),
    "f.jsonl": Buffer.concat([Buffer.from('{"text": "na\xefve"}\n', "latin1"), Buffer.from('{"text": "naïve"}\n')]),
    "g.jsonl": utf16(lines({ text: "Ünïcode" })),
    "h.txt": Buffer.from("ends in \xe9", "latin1"),
  });
  assert.equal(
    (await read(folder)).map((item) => gist(item)[2]),
    [
      "Über – 日本語 😀",
      "Über – 日本語 😀",
      "Über big-endian",
      "Café “quoted” € 5",
      "Größe, then broken \ufffd ü",
      "naïve",
      "naïve",
      "Ünïcode",
      "ends in é",
    ],
  );
});

test("a character that two reads share is whole", async ({ folder }) => {
  for (const shift of [0, 1, 2, 3]) {
    const text = `${"a".repeat(65_533 + shift)}😀${" é".repeat(10)}`;
    const file = write(folder, { "x.txt": text });
    const passages = (await read(file, { countTokens: (part) => part.length / 8 })) as Passage[];
    assert.is(passages.map((passage) => passage.text).join(""), text);
  }
});

test("what is empty, blank or no text is set aside", async ({ folder }) => {
  write(folder, {
    "a.txt": "",
    "b.md": " \n\n",
    "c.txt": "nul \0 in it",
    "d.txt": Uint8Array.from({ length: 500 }, (_, at) => at % 32),
    "e.jsonl": "",
    "f.jsonl": "\n\n",
    "g.jsonl": Uint8Array.from({ length: 500 }, (_, at) => (at * 7) % 256),
    "h.txt": "Text.",
  });
  assert.equal(await gists(folder), [
    ...["a.txt", "b.md", "c.txt", "d.txt", "e.jsonl", "f.jsonl", "g.jsonl"].map((id, document) => [document, id, "not-text"]),
    [7, "h.txt", "Text."],
  ]);
});

test("a text that turns binary is set aside from there on", async ({ folder }) => {
  const file = write(folder, { "x.txt": `${"Good words. ".repeat(10_000)}\0${"more ".repeat(1000)}` });
  const items = await read(file);
  const passages = items.filter((item) => !("code" in item));
  assert.ok(passages.length > 100, `${passages.length} passages`);
  assert.equal(gist(items.at(-1)!), [0, "x.txt", "not-text"]);
  assert.is(items.length, passages.length + 1);
});

test("gzip is told by its bytes, and a damaged one is set aside from the damage on", async ({ folder }) => {
  const records = lines(...Array.from({ length: 3000 }, (_, n) => ({ text: `Number ${n} of ${Math.sin(n)}.` })));
  const packed = gzipSync(records);
  write(folder, {
    "a.jsonl": packed,
    "b.jsonl.gz": records,
    "c.jsonl.gz": packed.subarray(0, packed.length / 2),
    "d.txt.gz": packed.subarray(0, 15),
    "e.txt": "On.",
  });
  const items = await read(folder);
  const texts = items.filter((item) => !("code" in item)).map((item) => gist(item)[2]);
  assert.equal(texts.slice(0, 3000), texts.slice(3000, 6000));
  assert.ok(texts.length > 6500, `${texts.length} texts`);
  assert.equal(
    items.filter((item) => "code" in item).map((item) => gist(item).slice(1)),
    [
      ["c.jsonl.gz", "file-unreadable"],
      ["d.txt.gz", "file-unreadable"],
    ],
  );
  assert.equal(
    items.map((item) => item.document),
    items.map((_, n) => n),
  );
});

test("the date of a Markdown file is that of its front matter, and its text stays whole", async ({ folder }) => {
  for (const [written, date] of [
    ["2024-02-29", "2024-02-29"],
    ['"2024-02-29T10:00:00Z" # then', "2024-02-29T10:00:00Z"],
    ["2024-02-29 10:00:00 +0100", "2024-02-29T10:00:00+01:00"],
    ["last week", undefined],
  ] as const) {
    const text = `---\ntitle: A\ndate: ${written}\n---\n\nBody.\n`;
    const [passage] = (await read(write(folder, { "x.md": text }))) as Passage[];
    assert.is(passage!.date, date);
    assert.is(passage!.text, text);
  }
  const [plain] = (await read(write(folder, { "y.md": "Body.\n---\ndate: 2024-02-29\n---\n" }))) as Passage[];
  assert.is(plain!.date, undefined);
});

test("a file of another name is told by its first character", async ({ folder }) => {
  assert.equal(await gists(write(folder, { notes: " Some text." })), [[0, "notes", " Some text."]]);
  assert.equal(await gists(write(folder, { "x.json": ` \n${lines({ text: "T." })}` })), [[0, "x.json:2", "T."]]);
  assert.equal(await gists(write(folder, { "y.json": JSON.stringify([{ text: "T." }]) })), [[0, "y.json", "bad-line"]]);
});

test("limit counts documents over all paths, those set aside too", async ({ folder }) => {
  const first = write(folder, { "a.txt": "" });
  const second = write(folder, { "b.jsonl": lines({ text: "One." }, { text: "Two." }) });
  assert.equal(await gists([first, second], { limit: 2 }), [
    [0, "a.txt", "not-text"],
    [1, "b.jsonl:1", "One."],
  ]);
  assert.equal(await gists([first, second], { limit: 0 }), []);
});

test("shards are the corpus, each document in one of them", async ({ folder }) => {
  write(folder, {
    "a.jsonl": `${lines(...Array.from({ length: 10 }, (_, n) => ({ text: `Number ${n}. `.repeat(40) })))}oops\n`,
    "b.txt": "B.",
    "c.txt": "",
    "d.jsonl": "",
    "e.jsonl": lines({ text: "E." }),
  });
  const all = await read(folder, { window: 20 });
  for (const of of [1, 2, 3, 20]) {
    const shards: (Passage | SetAside)[] = [];
    for (let index = 1; index <= of; index++) {
      const items = await read(folder, { window: 20, shard: { index, of } });
      assert.ok(items.every((item) => item.document % of === index - 1));
      shards.push(...items);
    }
    assert.equal(
      shards.sort((a, b) => a.document - b.document),
      all,
    );
  }
});

test("a path that is not there, a folder without texts and wrong options are told before anything is read", async ({ folder }) => {
  const file = write(folder, { "sub/a.txt": "A." });
  mkdirSync(path.join(folder, "bare"));
  for (const [code, paths, options] of [
    ["corpus-not-found", [file, path.join(folder, "gone.txt")], {}],
    ["corpus-empty", [file, path.join(folder, "bare")], {}],
    ["corpus-empty", [], {}],
    ["bad-option", file, { window: 0 }],
    ["bad-option", file, { overlap: -1 }],
    ["bad-option", file, { limit: 1.5 }],
    ["bad-option", file, { shard: { index: 3, of: 2 } }],
  ] as const) {
    const items: unknown[] = [];
    const reading = (async () => {
      for await (const item of readCorpus(paths, { ...sizes, ...options })) items.push(item);
    })();
    const error = await refusal(reading);
    assert.equal([error.code, error.exitCode, items.length], [code, 2, 0]);
  }
});

test("a signal stops the reading, and a fault of the counter is not taken for one of the corpus", async ({ folder }) => {
  const file = write(folder, { "a.txt": "Word. ".repeat(1000) });
  const stop = new AbortController();
  const reading = async () => {
    for await (const item of readCorpus(file, { ...sizes, signal: stop.signal })) if (item.document === 0) stop.abort();
  };
  const error = await refusal(reading());
  assert.equal([error.code, error.exitCode], ["aborted", 130]);
  const fault = () => {
    throw new ToolwrightError("model-closed", "It is closed.", "Open it.");
  };
  assert.is((await refusal(read(file, { countTokens: fault }))).code, "model-closed");
});

const CORPUS = JSON.stringify(new URL("../../teaching/corpus.js", import.meta.url).href);

/** A process that reads its standard input as a corpus, and what it prints. */
async function child(body: string, input: Readable, memory = 64): Promise<string> {
  const script = `import { readCorpus } from ${CORPUS}; const items = (options) => readCorpus("-", { window: 512, overlap: 64, countTokens: (text) => Math.ceil(text.length / 4), ...options }); ${body}`;
  const started = spawn(process.execPath, [`--max-old-space-size=${memory}`, "--input-type=module", "-e", script], {
    cwd: fileURLToPath(new URL("../../", import.meta.url)),
    stdio: ["pipe", "pipe", "inherit"],
    timeout: 120_000,
  });
  started.stdin.on("error", () => {}); // Who has read enough closes it.
  input.pipe(started.stdin);
  let printed = "";
  for await (const chunk of started.stdout.setEncoding("utf8")) printed += chunk as string;
  return printed.trim();
}

test("standard input is JSON lines where it begins with a brace, else a text", async () => {
  const print = "for await (const item of items({ limit: 2 })) console.log(item.id, item.source, item.code ?? item.text);";
  assert.is(
    await child(print, Readable.from(["\n", lines({ text: "A." }), "oops\n", lines({ text: "B." })])),
    "stdin:2 standard input, line 2 A.\nstdin:3 standard input, line 3 bad-line",
  );
  assert.is(await child(print, Readable.from(["Some text."])), "stdin standard input Some text.");
  assert.is(await child(print, Readable.from([gzipSync("Packed.")])), "stdin standard input Packed.");
});

test("standard input that goes on for ever is left when there is enough, or when a signal says so", async () => {
  const endless = () =>
    Readable.from(
      (function* () {
        for (;;) yield lines({ text: "Again." }).repeat(1000);
      })(),
    );
  assert.is(await child("let n = 0; for await (const item of items({ limit: 5 })) n++; console.log(String(n));", endless()), "5");
  const silent = new Readable({ read() {} });
  const wait =
    "const signal = AbortSignal.timeout(100); try { for await (const item of items({ signal })); } catch (error) { console.log(error.code); }";
  assert.is(await child(wait, silent), "aborted");
});

test("a text of 96 MB without a line break, and a line of as much, pass through in the memory of a small process", async () => {
  const megabytes = (piece: string, count: number) =>
    Readable.from(
      (function* () {
        const block = Buffer.from(piece.repeat(100_000));
        for (let left = count * 1e6; left > 0; left -= block.length) yield block;
      })(),
    );
  // Not maxRSS: it begins with what the process had that started this one.
  const measure =
    "let peak = 0; setInterval(() => { peak = Math.max(peak, process.memoryUsage.rss()); }, 20).unref(); let n = 0, length = 0, code; for await (const item of items()) { n++; length += item.text?.length ?? 0; code ??= item.code; } console.log(JSON.stringify({ n, length, code, memory: peak / 2 ** 20 }));";
  const text = JSON.parse(await child(measure, megabytes("wordy and on ", 96)));
  assert.ok(text.length >= 96e6 && text.n > 40_000, JSON.stringify(text));
  assert.ok(text.memory < 140, `${text.memory} MB`);
  const line = JSON.parse(await child(measure, megabytes('{"text": "a ', 96)));
  assert.equal([line.n, line.code], [1, "line-too-long"]);
  assert.ok(line.memory < 140, `${line.memory} MB`);
});

test.run();
