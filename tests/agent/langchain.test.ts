import { setTimeout as pause } from "node:timers/promises";
import { AIMessage, HumanMessage, SystemMessage, ToolMessage } from "@langchain/core/messages";
import { StringOutputParser } from "@langchain/core/output_parsers";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { RunnableLambda, RunnableSequence } from "@langchain/core/runnables";
import { tool } from "@langchain/core/tools";
import { createAgent as createLangChainAgent } from "langchain";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { z } from "zod";
import { type AgentOptions, createAgent } from "../../agent/index.js";
import { agentRunnable, agentTool } from "../../agent/langchain.js";
import type { ToolwrightError } from "../../errors.js";
import { type Script, scriptedModel } from "../../models/index.js";
import { defineTool } from "../../tools/index.js";
import { fromLangChain } from "../../tools/langchain.js";
import { StreamingChatModel } from "../fixtures/streaming-chat-model.js";

const adder = defineTool({
  name: "Adder",
  description: "adds",
  input: z.object({ terms: z.string() }),
  run: ({ terms }) => {
    if (terms === "?") throw new Error("no terms");
    return String(terms.split("+").reduce((total, term) => total + Number(term), 0));
  },
});

function scripted(script: Script, options: Partial<AgentOptions> = {}) {
  const model = scriptedModel(script);
  return { model, agent: createAgent({ model, tools: [adder], strategy: "direct", ...options }) };
}

const SUM: Script = [[" It is", " [Adder(1+2)]", " 3.", " Yes.\n"]];

async function failureOf(work: Promise<unknown>): Promise<ToolwrightError> {
  return work.then(
    () => assert.unreachable("it did not throw") as never,
    (error: unknown) => error as ToolwrightError,
  );
}

async function piecesOf(stream: AsyncIterable<string>): Promise<string[]> {
  const pieces: string[] = [];
  for await (const piece of stream) pieces.push(piece);
  return pieces;
}

test("the agent stands in a chain: a prompt goes in, its answer goes on", async () => {
  const { agent, model } = scripted(SUM);
  const chain = RunnableSequence.from<{ sum: string }, string>([
    ChatPromptTemplate.fromMessages([["human", "What is {sum}?"]]),
    agentRunnable(agent),
    new StringOutputParser(),
    RunnableLambda.from((answer: string) => answer.toUpperCase()),
  ]);
  assert.is(await chain.invoke({ sum: "1+2" }), "IT IS 3. YES.");
  assert.equal(model.given.prompts[0]?.messages, [{ role: "user", content: "What is 1+2?" }]);
});

test("a stream gives the answer in the pieces that the model writes, without white space around it", async () => {
  const { agent } = scripted(SUM);
  assert.equal(await piecesOf(await agentRunnable(agent).stream("1+2?")), ["It is", " 3.", " Yes."]);
});

test("a chain streams through the agent", async () => {
  const chain = ChatPromptTemplate.fromTemplate("{sum}")
    .pipe(agentRunnable(scripted(SUM).agent))
    .pipe(new StringOutputParser());
  assert.equal(await piecesOf(await chain.stream({ sum: "1+2" })), ["It is", " 3.", " Yes."]);
});

test("of a chain of thought only the conclusion is streamed", async () => {
  const model = scriptedModel(() => ["1 and 2 ", "make 3. The ", "answer is 3."]);
  const agent = createAgent({ model, strategy: "chain-of-thought" });
  assert.equal(await piecesOf(await agentRunnable(agent).stream("1+2?")), ["3"]);
});

test("an answer that is only a call's result is streamed at the end", async () => {
  assert.equal(await piecesOf(await agentRunnable(scripted([["[Adder(1+2)]", ""]]).agent).stream("1+2?")), ["3"]);
});

test("a batch runs its inputs at the same time, each for itself", async () => {
  let running = 0;
  let most = 0;
  const slow = defineTool({
    name: "Slow",
    description: "waits",
    input: z.object({ n: z.string() }),
    run: async ({ n }) => {
      most = Math.max(most, ++running);
      await pause(30);
      running--;
      return n;
    },
  });
  const script: Script = (messages, written) => (written === "" ? [`[Slow(${messages.at(-1)?.content})]`] : [" done"]);
  const { agent } = scripted(script, { tools: [slow] });
  assert.equal(await agentRunnable(agent).batch(["1", "2", "3"]), ["done", "done", "done"]);
  assert.is(most, 3);
  await agentRunnable(agent).batch(["4", "5"], { maxConcurrency: 1 });
  assert.is(most, 3);
});

test("earlier messages are the conversation; what tools said is left to the answers", async () => {
  const { agent, model } = scripted([["Four."]]);
  const calls = [{ id: "c", name: "search", args: {} }];
  const conversation = [
    new HumanMessage("Hello."),
    new HumanMessage([{ type: "text", text: "What is 1+1?" }]),
    new AIMessage({ content: "", tool_calls: calls }),
    new ToolMessage({ content: "2", tool_call_id: "c" }),
    new AIMessage("Two."),
    ["human", "And twice that?"] as [string, string],
  ];
  assert.is(await agentRunnable(agent).invoke(conversation), "Four.");
  assert.equal(model.given.prompts[0]?.messages, [
    { role: "user", content: "Hello.\n\nWhat is 1+1?" },
    { role: "assistant", content: "Two." },
    { role: "user", content: "And twice that?" },
  ]);
});

test("messages that an agent cannot take are refused with a remedy", async () => {
  const runnable = agentRunnable(scripted([]).agent);
  const refused = async (...messages: (HumanMessage | AIMessage | SystemMessage)[]) => {
    const { code, message, remedy } = await failureOf(runnable.invoke(messages));
    assert.is(code, "langchain-input");
    return `${message} ${remedy}`;
  };
  const image = { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } };
  assert.match(await refused(new SystemMessage("Be brief."), new HumanMessage("?")), /system message.*instructions/);
  assert.match(await refused(new HumanMessage([image])), /image_url/);
  assert.match(await refused(new AIMessage("Hello!"), new HumanMessage("?")), /first message is an answer/);
  assert.match(await refused(new HumanMessage("?"), new AIMessage("!")), /last message is not the user's/);
  assert.match(await refused(), /last message/);
});

test("calls are tool runs for callbacks, the failed ones as well", async () => {
  const seen: string[] = [];
  const callbacks = [
    {
      handleChainStart: () => void seen.push("begin"),
      handleChainEnd: ({ output }: { output?: string }) => void seen.push(`end ${output}`),
      handleToolStart: (_tool: unknown, input: string, _id: string, parent?: string, _tags?: unknown, _metadata?: unknown, name?: string) =>
        void seen.push(`${name} ${input} ${parent !== undefined}`),
      handleToolEnd: (output: string) => void seen.push(output),
      handleToolError: (error: Error) => void seen.push(error.message),
    },
  ];
  const { agent } = scripted([["[Adder(?)]", "[Adder(1+2)]", " 3."]]);
  await agentRunnable(agent).invoke("1+2?", { callbacks });
  assert.equal(seen, ["begin", "Adder ? true", "no terms", "Adder 1+2 true", "3", "end 3."]);
});

test("streamEvents tells of the calls and of the pieces", async () => {
  const events: string[] = [];
  for await (const { event, name, data } of agentRunnable(scripted(SUM).agent).streamEvents("1+2?", { version: "v2" })) {
    events.push([event, name, data.chunk ?? data.output?.output ?? data.output].filter((part) => part !== undefined).join(" "));
  }
  assert.equal(events, [
    "on_chain_start ToolwrightAgent",
    "on_chain_stream ToolwrightAgent It is",
    "on_tool_start Adder",
    "on_tool_end Adder 3",
    "on_chain_stream ToolwrightAgent  3.",
    "on_chain_stream ToolwrightAgent  Yes.",
    "on_chain_end ToolwrightAgent It is 3. Yes.",
  ]);
});

test("a LangChain tool of the agent is one tool run, not two, also where LangChain hands its callbacks on by itself", async () => {
  const shout = fromLangChain(
    tool(({ word }) => word.toUpperCase(), { name: "shout", description: "shouts", schema: z.object({ word: z.string() }) }),
  );
  const runs: string[] = [];
  const { agent } = scripted([["[shout(hi)]", " HI!"]], { tools: [shout] });
  const callbacks = [{ handleToolStart: (_tool: unknown, input: string) => void runs.push(input) }];
  const within = RunnableLambda.from((question: string) => agentRunnable(agent).invoke(question));
  assert.is(await within.invoke("?", { callbacks }), "HI!");
  assert.equal(runs, ["hi"]);
});

test("a run that fails throws the agent's error, and its callbacks hear of it", async () => {
  const heard: string[] = [];
  const runnable = agentRunnable(scripted([]).agent);
  const error = await failureOf(
    runnable.invoke("?", { callbacks: [{ handleChainError: ({ code }: ToolwrightError) => void heard.push(code) }] }),
  );
  assert.is(error.code, "script-exhausted");
  assert.equal(heard, ["script-exhausted"]);
  assert.is((await failureOf(runnable.stream("?").then(piecesOf))).code, "script-exhausted");
});

/** An agent whose model writes for ever, and what has become of its sequences. */
function endless() {
  const { model, agent } = scripted(() => Array.from({ length: 1000 }, (_, i) => ` ${i}`), { maxTokens: 2000 });
  let open = 0;
  const opened = model.open.bind(model);
  model.open = async (...args) => {
    const sequence = await opened(...args);
    const close = sequence.close.bind(sequence);
    open++;
    sequence.close = async (options) => {
      open--;
      await close(options);
    };
    return sequence;
  };
  return { agent, open: () => open };
}

test("leaving a stream ends the run", async () => {
  const { agent, open } = endless();
  for await (const _piece of await agentRunnable(agent).stream("?")) {
    assert.is(open(), 1);
    break;
  }
  await pause(10);
  assert.is(open(), 0);
});

test("an abort between two pieces of a stream ends the run as well", async () => {
  const { agent, open } = endless();
  const abort = new AbortController();
  const stream = await agentRunnable(agent).stream("?", { signal: abort.signal });
  await stream.next();
  await pause(10);
  assert.is(open(), 1);
  abort.abort();
  await pause(10);
  assert.is(open(), 0);
  await failureOf(piecesOf(stream));
});

test("config.signal and config.timeout end an invocation and the tool runs in it", async () => {
  const waiting = defineTool({
    name: "Wait",
    description: "waits",
    input: z.object({ what: z.string() }),
    run: () => pause(2000, "late", { ref: false }),
  });
  const runnable = () => agentRunnable(scripted([["[Wait(a)]", " Done."]], { tools: [waiting] }).agent);
  const reason = new Error("enough");
  assert.is(await failureOf(runnable().invoke("?", { signal: AbortSignal.abort(reason) })), reason);
  const ended: string[] = [];
  const callbacks = [{ handleToolError: ({ message }: Error) => void ended.push(message) }];
  assert.is((await failureOf(runnable().invoke("?", { timeout: 20, callbacks }))).name, "TimeoutError");
  await pause(10);
  assert.equal(ended, ["The run ended before the tool did."]);
});

test("LangChain's own agent asks ours as a tool", async () => {
  const { agent } = scripted(SUM);
  const ours = agentTool(agent, { name: "reckoner", description: "Ask it for sums." });
  const model = new StreamingChatModel([{ call: "reckoner", args: { question: "What is 1+2?" } }, "Three."]);
  const { messages } = await createLangChainAgent({ model, tools: [ours] }).invoke({ messages: [new HumanMessage("1+2?")] });
  assert.is(messages.at(-1)?.text, "Three.");
  const result = messages.find((message) => ToolMessage.isInstance(message)) as ToolMessage;
  assert.is(result.content, "It is 3. Yes.");
  const [call] = result.artifact.calls;
  assert.equal({ ...call, ms: 0 }, { tool: "Adder", input: "1+2", output: "3", ms: 0 });
  assert.type(result.artifact.usage.output, "number");
});

test("as a tool the agent is aborted with its caller, and its calls are runs within the tool's", async () => {
  const runs: { readonly id: string; readonly parent?: string }[] = [];
  const callbacks = [{ handleToolStart: (_tool: unknown, _input: string, id: string, parent?: string) => void runs.push({ id, parent }) }];
  const described = { name: "reckoner", description: "Ask it for sums." };
  assert.is(await agentTool(scripted(SUM).agent, described).invoke({ question: "1+2?" }, { callbacks }), "It is 3. Yes.");
  assert.is(runs.length, 2);
  assert.is(runs[1]?.parent, runs[0]?.id);
  const aborted = agentTool(scripted(SUM).agent, described).invoke({ question: "1+2?" }, { signal: AbortSignal.abort() });
  assert.is((await failureOf(aborted)).code, "aborted");
});

test("of several chains the calls, the tool runs and the agreement come too", async () => {
  const started: string[] = [];
  const model = scriptedModel((_, written) => (written === "" ? ["It is [Adder(1+2)"] : [" 3."]));
  const agent = createAgent({ model, tools: [adder], strategy: "self-consistency:3:direct" });
  const handler = { handleToolStart: (_: unknown, input: string) => void started.push(input) };
  const call = { name: "ask", id: "1", args: { question: "What is 1+2?" }, type: "tool_call" as const };
  const { content, artifact } = await agentTool(agent, { name: "ask", description: "sums" }).invoke(call, { callbacks: [handler] });
  assert.is(content, "It is 3.");
  assert.ok(artifact.agreement.votes >= 2);
  assert.ok(artifact.calls.length >= 2 && artifact.calls.every(({ output }: { output: string }) => output === "3"));
  assert.is(started.filter((input) => input === "1+2").length, artifact.calls.length);
});

test.run();
