// Answers a question about the made-up documents from their text alone, as a reader does: which document is about what is named, what it
// says, and, where that is another name, what the next one says.

const NAME = String.raw`((?:\p{Lu}[\p{L}]+ ?)+?)`;

/** What a document tells of the thing it is about, by relation: one group, the answer. */
const TELLS: Readonly<Record<string, RegExp>> = {
  birthplace: RegExp(String.raw`was born in ${NAME} in \d+\.|came from ${NAME}\.`, "u"),
  born: /was born in [^.]* in (\d+)\.|Born in (\d+),/,
  job: /(?:is known|worked) as an? ([a-z]+)\./,
  teacher: RegExp(String.raw`learned the trade from ${NAME}\.|The teacher of [^.]* was ${NAME}\.`, "u"),
  river: RegExp(String.raw`the river ${NAME}\.`, "u"),
  product: /for its ([a-z ]+)\./,
  mayor: RegExp(String.raw`The mayor is ${NAME},|Since \d+ ${NAME} has been mayor`, "u"),
  founder: RegExp(String.raw`was founded by ${NAME}\.|(?:^|\. )${NAME} founded the`, "u"),
  seat: RegExp(String.raw`It stands in ${NAME}\.|Its house is in ${NAME}\.`, "u"),
  opened: /It opened in (\d+)|have been open since (\d+)/,
  author: RegExp(String.raw`is a novel by ${NAME}\.|(?:^|\. )${NAME} wrote the novel`, "u"),
  keeper: RegExp(String.raw`kept in the ${NAME}\.|The ${NAME} has the manuscript`, "u"),
};

/** What a question asks of `x`. */
const ASKS: readonly (readonly [RegExp, string])[] = [
  [/In which town was (.+) born\?/, "birthplace"],
  [/Which town did (.+) come from\?/, "birthplace"],
  [/In what year was (.+) born\?/, "born"],
  [/What is the birth year of (.+)\?/, "born"],
  [/What was the occupation of (.+)\?/, "job"],
  [/What did (.+) work as\?/, "job"],
  [/Who was the teacher of (.+)\?/, "teacher"],
  [/From whom did (.+) learn the trade\?/, "teacher"],
  [/On which river does (.+) lie\?/, "river"],
  [/Which river flows through (.+)\?/, "river"],
  [/What is (.+) known for\?/, "product"],
  [/For what do visitors come to (.+)\?/, "product"],
  [/Who is the mayor of (.+)\?/, "mayor"],
  [/Which mayor does (.+) have\?/, "mayor"],
  [/Who founded (.+)\?/, "founder"],
  [/By whom was (.+) founded\?/, "founder"],
  [/In which town does (.+) stand\?/, "seat"],
  [/In what year did (.+) open\?/, "opened"],
  [/Since what year has (.+) been open\?/, "opened"],
  [/Who wrote (.+)\?/, "author"],
  [/Who is the author of (.+)\?/, "author"],
  [/Where is the manuscript of (.+) kept\?/, "keeper"],
  [/Which house keeps the manuscript of (.+)\?/, "keeper"],
  [/Where is (.+)\?/, "seat"],
];

const STANDS: readonly (readonly [RegExp, string])[] = [
  [/^the town where (.+) was born$/, "birthplace"],
  [/^the teacher of (.+)$/, "teacher"],
  [/^the mayor of (.+)$/, "mayor"],
  [/^the founder of (.+)$/, "founder"],
  [/^the town where (.+) stands$/, "seat"],
  [/^the author of (.+)$/, "author"],
  [/^the house that keeps the manuscript of (.+)$/, "keeper"],
];

export interface Found {
  readonly answer: string;
  /** Titles of the documents that were read, in order. */
  readonly read: readonly string[];
}

/** @param texts of the documents, each with its title as a heading @throws Error where the question or a document cannot be read */
export function readAnswer(question: string, texts: readonly string[]): Found {
  const documents = new Map(texts.map((text) => [/^# (.+)$/m.exec(text)![1]!, text.replace(/^# .*\s+/, "")]));
  const read: string[] = [];
  const look = (said: string, relation: string): string => {
    const title = documents.has(said) ? said : said.replace(/^the /, "");
    const text = documents.get(title);
    if (text === undefined) throw new Error(`No document is about ${said}.`);
    read.push(title);
    const told = TELLS[relation]!.exec(text)?.slice(1).find(Boolean);
    if (told === undefined) throw new Error(`${title} does not tell the ${relation}: ${text}`);
    return told.trim();
  };
  const split = (text: string, forms: typeof ASKS) => {
    for (const [form, relation] of forms) {
      const about = form.exec(text)?.[1];
      if (about !== undefined) return { about, relation };
    }
    return undefined;
  };
  const asked = split(question, ASKS);
  if (asked === undefined) throw new Error(`It asks nothing that is known: ${question}`);
  const through = split(asked.about, STANDS);
  const answer = look(through === undefined ? asked.about : look(through.about, through.relation), asked.relation);
  return { answer, read };
}
