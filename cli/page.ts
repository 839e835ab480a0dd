import { rename, writeFile } from "node:fs/promises";
import { messageOf, ToolwrightError } from "../errors.js";
import { say } from "./output.js";

/** Writes a page whole or not at all, and says where it is. @throws ToolwrightError `file-unwritable` */
export async function writePage(file: string, content: string): Promise<void> {
  try {
    await writeFile(`${file}.partial`, content);
    await rename(`${file}.partial`, file);
  } catch (cause) {
    const message = `${file} cannot be written: ${messageOf(cause)}`;
    throw new ToolwrightError("file-unwritable", message, "Name a file in a folder that is there and that you may write to.", { cause });
  }
  say(`Report: ${file}`);
}
