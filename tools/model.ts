/** What a tool asks of a language model. Those of `models/` fit; nothing here knows of them. */
export interface ToolModel {
  readonly name: string;
  readonly identity: { readonly digest?: string; readonly adapters?: readonly { readonly digest: string }[] };
  readonly can: { readonly grammar: boolean };
  open(
    prompt: { readonly messages: readonly ToolTurn[]; readonly shared?: number },
    options?: { readonly signal?: AbortSignal },
  ): Promise<{
    generate(options: Completion): AsyncIterable<{ readonly type: string; readonly text?: string }>;
    close(): Promise<void>;
  }>;
}

export interface ToolTurn {
  readonly role: "user" | "assistant";
  readonly content: string;
}

interface Completion {
  readonly maxTokens: number;
  /** GBNF; only for models that `can.grammar`. */
  readonly grammar?: string;
  readonly signal?: AbortSignal;
}

/** The model's turn after these, greedily. All but the last turn are taken to be the same each time: their state is kept. */
export async function complete(model: ToolModel, turns: readonly ToolTurn[], options: Completion): Promise<string> {
  const sequence = await model.open({ messages: turns, shared: turns.length - 1 }, { signal: options.signal });
  try {
    let text = "";
    for await (const delta of sequence.generate(options)) text += delta.text ?? "";
    return text;
  } finally {
    await sequence.close();
  }
}

/** What tells a model's results from another's, for a tool's version. */
export function versionOf({ name, identity: { digest, adapters = [] } }: ToolModel): string {
  return [digest?.slice(0, 8) ?? name, ...adapters.map((adapter) => adapter.digest.slice(0, 8))].join("+");
}
