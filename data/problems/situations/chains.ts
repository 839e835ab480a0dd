// Two and three steps: what one step finds, the next one needs.
import { act, type Draft, type Fact, type Setting } from "../draft.js";
import { choose } from "../scene.js";

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
  const object = (name: string, gains: boolean) =>
    draw.pick(gains ? [`{${name} more n}`, `another {${name} n}`, `{${name} n}`] : [`{${name} of n}`, `{${name} n}`]);
  const clause = (spec: string, name: string, gains: boolean) => `{A} ${act(spec, object(name, gains))}`;
  const start: Fact = {
    says: [
      "{A} <have> {s n}",
      "{A} <start> with {s n}",
      "at first {A} <have> {s n}",
      "{A} <have> {s n} to begin with",
      "*{A} <begin> with {s n}",
    ],
    states: { quantity: "s", verb: "have" },
  };
  const one: Fact = { says: [`[then |first |]${clause(verbs[0], "c", first)}`, `*to start, ${clause(verbs[0], "c", first)}`] };
  const two: Fact = {
    says: [`[then |after that, |later |]${clause(verbs[1], "e", second)}`, `*some days on, ${clause(verbs[1], "e", second)}`],
  };
  const base = {
    values: { s, c, m, e, r },
    relations: [first ? "m = s + c" : "s = m + c", second ? "r = m + e" : "m = r + e"],
    rigid: false,
  };
  if (draw.chance(0.7)) {
    return {
      ...base,
      situation: "two changes",
      unknown: "result",
      given: ["s", "c", "e"],
      wanted: "r",
      facts: [start, one, two],
      questions: [
        "{many n} <do:now> {A} have now",
        "{many n} <do:now> {A} have [left|in the end|now]",
        "{many n} <do> {A} have [in the end|after all this]",
        "*{many n} <do:now> {A} end up with",
      ],
      indirect: ["{many n} {A} <have:now> [now|in the end]", "*{many n} {A} <end:now> up with"],
      notes: [
        `{s n}, ${first ? "plus" : "minus"} {c}, ${second ? "plus" : "minus"} {e}. How many now?`,
        `*{s n}; ${first ? "in" : "out"} {c}; ${second ? "in" : "out"} {e}; now?`,
      ],
      steps: [
        {
          finds: "m",
          expression: first ? "s + c" : "s - c",
          says: [
            first ? "First {A} had {eq n} in all." : "First {A} had {eq n} left.",
            first ? "That makes {eq n}." : "That leaves {eq n}.",
          ],
        },
        {
          finds: "r",
          expression: second ? "m + e" : "m - e",
          says: [
            second ? "Then {A} had {eq n}." : "Then {A} had {eq n} left.",
            second ? "With the new ones that is {eq}." : "Then {eq} are left.",
          ],
        },
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
    facts: [
      { says: ["{A} <have> some {n}", "*{A} <have> a certain number of {n}"] },
      one,
      two,
      { says: ["now {A} <have:now> {r n}", "{A} now <have:now> {r n}", "*by evening {A} <have> {r n}"] },
    ],
    questions: [
      "{many n} did {A} have at first",
      "{many n} did {A} start with",
      "{many n} did {A} have [in the beginning|to begin with]",
      "*{many n} did {A} originally have",
    ],
    indirect: ["{many n} {A} <have:past> at first", "*{many n} {A} originally <have:past>"],
    notes: [
      `${first ? "plus" : "minus"} {c n}, ${second ? "plus" : "minus"} {e}, now {r}. How many at first?`,
      `*${first ? "in" : "out"} {c n}; ${second ? "in" : "out"} {e}; now {r}; start?`,
    ],
    steps: [
      {
        finds: "m",
        expression: second ? "r - e" : "r + e",
        says: ["Before the last change there were {eq n}.", "Going back, {A} had {eq n}."],
      },
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
  const verb = draw.chance(0.65)
    ? "have"
    : choose(
        setting.world.work.filter((word) => !word.replace("*", "").includes(" ")),
        setting,
      );
  const than = way === "times" ? " as" : " than";
  return {
    situation: "compare and combine",
    unknown: "total",
    values: { x, d, y, t: x + y },
    relations: [way === "more" ? "y = x + d" : way === "fewer" ? "x = y + d" : "y = x * d", "t = x + y"],
    given: ["x", "d"],
    wanted: "t",
    unfit: ["people", "other things"],
    facts: [
      { says: [`{A!} <${verb}> {x n}`], states: { quantity: "x", verb } },
      {
        says: [
          `{B} <${verb} B> ${asMany}`,
          `{B} <${verb} B> ${asMany}${than} {A!}`,
          `{B} <${verb} B> ${way === "times" ? `${asMany} {n} as {A!}` : `{d ${way} n} than {A!}`}`,
          `*the count for {B} <be sg> ${asMany}`,
        ],
      },
    ],
    questions: [
      `{many n} <do pl> {they} ${verb} [together|altogether|in all|in total]`,
      `{many n} <do pl> {both} ${verb} [together|altogether|in all]`,
      `what <be sg> the total number of {n}`,
      `*how many <do pl> the two of {them} ${verb} when put together`,
    ],
    indirect: [
      `{many n} {they} <${verb} pl> [together|altogether|in all]`,
      `the total number of {n}`,
      `*how many {n} the two of {them} <${verb} pl>`,
    ],
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
      facts: [
        {
          says: [
            "{A} <have> {g c} with {s n} each",
            "there <be pl> {g c} with {s n} in each",
            "{A} <fill> {g c} with {s n} each",
            "*{g c} <hold pl> {s n} each",
          ],
        },
        {
          says: [
            "{h} other {c} <hold pl> {u n} each",
            "there <be pl> also {h} {c} with {u n} each",
            "another {h} {c} <hold pl> {u} each",
            "*{h} larger {c} <take pl> {u} each",
          ],
        },
      ],
      questions: [
        "{many n} <be pl> there [altogether|in all|in total]",
        "what <be sg> the total number of {n}",
        "*{many n} <be pl> in all the {c} taken together",
      ],
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
      facts: [
        {
          says: [
            "{A} <have> {g c} of {s n} each",
            "{A} <buy> {g c} with {s n} in each",
            "{A} <fill> {g c} with {s n} each",
            "{A} <have> {g c}, and there <be pl> {s n} in each",
            "*{A} <own> {g c}, every one with {s n} in it",
          ],
        },
        {
          says: [
            `[then |later |]{A} ${act(spec, gains ? "{e more n}" : "{e of n}")}`,
            `*by and by {A} ${act(spec, gains ? "{e more n}" : "{e n}")}`,
          ],
        },
      ],
      questions: [
        gains ? "{many n} <do:now> {A} have now" : "{many n} <do:now> {A} have left",
        gains ? "{many n} <be:now pl> there [altogether|in all]" : "{many n} <be:now pl> left",
        "*what number of {n} <do:now> {A} end up with",
      ],
      indirect: [gains ? "{many n} {A} <have:now> now" : "{many n} {A} <have:now> left", "*what number of {n} {A} <end:now> up with"],
      notes: [`{g c}, {s n} each, ${gains ? "plus" : "minus"} {e}. How many now?`, `*{g c} by {s n}; ${gains ? "in" : "out"} {e}; now?`],
      steps: [
        { finds: "t", expression: "g * s", says: ["{A} had {eq n}.", "{=g} times {=s} is {eq n}."] },
        {
          finds: "r",
          expression: gains ? "t + e" : "t - e",
          says: [
            gains ? "With the new ones that is {eq}." : "That leaves {eq n}.",
            gains ? "Then there are {eq n}." : "Then {eq n} are left.",
          ],
        },
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
      facts: [
        { says: ["{A} <have> {h n}", "at first {A} <have> {h n}", "*{A} <own> {h n}"] },
        { says: [`{A} ${act(spec, gains ? "{c more n}" : "{c of n}")}`, `*soon {A} ${act(spec, gains ? "{c more n}" : "{c n}")}`] },
        {
          says: [
            `[then |]{A} <put> ${gains ? "all of them" : "the rest"} equally into {g c}`,
            `{A} <divide> ${gains ? "them all" : "the rest"} equally among {g} friends`,
            `*${gains ? "all of them <go pl>" : "what is left <go sg>"} evenly into {g c}`,
          ],
        },
      ],
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
    facts: [
      {
        says: [
          "{m n} <be pl> shared equally among {g} children, and {C} <be C> one of them",
          "{C} and the others, {g} children in all, <share pl> {m n} equally",
          "*{g} children, {C} among them, <split pl> {m n} evenly",
        ],
      },
      { says: ["{C} already <have C> {e n} before", "then {C} <get C> {e} more from a friend", "*a kind aunt <add sg> {e} for {C}"] },
    ],
    questions: ["{many n} <do:now C> {C} have", "{many n} <do:now C> {C} have now", "*what <be:now sg> {C's} number of {n} in the end"],
    indirect: ["{many n} {C} <have:now C> now", "*{C's} number of {n} in the end"],
    steps: [
      { finds: "s", expression: "m / g", says: ["Each child gets {eq n}."] },
      { finds: "r", expression: "s + e", says: ["With {=e} more that is {eq n}.", "{C} then has {eq n}."] },
    ],
    answers: ["{C} has {r n}."],
  };
}
