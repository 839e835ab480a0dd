import { open } from "node:fs/promises";

/** Bytes that no line of a journal reaches: the largest data and what stands around it. */
export const longestLine = 128 * 1024;

const chunkSize = 64 * 1024;

/** A line of a file, without its newline. */
export interface Line {
  readonly bytes: Buffer;
  /** Where it starts in the file. */
  readonly offset: number;
  /** Whether a newline ended it. Only a file's last line may lack one. */
  readonly ended: boolean;
}

/** The lines of a file from an offset on, in batches. A line longer than `longestLine` is given in its first part and ends the reading. */
export async function* linesFrom(file: string, offset = 0): AsyncGenerator<readonly Line[]> {
  const handle = await open(file, "r");
  try {
    let rest: Buffer = Buffer.alloc(0);
    for (let at = offset; ; ) {
      const chunk = Buffer.allocUnsafe(rest.length + chunkSize);
      rest.copy(chunk);
      const { bytesRead } = await handle.read(chunk, rest.length, chunkSize, at + rest.length);
      const bytes = chunk.subarray(0, rest.length + bytesRead);
      const batch: Line[] = [];
      let start = 0;
      for (let newline = bytes.indexOf(10); newline >= 0; newline = bytes.indexOf(10, start)) {
        batch.push({ bytes: bytes.subarray(start, newline), offset: at + start, ended: true });
        start = newline + 1;
      }
      rest = bytes.subarray(start);
      at += start;
      const last = bytesRead === 0 || rest.length > longestLine;
      if (last && rest.length > 0) batch.push({ bytes: rest, offset: at, ended: bytesRead > 0 });
      if (batch.length > 0) yield batch;
      if (last) return;
    }
  } finally {
    await handle.close();
  }
}

/** Where the last `count` lines of a file start, read from its end; 0 when it has no more. A last line without a newline counts too. */
export async function startOfLast(file: string, count: number): Promise<number> {
  const handle = await open(file, "r");
  try {
    const { size } = await handle.stat();
    const chunk = Buffer.allocUnsafe(chunkSize);
    let left = count;
    let end = size - 1; // Whatever the last byte is, it ends the last line.
    while (end > 0) {
      const start = Math.max(0, end - chunkSize);
      const { bytesRead } = await handle.read(chunk, 0, end - start, start);
      let newline = chunk.subarray(0, bytesRead).lastIndexOf(10);
      while (newline >= 0) {
        if (--left === 0) return start + newline + 1;
        newline = chunk.subarray(0, newline).lastIndexOf(10);
      }
      end = start;
    }
    return 0;
  } finally {
    await handle.close();
  }
}

/** How many lines end before an offset. */
export async function countLines(file: string, offset: number): Promise<number> {
  let count = 0;
  for await (const batch of linesFrom(file)) {
    for (const line of batch) {
      if (line.offset >= offset) return count;
      count++;
    }
  }
  return count;
}
