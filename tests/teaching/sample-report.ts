// A report as a run on word problems and facts might give it: made up, but consistent.
import { noFigures } from "../../teaching/figures.js";
import type { Candidate, Figures, Loss, Parameters, SetAside, Verdict } from "../../teaching/record.js";
import { type Report, ReportBuilder, type RunFigures } from "../../teaching/report.js";

export const parameters: Parameters = {
  model: { name: "SmolLM2-135M-Instruct", digest: "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53", storage: "Q8_0" },
  tools: [
    { name: "Calculator", version: "1", tauS: 0, tauF: 0.5, topK: 20, samples: 10 },
    { name: "Search", version: "2", tauS: 0.05, tauF: 1, topK: 5, samples: 5 },
  ],
  placement: "before",
  economy: true,
  related: true,
  now: "2025-01-01T12:00:00.000Z",
  timeZone: "UTC",
  seed: 7,
  window: 512,
  overlap: 64,
  format: 1,
  version: "0.1.0",
};

export const runFigures = (given: Partial<RunFigures> = {}): RunFigures => ({
  documents: 0,
  passages: 0,
  setAside: [],
  lessons: 0,
  lessonsWithCalls: 0,
  tools: {},
  started: "2025-03-04T09:12:44.000Z",
  seconds: 0,
  ...given,
});

/** Numbers in [0, 1) that are the same each time. */
export function chances(seed: number): () => number {
  let state = seed;
  return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
}

export interface Tried {
  readonly candidate: Candidate;
  readonly passage: { readonly text: string; readonly question?: string };
}

const WEIGHTS = [1, 0.8, 0.6, 0.4, 0.2].map((weight) => weight / 3);

const lossOf = (logprobs: readonly number[]): Loss => ({
  value: -logprobs.reduce((sum, logprob, at) => sum + logprob * WEIGHTS[at]!, 0),
  logprobs,
});

interface Made {
  readonly tool: string;
  readonly document: number;
  readonly text: string;
  readonly question?: string;
  readonly position: number;
  readonly tokens: readonly string[];
  readonly input: string;
  readonly output: string;
  /** How much the result helps, from −1 to 1. */
  readonly use: number;
  readonly tauF: number;
}

function tried(made: Made, next: () => number): Tried {
  const { tool, document, text, question, position, tokens, input, output, use, tauF } = made;
  const none = lossOf(tokens.map((_, at) => -(at < 2 ? 1.2 + 2.6 * next() : 0.1 + 0.9 * next())));
  const call = lossOf(none.logprobs.map((logprob) => logprob * (0.55 + 0.7 * next())));
  const result = lossOf(
    none.logprobs.map((logprob, at) => Math.min(-0.01, at < 2 ? logprob * (1 - use) + 0.3 * (next() - 0.6) : logprob - 0.2 * next())),
  );
  const helps = none.value - result.value;
  const bounded = helps < tauF;
  const margin = bounded ? helps : Math.min(none.value, call.value) - result.value;
  const common = {
    passage: `train.jsonl:${document + 1}`,
    document,
    part: 0,
    tool,
    position,
    probability: 0.004 + next() ** 3,
    input,
    samples: 1 + Math.floor(4 * next()),
    tokens,
  };
  const chance = next();
  const other = (verdict: Verdict, more: Partial<Candidate>): Tried => ({
    candidate: { ...common, verdict, ...more },
    passage: { text, question },
  });
  if (chance < 0.06) return other("failed", { error: "The expression ends too early." });
  if (chance < 0.16) return other("hopeless", { output, bound: tauF * (next() * 1.6 - 0.6) });
  if (chance < 0.2 && tool === "Search") return other("looked-ahead", { output });
  return {
    candidate: {
      ...common,
      output,
      margin,
      losses: { none, result, ...(!bounded && { call }) },
      verdict: margin >= tauF ? "kept" : "below",
    },
    passage: { text, question },
  };
}

const NAMES = ["Natalia", "Weng", "Betty", "Julie", "James", "Mark", "Albert", "Ken", "Alexis", "Tina"];
const THINGS = ["clips", "marbles", "pages", "stickers", "muffins", "tickets", "eggs", "pencils"];
const FACTS: readonly (readonly [string, string, string])[] = [
  ["Potosí", "a city in Bolivia", "Potosí: city in the southern highlands of Bolivia, known for its silver mines since 1545."],
  ["the Lena", "a river in Siberia", "Lena: river in eastern Siberia, 4,294 km long, that flows into the Laptev Sea."],
  ["obsidian", "a volcanic glass", "obsidian: a hard, dark, glassy volcanic rock formed by the rapid cooling of lava."],
  ["Tallinn", "the capital of Estonia", "Tallinn: capital and largest city of Estonia, on the Gulf of Finland."],
  ["the kiwi", "a flightless bird", "kiwi: a nocturnal flightless bird of New Zealand with a long beak and no tail."],
];

/** Candidates of a calculator and a search tool on so many documents. */
export function candidatesOf(documents: number, seed = 11): Tried[] {
  const next = chances(seed);
  const pick = <Item>(items: readonly Item[]) => items[Math.floor(next() * items.length)]!;
  return Array.from({ length: documents }, (_, document) => {
    const [name, thing] = [pick(NAMES), pick(THINGS)];
    const [a, b] = [12 + 2 * Math.floor(next() * 90), 2 + Math.floor(next() * 8)];
    const [product, rest] = [a * b, a * b - a / 2];
    const question = `${name} has ${a} ${thing} in each of ${b} boxes and gives half a box of them to a friend. How many ${thing} are left?`;
    const solution = `There are ${a} ${thing} in each box, so ${name} has ${a} x ${b} = ${product} ${thing} in all of them together.\nHalf a box is ${a} / 2 = ${a / 2} ${thing}.\nThis means that ${product} - ${a / 2} = ${rest} ${thing} are left in the boxes, which ${name} puts back on the shelf.`;
    const first = solution.indexOf(`= ${product}`) + 2;
    const last = solution.indexOf(`= ${rest}`) + 2;
    const sum = { tool: "Calculator", document, text: solution, question, tauF: 0.5 };
    const firstTokens = [String(product), ` ${thing}`, " in", " all", " of"];
    const made: Made[] = [
      { ...sum, position: first, tokens: firstTokens, input: `${a} * ${b}`, output: String(product), use: 0.25 + 0.7 * next() },
      { ...sum, position: first, tokens: firstTokens, input: `${a} + ${b}`, output: String(a + b), use: -0.5 + 0.7 * next() },
      {
        ...sum,
        position: last,
        tokens: [String(rest), ` ${thing}`, " are", " left", " in"],
        input: `${product} - ${a / 2}`,
        output: String(rest),
        use: 0.9 * next(),
      },
      {
        ...sum,
        position: 0,
        tokens: ["There", " are", ` ${a}`, ` ${thing}`, " in"],
        input: String(a),
        output: String(a),
        use: 0.3 * (next() - 0.5),
      },
    ];
    if (document % 3 === 0) {
      const [subject, what, output] = pick(FACTS);
      const text = `On the last evening we talked of ${subject}, ${what} that ${name} had read about, and of how much there is to see on the way. Nobody wanted to go home, though it was late and the fire had burned down.`;
      const position = text.indexOf(what);
      const tokens = text.slice(position).split(/(?= )/).slice(0, 5);
      made.push({ tool: "Search", document, text, position, tokens, input: subject, output, use: 1.5 * next() - 0.6, tauF: 1 });
      made.push({
        tool: "Search",
        document,
        text,
        position: 0,
        tokens: ["On", " the", " last", " evening", " we"],
        input: name,
        output: "No result.",
        use: 0.4 * next() - 0.3,
        tauF: 1,
      });
    }
    return made.map((one) => tried(one, next));
  }).flat();
}

const setAside: readonly SetAside[] = [
  {
    document: 41,
    id: "train.jsonl:42",
    source: "train.jsonl, line 42",
    code: "bad-line",
    message: "The line is no JSON: Unexpected end of JSON input.",
  },
  { document: 97, id: "photo.png", source: "notes/photo.png", code: "not-text", message: "The file holds bytes that are no text." },
];

/** Figures of a run that would have these candidates. */
export function figuresOf(all: readonly Tried[], documents: number): RunFigures {
  const tools = Object.fromEntries(
    parameters.tools.map(({ name, samples }): [string, Figures] => {
      const own = all.map(({ candidate }) => candidate).filter(({ tool }) => tool === name);
      const counts = (verdict: Verdict) => own.filter((candidate) => candidate.verdict === verdict).length;
      const [kept, failed, lookedAhead, hopeless] = [counts("kept"), counts("failed"), counts("looked-ahead"), counts("hopeless")];
      const positions = Math.round(own.length * 1.9);
      const tried = name === "Search" ? Math.round(documents * 0.34) : documents - 14;
      return [
        name,
        {
          ...noFigures(),
          tried,
          passedOver:
            name === "Search"
              ? { "no proper noun": documents - tried }
              : { "fewer than three numbers": 9, "no number follows from two others": 5 },
          boundaries: tried * 61,
          likely: tried * (name === "Search" ? 9 : 61),
          positions,
          samples: Math.round(positions * samples * 0.55),
          wellFormed: Math.round(positions * samples * 0.41),
          candidates: own.length,
          executed: own.length - 31,
          cached: 31,
          failed,
          lookedAhead,
          scored: own.length - failed - lookedAhead - hopeless,
          kept,
          calls: Math.round(kept * 0.8),
          saved: {
            hopelessPositions: positions,
            mergedPositions: Math.round(positions / 3),
            samples: Math.round(positions * samples * 0.45),
            sharedTokens: positions * 14,
            hopelessCalls: hopeless,
            losses: Math.round(own.length * 0.6),
          },
          ms: { read: tried * 31, sample: tried * 240, execute: tried * 3, filter: tried * 118 },
          tokens: { read: tried * 420, sample: tried * 1900, filter: tried * 1100 },
        },
      ];
    }),
  );
  const withCalls = new Set(all.filter(({ candidate }) => candidate.verdict === "kept").map(({ candidate }) => candidate.document)).size;
  return runFigures({
    documents,
    passages: documents + 4,
    setAside,
    lessons: documents - 2,
    lessonsWithCalls: withCalls,
    tools,
    seconds: 131,
  });
}

export function sampleReport(documents = 120): Report {
  const all = candidatesOf(documents);
  const builder = new ReportBuilder(parameters);
  for (const { candidate, passage } of all) builder.add(candidate, passage);
  return builder.finish(figuresOf(all, documents));
}
