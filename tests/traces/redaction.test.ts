import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ToolwrightError } from "../../errors.js";
import { recordTo } from "../../traces/index.js";
import { redactor } from "../../traces/redaction.js";
import { all, drive, inFolder, smallModel } from "./small-agent.js";

const test = suite("redaction");

test("values of the environment's secrets go wherever they stand", () => {
  const redact = redactor([], { OPENAI_API_KEY: "sk-1234567890", GITHUB_TOKEN: 'ghp a+b/c"d', HOME: "/home/somebody" });
  assert.is(redact("Bearer sk-1234567890, twice: sk-1234567890"), "Bearer (redacted), twice: (redacted)");
  assert.equal(redact({ a: [{ b: 'is ghp a+b/c"d.' }], "sk-1234567890": 1 }), { a: [{ b: "is (redacted)." }], "(redacted)": 1 });
  assert.is(redact('{"token":"ghp a+b/c\\"d"}'), '{"token":"(redacted)"}');
  assert.is(redact("https://x/?t=ghp%20a%2Bb%2Fc%22d&u=1"), "https://x/?t=(redacted)&u=1");
  assert.is(redact("/home/somebody"), "/home/somebody");
});

test("the longer of two secrets goes as a whole, and short values stay", () => {
  const redact = redactor([], { A_SECRET: "12345678", B_SECRET: "1234567890", C_SECRET: "abcdefg", D_SECRET: " padded-value\n" });
  assert.is(redact("1234567890 12345678 abcdefg padded-value"), "(redacted) (redacted) abcdefg (redacted)");
});

test("names are taken for secrets by their words", () => {
  const environment = (name: string): boolean => redactor([], { [name]: "the value" })("the value") !== "the value";
  for (const name of [
    "OPENAI_API_KEY",
    "AWS_SECRET_ACCESS_KEY",
    "TOKEN",
    "PGPASSWORD",
    "MYSQL_PWD",
    "clientSecret",
    "DB_PASSWORD_2",
    "SSH_KEYS",
    "apiKey",
    "APIKey",
  ]) {
    assert.ok(environment(name), name);
  }
  for (const name of ["PWD", "OLDPWD", "KEYBOARD", "MONKEY", "MAX_TOKENS", "TOKENIZERS_PARALLELISM", "key", "PATH"])
    assert.not.ok(environment(name), name);
});

test("strings under a secret's key go; what is not a string stays", () => {
  const redact = redactor([], {});
  const value = {
    password: "hunter2",
    api_key: ["a", "b"],
    tokens: 12,
    token: 7,
    auth: { accessToken: "x", user: "me" },
    empty: { secret: "" },
  };
  assert.equal(redact(value), {
    password: "(redacted)",
    api_key: ["(redacted)", "(redacted)"],
    tokens: 12,
    token: 7,
    auth: { accessToken: "(redacted)", user: "me" },
    empty: { secret: "" },
  });
  const schema = { properties: { password: { type: "string", description: "of the account" } }, required: ["password"] };
  assert.is(redact(schema), schema, "the schema of a tool that takes a password stays readable");
});

test("names that the user lists are secrets too, in the environment and as keys", () => {
  const redact = redactor(["customer-id"], { CUSTOMER_ID: "customer 4711", OTHER: "other value" });
  assert.equal(redact({ customerId: "x", text: "customer 4711, other value" }), {
    customerId: "(redacted)",
    text: "(redacted), other value",
  });
});

test("what holds no secret stays the very same object, also inside one that does", () => {
  const redact = redactor([], { API_KEY: "12345678" });
  const value = { messages: [{ content: "hello" }, { content: "12345678" }], delta: { type: "text", tokens: 1 } };
  assert.is(redact(value.delta), value.delta);
  const clean = redact(value);
  assert.is(clean.messages[0], value.messages[0]);
  assert.is(clean.delta, value.delta);
  assert.is(value.messages[1]?.content, "12345678", "the original is not touched");
});

test(
  "the loop sees the redacted value, so that nothing made of it holds the secret",
  inFolder(async (folder) => {
    process.env["SMALL_AGENT_TOKEN"] = "tok-abcdefgh";
    try {
      const file = join(folder, "run.jsonl");
      await using recorder = await recordTo(file, { redact: ["session"] });
      const model = smallModel((written) => (written === "" ? "[Look(x)" : undefined));
      const events = await all(drive("Use tok-abcdefgh", { tape: recorder.tape(), model, tools: { Look: () => "found tok-abcdefgh" } }));
      assert.not.match(JSON.stringify(events), "tok-abcdefgh");
      const tape = recorder.tape();
      try {
        await tape.input("output", () => Promise.reject(new ToolwrightError("endpoint-refused", "tok-abcdefgh was refused", "Set it.")));
        assert.unreachable();
      } catch (error) {
        assert.instance(error, ToolwrightError);
        assert.is((error as ToolwrightError).message, "(redacted) was refused");
      }
      assert.equal(await tape.input("result", () => ({ session: "abc" })), { session: "(redacted)" });
      const text = await readFile(file, "utf8");
      assert.not.match(text, "tok-abcdefgh");
      assert.match(text, "found (redacted)");
    } finally {
      delete process.env["SMALL_AGENT_TOKEN"];
    }
  }),
);

test.run();
