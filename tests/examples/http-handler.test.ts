import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { main } from "../../examples/http-handler.js";
import { type LanguageModel, scriptedModel } from "../../models/index.js";

async function serving(model: LanguageModel) {
  const server = await main({ model, port: 0 });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    [Symbol.asyncDispose]: async () => {
      await once(server.close(), "close");
    },
  };
}

test("events of a run come as server-sent events", async () => {
  await using server = await serving(scriptedModel([["It is [Calculator(37*48)]", " 1776."]]));
  const response = await fetch(`${server.url}?q=37*48`, { headers: { connection: "close" } });
  assert.is(response.headers.get("content-type"), "text/event-stream");
  const events = (await response.text()).trimEnd().split("\n\n");
  const types = events.map((event) => /^id: \d+\nevent: (\w+)\ndata: \{.*\}$/.exec(event)?.[1]);
  assert.equal(types, ["text", "call", "result", "text", "answer", "usage"]);
  assert.is(JSON.parse(events[4]!.split("data: ")[1]!).text, "It is 1776.");
});

test("a request without a question is told how to ask", async () => {
  await using server = await serving(scriptedModel([]));
  const response = await fetch(server.url, { headers: { connection: "close" } });
  assert.is(response.status, 400);
  assert.match(await response.text(), /\?q=QUESTION/);
});

test("a run is stopped when its client leaves", async () => {
  const model = scriptedModel(() => Array.from({ length: 500 }, (_, i) => ` ${i}`));
  let written = 0;
  const open = model.open.bind(model);
  model.open = async (...args) => {
    const sequence = await open(...args);
    const generate = sequence.generate.bind(sequence);
    sequence.generate = async function* (options) {
      for await (const delta of generate(options)) {
        await pause(5);
        written++;
        yield delta;
      }
    };
    return sequence;
  };
  await using server = await serving(model);
  const request = get(`${server.url}?q=count`);
  const [response] = (await once(request, "response")) as [IncomingMessage];
  await once(response, "data");
  request.destroy();
  await pause(30);
  const before = written;
  assert.ok(before > 0);
  await pause(60);
  assert.is(written, before);
});

test.run();
