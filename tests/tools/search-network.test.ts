import dns from "node:dns";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { syncBuiltinESMExports } from "node:module";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { fetchText } from "../../tools/search/http.js";
import { search } from "../../tools/search/index.js";

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

let server: Server;
let origin: string;
let handle: Handler;
/** The paths asked for since the test began: what was refused must not be among them. */
let asked: string[];

test.before(async () => {
  server = createServer((request, response) => {
    asked.push(request.url ?? "");
    handle(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

test.before.each(() => {
  asked = [];
  handle = (_, response) => response.writeHead(200, { "Content-Type": "text/plain" }).end("the inside");
});

test.after(() => {
  server.closeAllConnections();
  server.close();
});

const TEXT = { accept: ["text/plain"] };

async function codeOf(work: Promise<unknown>): Promise<string> {
  const thrown = await work.then(
    (value) => assert.unreachable(`not refused: ${JSON.stringify(value)}`),
    (failure: unknown) => failure,
  );
  return (thrown as { code?: string }).code ?? String(thrown);
}

test("addresses within, in any spelling, are refused before anything is sent", async () => {
  const { port } = server.address() as AddressInfo;
  for (const host of [
    "127.0.0.1",
    "localhost",
    "localhost.",
    "a.localhost",
    "127.1",
    "2130706433",
    "0x7f.0.0.1",
    "0177.0.0.01",
    "①②⑦.0.0.1",
    "0.0.0.0",
    "0",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.100.100.200",
    "192.0.0.192",
    "168.63.129.16",
    "224.0.0.1",
    "255.255.255.255",
    "[::]",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]",
    "[fe80::1]",
    "[fd00:ec2::254]",
  ]) {
    assert.is(await codeOf(fetchText(`http://${host}/`, TEXT)), "address-refused", host);
    assert.is(await codeOf(fetchText(`https://${host}/`, TEXT)), "address-refused", host);
    assert.is(await codeOf(fetchText(`http://${host}:${port}/`, TEXT)), "address-refused", host);
  }
  assert.equal(asked, []);
});

/** Stands in for a resolver that an attacker's name server has answered. */
async function resolving<T>(addresses: readonly string[], work: () => Promise<T>): Promise<T> {
  const { lookup } = dns;
  const answer = (_: string, __: object, done: (error: null, addresses: object[]) => void) =>
    done(
      null,
      addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
    );
  dns.lookup = answer as never;
  syncBuiltinESMExports();
  try {
    return await work();
  } finally {
    dns.lookup = lookup;
    syncBuiltinESMExports();
  }
}

test("a name that leads within is refused, also when only one of its addresses does", async () => {
  for (const addresses of [
    ["127.0.0.1"],
    ["10.1.2.3"],
    ["::1"],
    ["169.254.169.254"],
    ["168.63.129.16"],
    ["::7f00:1"],
    ["93.184.215.14", "192.168.0.1"],
  ]) {
    for (const scheme of ["http", "https"]) {
      const code = await resolving(addresses, () => codeOf(fetchText(`${scheme}://innocent.example/`, TEXT)));
      assert.is(code, "address-refused", `${scheme} ${addresses}`);
    }
  }
});

test("other schemes, ports and user names are refused", async () => {
  for (const address of [
    "file:///etc/passwd",
    "ftp://example.org/",
    "data:text/plain,hello",
    "javascript:1",
    "gopher://example.org/",
    "http://user@example.org/",
    "http://user:word@example.org/",
    "http://example.org:25/",
    "http://example.org:8080/",
    "//example.org/",
    "http://",
    "",
    "nonsense",
  ]) {
    assert.is(await codeOf(fetchText(address, TEXT)), "address-refused", address);
  }
});

test("a named origin is let through, and no other on the same host", async () => {
  assert.equal(await fetchText(`${origin}/a`, { ...TEXT, trusted: origin }), {
    url: `${origin}/a`,
    type: "text/plain",
    text: "the inside",
  });
  const { port } = server.address() as AddressInfo;
  for (const address of [
    `http://localhost:${port}/`,
    `https://127.0.0.1:${port}/`,
    `http://127.0.0.1:${port + 1}/`,
    "http://127.0.0.1/",
    `http://x@127.0.0.1:${port}/`,
  ]) {
    assert.is(await codeOf(fetchText(address, { ...TEXT, trusted: origin })), "address-refused", address);
  }
  assert.equal(asked, ["/a"]);
});

test("each redirect is checked as the first address was", async () => {
  const targets: Record<string, string> = {
    "/name": "http://localhost/",
    "/loop": "/loop",
    "/file": "file:///etc/passwd",
    "/meta": "http://169.254.169.254/latest/",
    "/odd": "http://[::ffff:127.0.0.1]/",
    "/bad": "http://",
  };
  handle = (request, response) => {
    const target = targets[request.url ?? ""];
    if (target === undefined) response.writeHead(200, { "Content-Type": "text/plain" }).end("there");
    else response.writeHead(302, { Location: target }).end();
  };
  const trusted = { ...TEXT, trusted: origin };
  for (const path of ["/name", "/file", "/meta", "/odd", "/bad"])
    assert.is(await codeOf(fetchText(origin + path, trusted)), "address-refused", path);
  asked = [];
  assert.is(await codeOf(fetchText(`${origin}/loop`, trusted)), "fetch-failed");
  assert.is(asked.length, 6);
  targets["/one"] = "two?x=1";
  assert.is((await fetchText(`${origin}/one`, trusted)).url, `${origin}/two?x=1`);
});

test("a proxy of the environment is not used: it would resolve names behind the checks", async () => {
  const tunnels: (string | undefined)[] = [];
  server.on("connect", (request, socket) => {
    tunnels.push(request.url);
    socket.destroy();
  });
  const { HTTPS_PROXY } = process.env;
  process.env["HTTPS_PROXY"] = origin;
  try {
    assert.is(await resolving(["10.0.0.1"], () => codeOf(fetchText("https://innocent.example/", TEXT))), "address-refused");
    assert.equal(tunnels, []);
  } finally {
    if (HTTPS_PROXY === undefined) delete process.env["HTTPS_PROXY"];
    else process.env["HTTPS_PROXY"] = HTTPS_PROXY;
    server.removeAllListeners("connect");
  }
});

test("bodies are bounded, also when they are packed", async () => {
  const trusted = { ...TEXT, trusted: origin, maxBytes: 10_000 };
  handle = (_, response) => response.writeHead(200, { "Content-Type": "text/plain" }).end("x".repeat(20_000));
  assert.is(await codeOf(fetchText(origin, trusted)), "fetch-too-large");
  handle = (_, response) =>
    response.writeHead(200, { "Content-Type": "text/plain", "Content-Encoding": "gzip" }).end(gzipSync(Buffer.alloc(5_000_000, "x")));
  assert.is(await codeOf(fetchText(origin, trusted)), "fetch-too-large");
});

test("a server that never answers, drips or hangs up is left", async () => {
  const trusted = { ...TEXT, trusted: origin, timeout: 150 };
  handle = () => {};
  assert.is(await codeOf(fetchText(origin, trusted)), "fetch-timeout");
  let drip: NodeJS.Timeout | undefined;
  handle = (_, response) => {
    response.writeHead(200, { "Content-Type": "text/plain" });
    drip = setInterval(() => response.write("x"), 20);
    response.on("close", () => clearInterval(drip));
  };
  assert.is(await codeOf(fetchText(origin, trusted)), "fetch-timeout");
  handle = (request) => request.socket.destroy();
  assert.is(await codeOf(fetchText(origin, trusted)), "fetch-failed");
});

test("an abort ends a fetch with its reason", async () => {
  handle = () => {};
  const stop = new AbortController();
  const running = fetchText(origin, { ...TEXT, trusted: origin, signal: stop.signal }).catch((failure: unknown) => failure);
  setTimeout(() => stop.abort(new Error("enough")), 30);
  const began = performance.now();
  assert.is(((await running) as Error).message, "enough");
  assert.ok(performance.now() - began < 2000);
});

test("only the media types asked for, and only texts, are taken", async () => {
  const trusted = { accept: ["text/html"], trusted: origin };
  for (const type of ["image/png", "application/octet-stream", ""]) {
    handle = (_, response) => response.writeHead(200, type === "" ? {} : { "Content-Type": type }).end("x");
    assert.is(await codeOf(fetchText(origin, trusted)), "fetch-type", type);
  }
  handle = (_, response) => response.writeHead(200, { "Content-Type": "text/html" }).end(Buffer.from([0, 1, 2]));
  assert.is(await codeOf(fetchText(origin, trusted)), "fetch-type");
  handle = (_, response) => response.writeHead(404, { "Content-Type": "text/html" }).end("x");
  assert.is(await codeOf(fetchText(origin, trusted)), "http-status");
  handle = (_, response) =>
    response.writeHead(200, { "Content-Type": "text/html; charset=ISO-8859-1" }).end(Buffer.from("naïve", "latin1"));
  assert.is((await fetchText(origin, trusted)).text, "naïve");
});

// A wiki's API as https://en.wikipedia.org/w/api.php answers (formatversion 2).
const PAGES: Record<number, { title: string; extract: string }> = {
  11: {
    title: "Bassoon",
    extract:
      "The bassoon is a woodwind instrument of the double reed family. It plays in the tenor and bass ranges.\n\n\n== History ==\nThe dulcian came first.",
  },
  12: { title: "Bassoon repertoire, a list", extract: "Works for the bassoon are many." },
};

function wiki(request: IncomingMessage, response: ServerResponse): void {
  const parameters = new URL(request.url ?? "/", origin).searchParams;
  const page = (id: number, index?: number) => ({
    pageid: id,
    ns: 0,
    title: PAGES[id]?.title,
    index,
    extract: PAGES[id]?.extract,
    fullurl: `https://wiki.example/${id}`,
  });
  const numbered = Number(parameters.get("pageids"));
  const found =
    parameters.get("gsrsearch") !== null
      ? /bassoon/i.test(parameters.get("gsrsearch") ?? "")
        ? [page(12, 2), page(11, 1)]
        : undefined
      : PAGES[numbered] === undefined
        ? [{ pageid: numbered, missing: true }]
        : [page(numbered)];
  response.writeHead(200, { "Content-Type": "application/json; charset=utf-8" });
  response.end(JSON.stringify(found === undefined ? { batchcomplete: true } : { batchcomplete: true, query: { pages: found } }));
}

const context = () => ({ signal: new AbortController().signal, now: new Date(0), timeZone: "UTC" });

test("a wiki is asked for what the other sources do not have", async () => {
  handle = wiki;
  const tool = search({ wikipedia: { baseUrl: origin } });
  const output = await tool.run({ query: "range of the bassoon" }, context());
  assert.match(output.text, /^The bassoon is a woodwind instrument .* bass ranges\. .*\(wiki:11\)/);
  assert.equal(output.sources?.[0], { id: "wiki:11", title: "Bassoon", url: "https://wiki.example/11" });
  assert.is((await tool.run({ query: "open: wiki:11" }, context())).text.includes("The dulcian came first."), true);
  assert.is((await tool.run({ query: "quote: wiki:11, dulcian" }, context())).text, "The dulcian came first.");
  assert.is(await codeOf(tool.run({ query: "open: wiki:99" }, context())), "source-not-found");
  asked = [];
  assert.is((await tool.run({ query: "capital of Peru" }, context())).text, "Lima is the capital of Peru.");
  assert.equal(asked, []);
});

test("what the wiki does not have, the dictionary may", async () => {
  handle = wiki;
  const tool = search({ wikipedia: { baseUrl: origin } });
  assert.is((await tool.run({ query: "barometer" }, context())).text, "barometer: an instrument that measures atmospheric pressure");
  assert.is((await tool.run({ query: "zzyzx blorp" }, context())).text, 'No results for "zzyzx blorp".');
});

test("a wiki out of reach, refusing or talking nonsense is told in one line, and the other sources answer", async () => {
  const answers: readonly (readonly [Handler, RegExp])[] = [
    [(request) => request.socket.destroy(), /could not be reached/],
    [(_, response) => response.writeHead(429, { "Content-Type": "text/html" }).end("slow down"), /answered 429/],
    [(_, response) => response.writeHead(200, { "Content-Type": "application/json" }).end("{"), /did not answer as a wiki/],
    [
      (_, response) => response.writeHead(200, { "Content-Type": "application/json" }).end('{"query": {"pages": 7}}'),
      /did not answer as a wiki/,
    ],
    [
      (_, response) => response.writeHead(200, { "Content-Type": "application/json" }).end('{"error": {"code": "x", "info": "Too long."}}'),
      /refused the search: Too long\./,
    ],
  ];
  const tool = search({ wikipedia: { baseUrl: origin } });
  for (const [handler, reason] of answers) {
    handle = handler;
    const { text } = await tool.run({ query: "barometer" }, context());
    const [first, second, ...more] = text.split("\n");
    assert.is(first, "barometer: an instrument that measures atmospheric pressure");
    assert.match(second ?? "", reason);
    assert.equal(more, []);
  }
  handle = (request) => request.socket.destroy();
  assert.match(
    (await tool.run({ query: "zzyzx blorp" }, context())).text,
    /^No results for "zzyzx blorp"\. Wikipedia: 127\.0\.0\.1:\d+ could not be reached \(\w+\)\.$/,
  );
});

test("a wiki cannot lead the tool into the closed network", async () => {
  handle = (_, response) => response.writeHead(302, { Location: "http://169.254.169.254/" }).end();
  const tool = search({ reference: false, wikipedia: { baseUrl: origin } });
  assert.match((await tool.run({ query: "bassoon" }, context())).text, /is not fetched/);
  assert.is(asked.length, 1);
});

test("pages are opened by address when that is on, but none within", async () => {
  const tool = search({ pages: true });
  for (const address of [origin, "http://localhost/", "http://169.254.169.254/latest/meta-data/"]) {
    assert.is(await codeOf(tool.run({ query: `open: ${address}` }, context())), "address-refused", address);
  }
  assert.equal(asked, []);
});

test.run();
