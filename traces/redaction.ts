/** What stands in a secret's place. No brackets: in a model's text they could begin a call. */
const redacted = "(redacted)";

/** An environment's value is looked for only from this length on: shorter ones stand in innocent text. */
const shortestSecret = 8;

/** Words that make a name a secret's, wherever they stand in it: `GITHUB_TOKEN`, `clientSecret`, `PGPASSWORD`. */
const secretWord = /^(\w*SECRETS?|\w*PASSWORDS?|\w*PASSWD|PASSPHRASE|CREDENTIALS?|TOKEN|APIKEYS?|AUTHORIZATION|COOKIE)$/;

/** Words that do so only after another word: `API_KEY` and `MYSQL_PWD`, but not `key` and `PWD`. */
const secretLastWord = /^(KEYS?|PWD)$/;

const wordsOf = (name: string): string[] =>
  name
    .replace(/([a-z\d])([A-Z])/g, "$1_$2")
    .replace(/([A-Z])([A-Z][a-z])/g, "$1_$2")
    .toUpperCase()
    .split(/[^A-Z\d]+/)
    .filter(Boolean);

function namesSecret(name: string): boolean {
  const words = wordsOf(name);
  return words.some((word, i) => secretWord.test(word) || (i > 0 && secretLastWord.test(word)));
}

/** Takes secrets out of plain JSON. What holds none is returned as the very same object. */
export type Redact = <T>(value: T) => T;

/**
 * Redacts the values of environment variables that are named like secrets (eight characters or more, wherever they stand in a string,
 * also as JSON or a URL writes them), and strings and lists of strings under an object's key that is named so.
 * @param names further names, of variables and of keys; case and separators do not matter
 */
export function redactor(names: readonly string[] = [], environment: NodeJS.ProcessEnv = process.env): Redact {
  const listed = new Set(names.map((name) => wordsOf(name).join("")));
  const known = new Map<string, boolean>();
  const isSecret = (name: string): boolean => {
    let secret = known.get(name);
    if (secret === undefined) {
      secret = namesSecret(name) || listed.has(wordsOf(name).join(""));
      if (known.size < 10_000) known.set(name, secret);
    }
    return secret;
  };
  const secrets = new Set<string>();
  for (const [name, value = ""] of Object.entries(environment)) {
    const secret = value.trim();
    if (secret.length < shortestSecret || !isSecret(name)) continue;
    for (const written of [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)]) secrets.add(written);
  }
  const pattern = [...secrets]
    .sort((a, b) => b.length - a.length)
    .map((secret) => secret.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"))
    .join("|");
  const found = pattern === "" ? undefined : new RegExp(pattern, "g");

  const clean = (value: unknown, secret: boolean): unknown => {
    if (typeof value === "string") return secret && value !== "" ? redacted : found === undefined ? value : value.replace(found, redacted);
    if (typeof value !== "object" || value === null) return value;
    if (Array.isArray(value)) {
      let copy: unknown[] | undefined;
      value.forEach((item, i) => {
        const next = clean(item, secret && typeof item === "string");
        if (next !== item) (copy ??= [...value])[i] = next;
      });
      return copy ?? value;
    }
    let copy: Record<string, unknown> | undefined;
    for (const [key, item] of Object.entries(value)) {
      const name = found === undefined ? key : key.replace(found, redacted);
      const next = clean(item, isSecret(key));
      if (next === item && name === key) continue;
      copy ??= { ...value };
      if (name !== key) delete copy[key];
      copy[name] = next;
    }
    return copy ?? value;
  };
  return (value) => clean(value, false) as typeof value;
}
