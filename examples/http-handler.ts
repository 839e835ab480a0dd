// An agent behind HTTP: streams the events of a run as server-sent events, and stops the run when the client leaves.
//   node dist/examples/http-handler.js [--model NAME] [--port 8080]
//   curl -N 'http://127.0.0.1:8080/?q=What+is+37*48%3F'
import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import { pipeline } from "node:stream/promises";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { type Agent, calculator, calendar, createAgent, type LanguageModel, resolveModel } from "toolwright";

function answers(agent: Agent): RequestListener {
  return async (request, response) => {
    const question = new URL(request.url ?? "/", "http://localhost").searchParams.get("q");
    if (!question) {
      response.writeHead(400, { "content-type": "text/plain" }).end("Ask with /?q=QUESTION\n");
      return;
    }
    response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
    const left = new AbortController();
    response.on("close", () => left.abort());
    const events = async function* () {
      for await (const event of agent.run(question, { signal: left.signal })) {
        yield `id: ${event.n}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
      }
    };
    // It waits for a client that reads slowly, and fails only when the client leaves: then nobody is there to be told.
    await pipeline(events, response).catch(() => {});
  };
}

export async function main({ model, port }: { readonly model: LanguageModel; readonly port: number }): Promise<Server> {
  const agent = createAgent({ model, tools: [calculator(), calendar()] });
  const server = createServer(answers(agent)).on("close", () => agent.close());
  await once(server.listen(port, "127.0.0.1"), "listening");
  return server;
}

if (import.meta.url === pathToFileURL(process.argv[1]!).href) {
  const { values } = parseArgs({ options: { model: { type: "string", default: "local" }, port: { type: "string", default: "8080" } } });
  await main({ model: await resolveModel(values.model), port: Number(values.port) });
  console.log(`http://127.0.0.1:${values.port}/?q=How+many+days+until+Christmas%3F`);
}
