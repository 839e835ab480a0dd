import { ToolwrightError } from "../../errors.js";
import { complete, type ToolModel, type ToolTurn } from "../model.js";
import { type Code, nameOf } from "./languages.js";

/** The same phrases in some languages: demonstrations of each direction. */
const PHRASES: readonly Readonly<Record<Code, string>>[] = [
  {
    en: "the red house",
    fr: "la maison rouge",
    de: "das rote Haus",
    es: "la casa roja",
    it: "la casa rossa",
    pt: "a casa vermelha",
    nl: "het rode huis",
  },
  {
    en: "Where is the key?",
    fr: "Où est la clé ?",
    de: "Wo ist der Schlüssel?",
    es: "¿Dónde está la llave?",
    it: "Dov'è la chiave?",
    pt: "Onde está a chave?",
    nl: "Waar is de sleutel?",
  },
  { en: "spoon", fr: "cuillère", de: "Löffel", es: "cuchara", it: "cucchiaio", pt: "colher", nl: "lepel" },
  {
    en: "I am coming tomorrow.",
    fr: "Je viens demain.",
    de: "Ich komme morgen.",
    es: "Vengo mañana.",
    it: "Vengo domani.",
    pt: "Venho amanhã.",
    nl: "Ik kom morgen.",
  },
];
const LANGUAGES = ["fr", "de", "es", "it", "pt", "nl"];
/** Tokens of a translation for each character of the text, and beyond. */
const TOKENS = { each: 1, more: 32 };

/** What the model makes of a text after demonstrations, greedily; one line. */
export async function translateByModel(text: string, to: Code, model: ToolModel, signal?: AbortSignal): Promise<string> {
  const turns = [...demonstrations(to), asked(text, to)];
  const grammar = model.can.grammar ? "root ::= [^\\n]+" : undefined;
  const written = await complete(model, turns, { maxTokens: Math.ceil(text.length * TOKENS.each) + TOKENS.more, grammar, signal });
  const translated = written.trim().split("\n", 1)[0]!.trim();
  if (translated !== "") return translated;
  throw new ToolwrightError("translation-failed", `${model.name} wrote no translation.`, "Try other words, or another model.");
}

/** Into English from each language, into one of them from English, into others as those are. */
function demonstrations(to: Code): ToolTurn[] {
  return PHRASES.flatMap((phrase, at) => {
    const other = LANGUAGES[at % LANGUAGES.length]!;
    const [source, target] = to === "en" ? [other, "en"] : LANGUAGES.includes(to) ? ["en", to] : ["en", other];
    return [asked(phrase[source]!, target), { role: "assistant", content: phrase[target]! }];
  });
}

function asked(text: string, to: Code): ToolTurn {
  return { role: "user", content: `Translate into ${nameOf(to)}: ${text}` };
}
