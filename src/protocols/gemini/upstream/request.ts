import type { GenerationRequest } from "../../../core/generation/request.ts";
import { asObject, type JsonObject } from "../../../core/json.ts";
import { type FieldName, fieldName } from "../../field-names.ts";
import { refuseTenantBound as tenantBound } from "../../fields.ts";
import type { EncodeContext } from "../../translation.ts";
import { REQUEST_FIELDS } from "../fields.ts";
import { respelled, type Spelling } from "../spelling.ts";
import { encodeConfig } from "./config.ts";
import { encodeTurns } from "./contents.ts";
import { type Encoding, loseForeign, ownFields, unknownFields } from "./encoding.ts";
import { encodeToolConfig, encodeTools } from "./tools.ts";

/** Gemini clients' own: what others mean by a tier or by metadata is not what Google does with them. */
function encodeOwn({ request, traits }: Encoding): JsonObject {
  if (request.origin !== "gemini") return {};
  const { $model: prefix } = request.extensions.gemini ?? {};
  return {
    ...(request.serviceTier === undefined ? {} : { serviceTier: request.serviceTier }),
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
  if (origin === "gemini") return;
  lose("metadata", request.metadata);
  lose("serviceTier", request.serviceTier);
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
    ...unknownFields(ownFields(request), REQUEST_FIELDS),
    ...encodeTurns(encoding),
    ...encodeTools(encoding),
    ...encodeToolConfig(encoding),
    ...encodeConfig(encoding),
    ...encodeOwn(encoding),
  };
  return asObject(respelled(body, spellingOf(encoding))) ?? body;
}
