import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { aheadOf, canRelate, ceiling, ceilingFor, isRelated, targetOf } from "../../teaching/economy.js";
import { type Place, placesOf } from "../../teaching/places.js";
import { WEIGHTS, weightedLoss } from "../../teaching/weights.js";

/** Each blank or sign a token of its own, each digit, each word: as the default model's tokenizer does, but for blanks before words. */
const offsetsIn = (text: string) => Array.from(text.matchAll(/ ?\p{L}+|./gsu), ({ index }) => index);

function placeBefore(text: string, what: string): Place {
  const position = text.indexOf(what);
  const place = placesOf(text, { offsets: offsetsIn(text) }, []).find((one) => one.position === position);
  assert.ok(place !== undefined, `there is no place before ${what}`);
  return place!;
}

/** What follows, where each weighed token has log p −1 without a call: a bound is then the sum of the weights that count. */
const ahead = (text: string, what: string) => aheadOf(text, placeBefore(text, what), [-1, -1, -1, -1, -1]);

const near = (value: number, expected: number) => assert.ok(Math.abs(value - expected) < 1e-9, `${value} is not ${expected}`);
const weight = (...indices: number[]) => indices.reduce((sum, index) => sum + WEIGHTS[index]!, 0);
/** The part of the loss that any result may still move, whatever it says: what one without words and numbers may. */
const others = ceilingFor(ahead("They paid 48 * 3 = 144 dollars.", "144"), "?");
const bound = (...whole: number[]) => weight(...whole) + others * (1 - weight(...whole));

test("a result that is the number counts all of its tokens", () => {
  const text = "They paid 48 * 3 = 144 dollars.";
  near(ceilingFor(ahead(text, "144"), "144"), bound(0, 1, 2));
  near(ceilingFor(ahead(text, "144"), "It is 144."), bound(0, 1, 2));
  near(ceilingFor(ahead(text, "144"), "144.00"), bound(0, 1, 2));
  near(ceilingFor(ahead("So = 1,440 in all.", "1,440"), "1440"), bound(0, 1, 2, 3, 4));
  near(ceilingFor(ahead("So = 1440 in all.", "1440"), "1,440"), bound(0, 1, 2, 3));
});

test("a result that rounds to the number counts all of its tokens", () => {
  near(ceilingFor(ahead("So = 2.67 each.", "2.67"), "2.6666666667"), bound(0, 1, 2, 3));
  near(ceilingFor(ahead("So = 33 each.", "33"), "33.3333"), bound(0, 1));
  near(ceilingFor(ahead("So = 34 each.", "34"), "33.5"), bound(0, 1));
});

test("another number of the same size counts the digits that it begins with alike", () => {
  const text = "They paid 48 * 3 = 144 dollars.";
  near(ceilingFor(ahead(text, "144"), "142"), bound(0, 1));
  near(ceilingFor(ahead(text, "144"), "199"), bound(0));
  near(ceilingFor(ahead(text, "144"), "244"), bound());
  near(ceilingFor(ahead(text, "144"), "142.5"), bound(0, 1));
});

test("a number of another size counts nothing", () => {
  const text = "They paid 48 * 3 = 144 dollars.";
  for (const result of ["14", "1440", "1.44", "1,444"]) near(ceilingFor(ahead(text, "144"), result), bound());
});

test("words count where the result has them, whatever their case", () => {
  const text = "She was born in Paris in May.";
  near(ceilingFor(ahead(text, "Paris"), "PARIS, the capital"), bound(0));
  near(ceilingFor(ahead(text, "Paris"), "It was in Paris"), bound(0, 1));
  near(ceilingFor(ahead(text, "Paris"), "Parisian"), bound());
  near(ceilingFor(ahead("Der Preis fiel über Nacht.", "fiel"), "Nacht ueber"), bound(2));
});

test("a sign before a number and punctuation after it count a part, like all that a result does not have", () => {
  const place = placeBefore("It costs $50.", "$50");
  assert.is(place.offsets.length - 1, 3, "the sign is not weighed");
  near(ceilingFor(aheadOf("It costs $50.", place, [-1, -1, -1]), "50"), weight(0, 1) + others * weight(2));
});

test("a second number after the first counts too", () => {
  const text = "It is 7 or 8 now.";
  near(ceilingFor(ahead(text, "7"), "7 8"), bound(0, 3));
  near(ceilingFor(ahead(text, "7"), "8"), bound(3));
});

test("a tool's results may stand for all that they look like, and where nothing is said for everything", () => {
  const text = "Then 5 cats ran.";
  near(ceiling(ahead(text, "Then"), /\d/), bound(2));
  near(ceiling(ahead(text, "Then"), undefined), 1);
});

const token = fc.constantFrom(" the", " cat", " ", "1", "2", "7", ",", ".", "$", " May", "=", "\n");
const texts = fc.array(token, { minLength: 1, maxLength: 16 }).map((tokens) => `So ${tokens.join("")}`);
const logprobs = fc.array(fc.double({ min: -9, max: 0, noNaN: true }), { minLength: 5, maxLength: 5 });

test("no bound is above the loss, one result's is not above any result's, and text that the result repeats counts whole", () => {
  fc.assert(
    fc.property(texts, logprobs, fc.constantFrom("12", "the cat", "7.5", "1,227", "May 7", "no"), (text, values, result) => {
      for (const place of placesOf(text, { offsets: offsetsIn(text) }, [])) {
        const none = values.slice(0, place.offsets.length - 1);
        const loss = weightedLoss(none);
        const follows = aheadOf(text, place, none);
        const any = ceiling(follows, undefined);
        assert.ok(Math.abs(any - loss) < 1e-9);
        const one = ceilingFor(follows, result);
        assert.ok(one <= any + 1e-9 && one >= others * loss - 1e-9);
        // All that follows, as the result: only what is no word and no number is left to the part that may still move.
        const rest = none.filter((_, i) => !/[\p{L}\p{N}]/u.test(text.slice(place.offsets[i], place.offsets[i + 1])));
        const repeated = ceilingFor(follows, text.slice(place.position, place.position + 80));
        assert.ok(rest.length > 0 || Math.abs(repeated - loss) < 1e-9, JSON.stringify({ text, place, repeated, loss }));
      }
    }),
  );
});

test("a result is related to a place when it has what comes first there: the word, or the number, perhaps rounded", () => {
  const related = (text: string, what: string, result: string) => isRelated(ahead(text, what), result);
  assert.ok(related("So 6 * 8 = 48 in all.", "48", "48"));
  assert.ok(related("So 6 * 8 = 48 in all.", "48", "about 48 km"));
  assert.ok(related("So = 1,440 in all.", "1,440", "1440"));
  assert.ok(related("It costs $5 now.", "$5", "5"));
  assert.not(related("So 6 * 8 = 48 in all.", "48", "49"));
  assert.not(related("So 6 * 8 = 48 in all.", "48", "480"));
  assert.not(related("So 6 * 8 = 48 in all.", "in", "48"));
  assert.not(related("So it is 48 in all.", "is", "48"), "the number comes second");
  assert.ok(related("It was in Paris then.", "Paris", "Paris, France"));
  assert.not(related("It was in Paris then.", "Paris", "then"));
});

test("a number in the text may be rounded to the decimals that it has, and to none only when it is a whole one", () => {
  const related = (number: string, result: string) => isRelated(ahead(`So it is ${number} in all.`, number), result);
  assert.ok(related("33.33", "33.333333"));
  assert.ok(related("0.7", "0.6666666667"));
  assert.ok(related("24.00", "24"));
  assert.ok(related("24", "24.00"));
  assert.ok(related("1,234", "1234"));
  assert.ok(related("0", "0"));
  assert.not(related("3", "3.333333"));
  assert.not(related("33", "33.333333"));
  assert.not(related("33.33", "33.4"));
  assert.not(related("1,234", "1234.4"));
});

test("a negative result is related to the negative number, and not to the positive one", () => {
  assert.ok(isRelated(ahead("It fell to -3 then.", "-3"), "-3"));
  assert.not(isRelated(ahead("It rose to 3 then.", "3"), "-3"));
});

test("a place can be related to results of a kind when what comes first there is of that kind", () => {
  const can = (what: string, results: RegExp | undefined) => canRelate(ahead("So it is 48 in all.", what), results);
  assert.ok(can("48", /\d/));
  assert.not(can("is", /\d/));
  assert.ok(can("is", undefined));
});

test("places that look for the same number have the same target", () => {
  const text = "In all she sold 48 clips.";
  const target = (what: string) => targetOf(ahead(text, what), /\d/);
  assert.is(target("48"), text.indexOf("48"));
  assert.is(target("she"), text.indexOf("48"));
  assert.is(target("sold"), text.indexOf("48"));
  assert.is(target("clips"), undefined, "no number follows within what is weighed");
  assert.is(targetOf(ahead(text, "sold"), undefined), text.indexOf("sold"), "anything may be a result");
  const twice = "48 or 48 of 9";
  assert.is.not(targetOf(ahead(twice, "48"), /\d/), targetOf(aheadOf(twice, placeBefore(twice, "or"), [-1, -1, -1, -1, -1]), /\d/));
});

test.run();
