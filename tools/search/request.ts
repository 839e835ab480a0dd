/** What a model asks of the tool with its one argument. */
export type Request =
  | { readonly kind: "find"; readonly query: string; readonly within?: string }
  | { readonly kind: "open"; readonly id: string }
  | { readonly kind: "quote"; readonly id: string; readonly words: string };

/**
 * Reads the argument. Everything is a query but
 * - `open: ID`
 * - `quote: ID, words`
 * - `refine: QUERY | more words`: what QUERY finds, as far as it has the other words too. It names what it refines: a call
 *   means the same whatever was called before, so that it can be cached and replayed.
 */
export function readRequest(argument: string): Request {
  const text = argument.trim();
  const [, operation, rest = ""] = /^(open|quote|refine)\s*:\s*(\S.*)$/is.exec(text) ?? [];
  switch (operation?.toLowerCase()) {
    case "open":
      return { kind: "open", id: rest.trim() };
    case "quote": {
      // A file's id ends with #number and may have commas and spaces before it; no other id has either.
      const [, id, words = ""] = /^(.+?#\d+|[^\s,]+)(?:\s*,\s*|\s+)(.+)$/s.exec(rest) ?? [];
      return id === undefined ? { kind: "open", id: rest.trim() } : { kind: "quote", id, words: words.trim() };
    }
    case "refine": {
      const [query = "", ...more] = rest.split("|");
      const words = more.join(" ").trim();
      return words === "" ? { kind: "find", query: query.trim() } : { kind: "find", query: words, within: query.trim() };
    }
    default:
      return { kind: "find", query: text };
  }
}
