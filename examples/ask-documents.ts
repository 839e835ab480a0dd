// Asks a folder of documents, without any model: an answer, the sentence that it stands in, and where that is.
//   node dist/examples/ask-documents.js notes "Who built the harbour wall?"
import { pathToFileURL } from "node:url";
import { questionAnswering } from "toolwright";

export async function main(folder: string, questions: readonly string[]): Promise<string[]> {
  const tool = questionAnswering({ folder, reference: false });
  try {
    const lines: string[] = [];
    for (const question of questions) {
      const found = await tool.answer(question);
      lines.push(found === undefined ? `${question} Nobody says.` : `${question} ${found.answer}. (${found.source.id}: ${found.sentence})`);
    }
    return lines;
  } finally {
    await tool.close();
  }
}

if (import.meta.url === pathToFileURL(process.argv[1]!).href) {
  const [folder = ".", ...questions] = process.argv.slice(2);
  for (const line of await main(folder, questions)) console.log(line);
}
