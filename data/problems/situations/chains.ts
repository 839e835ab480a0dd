// Two and three steps: what one step finds, the next one needs.
import { act, type Draft, type Fact, type Setting, type Step } from "../draft.js";
import { noun } from "../english.js";
import { GOODS } from "../goods.js";
import { choose } from "../scene.js";

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
      [`{A} ${does} {i c} [with|of] {j n} each`, `{A} ${does} {i c}, each with {j n}`, `{A} ${does} {i c} with {j n} in each of them`, `*{A} ${does} {i c}, and every one of them <hold sg> {j n}`],
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
      [`{A} ${does} {i ${k.replaceAll(" ", "_")} n} and {j ${l.replaceAll(" ", "_")} n}`, `{A} ${does} {i} ${k} and {j ${l.replaceAll(" ", "_")} n}`, `*{A} ${does} {i ${k.replaceAll(" ", "_")} n} as well as {j ${l.replaceAll(" ", "_")} n}`],
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
      [`{B} <${verb} B> {i n} and {A} ${does} {j} more than {B}`, `{A} ${does} {j more n} than {B}, who <${verb} B> {i}`, `*while {B} <${verb} B> {i n}, {A} ${does} {j} more`],
      i,
      value - i,
      `${x} = i + j`,
      { finds: x, expression: "i + j", says: [`{A} ${does} {eq n}.`, `{=j} more than {=i} is {eq n}.`] },
    );
  }
  if (way === "fewer") {
    const j = draw.integer(2, Math.max(2, Math.min(value, 60)));
    return swap(
      [`{B} <${verb} B> {i n} and {A} ${does} {j} fewer than {B}`, `{A} ${does} {j fewer n} than {B}, who <${verb} B> {i}`, `*while {B} <${verb} B> {i n}, {A} ${does} {j} fewer`],
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
      [`{B} <${verb} B> {i n} and {A} ${does} ${phrase} as many`, `{A} ${does} ${phrase} as many {n} as {B}, who <${verb} B> {i}`, `*while {B} <${verb} B> {i n}, {A} ${does} ${phrase} as many`],
      value / j,
      j,
      `${x} = i * j`,
      { finds: x, expression: "i * j", says: [`{A} ${does} {eq n}.`, `{=j} times {=i} is {eq n}.`] },
    );
    return draft;
  }
  return undefined;
}

/** Two changes one after the other. */
export function twoChanges(setting: Setting): Draft | undefined {
  const { draw, world } = setting;
  const [first, second] = [draw.chance(0.5), draw.chance(0.35)];
  const verbs = [first, second].map((gains) => choose(gains ? world.gain : world.loss, setting)) as [string, string];
  const s = setting.amount(8);
  const c = first ? setting.amount(2) : draw.integer(2, Math.max(2, Math.floor(s / 2)));
  const m = first ? s + c : s - c;
  const e = second ? setting.amount(2) : draw.integer(2, Math.max(2, m - 2));
  const r = second ? m + e : m - e;
  if (r < 2) return undefined;
  const object = (name: string, gains: boolean) => draw.pick(gains ? [`{${name} more n}`, `another {${name} n}`, `{${name} n}`] : [`{${name} of n}`, `{${name} n}`]);
  const clause = (spec: string, name: string, gains: boolean) => `{A} ${act(spec, object(name, gains))}`;
  const start: Fact = { says: ["{A} <have> {s n}", "{A} <start> with {s n}", "at first {A} <have> {s n}", "{A} <have> {s n} to begin with", "*{A} <begin> with {s n}"], states: { quantity: "s", verb: "have" } };
  const one: Fact = { says: [`[then |first |]${clause(verbs[0], "c", first)}`, `*to start, ${clause(verbs[0], "c", first)}`] };
  const two: Fact = { says: [`[then |after that, |later |]${clause(verbs[1], "e", second)}`, `*some days on, ${clause(verbs[1], "e", second)}`] };
  const base = { values: { s, c, m, e, r }, relations: [first ? "m = s + c" : "s = m + c", second ? "r = m + e" : "m = r + e"], rigid: false };
  if (draw.chance(0.7)) {
    return {
      ...base,
      situation: "two changes",
      unknown: "result",
      given: ["s", "c", "e"],
      wanted: "r",
      facts: [start, one, two],
      questions: ["{many n} <do:now> {A} have now", "{many n} <do:now> {A} have [left|in the end|now]", "{many n} <do> {A} have [in the end|after all this]", "*{many n} <do:now> {A} end up with"],
      indirect: ["{many n} {A} <have:now> [now|in the end]", "*{many n} {A} <end:now> up with"],
      notes: [`{s n}, ${first ? "plus" : "minus"} {c}, ${second ? "plus" : "minus"} {e}. How many now?`, `*{s n}; ${first ? "in" : "out"} {c}; ${second ? "in" : "out"} {e}; now?`],
      steps: [
        { finds: "m", expression: first ? "s + c" : "s - c", says: [first ? "First {A} had {eq n} in all." : "First {A} had {eq n} left.", first ? "That makes {eq n}." : "That leaves {eq n}."] },
        { finds: "r", expression: second ? "m + e" : "m - e", says: [second ? "Then {A} had {eq n}." : "Then {A} had {eq n} left.", second ? "With the new ones that is {eq}." : "Then {eq} are left."] },
      ],
      answers: ["{A} <have:now> {r n} now.", "{A} <have:now> {r n} in the end."],
    };
  }
  return {
    ...base,
    situation: "two changes",
    unknown: "start",
    given: ["c", "e", "r"],
    wanted: "s",
    facts: [{ says: ["{A} <have> some {n}", "*{A} <have> a certain number of {n}"] }, one, two, { says: ["now {A} <have:now> {r n}", "{A} now <have:now> {r n}", "*by evening {A} <have> {r n}"] }],
    questions: ["{many n} did {A} have at first", "{many n} did {A} start with", "{many n} did {A} have [in the beginning|to begin with]", "*{many n} did {A} originally have"],
    indirect: ["{many n} {A} <have:past> at first", "*{many n} {A} originally <have:past>"],
    notes: [`${first ? "plus" : "minus"} {c n}, ${second ? "plus" : "minus"} {e}, now {r}. How many at first?`, `*${first ? "in" : "out"} {c n}; ${second ? "in" : "out"} {e}; now {r}; start?`],
    steps: [
      { finds: "m", expression: second ? "r - e" : "r + e", says: ["Before the last change there were {eq n}.", "Going back, {A} had {eq n}."] },
      { finds: "s", expression: first ? "m - c" : "m + c", says: ["Before that there were {eq n}.", "At first {A} had {eq n}."] },
    ],
    answers: ["{A} had {s n} at first."],
  };
}

/** B compared with A, and both together; with a third one in three steps. */
export function comparedTotal(setting: Setting): Draft {
  const { draw } = setting;
  const way = draw.pick(["more", "fewer", "times"] as const);
  const x = setting.amount(way === "fewer" ? 6 : 2);
  const d = way === "times" ? draw.integer(2, 5) : way === "fewer" ? draw.integer(2, x - 2) : setting.amount(2, 100);
  const y = way === "more" ? x + d : way === "fewer" ? x - d : x * d;
  const asMany = way === "times" ? (d === 2 ? "twice as many" : "{d} times as many") : `{d} ${way}`;
  const verb = draw.chance(0.65) ? "have" : choose(setting.world.work.filter((word) => !word.replace("*", "").includes(" ")), setting);
  const than = way === "times" ? " as" : " than";
  return {
    situation: "compare and combine",
    unknown: "total",
    values: { x, d, y, t: x + y },
    relations: [way === "more" ? "y = x + d" : way === "fewer" ? "x = y + d" : "y = x * d", "t = x + y"],
    given: ["x", "d"],
    wanted: "t",
    unfit: ["people", "other things"],
    facts: [{ says: [`{A!} <${verb}> {x n}`], states: { quantity: "x", verb } }, { says: [`{B} <${verb} B> ${asMany}`, `{B} <${verb} B> ${asMany}${than} {A!}`, `{B} <${verb} B> ${way === "times" ? `${asMany} {n} as {A!}` : `{d ${way} n} than {A!}`}`, `*the count for {B} <be sg> ${asMany}`] }],
    questions: [`{many n} <do pl> {they} ${verb} [together|altogether|in all|in total]`, `{many n} <do pl> {both} ${verb} [together|altogether|in all]`, `what <be sg> the total number of {n}`, `*how many <do pl> the two of {them} ${verb} when put together`],
    indirect: [`{many n} {they} <${verb} pl> [together|altogether|in all]`, `the total number of {n}`, `*how many {n} the two of {them} <${verb} pl>`],
    notes: [`{A!}: {x n}. {B}: ${asMany}. Together?`, `*{A!} {x n}; {B} ${asMany}; sum?`],
    steps: [
      { finds: "y", expression: way === "more" ? "x + d" : way === "fewer" ? "x - d" : "x * d", says: [`{B} <${verb} B> {eq n}.`] },
      { finds: "t", expression: "x + y", says: ["Together that is {eq n}.", "In all that makes {eq n}."] },
    ],
    answers: [`{They} <${verb} pl> {t n} [together|altogether].`],
  };
}

/** Two sorts of groups; a part of equal groups gone; what one has shared out after a change. */
export function groupChain(setting: Setting): Draft | undefined {
  const { draw, world } = setting;
  const kind = draw.pick(["two sorts", "then gone", "change then share", "share then more"] as const);
  const [g, s] = [draw.integer(2, 12), draw.integer(2, 15)];
  if (kind === "two sorts") {
    const [h, u] = [draw.integer(2, 12), draw.integer(2, 15)];
    return {
      situation: "two sorts of groups",
      unknown: "total",
      values: { g, s, h, u, a: g * s, b: h * u, t: g * s + h * u },
      relations: ["a = g * s", "b = h * u", "t = a + b"],
      given: ["g", "s", "h", "u"],
      wanted: "t",
      unfit: ["people"],
      facts: [{ says: ["{A} <have> {g c} with {s n} each", "there <be pl> {g c} with {s n} in each", "{A} <fill> {g c} with {s n} each", "*{g c} <hold pl> {s n} each"] }, { says: ["{h} other {c} <hold pl> {u n} each", "there <be pl> also {h} {c} with {u n} each", "another {h} {c} <hold pl> {u} each", "*{h} larger {c} <take pl> {u} each"] }],
      questions: ["{many n} <be pl> there [altogether|in all|in total]", "what <be sg> the total number of {n}", "*{many n} <be pl> in all the {c} taken together"],
      indirect: ["{many n} there <be pl> [altogether|in all]", "*{many n} all the {c} hold"],
      steps: [
        { finds: "a", expression: "g * s", says: ["The first {=g} {c} have {eq n}."] },
        { finds: "b", expression: "h * u", says: ["The other {=h} have {eq n}.", "The others have {eq}."] },
        { finds: "t", expression: "a + b", says: ["In all that is {eq n}.", "Together there are {eq n}."] },
      ],
      answers: ["There <be:now pl> {t n} in all."],
    };
  }
  if (kind === "then gone") {
    const t = g * s;
    const gains = draw.chance(0.3);
    const spec = choose(gains ? world.gain : world.loss, setting);
    const e = draw.integer(2, Math.max(2, t - 2));
    const r = gains ? t + e : t - e;
    if (r < 1) return undefined;
    return {
      situation: "groups, then a change",
      unknown: "result",
      values: { g, s, t, e, r },
      relations: ["t = g * s", gains ? "r = t + e" : "t = r + e"],
      given: ["g", "s", "e"],
      wanted: "r",
      unfit: ["people"],
      facts: [{ says: ["{A} <have> {g c} of {s n} each", "{A} <buy> {g c} with {s n} in each", "{A} <fill> {g c} with {s n} each", "{A} <have> {g c}, and there <be pl> {s n} in each", "*{A} <own> {g c}, every one with {s n} in it"] }, { says: [`[then |later |]{A} ${act(spec, gains ? "{e more n}" : "{e of n}")}`, `*by and by {A} ${act(spec, gains ? "{e more n}" : "{e n}")}`] }],
      questions: [gains ? "{many n} <do:now> {A} have now" : "{many n} <do:now> {A} have left", gains ? "{many n} <be:now pl> there [altogether|in all]" : "{many n} <be:now pl> left", "*what number of {n} <do:now> {A} end up with"],
      indirect: [gains ? "{many n} {A} <have:now> now" : "{many n} {A} <have:now> left", "*what number of {n} {A} <end:now> up with"],
      notes: [`{g c}, {s n} each, ${gains ? "plus" : "minus"} {e}. How many now?`, `*{g c} by {s n}; ${gains ? "in" : "out"} {e}; now?`],
      steps: [
        { finds: "t", expression: "g * s", says: ["{A} had {eq n}.", "{=g} times {=s} is {eq n}."] },
        { finds: "r", expression: gains ? "t + e" : "t - e", says: [gains ? "With the new ones that is {eq}." : "That leaves {eq n}.", gains ? "Then there are {eq n}." : "Then {eq n} are left."] },
      ],
      answers: [gains ? "{A} <have:now> {r n} now." : "{A} <have:now> {r n} left."],
    };
  }
  const m = g * s;
  if (kind === "change then share") {
    const gains = draw.chance(0.4);
    const spec = choose(gains ? world.gain : world.loss, setting);
    const c = gains ? draw.integer(2, Math.max(2, m - 2)) : draw.integer(2, 40);
    const start = gains ? m - c : m + c;
    if (start < 2) return undefined;
    return {
      situation: "a change, then shares",
      unknown: "share",
      values: { h: start, c, m, g, s },
      relations: [gains ? "m = h + c" : "h = m + c", "m = g * s"],
      given: ["h", "c", "g"],
      wanted: "s",
      unfit: ["people"],
      facts: [{ says: ["{A} <have> {h n}", "at first {A} <have> {h n}", "*{A} <own> {h n}"] }, { says: [`{A} ${act(spec, gains ? "{c more n}" : "{c of n}")}`, `*soon {A} ${act(spec, gains ? "{c more n}" : "{c n}")}`] }, { says: [`[then |]{A} <put> ${gains ? "all of them" : "the rest"} equally into {g c}`, `{A} <divide> ${gains ? "them all" : "the rest"} equally among {g} friends`, `*${gains ? "all of them <go pl>" : "what is left <go sg>"} evenly into {g c}`] }],
      questions: ["{many n} <be pl> in each share", "{many n} <do sg> each one get", "*what <be sg> one equal share"],
      indirect: ["{many n} <be pl> in each share", "*what one equal share <be sg>"],
      steps: [
        { finds: "m", expression: gains ? "h + c" : "h - c", says: [gains ? "In all there are {eq n}." : "That leaves {eq n}."] },
        { finds: "s", expression: "m / g", says: ["Each share is {eq n}.", "{=m} divided by {=g} is {eq}."] },
      ],
      answers: ["Each share has {s n}."],
    };
  }
  const e = draw.integer(2, 20);
  return {
    situation: "a share, then a change",
    unknown: "result",
    values: { m, g, s, e, r: s + e },
    relations: ["m = g * s", "r = s + e"],
    given: ["m", "g", "e"],
    wanted: "r",
    unfit: ["people", "other things"],
    facts: [{ says: ["{m n} <be pl> shared equally among {g} children, and {C} <be C> one of them", "{C} and the others, {g} children in all, <share pl> {m n} equally", "*{g} children, {C} among them, <split pl> {m n} evenly"] }, { says: ["{C} already <have C> {e n} before", "then {C} <get C> {e} more from a friend", "*a kind aunt <add sg> {e} for {C}"] }],
    questions: ["{many n} <do:now C> {C} have", "{many n} <do:now C> {C} have now", "*what <be:now sg> {C's} number of {n} in the end"],
    indirect: ["{many n} {C} <have:now C> now", "*{C's} number of {n} in the end"],
    steps: [
      { finds: "s", expression: "m / g", says: ["Each child gets {eq n}."] },
      { finds: "r", expression: "s + e", says: ["With {=e} more that is {eq n}.", "{C} then has {eq n}."] },
    ],
    answers: ["{C} has {r n}."],
  };
}

/** Shopping, saving and earning in two and three steps. */
export function purchases(setting: Setting): Draft | undefined {
  const { draw, world } = setting;
  const [least, most] = world.price;
  const p = draw.integer(least + 1, most + 4);
  const q = draw.integer(2, 9);
  const o = draw.integer(2, 25);
  const kind = draw.pick(["change", "two things", "proportion", "saving", "cost and rest", "profit"] as const);
  const t = p * q;
  const unfit = ["price", "people", "other things"];
  if (kind === "change") {
    const b = [20, 50, 100, 200, 500].find((note) => note > t);
    if (b === undefined) return undefined;
    return {
      situation: "shopping",
      unknown: "change given",
      values: { p, q, t, b, r: b - t },
      money: ["p", "t", "b", "r"],
      relations: ["t = p * q", "b = t + r"],
      given: ["p", "q", "b"],
      wanted: "r",
      unfit,
      facts: [{ says: ["{A} <buy> {q n} at {p} each", "{A} <buy> {q n} that cost {p} each", "{n} <cost pl> {p} each and {A} <buy> {q}", "*{A} <pick> out {q n} at {p} apiece"] }, { says: ["{A} <pay> with {b}", "{A} <give> the clerk {b}", "*{A} <put> {b} on the counter"] }],
      questions: ["how much change <do> {A} get [back|]", "how much money <do> {A} get back", "*what <be sg> {A's} change"],
      indirect: ["how much change {A} <get>", "*{A's} change"],
      notes: ["{q n} at {p}, paid with {b}. Change?", "*{q n}, each {p}; paid {b}; change?"],
      steps: [
        { finds: "t", expression: "q * p", says: ["The {n} cost {eq money}.", "{=q} times {p} is {eq}."] },
        { finds: "r", expression: "b - t", says: ["The change is {eq money}.", "That leaves {eq}."] },
      ],
      answers: ["{A} <get> {r} back."],
    };
  }
  if (kind === "two things") {
    const k = draw.integer(2, 6);
    const single = draw.chance(0.4);
    return {
      situation: "shopping",
      unknown: "total",
      values: single ? { p, q, t, o, w: t + o } : { p, q, t, o, k, u: o * k, w: t + o * k },
      money: ["p", "t", "o", "u", "w"],
      relations: single ? ["t = p * q", "w = t + o"] : ["t = p * q", "u = o * k", "w = t + u"],
      given: single ? ["p", "q", "o"] : ["p", "q", "o", "k"],
      wanted: "w",
      unfit,
      facts: [{ says: ["{A} <buy> {q n} at {p} each", "{A} <buy> {q n} for {p} each", "*{A} <order> {q n} at {p} apiece"] }, { says: single ? ["{A} also <buy> {an m} for {o}", "{A} <buy> {an m} for {o}, too", "*on top comes {an m} for {o}"] : ["{A} also <buy> {k m} at {o} each", "{A} <buy> {k m} for {o} each, too", "*on top come {k m} at {o} apiece"] }],
      questions: ["how much <do> {A} spend [in all|altogether|in total]", "how much money <do> {A} pay in all", "what <be sg> the total cost", "*what <do sg> the whole purchase come to"],
      indirect: ["how much {A} <spend> [in all|altogether]", "the total cost", "*what the whole purchase <come sg> to"],
      steps: single
        ? [
            { finds: "t", expression: "q * p", says: ["The {n} cost {eq money}."] },
            { finds: "w", expression: "t + o", says: ["In all that is {eq money}."] },
          ]
        : [
            { finds: "t", expression: "q * p", says: ["The {n} cost {eq money}."] },
            { finds: "u", expression: "k * o", says: ["The {m} cost {eq money}."] },
            { finds: "w", expression: "t + u", says: ["In all that is {eq money}."] },
          ],
      answers: ["{A} <spend> {w} [in all|altogether]."],
    };
  }
  if (kind === "proportion") {
    const k = draw.integer(2, 15);
    if (k === q) return undefined;
    return {
      situation: "proportion",
      unknown: "total",
      values: { p, q, t, k, w: p * k },
      money: ["p", "t", "w"],
      relations: ["t = p * q", "w = p * k"],
      given: ["q", "t", "k"],
      wanted: "w",
      unfit,
      facts: [{ says: ["{q n} <cost pl> {t}", "{A} <pay> {t} for {q n}", "the price of {q n} <be sg> {t}", "*{q n} <come pl> to {t}"] }],
      questions: ["how much do {k n} cost", "what <be:now sg> the price of {k n}", "how much would {k} of them cost", "*at the same price, what do {k n} come to"],
      indirect: ["how much {k n} cost", "the price of {k n}", "*what {k n} come to at the same price"],
      notes: ["{q n} for {t}. Price of {k}?", "*{q n}: {t}; {k n}?"],
      steps: [
        { finds: "p", expression: "t / q", says: ["One {n.1} costs {eq money}."] },
        { finds: "w", expression: "k * p", says: ["So {=k} cost {eq money}."] },
      ],
      answers: ["{k n} cost {w}."],
    };
  }
  if (kind === "saving") {
    const [w, k] = [draw.integer(3, 30), draw.integer(2, 15)];
    const h = draw.integer(4, 60);
    const good = draw.pick(GOODS.filter(({ name, price }) => price[1] >= 60 && name.startsWith("*") === setting.held));
    const weeks = draw.chance(0.5);
    return {
      situation: "saving",
      unknown: weeks ? "count" : "total",
      values: { h, w, k, e: w * k, f: h + w * k },
      nouns: { m: noun(good.name.replace("*", "")) },
      money: ["h", "w", "e", "f"],
      relations: ["e = w * k", "f = h + e"],
      given: weeks ? ["h", "w", "f"] : ["h", "w", "k"],
      wanted: weeks ? "k" : "f",
      unfit,
      facts: weeks
        ? [{ says: ["{A} <want> {an m} that <cost sg> {f}", "{A} <need> {f} for {an m}", "*{A} <dream> of {an m} for {f}"] }, { says: ["{A} already <have> {h}", "{A} <have> {h}", "*{A's} piggy bank <hold sg> {h}"] }, { says: ["{A} <save> {w} [a|every|each] week", "each week {A} <save> {w}", "*every Sunday {A} <put> aside {w}"] }]
        : [{ says: ["{A} <have> {h}", "{A} already <have> {h} in the bank", "*{A's} piggy bank <hold sg> {h}"] }, { says: ["{A} <save> {w} [a|every|each] week for {k} weeks", "for {k} weeks, {A} <save> {w} a week", "*for {k} Sundays {A} <put> aside {w} each time"] }],
      questions: weeks ? ["how many weeks <do> {A} have to save", "in how many weeks can {A} buy it", "*after how many Sundays is the money there"] : ["how much money <do> {A} have then", "how much <do> {A} have in the end", "*what is the sum at the end"],
      indirect: weeks ? ["how many weeks {A} <have> to save", "*after how many Sundays the money is there"] : ["how much money {A} <have> then", "*the sum at the end"],
      steps: weeks
        ? [
            { finds: "e", expression: "f - h", says: ["Still missing is {eq money}.", "{A} still <need:now> {eq money}."] },
            { finds: "k", expression: "e / w", says: ["That takes {eq weeks}."] },
          ]
        : [
            { finds: "e", expression: "k * w", says: ["{A} <save> {eq money}."] },
            { finds: "f", expression: "h + e", says: ["With the {h} that is {eq money}."] },
          ],
      answers: weeks ? ["It takes {k} weeks."] : ["{A} <have> {f} then."],
    };
  }
  if (kind === "cost and rest") {
    const b = t + draw.integer(3, 60);
    return {
      situation: "shopping",
      unknown: "rest",
      values: { b, p, q, t, r: b - t },
      money: ["b", "p", "t", "r"],
      relations: ["t = p * q", "b = t + r"],
      given: ["b", "p", "q"],
      wanted: "r",
      unfit,
      facts: [{ says: ["{A} <have> {b}", "{A} <go> to the store with {b}", "*{A's} purse <hold sg> {b}"] }, { says: ["{A} <buy> {q n} at {p} each", "{A} <buy> {q n} for {p} each", "*{A} <take> {q n} at {p} apiece"] }],
      questions: ["how much money <do:now> {A} have left", "how much <be:now sg> left", "*what <remain:now sg> in {A's} purse"],
      indirect: ["how much money {A} <have:now> left", "*what <remain:now sg> in {A's} purse"],
      notes: ["{b} to start, {q n} at {p}. Left?", "*purse {b}; {q n}, each {p}; rest?"],
      steps: [
        { finds: "t", expression: "q * p", says: ["The {n} cost {eq money}."] },
        { finds: "r", expression: "b - t", says: ["That leaves {eq money}."] },
      ],
      answers: ["{A} <have:now> {r} left."],
    };
  }
  const c = draw.integer(2, Math.max(3, t - 1));
  if (c >= t) return undefined;
  return {
    situation: "profit",
    unknown: "profit",
    values: { q, p, t, c, r: t - c },
    money: ["p", "t", "c", "r"],
    relations: ["t = p * q", "t = c + r"],
    given: ["q", "p", "c"],
    wanted: "r",
    unfit,
    facts: [{ says: ["{A} <sell> {q n} for {p} each", "{A} <sell> {q n} at {p} each", "*{q n} <find pl> buyers at {p} apiece"] }, { says: ["{A} <pay> {c} for everything that was needed", "{A's} costs <be pl> {c}", "*the outlay <be sg> {c}"] }],
    questions: ["how much money <do> {A} make after the costs", "what <be sg> {A's} profit", "*what gain <do sg> that leave {A.o}"],
    indirect: ["how much {A} <earn> after the costs", "{A's} profit", "*the gain that is left"],
    steps: [
      { finds: "t", expression: "q * p", says: ["The sales bring {eq money}."] },
      { finds: "r", expression: "t - c", says: ["After the costs {eq money} remain.", "The profit is {eq money}."] },
    ],
    answers: ["The profit is {r}."],
  };
}

/** Two kinds of things, of which only one is asked about. */
export function beside(setting: Setting): Draft {
  const { draw, world } = setting;
  const spec = choose(world.loss, setting);
  const s = setting.amount(6);
  const y = setting.amount(6, 60);
  const c = draw.integer(2, s - 2);
  const f = draw.integer(2, y - 2);
  const both = draw.chance(0.55);
  const asksOther = both && draw.chance(0.4);
  const [from, gone, noun] = asksOther ? ["y", "f", "m"] : ["s", "c", "n"];
  return {
    situation: "change-separate",
    unknown: "result",
    values: { s, c, y, ...(both ? { f } : {}), r: asksOther ? y - f : s - c },
    relations: [`${from} = r + ${gone}`],
    given: both ? ["s", "c", "y", "f"] : ["s", "c", "y"],
    wanted: "r",
    distracts: true,
    unfit: ["other things", "people", "unit price"],
    facts: [
      { says: ["{A} <have> {s n} and {y m}", "there <be pl> {s n} and {y m} on the table", "{A} <have> {s n}, and also {y m}", "*among {A's} things <be pl> {s n} and {y m}"] },
      { says: both ? ["{A} <give> {c n} and {f m} to {B}", "{A} <sell> {c n} and {f m}", "{A} <lose> {c n} and {f m}", "*{c n} and {f m} <go pl> missing"] : [`{A} ${act(spec, "{c n}")}`, `[then |]{A} ${act(spec, "{c} of the {n}")}`, `*before long {A} ${act(spec, "{c} of the {n}")}`] },
    ],
    questions: [`{many ${noun}} <be:now pl> left`, `{many ${noun}} <do:now> {A} have left`, `{many ${noun}} <do:now> {A} still have`, `*{many ${noun}} remain`],
    indirect: [`{many ${noun}} {A} <have:now> left`, `*{many ${noun}} remain`],
    steps: [{ finds: "r", expression: `${from} - ${gone}`, says: [`Of the {${noun}}, {eq} are left.`, `That leaves {eq ${noun}}.`, `{eq ${noun}} are left.`] }],
    answers: [`{A} <have:now> {r ${noun}} left.`, `{r ${noun}} are left.`],
  };
}
