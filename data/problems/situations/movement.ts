// Those at a place, some of whom come or go.
import { act, type Draft, type Fact, type Setting } from "../draft.js";
import { choose } from "../scene.js";

const UNKNOWNS = ["result", "change", "start"] as const;

/** The result, the change or the start is unknown. */
export function movement(setting: Setting): Draft {
  const { draw, place } = setting;
  const coming = draw.chance(0.45);
  const verb = choose(coming ? place.come : place.go, setting);
  const s = setting.amount(coming ? 3 : 6, place.most);
  const c = coming ? setting.amount(2, place.most) : draw.integer(2, s - 2);
  const r = coming ? s + c : s - c;
  const moves = act(verb, "", "", "pl");
  const start: Fact = {
    says: [
      "there <be pl> {s v} {place}",
      "{s v} <be pl> {place}",
      "at first there <be pl> {s v} {place}",
      "{place}, there <be pl> {s v}",
      "*{A} <count> {s v} {place}",
      "*one morning {s v} <be pl> {place}",
    ],
  };
  const changing: Fact = {
    says: coming
      ? [`[then |later |]{c more v} ${moves}`, `another {c v} ${moves}`, `{c} more ${moves}`, `*soon {c more v} ${moves}`]
      : [`[then |later |]{c of v} ${moves}`, `{c v} ${moves}`, `{c} of them ${moves}`, `*soon {c} of the {v} ${moves}`],
  };
  const some: Fact = {
    says: coming
      ? [`[then |later |]some more {v} ${moves}`, `a few more ${moves}`, `more {v} ${moves}`, `*soon some other {v} ${moves}`]
      : [`[then |later |]some of them ${moves}`, `some of the {v} ${moves}`, `some {v} ${moves}`, `*soon several of them ${moves}`],
  };
  const finished: Fact = {
    says: [
      "now there <be:now pl> {r v} {place}",
      "{r v} <be:now pl> {place} now",
      `there <be pl> {r v} ${coming ? "in all" : "left"}`,
      "after that there <be pl> {r v}",
      "*in the end {A} <count> {r v}",
    ],
  };
  const values = { s, c, r };
  const base = { situation: coming ? "change-join" : "change-separate", values, relations: coming ? ["r = s + c"] : ["s = r + c"] };
  switch (draw.pick(UNKNOWNS)) {
    case "result":
      return {
        ...base,
        unknown: "result",
        given: ["s", "c"],
        wanted: "r",
        facts: [start, changing],
        questions: coming
          ? [
              "{many v} are {place} now",
              "{many v} <be pl> there [in all|altogether|then]",
              "{many v} <be pl> {place} after that",
              "*{many v} can be counted {place} now",
            ]
          : [
              "{many v} are still {place}",
              "{many v} are left {place}",
              "{many v} <be pl> left",
              "{many v} stay {place}",
              "*{many v} remain {place}",
            ],
        indirect: coming
          ? ["{many v} there are {place} now", "*{many v} are now {place}"]
          : ["{many v} are left {place}", "*{many v} remain {place}"],
        notes: coming
          ? ["{s v} {place}, {c} more. Total?", "*{place}: {s v}; in: {c}; now?"]
          : ["{s v} {place}, {c} leave. {many v} left?", "*{place}: {s v}; out: {c}; rest?"],
        steps: [
          coming
            ? { finds: "r", expression: "s + c", says: ["Now there are {eq v}.", "Together there are {eq v}.", "{eq v}."] }
            : {
                finds: "r",
                expression: "s - c",
                says: ["That leaves {eq v}.", "{eq v} are still there.", "{=c} of {=s} are gone, so {eq v} are left."],
              },
        ],
        answers: coming
          ? ["There are {r v} {place} now.", "Now {r v} are {place}."]
          : ["{r v} are left {place}.", "There are {r v} {place} now."],
      };
    case "change":
      return {
        ...base,
        unknown: "change",
        given: ["s", "r"],
        wanted: "c",
        facts: [start, some, finished],
        questions: [
          coming ? `{many more v} ${moves}` : `{many v} ${moves}`,
          coming ? `{many new v} ${moves}` : `how many of the {v} ${moves}`,
          `*what number of {v} ${moves}`,
        ],
        indirect: [`{many v} ${moves}`, `*what number of {v} ${moves}`],
        notes: coming
          ? ["{s v} {place}, later {r}. How many came?", "*{place}: {s v}, then {r}; in?"]
          : ["{s v} {place}, later {r}. How many left?", "*{place}: {s v}, then {r}; out?"],
        steps: coming
          ? [
              {
                finds: "c",
                expression: "r - s",
                says: ["The number rose from {=s} to {=r}, by {eq v}.", "{eq v} came in addition.", "The difference is {eq}."],
              },
            ]
          : [
              {
                finds: "c",
                expression: "s - r",
                says: [
                  "The number fell from {=s} to {=r}, by {eq v}.",
                  "Of {=s}, {=r} are left, so {eq v} are gone.",
                  "The difference is {eq}.",
                ],
              },
            ],
        answers: [`{c v} ${act(verb, "", ":past", "pl")}.`],
      };
    case "start":
      return {
        ...base,
        unknown: "start",
        given: ["c", "r"],
        wanted: "s",
        facts: [
          {
            says: [
              "there <be pl> some {v} {place}",
              "some {v} <be pl> {place}",
              "a number of {v} <be pl> {place}",
              "*there <be pl> an unknown number of {v} {place}",
            ],
          },
          changing,
          finished,
        ],
        questions: [
          "{many v} were there [at first|in the beginning|to begin with|before]",
          "{many v} were {place} [at first|in the beginning|to start with]",
          "*{many v} had been {place} before",
        ],
        indirect: ["{many v} there were at first", "{many v} were {place} in the beginning", "*{many v} had been {place} before"],
        notes: coming
          ? ["{c more v} came {place}, now {r}. How many before?", "*{place}: in {c v}; now {r}; before?"]
          : ["{c v} left, {r} still {place}. How many at first?", "*{place}: out {c v}; rest {r}; before?"],
        steps: coming
          ? [
              {
                finds: "s",
                expression: "r - c",
                says: ["Without the {=c} that came there were {eq v}.", "Before that there were {eq v}."],
              },
            ]
          : [
              {
                finds: "s",
                expression: "r + c",
                says: [
                  "With the {=c} that left there were {eq v}.",
                  "Before that there were {eq v}.",
                  "{=r} stayed and {=c} left, so there were {eq v}.",
                ],
              },
            ],
        answers: ["There were {s v} at first.", "At first there were {s v} {place}."],
      };
  }
}
