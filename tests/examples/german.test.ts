import { test } from "uvu";
import * as assert from "uvu/assert";
import { main } from "../../examples/german.js";
import { scriptedModel } from "../../models/index.js";

test("the model is asked in German, and its conclusion is found in German", async () => {
  const model = scriptedModel((messages) => {
    const shown = messages.map(({ content }) => content).join("\n");
    assert.match(shown, "Denke Schritt für Schritt");
    assert.match(shown, "Wo ein Werkzeug hilft");
    assert.not.match(shown, /step by step|where a tool helps/i);
    return ["Es sind 8 * 46 = 368 Plätze. Die Antwort ist 368. Ist das richtig?"];
  });
  assert.is((await main(model, "Ein Zug hat 8 Wagen mit je 46 Plätzen. Wie viele Plätze hat er?")).answer, "368");
});

test.run();
