import type { GenerationRequest } from "../../../core/generation/request.ts";
import { asObject, type JsonObject } from "../../../core/json.ts";
import { type FieldName, fieldName } from "../../field-names.ts";
import { refuseTenantBound as tenantBound } from "../../fields.ts";
import type { EncodeContext } from "../../translation.ts";
import { REQUEST_FIELDS } from "../fields.ts";
import { respelled, type Spelling } from "../spelling.ts";
import { encodeConfig } from "./config.ts";
import { encodeTurns } from "./contents.ts";
import { type Encoding, loseForeign, unknownFields } from "./encoding.ts";
import { encodeToolConfig, encodeTools } from "./tools.ts";

/** `ServiceTier` of @google/genai, by the words of the other vendors; "" is Google's default. */
const TIERS: Readonly<Record<string, string>> = {
  auto: "",
  default: "",
  standard_only: "standard",
  standard: "standard",
  flex: "flex",
  priority: "priority",
};

function encodeTier({ request, report }: Encoding): JsonObject {
  const { origin, serviceTier } = request;
  if (serviceTier === undefined) return {};
  if (origin === "gemini") return { serviceTier };
  const tier = Object.hasOwn(TIERS, serviceTier) ? TIERS[serviceTier] : undefined;
  if (tier === undefined) report.lose("dropped", fieldName(origin, "serviceTier"), "Google has no such tier");
  return tier ? { serviceTier: tier } : {};
}

/** `labels` are Vertex's, and `store` is the client's wish to Google: both are written for Gemini clients only. */
function encodeOwn({ request, traits }: Encoding): JsonObject {
  if (request.origin !== "gemini") return {};
  const { $model: prefix } = request.extensions.gemini ?? {};
  return {
    ...(request.metadata ? { labels: request.metadata } : {}),
    ...(request.state.store === undefined ? {} : { store: request.state.store }),
    ...(typeof prefix === "string" ? { model: `${prefix}${traits.model}` } : {}),
  };
}

/** What Gemini has no field for at all. */
function loseRest({ request, report }: Encoding): void {
  const { origin } = request;
  const lose = (field: FieldName, value: unknown) => {
    if (value !== undefined) report.lose("dropped", fieldName(origin, field), "Gemini has no such field");
  };
  loseForeign(report, request.extensions, undefined);
  lose("user", request.user);
  lose("verbosity", request.verbosity);
  lose("logitBias", request.sampling.logitBias);
  lose("parallelCalls", request.parallelCalls === false ? false : undefined);
  if (origin !== "gemini") lose("metadata", request.metadata);
}

/** Cached content lives in the upstream's account, whatever protocol names it. */
function refuseTenantBound({ origin, caching, extensions }: GenerationRequest): void {
  const { cachedContent, cached_content } = extensions.gemini ?? {};
  if (caching.content === undefined && cachedContent === undefined && cached_content === undefined) return;
  throw tenantBound(fieldName(origin, "caching"), "send the whole conversation.");
}

function spellingOf({ request }: Encoding): Spelling {
  return (asObject(request.extensions.gemini?.$spelling) ?? {}) as Spelling;
}

/** `GenerateContentRequest`, its model standing in the path. */
export function encodeRequest(request: GenerationRequest, { traits, report }: EncodeContext): JsonObject {
  const encoding: Encoding = { request, traits, report, names: new Map() };
  loseRest(encoding);
  refuseTenantBound(request);
  const body = {
    ...unknownFields(request.extensions.gemini, REQUEST_FIELDS),
    ...encodeTurns(encoding),
    ...encodeTools(encoding),
    ...encodeToolConfig(encoding),
    ...encodeConfig(encoding),
    ...encodeTier(encoding),
    ...encodeOwn(encoding),
  };
  return asObject(respelled(body, spellingOf(encoding))) ?? body;
}
