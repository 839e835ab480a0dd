// A quantity told as something to be worked out first: how one step more comes into any situation.
import type { Draft, Fact, Setting, Step } from "../draft.js";

/** One quantity of a draft told as something to be worked out first, in place of the fact that states it. */
export function derived(setting: Setting, draft: Draft): Draft | undefined {
  const { draw, world } = setting;
  const at = draft.facts.findIndex(({ states }) => states !== undefined && draft.given.includes(states.quantity));
  const fact = draft.facts[at];
  if (fact?.states === undefined || draft.money?.includes(fact.states.quantity)) return undefined;
  const { quantity: x, verb } = fact.states;
  const value = draft.values[x]!;
  const unused = ["i", "j"].every((name) => draft.values[name] === undefined);
  if (!unused || !Number.isInteger(value) || value < 4) return undefined;
  const tells = draft.facts.some(({ says }) => says.some((text) => text.includes("{B")));
  const way = draw.pick(["groups", "sum", "more", "fewer", "times"] as const);
  const swap = (says: readonly string[], i: number, j: number, relation: string, step: Step): Draft => ({
    ...draft,
    values: { ...draft.values, i, j },
    relations: [relation, ...draft.relations],
    given: [...draft.given.filter((name) => name !== x), "i", "j"],
    facts: draft.facts.map((other, index): Fact => (index === at ? { says } : other)),
    steps: [step, ...draft.steps],
    notes: undefined,
    situation: `${draft.situation}, two steps`,
    unfit: [...(draft.unfit ?? []), "people"],
  });
  const does = `<${verb}>`;
  if (way === "groups" && world.name !== "points" && verb === "have") {
    const sizes = [2, 3, 4, 5, 6, 7, 8, 9, 10, 12].filter((size) => value % size === 0 && value / size >= 2 && value / size <= 40);
    if (sizes.length === 0) return undefined;
    const j = draw.pick(sizes);
    return swap(
      [
        `{A} ${does} {i c} [with|of] {j n} each`,
        `{A} ${does} {i c}, each with {j n}`,
        `{A} ${does} {i c} with {j n} in each of them`,
        `*{A} ${does} {i c}, and every one of them <hold sg> {j n}`,
      ],
      value / j,
      j,
      `${x} = i * j`,
      { finds: x, expression: "i * j", says: [`{A} ${does} {eq n}.`, "{=i} times {=j} is {eq n}.", "In all that is {eq n}."] },
    );
  }
  if (way === "sum" && world.kinds.length >= 2) {
    const [k = "", l = ""] = draw.shuffle(world.kinds);
    const i = draw.integer(1, value - 2) + 1;
    if (value - i < 2) return undefined;
    return swap(
      [
        `{A} ${does} {i ${k.replaceAll(" ", "_")} n} and {j ${l.replaceAll(" ", "_")} n}`,
        `{A} ${does} {i} ${k} and {j ${l.replaceAll(" ", "_")} n}`,
        `*{A} ${does} {i ${k.replaceAll(" ", "_")} n} as well as {j ${l.replaceAll(" ", "_")} n}`,
      ],
      i,
      value - i,
      `${x} = i + j`,
      { finds: x, expression: "i + j", says: [`{A} ${does} {eq n}.`, "Together that is {eq n}."] },
    );
  }
  if (tells || draft.situation.startsWith("com")) return undefined;
  if (way === "more") {
    const i = draw.integer(2, value - 2);
    return swap(
      [
        `{B} <${verb} B> {i n} and {A} ${does} {j} more than {B}`,
        `{A} ${does} {j more n} than {B}, who <${verb} B> {i}`,
        `*while {B} <${verb} B> {i n}, {A} ${does} {j} more`,
      ],
      i,
      value - i,
      `${x} = i + j`,
      { finds: x, expression: "i + j", says: [`{A} ${does} {eq n}.`, `{=j} more than {=i} is {eq n}.`] },
    );
  }
  if (way === "fewer") {
    const j = draw.integer(2, Math.max(2, Math.min(value, 60)));
    return swap(
      [
        `{B} <${verb} B> {i n} and {A} ${does} {j} fewer than {B}`,
        `{A} ${does} {j fewer n} than {B}, who <${verb} B> {i}`,
        `*while {B} <${verb} B> {i n}, {A} ${does} {j} fewer`,
      ],
      value + j,
      j,
      `i = ${x} + j`,
      { finds: x, expression: "i - j", says: [`{A} ${does} {eq n}.`, `{=j} fewer than {=i} is {eq n}.`] },
    );
  }
  if (way === "times") {
    const factors = [2, 3, 4, 5, 6].filter((factor) => value % factor === 0 && value / factor >= 2);
    if (factors.length === 0) return undefined;
    const j = draw.pick(factors);
    const phrase = j === 2 ? "twice" : "{j} times";
    const draft = swap(
      [
        `{B} <${verb} B> {i n} and {A} ${does} ${phrase} as many`,
        `{A} ${does} ${phrase} as many {n} as {B}, who <${verb} B> {i}`,
        `*while {B} <${verb} B> {i n}, {A} ${does} ${phrase} as many`,
      ],
      value / j,
      j,
      `${x} = i * j`,
      { finds: x, expression: "i * j", says: [`{A} ${does} {eq n}.`, `{=j} times {=i} is {eq n}.`] },
    );
    return draft;
  }
  return undefined;
}
