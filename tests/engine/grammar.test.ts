import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type EngineModel, type Grammar, loadModel } from "../../engine/index.js";
import { tinyModel } from "../fixtures/tiny-model.js";

const test = suite<{ model: EngineModel }>("engine grammar");

test.before(async (context) => {
  context.model = await loadModel(await tinyModel(), { vocabularyOnly: true });
});
test.after(({ model }) => model.close());

/** The characters that a text may go on with, and `$` where it may end. */
function next({ tokenizer }: EngineModel, grammar: Grammar): string {
  const characters = "0123456789abcdefg".split("").filter((character) => grammar.allows(tokenizer.encode(character)[0]!));
  return characters.join("") + (grammar.allows(tokenizer.eos!) ? "$" : "");
}

function accept({ tokenizer }: EngineModel, grammar: Grammar, text: string): void {
  for (const token of tokenizer.encode(text)) grammar.accept(token);
}

test("a grammar allows what may follow, and an end token where the text is whole", ({ model }) => {
  const grammar = model.createGrammar('root ::= ("a" | "b") [0-9]{1,2} "c"?');
  assert.is(next(model, grammar), "ab");
  accept(model, grammar, "b");
  assert.is(next(model, grammar), "0123456789");
  accept(model, grammar, "4");
  assert.is(next(model, grammar), "0123456789c$");
  accept(model, grammar, "c");
  assert.is(next(model, grammar), "$");
  grammar.free();
});

test("asking changes nothing", ({ model }) => {
  const grammar = model.createGrammar('root ::= "ab" [0-9]');
  for (let token = 0; token < model.tokenizer.size; token++) grammar.allows(token);
  assert.is(next(model, grammar), "a");
  grammar.free();
});

test("control tokens are not allowed, whatever their names spell", ({ model }) => {
  const { tokenizer } = model;
  const grammar = model.createGrammar("root ::= [<|a-z_>]+");
  assert.ok(grammar.allows(tokenizer.encode("<")[0]!));
  assert.not(grammar.allows(tokenizer.encode("<|im_start|>", true)[0]!));
  grammar.free();
});

test("a copy goes its own way: neither sees what the other reads, and freeing one leaves the other", ({ model }) => {
  const grammar = model.createGrammar('root ::= "a" ("b" [0-3] | "c" [4-7]) "$"');
  accept(model, grammar, "a");
  const copy = grammar.clone();
  accept(model, copy, "b");
  assert.is(next(model, grammar), "bc");
  assert.is(next(model, copy), "0123");
  accept(model, grammar, "c");
  assert.is(next(model, grammar), "4567");
  assert.is(next(model, copy), "0123");
  const second = copy.clone();
  copy.free();
  accept(model, second, "2");
  assert.is(next(model, grammar), "4567");
  grammar.free();
  assert.ok(second.allows(model.tokenizer.encode("$")[0]!));
  second.free();
});

test("copies of copies, read on and freed in any order, allow what a grammar allows that read the text alone", ({ model }) => {
  const gbnf = "root ::= [a-c] rest\nrest ::= [0-9] rest | [d-g]{2}";
  const step = fc.record({ which: fc.nat(), op: fc.constantFrom("clone", "read", "read", "free"), choice: fc.nat() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
      const all = [{ grammar: model.createGrammar(gbnf), text: "" }];
      for (const { which, op, choice } of steps) {
        const one = all[which % Math.max(1, all.length)];
        if (one === undefined) break;
        const options = next(model, one.grammar).replace("$", "");
        if (op === "clone") all.push({ grammar: one.grammar.clone(), text: one.text });
        else if (op === "free" && all.length > 1) all.splice(all.indexOf(one), 1)[0]!.grammar.free();
        else if (op === "read" && options !== "") {
          const character = options.charAt(choice % options.length);
          accept(model, one.grammar, character);
          one.text += character;
        }
      }
      for (const { grammar, text } of all) {
        const alone = model.createGrammar(gbnf);
        for (const character of text) accept(model, alone, character);
        assert.is(next(model, grammar), next(model, alone), text);
        alone.free();
        grammar.free();
      }
    }),
    { numRuns: 60 },
  );
});

test.run();
