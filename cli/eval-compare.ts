import path from "node:path";
import { ToolwrightError } from "../errors.js";
import { type ConfigurationResults, compare, readResults, type Side } from "../evaluation/index.js";
import { type EvalOptions, writeReport } from "./eval.js";
import { comparisonTable } from "./eval-tables.js";
import { print, printJson, say } from "./output.js";

/** Two results files, paired by question, or the configurations of one, each against the first. */
export async function compareResults(files: readonly string[], { json, report }: EvalOptions): Promise<void> {
  if (files.length > 2) throw notTwo(`--compare takes one or two results files, not ${files.length}.`);
  const read = await Promise.all(files.map((file) => readResults(file)));
  const sides = read.map(({ configurations }, place) =>
    configurations.map((one): Side & { readonly whole: ConfigurationResults } => {
      const name = files.length === 1 ? one.configuration.name : `${path.basename(files[place]!)}: ${one.configuration.name}`;
      return { name, results: one.results, whole: { ...one, configuration: { ...one.configuration, name } } };
    }),
  );
  const pairs = pairsOf(sides, files);
  const [first, second] = read.map(({ parameters }) => parameters.match);
  if (second !== undefined && first !== second) say(`The first was matched by ${first}, the second by ${second}.`);
  const comparisons = pairs.map(([a, b]) => compare(a, b));
  if (pairs.flat().some(({ results }) => results.some(({ wording }) => wording !== undefined && wording.rule !== "given")))
    say("Of questions in several wordings, those as given are compared.");
  for (const { a, b, unpaired } of comparisons)
    if (unpaired > 0) say(`${unpaired} results of ${a} and ${b} have no partner and do not count.`);
  if (json) {
    for (const { a, b, n, correctA, correctB, bothRight, bothWrong, wins, losses, unpaired, difference, interval, p } of comparisons) {
      await printJson({
        a,
        b,
        n,
        correct_a: correctA,
        correct_b: correctB,
        wins,
        losses,
        both_right: bothRight,
        both_wrong: bothWrong,
        unpaired,
        difference,
        interval,
        p,
      });
    }
  } else await print(comparisonTable(comparisons));
  if (report !== undefined) {
    await writeReport(report, { parameters: read[0]!.parameters, configurations: [...new Set(pairs.flat())].map(({ whole }) => whole) });
  }
}

function pairsOf<One extends Side & { readonly whole: ConfigurationResults }>(
  sides: readonly (readonly One[])[],
  files: readonly string[],
): (readonly [One, One])[] {
  const [a = [], b] = sides;
  if (b === undefined) {
    if (a.length < 2) throw notTwo(`${files[0]} has one configuration, which has nothing to be compared with.`);
    return a.slice(1).map((other) => [a[0]!, other]);
  }
  if (a.length === 1 && b.length === 1) return [[a[0]!, b[0]!]];
  const nameIn = (place: number, { name }: One) => name.slice(`${path.basename(files[place]!)}: `.length);
  const pairs = a.flatMap((one) => b.filter((other) => nameIn(1, other) === nameIn(0, one)).map((other) => [one, other] as const));
  if (pairs.length > 0) return pairs;
  throw new ToolwrightError(
    "results-do-not-pair",
    `${files.join(" and ")} have no configuration in common.`,
    "Compare files with one configuration each, or with the same ones.",
    { exitCode: 2 },
  );
}

function notTwo(message: string): ToolwrightError {
  return new ToolwrightError("wrong-use", message, "Name two results files, or one with several configurations.", { exitCode: 2 });
}
