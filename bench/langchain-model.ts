import { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { AIMessage, type BaseMessage } from "@langchain/core/messages";
import type { ChatResult } from "@langchain/core/outputs";

/** A chat model that calls the calculator once and then answers. */
export class FakeToolCallingModel extends BaseChatModel {
  _llmType(): string {
    return "fake";
  }

  override bindTools(): this {
    return this;
  }

  async _generate(messages: BaseMessage[]): Promise<ChatResult> {
    const done = messages.some((message) => message.getType() === "tool");
    const message = done
      ? new AIMessage("37*48 is 1776.")
      : new AIMessage({ content: "37*48 is", tool_calls: [{ id: "call_1", name: "Calculator", args: { expression: "37*48" } }] });
    return { generations: [{ text: String(message.content), message }] };
  }
}
