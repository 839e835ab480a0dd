// The calculator: wording to an expression, its tree checked against a vocabulary, evaluated by mathjs in a kept thread, the result written
// for a reader. Only calculator.ts and what it imports run in the caller's thread, and none of that loads mathjs.
export { type CalculatorOptions, calculator } from "./calculator.js";
