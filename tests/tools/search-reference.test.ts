import { test } from "uvu";
import * as assert from "uvu/assert";
import { search } from "../../tools/search/index.js";
import { senses } from "../../tools/search/wordnet.js";

const tool = search();
const context = { signal: new AbortController().signal, now: new Date(0), timeZone: "UTC" };
const ask = async (query: string) => (await tool.run({ query }, context)).text;

async function expect(answers: Readonly<Record<string, string>>): Promise<void> {
  for (const [query, text] of Object.entries(answers)) assert.is(await ask(query), text, query);
}

test("a capital is found however it is asked for, and the answer comes first", async () => {
  for (const query of [
    "capital of France",
    "What is the capital of France?",
    "France capital",
    "france's capital city",
    "Tell me the capital of france!",
    "Is Lyon the capital of France?",
  ]) {
    assert.is(await ask(query), "Paris is the capital of France.", query);
  }
  await expect({
    "capital of the United States": "Washington D.C. is the capital of the United States.",
    "capital of the U.S.": "Washington D.C. is the capital of the United States.",
    "Capital of South Africa": "Pretoria, Bloemfontein and Cape Town are the capitals of South Africa.",
    "capital of cote d'ivoire": "Yamoussoukro is the capital of Ivory Coast.",
    "capital of St. Lucia": "Castries is the capital of Saint Lucia.",
    "capital of Georgia and Armenia": "Tbilisi is the capital of Georgia. Yerevan is the capital of Armenia.",
  });
});

test("the names of countries within other names are not taken for them", async () => {
  assert.match(await ask("capital of New Jersey"), /^Trenton: /);
  assert.match(await ask("capital of Texas"), /^Austin: state capital of Texas/);
  assert.match(await ask("What is the capital of England?"), /^London: the capital and largest city of England/);
  assert.is(await ask("capital of Papua New Guinea"), "Port Moresby is the capital of Papua New Guinea.");
  assert.is(await ask("Tell us the capital of Chad"), "N'Djamena is the capital of Chad.");
});

test("other facts about countries", async () => {
  await expect({
    "currency of Japan": "The Japanese yen (JPY) is the currency of Japan.",
    "What money do they use in Poland?": "The Polish złoty (PLN) is the currency of Poland.",
    "what languages are spoken in Switzerland": "French, Swiss German, Italian and Romansh are the official languages of Switzerland.",
    "is spanish spoken in peru?": "Aymara, Quechua and Spanish are the official languages of Peru.",
    "What continent is Kenya on?": "Kenya is in Africa (Eastern Africa).",
    "Where is Peru?": "Peru is in South America.",
    "What is the Mexican currency?": "The Mexican peso (MXN) is the currency of Mexico.",
    "What countries are next to Portugal?": "Spain borders Portugal.",
    "Which countries border Portugal?": "Spain borders Portugal.",
    "Does Peru border Chile?": "Yes, Peru borders Chile.",
    "Does Peru share a border with Spain?": "No, Peru does not border Spain.",
    "neighbours of Iceland": "Iceland has no land borders.",
    "How big is Kenya?": "580,367 km² is the area of Kenya.",
    "Is Bolivia landlocked?": "Yes, Bolivia is landlocked.",
    "What are people from Peru called?": "Peruvian is the word for a person from Peru.",
    "calling code of Kenya": "+254 is the calling code of Kenya.",
    "dialling code of Canada": "+1 is the calling code of Canada.",
    "internet domain of Kenya": ".ke is the internet domain of Kenya.",
    "ISO code of Kenya": "KE and KEN are the ISO codes of Kenya.",
    "official name of Greece": "Hellenic Republic is the official name of Greece.",
    "coordinates of Peru": "10° S, 76° W are the coordinates of Peru.",
  });
});

test("questions whose answer is a country", async () => {
  await expect({
    "Lima is the capital of which country?": "Lima is the capital of Peru.",
    "Which country has Mexico City as its capital?": "Mexico City is the capital of Mexico.",
    "Which country uses the baht?": "Thailand uses the baht.",
    "Where is Icelandic spoken?": "Iceland has Icelandic as an official language.",
    "largest country in Africa": "Algeria is the largest country of Africa by area (2,381,741 km²).",
    "smallest country in the world": "Vatican City is the smallest country of the world by area (0.44 km²).",
    "landlocked countries in South America": "2 landlocked countries are in South America: Bolivia and Paraguay.",
  });
  assert.match(await ask("How many countries are in Africa?"), /^54 countries are in Africa: Algeria, .* and 42 more\.$/);
  assert.match(await ask("Which countries use the euro?"), /^Andorra, Austria, .* more use the euro\.$/);
});

test("a definition is found however it is asked for, without examples and further clauses", async () => {
  for (const query of [
    "define ephemeral",
    "definition of ephemeral",
    "ephemeral definition",
    "What does ephemeral mean?",
    "what is the meaning of the word “ephemeral”?",
    "ephemeral - meaning",
    "ephemeral",
  ]) {
    assert.is(await ask(query), "ephemeral: lasting a very short time", query);
  }
  await expect({
    "definition of serendipity": "serendipity: good luck in making unexpected and fortunate discoveries",
    "meaning of obstinate": "obstinate: tenaciously unwilling or marked by tenacious unwillingness to yield",
    "define state of the art": "state of the art: the highest degree of development of an art or technique at a particular time",
    "What are barometers?": "barometer: an instrument that measures atmospheric pressure",
    "What does to abscond mean?": "abscond: run away; usually includes taking something or somebody along",
    "Who was Napoleon?": "Napoleon: French general who became emperor of the French (1769-1821)",
    "Who is Albert Einstein?":
      "Albert Einstein: physicist born in Germany who formulated the special theory of relativity and the general theory of relativity",
    "define well-known": "well-known: widely or fully known",
  });
  assert.match(await ask("What is a telescope?"), /^telescope: a magnifier/);
});

test("only what answers the question says that it does", async () => {
  for (const [query, direct] of [
    ["capital of Peru", true],
    ["Which countries border Chile?", true],
    ["define obstinate", true],
    ["Peru", false],
    ["obstinate", false],
  ] as const)
    assert.is((await tool.find(query)).results[0]!.direct, direct, query);
});

test("a name is told from a word by its capital", async () => {
  assert.match(await ask("turkey"), /^turkey: large gallinaceous bird/);
  assert.match(await ask("Turkey"), /^Türkiye is a country in Asia\. Its capital is Ankara\./);
});

test("people and things are found by what is said of them, a superlative only by just that", async () => {
  assert.match(await ask("Who discovered penicillin?"), /^Fleming: Scottish bacteriologist/);
  assert.match(await ask("What is the largest ocean in the world?"), /^Pacific: the largest ocean/);
  assert.match(await ask("longest river in the world"), /^Nile: the world's longest river/);
  assert.match(await ask("first president of the United States"), /^Washington: 1st President/);
  assert.is(await ask("highest mountain"), 'No results for "highest mountain".');
});

test("what the reference does not know is not guessed", async () => {
  await expect({
    "population of Japan": 'No results for "population of Japan".',
    "How large is the population of Japan?": 'No results for "How large is the population of Japan?".',
    "president of France": 'No results for "president of France".',
    "capital of Wakanda": 'No results for "capital of Wakanda".',
    "capital of Japan in 1600": 'No results for "capital of Japan in 1600".',
    "definition of xyzzyx": 'No results for "definition of xyzzyx".',
    "French speakers": 'No results for "French speakers".',
    "2+2": 'No results for "2+2".',
    "????": 'No results for "????".',
  });
});

test("an enclosing call gets the bare fact", async () => {
  const value = async (query: string) => (await tool.run({ query }, context)).value;
  assert.is(await value("area of Kenya"), "580367");
  assert.is(await value("capital of Peru"), "Lima");
  assert.is(await value("definition of frugal"), "avoiding waste");
});

test("results carry ids that are the same in every run, and open by them", async () => {
  const { results } = await tool.find("capital of Peru");
  assert.equal(results[0]?.source, { id: "country:PER", title: "Peru (world-countries)" });
  assert.match((await tool.open("country:PER")).text, /^Lima is the capital of Peru\. The Peruvian sol .*Peru is in South America\.$/);
  const [defined] = (await tool.find("define obstinate")).results;
  assert.is(defined?.source.id, "word:obstinate");
  assert.match(await ask("open: word:obstinate"), /^obstinate: 1\. \(adjective\) tenaciously unwilling.* 4\. \(verb\) persist stubbornly/);
  assert.is(await ask("quote: country:PER, currency"), "The Peruvian sol (PEN) is the currency of Peru.");
});

test("what follows from several entries is opened by asking the same again; of people the whole name is told", async () => {
  for (const query of ["largest country in Africa", "Does Peru border Chile?", "capital of Georgia and Armenia"]) {
    const { results } = await tool.find(query);
    assert.equal(results[0]?.source, { id: `countries:${query}`, title: "Countries (world-countries)" });
    assert.is((await tool.open(`countries:${query}`)).text, results[0]?.text);
  }
  assert.match((await tool.open("word:fleming")).text, / Sir Alexander Fleming: Scottish bacteriologist who discovered penicillin/);
});

test("an id that names nothing, or words that a source does not have, are errors that say so", async () => {
  for (const id of ["country:XXX", "countries:nowhere", "word:xyzzyx", "nowhere", "notes.md#1"]) {
    const error = await tool.run({ query: `open: ${id}` }, context).catch((thrown: unknown) => thrown);
    assert.is((error as { code?: string }).code, "source-not-found", id);
  }
  const error = await tool.quote("country:PER", "volcano").catch((thrown: unknown) => thrown);
  assert.is((error as { code?: string }).code, "quote-not-found");
});

test("web pages are not opened unless that is asked for", async () => {
  const error = await tool.open("https://example.com/").catch((thrown: unknown) => thrown);
  assert.is((error as { code?: string }).code, "pages-off");
});

test("the reference can be left out", async () => {
  const bare = search({ reference: false });
  assert.is((await bare.run({ query: "capital of France" }, context)).text, 'No results for "capital of France".');
});

test("every demonstration shows what its calls give", async () => {
  assert.ok(tool.examples.length >= 15);
  for (const { text } of tool.examples) {
    const calls = [...text.matchAll(/\[Search\((.+?)\) → (.+?)\]/g)];
    assert.ok(calls.length > 0, text);
    for (const [, query = "", result] of calls) assert.is(await ask(query), result, query);
  }
});

test("the dictionary's first and last words are found, and words beside none", async () => {
  assert.is((await senses("'hood"))[0]?.word, "'hood");
  assert.is((await senses("zyrian"))[0]?.word, "Zyrian");
  for (const term of ["", "!", "zzzz", "% ", "a".repeat(500), "bank%1", "../../etc/passwd"]) assert.equal(await senses(term), [], term);
  assert.is((await senses("Ciudad de México")).length, (await senses("ciudad de mexico")).length);
});

test("a lookup is fast enough to be part of a sentence", async () => {
  await ask("capital of Peru");
  const began = performance.now();
  for (const query of ["capital of Chile", "define mundane", "currency of Egypt", "What is a lute?"]) await ask(query);
  assert.ok(performance.now() - began < 1000);
});

test("options that cannot work are refused when the tool is made", () => {
  assert.throws(
    () => search({ folder: "/no/such/folder" }),
    (error: { code: string }) => error.code === "folder-not-found",
  );
  assert.throws(
    () => search({ folder: new URL(import.meta.url).pathname }),
    (error: { code: string }) => error.code === "folder-not-found",
  );
  assert.throws(
    () => search({ maxLength: 0 }),
    (error: { code: string }) => error.code === "bad-option",
  );
  assert.throws(
    () => search({ wikipedia: { baseUrl: "ftp://wiki" } }),
    (error: { code: string }) => error.code === "bad-option",
  );
});

test.run();
