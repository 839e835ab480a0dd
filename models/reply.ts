import type { AIMessageChunk } from "@langchain/core/messages";
import type { NativeCall, StopReason, Usage } from "./model.js";

/** What has come of one answer of a chat model, told from LangChain's chunks. */
export class Reply {
  /** Something has come, though it may have been empty. */
  opened = false;
  /** All text so far. */
  text = "";
  /** As the endpoint counted; undefined while it has not said. */
  usage: Usage | undefined;
  /** Why it ended, in the endpoint's own word; undefined while it has not said. */
  finish: string | undefined;
  readonly #calls = new Map<string | number, { id: string | undefined; tool: string; input: string }>();

  /** Some of the answer has come, be it text or a call. */
  get begun(): boolean {
    return this.text !== "" || this.#calls.size > 0;
  }

  /** Takes a chunk in and gives its text back. */
  take(chunk: AIMessageChunk): string {
    const { text } = chunk;
    this.opened = true;
    this.text += text;
    this.#takeCalls(chunk);
    if (chunk.usage_metadata !== undefined) this.#takeUsage(chunk.usage_metadata);
    this.finish = finishOf(chunk) ?? this.finish;
    return text;
  }

  get reason(): StopReason {
    // Of OpenAI, Anthropic and Ollama; of Google.
    return this.finish === "length" || this.finish?.toLowerCase() === "max_tokens" ? "length" : "end";
  }

  calls(): readonly NativeCall[] {
    return [...this.#calls.values()].map(({ id, tool, input }, n) => ({ id: id ?? `call-${n}`, tool, input: input === "" ? "{}" : input }));
  }

  /** Calls come in pieces: name and id first, then the arguments' JSON bit by bit, told apart by index. */
  #takeCalls({ tool_call_chunks: pieces, tool_calls: whole }: AIMessageChunk): void {
    if (pieces === undefined || pieces.length === 0) {
      for (const { id, name, args } of whole ?? []) this.#calls.set(this.#calls.size, { id, tool: name, input: JSON.stringify(args) });
      return;
    }
    for (const { index, id, name, args } of pieces) {
      const key = index ?? id ?? this.#calls.size;
      const call = this.#calls.get(key) ?? { id: undefined, tool: "", input: "" };
      this.#calls.set(key, { id: call.id ?? id, tool: call.tool + (name ?? ""), input: call.input + (args ?? "") });
    }
  }

  /** Some integrations tell the input first and the output at the end: their figures add up. */
  #takeUsage({ input_tokens, output_tokens, input_token_details }: NonNullable<AIMessageChunk["usage_metadata"]>): void {
    const read = input_token_details?.cache_read ?? 0;
    const { input, cached, output } = this.usage ?? { input: 0, cached: 0, output: 0 };
    this.usage = { input: input + input_tokens - read, cached: cached + read, output: output + output_tokens };
  }
}

function finishOf({ response_metadata, additional_kwargs }: AIMessageChunk): string | undefined {
  const { finish_reason, stop_reason, finishReason, done_reason } = response_metadata as Record<string, unknown>;
  const word = [finish_reason, stop_reason, finishReason, done_reason, additional_kwargs?.stop_reason].find(
    (word) => typeof word === "string",
  );
  return word as string | undefined;
}
