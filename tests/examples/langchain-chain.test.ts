import { test } from "uvu";
import * as assert from "uvu/assert";
import { main } from "../../examples/langchain-chain.js";
import { scriptedModel } from "../../models/index.js";

test("the chain's questions are answered with a LangChain tool and one of ours", async () => {
  const model = scriptedModel((messages, written) => {
    if (written !== "") return [` ${written.slice(written.indexOf("→ ") + 2, -1)}.`];
    return messages.at(-1)!.content.includes("Paris") ? ["[Population(Paris)]"] : ["[Calculator(15% of 1,234)]"];
  });
  assert.equal(await main({ model }), ["→ 2,103,000.", "→ 185.1."]);
});

test.run();
