// More and fewer, times as many, and how they are turned round: the larger, the smaller or the difference is unknown.
import { type Draft, inMoney, type Setting } from "../draft.js";
import { choose } from "../scene.js";

/** What A and B have. */
export function owners(setting: Setting): Draft {
  const { draw, world } = setting;
  const money = draw.chance(0.12);
  const verb =
    money || draw.chance(0.62)
      ? "have"
      : choose(
          world.work.filter((word) => !word.replace("*", "").includes(" ")),
          setting,
        );
  const draft = draw.weighted([
    [3, difference],
    [3, larger],
    [3, smaller],
    [2, times],
  ])(setting, verb);
  return money ? inMoney(draft) : draft;
}

const UNFIT = ["people", "other things"];

function difference(setting: Setting, verb: string): Draft {
  const { draw } = setting;
  const y = setting.amount(2);
  const d = setting.amount(2, 200);
  const x = y + d;
  const turned = draw.chance(0.4);
  const [more, less] = [`{A!} ${verb} than {B}`, `{B} ${verb} than {A!}`];
  const facts = [
    { says: [`{A!} <${verb}> {x n}`], states: { quantity: "x", verb } },
    { says: [`{B} <${verb} B> {y n}`, `{B} <${verb} B> {y}`, `{B} only <${verb} B> {y n}`, `*the count for {B} <be sg> {y n}`] },
  ];
  return {
    situation: "compare",
    unknown: "difference",
    values: { x, y, d },
    relations: ["x = y + d"],
    given: ["x", "y"],
    wanted: "d",
    unfit: UNFIT,
    facts: draw.chance(0.5) ? facts : [facts[1]!, facts[0]!],
    questions: turned
      ? [
          `how many fewer {n} <do B> ${less}`,
          `how many more {n} would {B} need to ${verb} as many as {A!}`,
          `*by how many {n} <be B> {B} behind {A!}`,
        ]
      : [
          `how many more {n} <do> ${more}`,
          `how many more <do> ${more}`,
          `what <be sg> the difference`,
          `*by how many {n} <be> {A!} ahead of {B}`,
        ],
    indirect: turned
      ? [`how many fewer {n} {B} <${verb} B> than {A!}`, `*how far {B} <be B> behind {A!}`]
      : [`how many more {n} {A!} <${verb}> than {B}`, `the difference between the two`, `*how far {A!} <be> ahead of {B}`],
    notes: [`{A!}: {x n}. {B}: {y}. Difference?`, `*{A!} {x n}; {B} {y}; gap?`],
    steps: [{ finds: "d", expression: "x - y", says: ["The difference is {eq n}.", "{=x} is more than {=y} by {eq}.", "{eq n}."] }],
    answers: turned ? [`{B} <${verb} B> {d fewer n} than {A!}.`] : [`{A!} <${verb}> {d more n} than {B}.`],
  };
}

/** B has more than A, said of B or of A. */
function larger(setting: Setting, verb: string): Draft {
  const { draw } = setting;
  const x = setting.amount(2);
  const d = setting.amount(2, 200);
  const turned = draw.chance(0.45);
  return {
    situation: "compare",
    unknown: turned ? "larger, turned round" : "larger",
    values: { x, d, y: x + d },
    relations: ["y = x + d"],
    given: ["x", "d"],
    wanted: "y",
    unfit: UNFIT,
    facts: turned
      ? [
          { says: [`{A!} <${verb}> {x n}`, `{A!} <${verb}> {x n} in all`] },
          {
            says: [
              `that is {d fewer n} than {B} <${verb} B>`,
              `{A} <${verb}> {d fewer n} than {B}`,
              `this is {d} fewer than {B} <${verb} B>`,
              `*{A} <be> {d n} behind {B}`,
              `*it would take {d more n} to catch up with {B}`,
            ],
          },
        ]
      : [
          { says: [`{A!} <${verb}> {x n}`], states: { quantity: "x", verb } },
          {
            says: [
              `{B} <${verb} B> {d more n} than {A!}`,
              `{B} <${verb} B> {d} more than {A!}`,
              `{B} <${verb} B> {d more n} than that`,
              `{B} <${verb} B> {d} more`,
              `*{B} <be B> {d n} ahead of {A!}`,
              `*{B} <${verb} B> as many, and {d} on top`,
            ],
          },
        ],
    questions: [`{many n} <do B> {B} ${verb}`, `how many <do B> {B} ${verb}`, `*what <be sg> {B's} number of {n}`],
    indirect: [`{many n} {B} <${verb} B>`, `*{B's} number of {n}`],
    notes: turned
      ? [`{A!}: {x n}, {d} fewer than {B}. {B}?`, `*{A!} {x n}, {d} below {B}; {B}?`]
      : [`{A!}: {x n}. {B}: {d} more. {B}?`, `*{A!} {x n}; {B} {d} above; {B}?`],
    steps: [
      {
        finds: "y",
        expression: "x + d",
        says: [
          `{B} <${verb} B> more, so that is {eq n}.`,
          "{=d} more than {=x} is {eq}.",
          `{A!} <${verb}> fewer than {B}, so {B} <${verb} B> {eq n}.`,
        ],
      },
    ],
    answers: [`{B} <${verb} B> {y n}.`],
  };
}

function smaller(setting: Setting, verb: string): Draft {
  const { draw } = setting;
  const y = setting.amount(2);
  const d = setting.amount(2, 200);
  const turned = draw.chance(0.5);
  return {
    situation: "compare",
    unknown: turned ? "smaller, turned round" : "smaller",
    values: { x: y + d, d, y },
    relations: ["x = y + d"],
    given: ["x", "d"],
    wanted: "y",
    unfit: UNFIT,
    facts: turned
      ? [
          { says: [`{A!} <${verb}> {x n}`] },
          {
            says: [
              `that is {d} more than {B} <${verb} B>`,
              `{A} <${verb}> {d more n} than {B}`,
              `this is {d more n} than {B} <${verb} B>`,
              `*{A} <be> {d n} ahead of {B}`,
              `*{A} would need to lose {d} to be level with {B}`,
            ],
          },
        ]
      : [
          { says: [`{A!} <${verb}> {x n}`], states: { quantity: "x", verb } },
          {
            says: [
              `{B} <${verb} B> {d fewer n} than {A!}`,
              `{B} <${verb} B> {d} fewer than {A!}`,
              `{B} <${verb} B> {d} fewer`,
              `*{B} <be B> {d n} short of that`,
            ],
          },
        ],
    questions: [`{many n} <do B> {B} ${verb}`, `how many <do B> {B} ${verb}`, `*what <be sg> {B's} number of {n}`],
    indirect: [`{many n} {B} <${verb} B>`, `*{B's} number of {n}`],
    notes: turned
      ? [`{A!}: {x n}, {d} more than {B}. {B}?`, `*{A!} {x n}, {d} above {B}; {B}?`]
      : [`{A!}: {x n}. {B}: {d} fewer. {B}?`, `*{A!} {x n}; {B} {d} below; {B}?`],
    steps: [
      {
        finds: "y",
        expression: "x - d",
        says: [
          `{B} <${verb} B> fewer, so that is {eq n}.`,
          "{=d} fewer than {=x} is {eq}.",
          `{A!} <${verb}> more than {B}, so {B} <${verb} B> {eq n}.`,
        ],
      },
    ],
    answers: [`{B} <${verb} B> {y n}.`],
  };
}

const TIMES_WORDS = ["{k} times as many", "{k} times as many", "{k} times the number of"];

function times(setting: Setting, verb: string): Draft {
  const { draw } = setting;
  const k = draw.integer(2, 9);
  const x = setting.amount(2, 120);
  const y = x * k;
  const kind = draw.pick(["larger", "smaller", "ratio"] as const);
  const asMany = k === 2 ? ["twice as many", "twice as many", "two times as many"] : [`${TIMES_WORDS[0]}`];
  const base = { situation: "compare-times", values: { x, k, y }, relations: ["y = x * k"], unfit: UNFIT };
  const askB = {
    questions: [`{many n} <do B> {B} ${verb}`, `how many <do B> {B} ${verb}`, `*what <be sg> {B's} number of {n}`],
    indirect: [`{many n} {B} <${verb} B>`, `*{B's} number of {n}`],
  };
  if (kind === "larger") {
    return {
      ...base,
      ...askB,
      unknown: "larger",
      given: ["x", "k"],
      wanted: "y",
      facts: [
        { says: [`{A!} <${verb}> {x n}`], states: { quantity: "x", verb } },
        {
          says: asMany.flatMap((phrase) => [
            `{B} <${verb} B> ${phrase} {n} as {A!}`,
            `{B} <${verb} B> ${phrase} as {A!}`,
            `{B} <${verb} B> ${phrase}`,
            `*the count for {B} <be sg> ${phrase}`,
          ]),
        },
      ],
      notes: [`{A!}: {x n}. {B}: {k} times as many. {B}?`, `*{A!} {x n}; {B} times {k}; {B}?`],
      steps: [{ finds: "y", expression: "x * k", says: ["{eq n}.", `{B} <${verb} B> {eq n}.`, "{=k} times {=x} is {eq}."] }],
      answers: [`{B} <${verb} B> {y n}.`],
    };
  }
  if (kind === "smaller") {
    return {
      ...base,
      ...askB,
      unknown: "smaller",
      values: { x: y, k, y: x },
      relations: ["x = y * k"],
      given: ["x", "k"],
      wanted: "y",
      facts: [
        { says: [`{A!} <${verb}> {x n}`] },
        {
          says: asMany.flatMap((phrase) => [
            `that is ${phrase} as {B} <${verb} B>`,
            `{A} <${verb}> ${phrase} {n} as {B}`,
            `this is ${phrase} as {B} <${verb} B>`,
            `*this <be sg> ${phrase} as for {B}`,
          ]),
        },
      ],
      notes: [`{A!}: {x n}, {k} times as many as {B}. {B}?`, `*{A!} {x n}, which is {k} times {B}; {B}?`],
      steps: [
        {
          finds: "y",
          expression: "x / k",
          says: ["{eq n}.", `{A!} <${verb}> {=k} times as many, so {B} <${verb} B> {eq n}.`, "{=x} divided by {=k} is {eq}."],
        },
      ],
      answers: [`{B} <${verb} B> {y n}.`],
    };
  }
  return {
    ...base,
    unknown: "ratio",
    values: { x: y, y: x, k },
    relations: ["x = y * k"],
    given: ["x", "y"],
    wanted: "k",
    facts: [{ says: [`{A!} <${verb}> {x n}`] }, { says: [`{B} <${verb} B> {y n}`, `{B} <${verb} B> {y}`] }],
    questions: [
      `how many times as many {n} <do> {A!} ${verb} as {B}`,
      `how many times as many <do> {A!} ${verb}`,
      `*how many times {B's} number <be sg> {A's} number`,
    ],
    indirect: [`how many times as many {n} {A!} <${verb}> as {B}`, `*how many times {B's} number goes into {A's}`],
    notes: [`{A!}: {x n}. {B}: {y}. How many times as many?`, `*{A!} {x n}; {B} {y}; factor?`],
    steps: [{ finds: "k", expression: "x / y", says: ["{=x} divided by {=y} is {eq}.", "{eq}."] }],
    answers: [`{A!} <${verb}> {k} times as many as {B}.`],
  };
}
