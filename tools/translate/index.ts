// Translation: of words and phrases, by Bergamot's models on this machine or by a language model. Which language a text is in, and what
// languages are called, belongs here too.
export { type TranslationOptions, translation } from "./translate.js";
