// Two things compared by height, length, weight, depth, time or speed.
import type { Draft, Setting } from "../draft.js";
import { noun } from "../english.js";

/** What is compared by an adjective: two things, the adjective up and down, how one asks, the unit, the range. */
const SCALES: readonly (readonly [
  things: readonly string[],
  up: string,
  down: string,
  ask: string,
  unit: string,
  least: number,
  most: number,
  distance: number,
])[] = [
  [
    ["the oak", "the birch", "the pine", "the tower", "the house", "the ladder", "*the flagpole", "*the chimney"],
    "taller",
    "shorter",
    "how many feet tall",
    "foot/feet",
    8,
    90,
    30,
  ],
  [
    ["the rope", "the bridge", "the fence", "the hedge", "the river path", "the red ribbon", "*the banner", "*the corridor"],
    "longer",
    "shorter",
    "how many meters long",
    "meter",
    5,
    80,
    30,
  ],
  [
    ["the dog", "the suitcase", "the goat", "the box", "the melon crate", "the rug", "*the anchor", "*the beaver"],
    "heavier",
    "lighter",
    "how many pounds",
    "pound",
    10,
    120,
    40,
  ],
  [
    ["the lake", "the well", "the pool", "the pond", "*the lagoon", "*the shaft"],
    "deeper",
    "shallower",
    "how many meters deep",
    "meter",
    5,
    60,
    20,
  ],
  [
    ["the trip", "the film", "the concert", "the lesson", "the game", "*the sermon", "*the ceremony"],
    "longer",
    "shorter",
    "how many minutes long",
    "minute",
    30,
    180,
    40,
  ],
  [
    ["the bus", "the train", "the car", "the bike", "the horse", "*the tram", "*the ferry"],
    "faster",
    "slower",
    "how many kilometers per hour fast",
    "kilometer per hour/kilometers per hour",
    12,
    60,
    25,
  ],
];

/** The larger, the smaller or the difference is unknown; the comparison may be turned round. */
export function scale(setting: Setting): Draft {
  const { draw, held } = setting;
  const [things, up, down, , unit, least, most, distance] = draw.pick(SCALES);
  const usableThings = things.filter((thing) => thing.startsWith("*") === held).map((thing) => thing.replace("*", ""));
  const [one = "", other = ""] = draw.shuffle(usableThings);
  const low = draw.integer(least, most);
  const d = draw.integer(2, distance);
  const measured = ["heavier", "lighter"].includes(up)
    ? "weigh"
    : up === "faster"
      ? "go"
      : up === "longer" && unit === "minute"
        ? "last"
        : "measure";
  const size = `{x u}`;
  const common = {
    situation: "compare",
    nouns: { u: noun(unit) },
    words: { one, other },
    unfit: ["people", "other things", "size", "distance", "time", "price"],
  };
  const kind = draw.pick(["larger", "smaller", "difference", "larger, turned round", "smaller, turned round"] as const);
  const first = [`{one} <${measured} sg> ${size}`, `the measure of {one} <be sg> ${size}`].slice(0, 1);
  if (kind === "difference") {
    const asksUp = draw.chance(0.6);
    return {
      ...common,
      unknown: "difference",
      values: { x: asksUp ? low + d : low, y: asksUp ? low : low + d, d },
      relations: [asksUp ? "x = y + d" : "y = x + d"],
      given: ["x", "y"],
      wanted: "d",
      facts: [
        { says: first },
        { says: [`{other} <${measured} sg> {y u}`, `{other} <${measured} sg> {y}`, `*for {other} it <be sg> {y u}`] },
      ],
      questions: [
        `how many {u} ${asksUp ? up : down} <be sg> {one} than {other}`,
        `by how many {u} <be sg> {one} ${asksUp ? up : down} than {other}`,
        `*what <be sg> the difference between {one} and {other} in {u}`,
      ],
      indirect: [
        `how many {u} ${asksUp ? up : down} {one} <be sg> than {other}`,
        `by how many {u} {one} and {other} differ`,
        `*what separates {one} from {other} in {u}`,
      ],
      steps: [{ finds: "d", expression: asksUp ? "x - y" : "y - x", says: ["The difference is {eq u}.", "{eq u}."] }],
      answers: [`{one} <be sg> {d u} ${asksUp ? up : down} than {other}.`],
    };
  }
  const turned = kind.endsWith("round");
  const adds = kind.startsWith("larger");
  const [x, y] = adds ? [low, low + d] : [low + d, low];
  return {
    ...common,
    unknown: kind,
    values: { x, y, d },
    relations: [adds ? "y = x + d" : "x = y + d"],
    given: ["x", "d"],
    wanted: "y",
    facts: [
      { says: first },
      {
        says: turned
          ? [
              `it <be sg> {d u} ${adds ? down : up} than {other}`,
              `that <be sg> {d u} ${adds ? "less" : "more"} than {other}`,
              `*{one} <be sg> ${adds ? down : up} than {other} by {d u}`,
            ]
          : [
              `{other} <be sg> {d u} ${adds ? up : down}`,
              `{other} <be sg> {d u} ${adds ? up : down} than {one}`,
              `*{other} <be sg> ${adds ? up : down} than {one} by {d u}`,
            ],
      },
    ],
    questions: [`how many {u} <do sg> {other} ${measured}`, `*what <do sg> {other} ${measured} in {u}`],
    indirect: [`how many {u} {other} <${measured} sg>`, `*what {other} <${measured} sg> in {u}`],
    steps: [
      {
        finds: "y",
        expression: adds ? "x + d" : "x - d",
        says: [`{other} <be sg> ${adds ? up : down}, so that is {eq u}.`, `{=d} ${adds ? "more" : "less"} than {=x} is {eq}.`],
      },
    ],
    answers: [`{other} <${measured} sg> {y u}.`],
  };
}
