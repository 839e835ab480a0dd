// A change among two kinds of things, of which only one is asked about.
import { act, type Draft, type Setting } from "../draft.js";
import { choose } from "../scene.js";

/** The other kind is the distractor. */
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
      {
        says: [
          "{A} <have> {s n} and {y m}",
          "there <be pl> {s n} and {y m} on the table",
          "{A} <have> {s n}, and also {y m}",
          "*among {A's} things <be pl> {s n} and {y m}",
        ],
      },
      {
        says: both
          ? [
              "{A} <give> {c n} and {f m} to {B}",
              "{A} <sell> {c n} and {f m}",
              "{A} <lose> {c n} and {f m}",
              "*{c n} and {f m} <go pl> missing",
            ]
          : [`{A} ${act(spec, "{c n}")}`, `[then |]{A} ${act(spec, "{c} of the {n}")}`, `*before long {A} ${act(spec, "{c} of the {n}")}`],
      },
    ],
    questions: [
      `{many ${noun}} <be:now pl> left`,
      `{many ${noun}} <do:now> {A} have left`,
      `{many ${noun}} <do:now> {A} still have`,
      `*{many ${noun}} remain`,
    ],
    indirect: [`{many ${noun}} {A} <have:now> left`, `*{many ${noun}} remain`],
    steps: [
      {
        finds: "r",
        expression: `${from} - ${gone}`,
        says: [`Of the {${noun}}, {eq} are left.`, `That leaves {eq ${noun}}.`, `{eq ${noun}} are left.`],
      },
    ],
    answers: [`{A} <have:now> {r ${noun}} left.`, `{r ${noun}} are left.`],
  };
}
