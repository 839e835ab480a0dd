// Exact fractions, and the value of a written expression: a second way to reckon, with nothing of mathjs or of floating point.

export interface Fraction {
  readonly above: bigint;
  /** Above 0. */
  readonly below: bigint;
}

export const whole = (value: bigint | number): Fraction => ({ above: BigInt(value), below: 1n });

/** `1,200.5`, `7`, `.5` */
export function read(text: string): Fraction {
  const [before = "", after = ""] = text.replaceAll(",", "").split(".");
  return { above: BigInt(before + after), below: 10n ** BigInt(after.length) };
}

export const add = (a: Fraction, b: Fraction): Fraction => ({ above: a.above * b.below + b.above * a.below, below: a.below * b.below });
export const minus = (a: Fraction, b: Fraction): Fraction => add(a, { above: -b.above, below: b.below });
export const times = (a: Fraction, b: Fraction): Fraction => ({ above: a.above * b.above, below: a.below * b.below });
export function over(a: Fraction, b: Fraction): Fraction {
  const sign = b.above < 0n ? -1n : 1n;
  return { above: sign * a.above * b.below, below: sign * a.below * b.above };
}

/** Whether a text is the fraction, rounded to six decimals. */
export function isWritten(value: Fraction, text: string): boolean {
  const off = minus(value, text.startsWith("-") ? minus(whole(0), read(text.slice(1))) : read(text));
  const size = off.above < 0n ? -off.above : off.above;
  return size * 2_000_000n <= off.below;
}

/** Of `+ - * / ^` and brackets over numbers, by precedence. @throws SyntaxError */
export function evaluateExactly(text: string): Fraction {
  const tokens = text.match(/\d[\d,]*(?:\.\d+)?|[-+*/()]/g) ?? [];
  if (tokens.join("") !== text.replaceAll(" ", "")) throw new SyntaxError(text);
  let at = 0;
  const sum = (): Fraction => {
    let value = product();
    while (tokens[at] === "+" || tokens[at] === "-") value = tokens[at++] === "+" ? add(value, product()) : minus(value, product());
    return value;
  };
  const product = (): Fraction => {
    let value = single();
    while (tokens[at] === "*" || tokens[at] === "/") value = tokens[at++] === "*" ? times(value, single()) : over(value, single());
    return value;
  };
  const single = (): Fraction => {
    const token = tokens[at++];
    if (token !== "(") return read(token!);
    const value = sum();
    if (tokens[at++] !== ")") throw new SyntaxError(text);
    return value;
  };
  const value = sum();
  if (at < tokens.length) throw new SyntaxError(text);
  return value;
}
