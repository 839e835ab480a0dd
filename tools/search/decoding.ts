// Bytes to text, for files and pages of whatever encoding.

/** How much of a file decides whether it is text. */
const PROBE = 8192;

/**
 * A byte order mark decides (UTF-8, UTF-16); then the declared encoding, where it exists and is none of those, which show by
 * themselves; then UTF-8 where the bytes are valid; else Windows-1252, of which Latin-1 is a part. Undefined for what is not text.
 */
export function decode(bytes: Uint8Array, declared?: string): string | undefined {
  const [first, second, third] = bytes;
  if (first === 0xff && second === 0xfe) return decodeAs("utf-16le", bytes);
  if (first === 0xfe && second === 0xff) return decodeAs("utf-16be", bytes);
  if (first === 0xef && second === 0xbb && third === 0xbf) return decodeAs("utf-8", bytes);
  if (isBinary(bytes)) return undefined;
  if (declared !== undefined && !/^utf/i.test(declared) && isEncoding(declared)) return decodeAs(declared, bytes);
  try {
    // `stream` lets a character cut off at the end of a bounded read pass.
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true });
  } catch {
    return decodeAs("windows-1252", bytes);
  }
}

function decodeAs(label: string, bytes: Uint8Array): string {
  const decoder = new TextDecoder(label);
  return decoder.encoding === "windows-1252" ? fromWindows1252(bytes) : decoder.decode(bytes, { stream: true });
}

/** Windows-1252 where it is not Latin-1, from 0x80 on. Node's own decoder takes it for Latin-1 in many releases (nodejs/node#56542). */
const WINDOWS_1252 = "€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ";

/** Text of bytes in Windows-1252, as the Encoding Standard reads it. */
export function fromWindows1252(bytes: Uint8Array): string {
  const latin1 = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
  return latin1.replace(/[\x80-\x9f]/g, (character) => WINDOWS_1252[character.charCodeAt(0) - 0x80]!);
}

function isEncoding(label: string): boolean {
  try {
    new TextDecoder(label);
    return true;
  } catch {
    return false;
  }
}

/** NUL bytes, or more than a few control characters. */
function isBinary(bytes: Uint8Array): boolean {
  const probe = bytes.subarray(0, PROBE);
  let controls = 0;
  for (const byte of probe) {
    if (byte === 0) return true;
    if (byte < 32 && byte !== 9 && byte !== 10 && byte !== 12 && byte !== 13 && byte !== 27) controls += 1;
  }
  return controls > probe.length / 50;
}

/** The encoding that an HTML page declares in its first kilobyte. */
export function declaredInHtml(bytes: Uint8Array): string | undefined {
  const head = new TextDecoder("latin1").decode(bytes.subarray(0, 1024));
  return /<meta[^>]+charset\s*=\s*["']?\s*([\w-]+)/i.exec(head)?.[1];
}
