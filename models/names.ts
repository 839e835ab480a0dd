import { ToolwrightError } from "../errors.js";
import type { Protocol } from "./endpoint.js";
import type { LocalModelOptions } from "./local.js";
import type { LanguageModel } from "./model.js";
import { unsupported } from "./refusals.js";

export interface ResolveOptions extends Omit<LocalModelOptions, "file"> {
  /** How calls of endpoints come. Default `"marker"`. */
  readonly protocol?: Protocol;
}

const FORMS =
  "local, FILE.gguf, hf:OWNER/REPO/FILE.gguf, openai:NAME or completions:NAME (OPENAI_API_KEY, OPENAI_BASE_URL), or PROVIDER:NAME for LangChain's providers";

/**
 * A model by its name: `local` (the default small model), `FILE.gguf`, `hf:OWNER/REPO/FILE.gguf`, `openai:NAME`, `completions:NAME` or
 * `PROVIDER:NAME`.
 * Options that are for local models mean nothing to endpoints, adapters excepted.
 * @throws ToolwrightError `wrong-model-name`, `unsupported` for an adapter on an endpoint, and whatever the kind of model throws
 */
export async function resolveModel(name: string, { protocol, ...local }: ResolveOptions = {}): Promise<LanguageModel> {
  if (name === "local" || name.startsWith("hf:") || /\.gguf$/i.test(name)) {
    const { localModel } = await import("./local.js");
    return localModel({ ...local, file: name });
  }
  const model = await endpointModel(name, protocol);
  if (local.adapters !== undefined && local.adapters.length > 0) throw unsupported(model, "adapters", "an adapter");
  return model;
}

async function endpointModel(name: string, protocol: Protocol | undefined): Promise<LanguageModel> {
  const [, provider, model] = /^([\w-]+):(.+)$/s.exec(name) ?? [];
  const found = provider === undefined || model === undefined ? undefined : await fromProvider(provider, model, protocol);
  if (found !== undefined) return found;
  throw new ToolwrightError("wrong-model-name", `There is no model named "${name}".`, `A model is named ${FORMS}.`, { exitCode: 2 });
}

async function fromProvider(provider: string, model: string, protocol: Protocol | undefined): Promise<LanguageModel | undefined> {
  if (provider === "openai") {
    const { openaiModel } = await import("./openai.js");
    return openaiModel({ model, protocol });
  }
  if (provider === "completions") {
    const { completionsModel } = await import("./completions.js");
    return completionsModel({ model });
  }
  const { providerModel } = await import("./langchain.js");
  return providerModel(provider, model, protocol);
}
