import type { Example } from "../tool.js";

/**
 * Demonstrations for very small models: the call comes early, and what follows it is copied from its result. A test runs
 * every call. Countries and words are not those that people try first, so that an answer cannot be copied from here.
 */
export const examples: readonly Example[] = [
  {
    question: "What is the capital of Peru?",
    text: "The capital of Peru is [Search(capital of Peru) → Lima is the capital of Peru.] Lima.",
  },
  { question: "What does frugal mean?", text: "It means [Search(definition of frugal) → frugal: avoiding waste] avoiding waste." },
  {
    question: "Which currency is used in Thailand?",
    text: "Thailand uses [Search(currency of Thailand) → The Thai baht (THB) is the currency of Thailand.] the Thai baht.",
  },
  {
    question: "What's the capital city of Kenya?",
    text: "The capital city of Kenya is [Search(capital of Kenya) → Nairobi is the capital of Kenya.] Nairobi.",
  },
  {
    question: "What languages are spoken in Belgium?",
    text: "In Belgium people speak [Search(languages of Belgium) → German, French and Dutch are the official languages of Belgium.] German, French and Dutch.",
  },
  {
    question: "Define benevolent.",
    text: "It means [Search(definition of benevolent) → benevolent: intending or showing kindness] intending or showing kindness.",
  },
  {
    question: "What is the definition of tenacious?",
    text: "It means [Search(definition of tenacious) → tenacious: good at remembering] good at remembering.",
  },
  {
    question: "What continent is Ghana on?",
    text: "Ghana is in [Search(continent of Ghana) → Ghana is in Africa (Western Africa).] Africa.",
  },
  {
    question: "Tell me the capital of Mongolia.",
    text: "The capital of Mongolia is [Search(capital of Mongolia) → Ulan Bator is the capital of Mongolia.] Ulan Bator.",
  },
  {
    question: "Which countries border Mongolia?",
    text: "Mongolia borders [Search(borders of Mongolia) → China and Russia border Mongolia.] China and Russia.",
  },
  {
    question: "What is the currency of Sweden?",
    text: "The currency of Sweden is [Search(currency of Sweden) → The Swedish krona (SEK) is the currency of Sweden.] the Swedish krona.",
  },
  {
    question: "What is the meaning of the word nebulous?",
    text: "It means [Search(definition of nebulous) → nebulous: lacking definite form or limits] lacking definite form or limits.",
  },
  { question: "Where is Ecuador?", text: "Ecuador is in [Search(continent of Ecuador) → Ecuador is in South America.] South America." },
  {
    question: "What language do they speak in Greece?",
    text: "In Greece they speak [Search(languages of Greece) → Greek is the official language of Greece.] Greek.",
  },
  {
    question: "Rabat is the capital of which country?",
    text: "Rabat is the capital of [Search(country with the capital Rabat) → Rabat is the capital of Morocco.] Morocco.",
  },
  {
    question: "How large is Iceland?",
    text: "The area of Iceland is [Search(area of Iceland) → 103,000 km² is the area of Iceland.] 103,000 km².",
  },
  {
    question: "What is a barometer?",
    text: "A barometer is [Search(barometer) → barometer: an instrument that measures atmospheric pressure] an instrument that measures atmospheric pressure.",
  },
  {
    question: "Who discovered penicillin?",
    text: "Penicillin was discovered by [Search(discovered penicillin) → Fleming: Scottish bacteriologist who discovered penicillin (1881-1955)] Fleming, a Scottish bacteriologist.",
  },
  {
    text: "The train leaves Hanoi, the capital of [Search(country with the capital Hanoi) → Hanoi is the capital of Vietnam.] Vietnam, at noon.",
  },
  {
    text: "She flew to Budapest, the capital of [Search(country with the capital Budapest) → Budapest is the capital of Hungary.] Hungary, in May.",
  },
  { text: "In Jordan they stayed in [Search(capital of Jordan) → Amman is the capital of Jordan.] Amman, not far from the market." },
  {
    text: "The fare in Poland is paid in [Search(currency of Poland) → The Polish złoty (PLN) is the currency of Poland.] złoty, never in euros.",
  },
  {
    text: "In Bolivia, which is in [Search(continent of Bolivia) → Bolivia is in South America.] South America, the train climbs for a day.",
  },
];
