import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { RougeIndex, rougeTokens } from "../../teaching/instruct/rouge.js";

const test = suite("ROUGE-L");

/** The table itself. */
function plainScore(one: string, other: string): number {
  const [a, b] = [rougeTokens(one), rougeTokens(other)];
  let row = new Array<number>(b.length + 1).fill(0);
  for (const word of a) {
    const next = [0];
    for (let j = 1; j <= b.length; j++) next.push(word === b[j - 1] ? row[j - 1]! + 1 : Math.max(row[j]!, next[j - 1]!));
    row = next;
  }
  const common = row.at(-1)!;
  if (common === 0) return 0;
  const [precision, recall] = [common / b.length, common / a.length];
  return (2 * precision * recall) / (precision + recall);
}

test("tokens are those of rouge_score without stemming", () => {
  assert.equal(rougeTokens("Don't re-write the 2nd sentence: naïve?"), ["don", "t", "re", "write", "the", "2nd", "sentence", "na", "ve"]);
});

for (const [one, other, score] of [
  ["the cat sat", "the cat sat", 1],
  ["The cat sat.", "the dog sat", 2 / 3],
  ["a b c d", "d c b a", 1 / 4],
  ["nothing here", "in common", 0],
  ["", "a", 0],
] as const) {
  test(`“${one}” and “${other}” have ${score.toFixed(2)}`, () => {
    assert.ok(Math.abs(new RougeIndex([other]).nearest(one).score - score) < 1e-12);
  });
}

test("the nearest of many texts has the score that the plain table gives, for any lengths", () => {
  // Few different words, so that there is much in common; up to four machine words long.
  const words = fc.constantFrom(..."abcdefgh");
  const text = fc.oneof(fc.array(words), fc.array(words, { minLength: 30, maxLength: 100 })).map((words) => words.join(" "));
  fc.assert(
    fc.property(fc.array(text, { minLength: 1, maxLength: 12 }), text, (texts, query) => {
      const { score, index } = new RougeIndex(texts).nearest(query);
      const scores = texts.map((other) => plainScore(query, other));
      assert.ok(Math.abs(score - Math.max(...scores)) < 1e-12, `${score} is ${Math.max(...scores)}`);
      if (index >= 0) assert.ok(Math.abs(scores[index]! - score) < 1e-12);
      else assert.is(Math.max(...scores), 0);
    }),
    { numRuns: 300 },
  );
});

test("a text against thousands takes milliseconds of the processor", () => {
  const words = Array.from({ length: 400 }, (_, i) => `word${i}`);
  let state = 1;
  const draw = (limit: number) => (state = (state * 48271) % 2147483647) % limit;
  const texts = Array.from({ length: 5000 }, () =>
    Array.from({ length: 8 + draw(20) }, () => words[Math.min(draw(400), draw(400))]).join(" "),
  );
  const index = new RougeIndex(texts);
  const started = process.cpuUsage();
  for (const text of texts.slice(0, 200)) assert.is(index.nearest(text).score, 1);
  for (const text of texts.slice(0, 200)) index.nearest(`${text.split(" ").reverse().join(" ")} and more`);
  const each = process.cpuUsage(started).user / 1000 / 400;
  assert.ok(each < 10, `${each.toFixed(2)} ms each`);
});

test.run();
