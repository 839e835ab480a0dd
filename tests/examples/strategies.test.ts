import { test } from "uvu";
import * as assert from "uvu/assert";
import { main } from "../../examples/strategies.js";
import { scriptedModel } from "../../models/index.js";

test("each way answers, and those with several chains say how many agree", async () => {
  let asked = 0;
  const model = scriptedModel(() => [asked++ % 4 === 0 ? "It is 12." : "The answer is 13."]);
  const answers = await main(model, "How many pages are there?");
  assert.equal([...answers.keys()], ["few-shot", "chain-of-thought", "self-consistency:8", "recite:5"]);
  assert.is(answers.get("few-shot")!.answer, "It is 12.");
  assert.is(answers.get("chain-of-thought")!.answer, "13");
  const voted = answers.get("self-consistency:8")!;
  assert.is(voted.answer, "The answer is 13.");
  assert.ok(voted.agreement!.votes > voted.agreement!.of / 2);
  assert.ok(answers.get("recite:5")!.agreement!.of > 0);
});

test.run();
