import { GatewayError } from "../core/errors.ts";
import type { Model, Snapshot } from "../core/model.ts";
import type { Principal } from "../core/principal.ts";
import type { Dialect } from "../core/protocol.ts";

/** `Model` of openai; `created` is in seconds. */
function openAiModel(model: Model): object {
  return { id: model.id, object: "model", created: model.createdAt, owned_by: model.vendor.toLowerCase() };
}

/** `ModelInfo` of @anthropic-ai/sdk. */
function anthropicModel(model: Model): object {
  return {
    type: "model",
    id: model.id,
    display_name: model.displayName,
    created_at: new Date(model.createdAt * 1000).toISOString(),
    max_input_tokens: model.contextTokens,
    max_tokens: model.outputTokensMax,
  };
}

const GENERATION = ["generateContent", "streamGenerateContent", "countTokens"];
const EMBEDDING = ["embedContent", "batchEmbedContents"];

/** `Model` of @google/genai, as the REST API spells it. */
function geminiModel(model: Model): object {
  return {
    name: `models/${model.id}`,
    baseModelId: model.id,
    version: "001",
    displayName: model.displayName,
    description: model.displayName,
    inputTokenLimit: model.contextTokens,
    outputTokenLimit: model.outputTokensMax,
    supportedGenerationMethods: model.protocols.includes("gemini") ? GENERATION : EMBEDDING,
  };
}

const ENTRY: Record<Dialect, (model: Model) => object> = {
  openai: openAiModel,
  anthropic: anthropicModel,
  gemini: geminiModel,
};

function anthropicList(entries: readonly object[], models: readonly Model[]): object {
  const ids = models.map((model) => model.id);
  return { data: entries, has_more: false, first_id: ids[0] ?? null, last_id: ids.at(-1) ?? null };
}

/**
 * A list shows what its reader can ask for. Anthropic's and Google's are read by clients that then ask in
 * that protocol; OpenAI's is also what every other client gets, so it has all that any endpoint serves.
 */
const IS_LISTED: Record<Dialect, (model: Model) => boolean> = {
  openai: ({ protocols }) => protocols.length > 0,
  anthropic: ({ protocols }) => protocols.includes("anthropic-messages"),
  gemini: ({ protocols }) => protocols.includes("gemini") || protocols.includes("gemini-embeddings"),
};

/** What the key may use, whatever it is asked in. */
export function usableModels(snapshot: Snapshot, principal: Principal): readonly Model[] {
  const plan = snapshot.plans.get(principal.planId);
  if (!plan) return [];
  const { models } = plan;
  const { models: own } = principal;
  return snapshot.models.filter(
    ({ id }) => (models === undefined || models.has(id)) && (own === undefined || own.includes(id)),
  );
}

const visible = (snapshot: Snapshot, principal: Principal, dialect: Dialect): readonly Model[] =>
  usableModels(snapshot, principal).filter(IS_LISTED[dialect]);

/** The catalogue, as far as the key may use it and the caller's dialect can ask for it. */
export function listModels(snapshot: Snapshot, principal: Principal, dialect: Dialect): object {
  const models = visible(snapshot, principal, dialect);
  const entries = models.map(ENTRY[dialect]);
  if (dialect === "anthropic") return anthropicList(entries, models);
  return dialect === "gemini" ? { models: entries } : { object: "list", data: entries };
}

/**
 * One model by id or alias.
 * @throws GatewayError `model_not_found`.
 */
export function getModel(snapshot: Snapshot, principal: Principal, dialect: Dialect, name: string): object {
  const model = snapshot.findModel(name);
  if (!model || !visible(snapshot, principal, dialect).includes(model)) {
    const message = `There is no model "${name.slice(0, 128)}" here; GET /v1/models lists those that are.`;
    throw new GatewayError("model_not_found", message, { param: "model" });
  }
  return ENTRY[dialect](model);
}
