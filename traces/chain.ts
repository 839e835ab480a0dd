import { hash } from "node:crypto";

// How the lines of a journal are chained. Each line carries the digest of the line before (`prev`) and, last, its own digest, which
// covers `prev`. With both, a single line shows by itself that it was changed, and its neighbours show that it was moved or removed.

/** Hexadecimal characters of a digest: the first 128 bits of a SHA-256. */
const digestLength = 32;

/** `prev` of a journal's first line. */
export const noDigest = "";

const seam = ',"digest":"';
const tailLength = seam.length + digestLength + '"}'.length;
const tail = new RegExp(`^${seam}([0-9a-f]{${digestLength}})"}$`);

/** What every line has, whatever else it holds. */
interface Link {
  /** Its place in the journal, from 0. */
  readonly i: number;
  readonly prev: string;
  readonly digest: string;
}

/**
 * The line of a record, with its newline.
 * @param members the inside of a JSON object, such as `"a":1,"b":2`
 */
export function seal(index: number, members: string, prev: string): { readonly line: string; readonly digest: string } {
  const body = `{"i":${index},${members},"prev":"${prev}"`;
  const digest = hash("sha256", body, "hex").slice(0, digestLength);
  return { line: `${body}${seam}${digest}"}\n`, digest };
}

/** The record of a line (without its newline), or undefined when the line is not as `seal` made it. */
export function unseal(line: Buffer): (Link & Record<string, unknown>) | undefined {
  const end = line.length - tailLength;
  const digest = end > 0 ? tail.exec(line.toString("latin1", end))?.[1] : undefined;
  if (digest === undefined || hash("sha256", line.subarray(0, end), "hex").slice(0, digestLength) !== digest) return undefined;
  try {
    const record = JSON.parse(line.toString()) as unknown;
    return isLink(record) ? record : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined; // A digest made for a line that is not JSON.
    throw error;
  }
}

function isLink(value: unknown): value is Link & Record<string, unknown> {
  const link = value as Partial<Link> | null;
  return typeof link === "object" && link !== null && Number.isSafeInteger(link.i) && typeof link.prev === "string";
}
