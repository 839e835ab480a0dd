// The chat at a terminal with a tool that has effects outside, which no tool of the command line has. `node approving-chat-child.js`
import { appendFile } from "node:fs/promises";
import { z } from "zod";
import { ChatSession } from "../../cli/chat-session.js";
import { repl } from "../../cli/repl/repl.js";
import { openaiModel } from "../../models/index.js";
import { defineTool, type Tool } from "../../tools/index.js";

const note = defineTool({
  name: "Note",
  description: "Writes a note into the file notes.txt.",
  input: z.object({ text: z.string() }),
  sideEffects: true,
  run: async ({ text }) => {
    await appendFile("notes.txt", `${text}\n`);
    return "written";
  },
});
await using session = new ChatSession({
  options: { model: "openai:m", tools: [] },
  settings: {},
  tools: [note as unknown as Tool],
  model: openaiModel({ model: "m" }),
  history: [],
});
await repl(session, new AbortController().signal);
