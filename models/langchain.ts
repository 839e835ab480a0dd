import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { messageOf, ToolwrightError } from "../errors.js";
import { EndpointModel, PATIENCE_MS, type Protocol, type Sampling, TRIES } from "./endpoint.js";
import type { LanguageModel } from "./model.js";

export interface ChatModelOptions {
  /** How calls come. Default `"marker"`. */
  readonly protocol?: Protocol;
  /** Default: what the LangChain model calls itself. */
  readonly name?: string;
}

/**
 * Any LangChain chat model as a language model. Temperature, `topP` and `maxTokens` are settings of a LangChain model and not of its
 * calls: a model that is given keeps its own, as it keeps its own retries. Only a seed goes with the call.
 * Its `generate` throws ToolwrightError `endpoint-*`, `context-full`, `unsupported`, `aborted`.
 */
export function chatModel(model: BaseChatModel, { protocol = "marker", name = nameOf(model) }: ChatModelOptions = {}): LanguageModel {
  return new EndpointModel({
    endpoint: { address: name, model: name },
    runtime: `langchain ${model._llmType()}`,
    protocol,
    make: () => model,
    tries: 1,
    patienceMs: PATIENCE_MS,
    saysWhy: false,
  });
}

function nameOf(model: BaseChatModel): string {
  const { model: name } = model as { readonly model?: unknown };
  return typeof name === "string" ? name : model._llmType();
}

/**
 * A model of one of LangChain's providers, such as `anthropic`; undefined for a provider that LangChain does not know. The provider's
 * package (`@langchain/anthropic`) is the user's to install, and its API key is where that package looks for it.
 * @throws ToolwrightError `provider-missing`, `provider-failed`
 */
export async function providerModel(provider: string, model: string, protocol: Protocol = "marker"): Promise<LanguageModel | undefined> {
  const name = `${provider}:${model}`;
  const { initChatModel, MODEL_PROVIDER_CONFIG } = await import("langchain/chat_models/universal");
  if (!Object.hasOwn(MODEL_PROVIDER_CONFIG, provider)) return undefined;
  const make = async ({ temperature, topP, maxTokens }: Sampling): Promise<BaseChatModel> => {
    const settings = { temperature, ...(topP !== undefined && { topP }), ...(maxTokens !== undefined && { maxTokens }) };
    try {
      return (await initChatModel(model, { modelProvider: provider, maxRetries: 0, ...settings })) as unknown as BaseChatModel;
    } catch (error) {
      throw providerError(name, MODEL_PROVIDER_CONFIG[provider as keyof typeof MODEL_PROVIDER_CONFIG].package, error);
    }
  };
  await make({ temperature: 0 });
  return new EndpointModel({
    endpoint: { address: name, model: name },
    runtime: `langchain ${provider}`,
    protocol,
    make,
    tries: TRIES,
    patienceMs: PATIENCE_MS,
    saysWhy: false,
  });
}

function providerError(name: string, packageName: string, error: unknown): ToolwrightError {
  const said = messageOf(error).split("\n")[0]!;
  if (said.startsWith("Unable to import")) {
    return new ToolwrightError("provider-missing", `${name} needs the package ${packageName}.`, `npm install ${packageName}`, {
      cause: error,
    });
  }
  const remedy = `Check the model's name and the environment variables that ${packageName} reads, its API key among them.`;
  return new ToolwrightError("provider-failed", `${name} cannot be opened: ${said}`, remedy, { cause: error });
}
