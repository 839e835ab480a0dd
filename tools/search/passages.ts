import { basename } from "node:path";
import type { Source } from "../tool.js";
import type { Document } from "./document.js";
import { sentences } from "./excerpt.js";

/** A stretch of a document that is found, shown and opened as one. */
export interface Passage {
  /** The file's path within the folder and the passage's number in it: `notes/plans.md#2`. */
  readonly id: string;
  /** The document's title, or its file's name, and the headings above. */
  readonly title: string;
  readonly text: string;
  readonly url?: string;
}

export function sourceOf({ id, title, url }: Passage): Source {
  return { id, title, ...(url === undefined ? {} : { url }) };
}

/** Characters. Long enough to answer from, short enough that its words are about one thing. */
const LENGTH = 700;

/** The passages of a file in order, numbered from 1. Neighbouring blocks under one heading are put together, long ones split. */
export function passagesOf(path: string, documents: readonly Document[]): Passage[] {
  const passages: Passage[] = [];
  for (const document of documents) {
    const name = document.title ?? basename(path);
    const put = (heading: string | undefined, text: string) => {
      const title = heading === undefined ? name : `${name} › ${heading}`;
      passages.push({
        id: passageId(path, passages.length + 1),
        title,
        text,
        ...(document.url === undefined ? {} : { url: document.url }),
      });
    };
    let open = "";
    let heading: string | undefined;
    for (const block of document.blocks) {
      for (const piece of pieces(block.text)) {
        if (open !== "" && (block.heading !== heading || open.length + piece.length > LENGTH)) {
          put(heading, open);
          open = "";
        }
        heading = block.heading;
        // A blank line keeps paragraphs and list items apart for whoever opens the passage.
        open = open === "" ? piece : `${open}\n\n${piece}`;
      }
    }
    if (open !== "") put(heading, open);
  }
  return passages;
}

/** Ids of other sources begin with a word and a colon; a path that does is written `./…`. */
export function passageId(path: string, number: number): string {
  return `${/^\w+:/.test(path) ? "./" : ""}${path}#${number}`;
}

/** A long block in pieces of whole sentences; a sentence without end is cut between words, one without spaces anywhere. */
function pieces(text: string): string[] {
  if (text.length <= LENGTH) return [text];
  const found: string[] = [];
  let open = "";
  for (const sentence of sentences(text).flatMap(cut)) {
    if (open !== "" && open.length + 1 + sentence.length > LENGTH) {
      found.push(open);
      open = "";
    }
    open = open === "" ? sentence : `${open} ${sentence}`;
  }
  if (open !== "") found.push(open);
  return found;
}

function cut(sentence: string): string[] {
  const parts: string[] = [];
  let rest = sentence;
  while (rest.length > LENGTH) {
    const space = rest.lastIndexOf(" ", LENGTH);
    const whole = /[\udc00-\udfff]/.test(rest.charAt(LENGTH)) ? LENGTH - 1 : LENGTH;
    const end = space > LENGTH / 2 ? space : whole;
    parts.push(rest.slice(0, end).trim());
    rest = rest.slice(end).trim();
  }
  return rest === "" ? parts : [...parts, rest];
}
