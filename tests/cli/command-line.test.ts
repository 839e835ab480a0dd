import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { says } from "../models/chat-server.js";
import { inPlace } from "./program.js";

const test = suite("toolwright");
const COMMANDS = ["chat", "ask", "replay", "trace", "score", "model", "doctor"];

test(
  "--help lists the commands, and loads neither engine nor LangChain nor any command",
  inPlace(async ({ folder, run }) => {
    const { code, stdout, stderr } = await run(["--help"], { environment: { NODE_V8_COVERAGE: join(folder, "loaded") } });
    assert.is(code, 0);
    assert.is(stderr, "");
    for (const command of COMMANDS) assert.match(stdout, new RegExp(`^ {2}${command} +\\w`, "m"));
    const [report] = await readdir(join(folder, "loaded"));
    const { result } = JSON.parse(await readFile(join(folder, "loaded", report!), "utf8")) as {
      readonly result: readonly { readonly url: string }[];
    };
    const loaded = result.map(({ url }) => url).filter((url) => url.startsWith("file:"));
    assert.ok(loaded.some((url) => url.endsWith("/cli/main.js")));
    const strangers = loaded.filter(
      (url) => !/\/(cli\/(main|failure|output|terminal)|errors|version)\.js$|\/node_modules\/commander\//.test(url),
    );
    assert.equal(strangers, []);
  }),
);

test(
  "every command has a help of its own",
  inPlace(async ({ run }) => {
    const helps = await Promise.all(COMMANDS.flatMap((command) => [run(["help", command]), run([command, "--help"])]));
    COMMANDS.forEach((command, i) => {
      assert.match(helps[2 * i]!.stdout, new RegExp(`^Usage: toolwright ${command} \\[options\\]`));
      assert.equal(helps[2 * i], helps[2 * i + 1]);
      assert.is(helps[2 * i]!.code, 0);
    });
  }),
);

test(
  "--version is the package's",
  inPlace(async ({ run }) => {
    const { version } = JSON.parse(await readFile(new URL("../../../package.json", import.meta.url), "utf8"));
    assert.is((await run(["--version"])).stdout, `${version}\n`);
  }),
);

for (const [args, says] of [
  [[], /^Usage: toolwright/],
  [["chatt"], /^toolwright: unknown command 'chatt'\n.*chat.*\n/],
  [["ask"], /^toolwright: missing required argument 'question'\nSee `toolwright help ask`\.\n$/],
  [["ask", " "], /^toolwright: The question is empty\.\n/],
  [["ask", "--tool", "none", "Well?"], /^toolwright: unknown option '--tool'/],
  [["ask", "--tools", "calc", "Well?"], /There is no tool "calc"\. Choose from calculator, calendar, search, qa, mt, or none\./],
  [["ask", "--tools", "none", "--folder", ".", "Well?"], /--folder is for the tools search and qa/],
  [["ask", "--folder", "nowhere", "Well?"], /the folder nowhere cannot be opened/],
  [["ask", "--strategy", "guess", "Well?"], /There is no strategy "guess"\. Use one of: few-shot,/],
  [["ask", "--temperature", "-1", "Well?"], /It must be a number, 0 or more\./],
  [["ask", "--seed", "1.5", "Well?"], /It must be a whole number from 0 to 4294967295\./],
  [["ask", "--max-tokens", "", "Well?"], /It must be a whole number, 1 or more\./],
  [["ask", "--now", "2023-02-29", "Well?"], /--now 2023-02-29 is no date\./],
  [["ask", "--time-zone", "Europe/Nowhere", "Well?"], /There is no time zone Europe\/Nowhere\./],
  [["ask", "--model", "nonsense", "Well?"], /There is no model named "nonsense"\.\nA model is named local, /],
  [["ask", "--model", "openai:m", "--adapter", "a.gguf", "Well?"], /adapter/],
  [["ask", "--model", "openai:m", "--top-k", "10", "Well?"], /m cannot do topK: 10/],
] as const) {
  test(
    `${["toolwright", ...args].join(" ")} is wrong use`,
    inPlace(async ({ folder, run }) => {
      const { code, stdout, stderr } = await run(args);
      assert.match(stderr, says);
      assert.not.match(stderr, /\n {4}at /);
      assert.is(code, 2);
      assert.is(stdout, "");
      assert.equal(await readdir(folder), [], "nothing is left behind");
    }),
  );
}

test(
  "colours are for terminals, unless they are asked for or refused",
  inPlace(async ({ server, run }) => {
    server.answers(says(["[Calculator(1+1)"]), says(["Two."]));
    await run(["ask", "--model", "openai:m", "--trace", "trace.jsonl", "Well?"]);
    const coloured = async (environment: Record<string, string>) =>
      (await run(["replay", "trace.jsonl"], { environment })).stderr.includes("\x1b[2m  ⚙");
    assert.is(await coloured({}), false);
    assert.is(await coloured({ FORCE_COLOR: "1" }), true);
    assert.is(await coloured({ FORCE_COLOR: "0" }), false);
    assert.is(await coloured({ NO_COLOR: "1" }), false);
  }),
);

test.run();
