// What `toolwright ask` does until its first token, which it prints at once: run as a process of its own by process.ts.
import { calculator, calendar, createAgent, localModel, search } from "../index.js";

const model = await localModel();
const agent = createAgent({ model, tools: [calculator(), calendar(), search()] });
for await (const event of agent.run("What is 37*48?")) {
  if (event.type !== "text" && event.type !== "call") continue;
  process.stdout.write(event.type === "text" ? event.delta : event.input);
  break;
}
await agent.close();
await model.close();
