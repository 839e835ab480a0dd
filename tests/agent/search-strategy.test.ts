import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type AgentEvent, type AgentOptions, type Answer, createAgent } from "../../agent/index.js";
import { aboutOf, leadsIn, NOT_FOUND, supportOf, uncovered } from "../../agent/strategies/search.js";
import type { ToolwrightError } from "../../errors.js";
import { scriptedModel } from "../../models/index.js";
import { calculator, type SearchTool, search } from "../../tools/index.js";
import { openTrace, recordTo, replayRuns } from "../../traces/index.js";
import { hostileTexts } from "../fixtures/hostile.js";

const DOCUMENTS: Readonly<Record<string, string>> = {
  "alder-museum.md": "# Alder Museum\n\nThe Alder Museum was founded by Ida Karr. It opened in 1911.\n",
  "ida-karr.md": "# Ida Karr\n\nIda Karr was a printer. She was born in Tollen, on the coast.\n",
  "tollen.md": "# Tollen\n\nTollen lies on the river Eide. Its mayor is Per Holm.\n",
};

/** What the reader says, by what it is given and asked. */
type Reader = (evidence: string, question: string) => string;

async function asking<T>(
  documents: Readonly<Record<string, string>>,
  read: Reader,
  use: (agent: ReturnType<typeof createAgent>, model: ReturnType<typeof scriptedModel>) => Promise<T>,
  options: Partial<AgentOptions> = {},
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "toolwright-search-"));
  try {
    for (const [name, text] of Object.entries(documents)) await writeFile(join(folder, name), text);
    const model = scriptedModel((messages) => {
      const [evidence = "", question = ""] = messages.at(-1)!.content.split("\n\nQuestion: ");
      return [read(evidence, question)];
    });
    const tool = search({ folder, reference: false, cache: false });
    const agent = createAgent({ model, tools: [tool, calculator()], strategy: "search", ...options });
    const result = await use(agent, model);
    await agent.close();
    return result;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const finding =
  (pattern: RegExp): Reader =>
  (evidence) =>
    pattern.exec(evidence)?.[1] ?? "I do not know.";

test("the answer comes with the sentence that says so", () =>
  asking(DOCUMENTS, finding(/opened in (\d+)/), async (agent) => {
    const { answer, sources, calls } = await agent.ask("When did the Alder Museum open?");
    assert.is(answer, "1911");
    assert.equal(
      sources?.map(({ id, quote }) => [id, quote]),
      [["alder-museum.md#1", "It opened in 1911."]],
    );
    assert.equal(
      calls.map(({ tool, input }) => [tool, input]),
      [["Search", "When did the Alder Museum open?"]],
    );
  }));

test("what a source leads on to is looked up too", () =>
  asking(DOCUMENTS, finding(/born in (\w+)/), async (agent) => {
    const { answer, sources, calls } = await agent.ask("In which town was the founder of the Alder Museum born?");
    assert.is(answer, "Tollen");
    assert.equal(
      sources?.map(({ quote }) => quote),
      ["She was born in Tollen, on the coast."],
    );
    assert.ok(
      calls.some(({ input }) => input.startsWith("Ida Karr")),
      JSON.stringify(calls),
    );
  }));

test("an answer that nothing says is not given, and that is counted", () =>
  asking(
    DOCUMENTS,
    () => "In Vienna, by Otto Brandt.",
    async (agent) => {
      const events: AgentEvent[] = [];
      for await (const event of agent.run("Where was the founder of the Alder Museum born?")) events.push(event);
      const answer = events.find((event) => event.type === "answer");
      assert.equal(answer?.type === "answer" && [answer.text, answer.sources], [NOT_FOUND, []]);
      const note = events.find((event) => event.type === "error");
      assert.match(note?.type === "error" ? `${note.code}: ${note.message}` : "", /^unsupported-answer: \w+ answers? (was|were) left out/);
      assert.ok(events.filter(({ type }) => type === "chain").length <= 3, "refined at most twice");
    },
  ));

test("a sentence about somebody else supports nothing", () =>
  asking(
    { ...DOCUMENTS, "otto-brandt.md": "# Otto Brandt\n\nOtto Brandt was a painter. He was born in Vienna.\n" },
    (evidence) => (evidence.includes("Vienna") ? "Vienna" : "I do not know."),
    async (agent) => {
      for (const question of ["In which town was Ida Karr born?", "In which town was Ermengarde Holt born?"]) {
        const { answer, sources } = await agent.ask(question);
        assert.equal([answer, sources], [NOT_FOUND, []], question);
      }
      assert.is((await agent.ask("In which town was Otto Brandt born?")).answer, "Vienna");
    },
  ));

test("passages are about what the question names, and about what these name in turn", () => {
  const passage = (title: string, text: string) => ({ source: { id: title, title }, text });
  const [museum, karr, brandt] = [
    passage("Alder Museum", "It was founded by Ida Karr."),
    passage("Ida Karr", "She was a printer."),
    passage("Otto Brandt", "He was a painter."),
  ];
  const all = [brandt!, karr!, museum!];
  const titles = (question: string) => aboutOf(question, all).map(({ source }) => source.title);
  assert.equal(titles("Who founded the Alder Museum?"), ["Ida Karr", "Alder Museum"]);
  assert.equal(titles("Was Ida Karr a printer?"), ["Ida Karr", "Alder Museum"]);
  assert.equal(titles("Ida Karr was a printer?"), ["Ida Karr", "Alder Museum"]);
  assert.equal(titles("Was Ermengarde Holt a printer?"), []);
  assert.equal(titles("In Vienna, who is a printer?"), []);
  assert.equal(titles("Who was a painter?"), ["Otto Brandt", "Ida Karr", "Alder Museum"]);
  assert.equal(titles("Tell who was a printer!"), ["Otto Brandt", "Ida Karr", "Alder Museum"]);
  assert.equal(titles("Where does Ermengarde live?"), []);
});

/** Asks with the reference; the model writes these calls, then this answer, and says the same whatever it reads. */
async function askReference(question: string, queries: readonly string[], says: string, tool: SearchTool = search()) {
  const model = scriptedModel((messages, written) => {
    if (messages.at(-1)!.content !== question) return [says];
    const next = queries.find((query) => !written.includes(`(${query})`));
    return [next === undefined ? says : `[Search(${next})`];
  });
  await using agent = createAgent({ model, tools: [tool, calculator()], strategy: "search" });
  const chains: string[] = [];
  const notes: string[] = [];
  let found: { readonly text: string; readonly quote: string | undefined } | undefined;
  for await (const event of agent.run(question)) {
    if (event.type === "chain") chains.push(event.strategy);
    if (event.type === "error") notes.push(event.code);
    if (event.type === "answer") found = { text: event.text, quote: event.sources?.[0]?.quote };
  }
  return { ...found, chains, notes };
}

test("what the reference answers outright is the answer, and no model is asked", async () => {
  const says = "Santiago is the capital of Chile.";
  assert.equal(await askReference("Chile: what is its capital?", [], "Lima."), { text: says, quote: says, chains: [], notes: [] });
  const { text, quote, chains } = await askReference("What does placid mean?", [], "Angry.");
  assert.equal([text, quote, chains], ["placid: (of a body of water) free from disturbance by heavy waves", quote, []]);
  assert.match((await search().open("word:placid")).text, quote!);
});

test("where the question finds nothing, the model is asked once, and what it looks up is what it is answered from", async () => {
  const governed = "From which city is New Zealand governed?";
  const says = "Wellington is the capital of New Zealand.";
  for (const query of ["capital of New Zealand", "query: capital of New Zealand"])
    assert.equal(await askReference(governed, [query], "Oslo."), { text: says, quote: says, chains: ["few-shot"], notes: [] });
  const left = { text: NOT_FOUND, quote: undefined, chains: ["few-shot"], notes: ["unsupported-answer"] };
  assert.equal(await askReference(governed, [], "Wellington."), left);
  // All that there is to say of a country answers nothing by itself.
  assert.is((await askReference(governed, ["New Zealand"], "New Zealand is governed from Oslo.")).text, NOT_FOUND);
  // An answer of its own counts where what it looked up says so.
  const chronic = await askReference("How would a dictionary explain chronic?", ["chronic"], "Being long-lasting and recurrent.");
  assert.equal([chronic.text, chronic.chains], ["Being long-lasting and recurrent.", ["few-shot"]]);
  assert.ok((await search().open("word:chronic")).text.includes(chronic.quote!));
});

test("so too where the question finds only what is about something else", async () => {
  const folder = new URL("../../../data/sets/documents", import.meta.url).pathname;
  const tool = search({ folder, cache: false });
  const question = "In which country does one find the capital Warsaw?";
  assert.is.not((await tool.find(question)).results.length, 0);
  const says = "Warsaw is the capital of Poland.";
  const answered = await askReference(question, ["capital of Poland"], "Oslo.", tool);
  assert.equal(answered, { text: says, quote: says, chains: ["few-shot"], notes: [] });
});

test("what the model looks up of something else answers nothing", async () => {
  for (const [question, query] of [
    ["From which city is New Zealand governed?", "capital of Bosnia"],
    ["In which country does one find the capital Warsaw?", "capital of Peru"],
    ["How would a dictionary explain chronic?", "define placid"],
  ] as const)
    assert.is((await askReference(question, [query], "It is Sarajevo, Lima or peaceful.")).text, NOT_FOUND, query);
});

test("calls that the model writes while it reads are not made, and counted", () =>
  asking(
    DOCUMENTS,
    () => "It opened in [Calculator(1900+11)] 1911.",
    async (agent) => {
      const events: AgentEvent[] = [];
      for await (const event of agent.run("When did the Alder Museum open?")) events.push(event);
      assert.equal(
        events.flatMap((event) => (event.type === "call" ? [event.tool] : [])),
        ["Search"],
      );
      const note = events.find((event) => event.type === "error");
      assert.is(note?.type === "error" && note.code, "calls-while-reading");
      const answer = events.find((event) => event.type === "answer");
      assert.is(answer?.type === "answer" && answer.text, "It opened in 1911.");
    },
  ));

test("a search that hangs or fails is a failed call; a stop ends it at once", async () => {
  const folder = await mkdtemp(join(tmpdir(), "toolwright-search-"));
  const tool = search({ folder, reference: false, cache: false });
  const ask = async (find: SearchTool["find"], options: { readonly signal?: AbortSignal } = {}) => {
    const agent = createAgent({
      model: scriptedModel([["x"]]),
      tools: [Object.assign({}, tool, { timeout: 40, find })],
      strategy: "search",
    });
    const started = performance.now();
    const answer = await agent.ask("When did it open?", options).catch((thrown: ToolwrightError) => thrown);
    assert.ok(performance.now() - started < 1000);
    return answer;
  };
  const never: SearchTool["find"] = () => new Promise(() => {});
  const { answer, calls } = (await ask(never)) as Answer;
  assert.is(answer, NOT_FOUND);
  assert.equal(
    calls.map(({ error }) => error),
    ["took longer than 40 ms"],
  );
  const failed = (await ask(async () => Promise.reject(new Error("the disk is gone")))) as Answer;
  assert.is(failed.calls[0]!.error, "the disk is gone");
  assert.is(((await ask(never, { signal: AbortSignal.timeout(10) })) as ToolwrightError).code, "aborted");
  await tool.close();
  await rm(folder, { recursive: true, force: true });
});

test("without the search tool it says so", async () => {
  const agent = createAgent({ model: scriptedModel([["x"]]), tools: [calculator()], strategy: "search" });
  const error = await agent.ask("Who?").catch((thrown: ToolwrightError) => thrown);
  assert.is((error as ToolwrightError).code, "strategy-needs-tool");
});

/** Asks, and asks its trace again. */
async function replayed(agent: ReturnType<typeof createAgent>, question: string): Promise<readonly (string | undefined)[]> {
  const folder = await mkdtemp(join(tmpdir(), "toolwright-search-"));
  try {
    const recorder = await recordTo(join(folder, "trace.jsonl"));
    const { answer } = await agent.ask(question, { tape: recorder.tape() });
    await recorder.close();
    const [again] = await replayRuns(await openTrace(recorder.file));
    return [answer, again!.answer];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

test("a recorded run replays without documents and model", async () => {
  await asking(DOCUMENTS, finding(/born in (\w+)/), async (agent) => {
    assert.equal(await replayed(agent, "In which town was the founder of the Alder Museum born?"), ["Tollen", "Tollen"]);
  });
  const model = scriptedModel((_, written) => [written === "" ? "[Search(query: capital of New Zealand)" : "Oslo."]);
  await using agent = createAgent({ model, tools: [search()], strategy: "search" });
  const says = "Wellington is the capital of New Zealand.";
  assert.equal(await replayed(agent, "From which city is New Zealand governed?"), [says, says]);
});

test("a quote stands in its source, letter by letter, or is none", () => {
  const source = { id: "a", title: "A" };
  const passages = [{ source, text: "# A\n\nThe  mill was built in 1820. It burned down in 1904!\nNobody was hurt." }];
  for (const [answer, quote] of [
    ["1820", "The  mill was built in 1820."],
    ["It burned in 1904", "It burned down in 1904!"],
    ["the mill", undefined],
    ["It burned down in 1820", undefined],
    ["The mill burned down, and so did Otto", undefined],
    ["1821", undefined],
    ["", undefined],
  ] as const) {
    const found = supportOf(answer, "What of the mill?", passages);
    assert.is(found?.quote, quote, answer);
    assert.ok(found === undefined || passages[0]!.text.includes(found.quote));
  }
});

test("a quote has the names and numbers of the answer; other words may be others", () => {
  const source = { id: "a", title: "A" };
  const text = "Ida Karr, of Tollen, was a printer. Her birthplace has 900 people. The house of the Alder Museum is in Tollen.";
  const quoteOf = (answer: string, question: string) => supportOf(answer, question, [{ source, text }])?.quote;
  assert.is(quoteOf("Tollen was the birthplace of Ida Karr.", "Where was Ida Karr born?"), "Ida Karr, of Tollen, was a printer.");
  assert.is(quoteOf("The Alder Museum is located in Tollen.", "Where is the Alder Museum?"), "The house of the Alder Museum is in Tollen.");
  assert.is(quoteOf("Ida Karr was a printer in 1820.", "Who was Ida Karr?"), undefined);
  assert.is(quoteOf("She was a printer in Moul.", "Who was Ida Karr?"), undefined);
  assert.is(quoteOf("A publisher of newspapers in Tollen.", "Who was Ida Karr?"), undefined);
});

test("what the best passage does not tell decides whether its names are followed", () => {
  const source = { id: "a", title: "A" };
  const passage = { source, text: "Alder Museum\n\nThe Alder Museum was founded by Ida Karr of Tollen." };
  assert.equal(uncovered("Who founded the Alder Museum?", [passage]), []);
  assert.equal(uncovered("Where was the founder of the Alder Museum born?", [passage]), ["born"]);
  assert.equal(leadsIn([passage], "Where was the founder of the Alder Museum born?"), ["Ida Karr", "Tollen"]);
  assert.equal(uncovered("Who?", []), []);
});

test("of fifty hostile documents no text is ever run as a call; what the model writes itself is", async () => {
  const texts = hostileTexts();
  assert.is(texts.length, 50);
  let [read, own, echoed] = [0, 0, 0];
  for (const [place, text] of texts.entries()) {
    // A model that obeys: it repeats the document.
    await asking(
      { "page.md": text },
      (evidence) => evidence,
      async (agent) => {
        for await (const event of agent.run("What does the page say of the harbour?")) {
          if (event.type === "call") assert.is(event.tool, "Search", `${place}: ${event.tool}(${event.input})`);
          if (event.type === "chain" && event.strategy === "reader") read++;
          if (event.type === "chain") assert.equal(event.calls, [], `${place}`);
        }
      },
    );
    // Under the marker protocol, where the result stands in the model's own text.
    await asking(
      { "page.md": text },
      () => "",
      async (agent) => {
        for await (const event of agent.run("What does the page say of the harbour?", { strategy: "direct" })) {
          if (event.type !== "call") continue;
          if (event.input === "harbour") own++;
          else if (event.tool === "Calculator" && event.input === "1+1") echoed++;
          else assert.unreachable(`${place}: ${event.tool}(${event.input})`);
        }
      },
      {
        model: scriptedModel((_, written) =>
          written === ""
            ? ["[Search(harbour)"]
            : written.includes("Calculator(1+1) →") || place % 10 > 0
              ? [" So it says."]
              : [" [Calculator(1+1)"],
        ),
      },
    );
  }
  assert.ok(read >= 50, "every page is read");
  assert.equal([own, echoed], [50, 5], "calls that the model writes after reading are made, and counted");
});

test.run();
