// What may stand in an expression: everything that is not listed here is refused.

/** What takes one argument: in its brackets a comma can only separate thousands. */
export const ONE_ARGUMENT: ReadonlySet<string> = new Set([
  ...["abs", "sign", "sqrt", "cbrt", "square", "cube", "exp", "log2", "log10", "ln", "lg", "factorial", "gamma", "isprime"],
  ...["sin", "cos", "tan", "sec", "csc", "cot", "asin", "acos", "atan", "arcsin", "arccos", "arctan"],
  ...["sinh", "cosh", "tanh", "asinh", "acosh", "atanh", "re", "im", "conj", "arg", "hex", "bin", "oct"],
]);

/** Functions by the name in which they may be written (in any case), and their names in mathjs. */
export const FUNCTIONS: ReadonlyMap<string, string> = new Map([
  ...[...ONE_ARGUMENT].map((name) => [name, name] as const),
  ...[
    ...["floor", "ceil", "round", "fix", "pow", "mod", "log", "gcd", "lcm", "combinations", "permutations", "hypot", "atan2"],
    ...["max", "min", "sum", "prod", "mean", "median", "mode", "std", "variance", "range"],
    ...["det", "inv", "transpose", "trace", "dot", "cross", "norm"],
  ].map((name) => [name, name] as const),
  ["isprime", "isPrime"],
  ["nthroot", "nthRoot"],
  ["root", "nthRoot"],
  ["ln", "log"],
  ["lg", "log10"],
  ["power", "pow"],
  ["ceiling", "ceil"],
  ["trunc", "fix"],
  ["average", "mean"],
  ["avg", "mean"],
  ["product", "prod"],
  ["stdev", "std"],
  ["ncr", "combinations"],
  ["npr", "permutations"],
  ["arcsin", "asin"],
  ["arccos", "acos"],
  ["arctan", "atan"],
]);

/** Functions whose zeros and poles come out as tiny and huge numbers, because π has finitely many digits. */
export const CIRCULAR_FUNCTIONS: ReadonlySet<string> = new Set(["sin", "cos", "tan", "sec", "csc", "cot"]);

/** Operators by mathjs's name for what they do. */
export const OPERATORS: ReadonlySet<string> = new Set([
  ...["add", "subtract", "multiply", "divide", "dotMultiply", "dotDivide", "dotPow", "pow", "mod", "factorial"],
  ...["unaryMinus", "unaryPlus", "to"],
  ...["equal", "unequal", "smaller", "larger", "smallerEq", "largerEq"],
]);

export const CONSTANTS: ReadonlySet<string> = new Set(["pi", "tau", "e", "phi", "i"]);

/** Units that mathjs lacks, in terms of those that it has; its acre is rounded to 4046.86 m^2. */
export const NEW_UNITS: Readonly<Record<string, { definition: string; aliases?: string[]; prefixes?: "short" | "long" }>> = {
  acre: { definition: "43560 ft^2", aliases: ["acres"] },
  pound: { definition: "1 lb", aliases: ["pounds"] },
  stones: { definition: "1 stone" },
  tsp: { definition: "1 teaspoon" },
  tbsp: { definition: "1 tablespoon" },
  horsepower: { definition: "1 hp" },
  ha: { definition: "1 hectare" },
  yr: { definition: "1 year", aliases: ["yrs"] },
  fortnight: { definition: "14 day", aliases: ["fortnights"] },
  nauticalmile: { definition: "1852 m", aliases: ["nauticalmiles", "nmi"] },
  lightyear: { definition: "9460730472580800 m", aliases: ["lightyears"] },
  knot: { definition: "1852 m/hour", aliases: ["knots"] },
  cal: { definition: "4.184 J", prefixes: "short" },
  calorie: { definition: "4.184 J", aliases: ["calories"], prefixes: "long" },
};

/** Spellings that mathjs takes for something else or does not know, and what they stand for. */
export const UNIT_SPELLINGS: ReadonlyMap<string, string> = new Map([
  ["min", "minute"],
  ["sec", "second"],
  ["mph", "mile/hour"],
  ["kph", "km/hour"],
  ["kmh", "km/hour"],
  ["kilo", "kg"],
  ["kilos", "kg"],
  ["KB", "kB"],
  ["metre", "meter"],
  ["metres", "meters"],
  ["kilometre", "kilometer"],
  ["kilometres", "kilometers"],
  ["centimetre", "centimeter"],
  ["centimetres", "centimeters"],
  ["millimetre", "millimeter"],
  ["millimetres", "millimeters"],
]);

/** Temperature scales; elsewhere C and F are coulomb and farad. */
export const TEMPERATURES: ReadonlyMap<string, string> = new Map([
  ["C", "degC"],
  ["c", "degC"],
  ["celsius", "degC"],
  ["degC", "degC"],
  ["F", "degF"],
  ["f", "degF"],
  ["fahrenheit", "degF"],
  ["degF", "degF"],
  ["K", "K"],
  ["kelvin", "K"],
]);

/** Units that a combination of others is written as: kg m/s^2 is N. */
export const COMBINED_UNITS: ReadonlySet<string> = new Set(["N", "J", "W", "Pa", "V", "Hz"]);

/** How units are written in results where mathjs's name is not what a person writes. */
export const UNIT_SYMBOLS: ReadonlyMap<string, string> = new Map([
  ["degC", "°C"],
  ["celsius", "°C"],
  ["degF", "°F"],
  ["fahrenheit", "°F"],
  ["deg", "°"],
  ["degree", "°"],
  ["degrees", "°"],
  ["mile/hour", "mph"],
  ["miles/hour", "mph"],
  ["km/hour", "km/h"],
]);

/** Plurals that are not the name and an "s". */
export const IRREGULAR_PLURALS: ReadonlyMap<string, string> = new Map([
  ["foot", "feet"],
  ["inch", "inches"],
  ["century", "centuries"],
]);
