import {
  type ConversationState,
  EFFORTS,
  type Effort,
  type OutputFormat,
  type Reasoning,
  type Sampling,
} from "../../../core/generation/request.ts";
import { asList, asObject, type JsonObject } from "../../../core/json.ts";
import { badField, OUTPUT_LIMIT_BOUNDS, optionalCount } from "../../fields.ts";
import type { DecodeContext } from "../../translation.ts";
import { some, textOf, wordOf } from "../members.ts";

/** @throws GatewayError `bad_request` for what is neither a number nor left out */
function optionalNumber(body: JsonObject, key: string): number | undefined {
  const value = body[key];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "number") throw badField(key, "must be a number.");
  return value;
}

export function readLimit(body: JsonObject): number | undefined {
  return optionalCount(body, "max_output_tokens", OUTPUT_LIMIT_BOUNDS);
}

const LOGPROBS = "message.output_text.logprobs";

export function readSampling(body: JsonObject): Sampling {
  const topLogprobs = optionalNumber(body, "top_logprobs");
  const wanted = asList(body.include).includes(LOGPROBS) || (topLogprobs ?? 0) > 0;
  return {
    ...some("temperature", optionalNumber(body, "temperature")),
    ...some("topP", optionalNumber(body, "top_p")),
    ...some("topLogprobs", topLogprobs),
    ...(wanted ? { logprobs: true } : {}),
  };
}

function isEffort(word: unknown): word is Effort {
  return (EFFORTS as readonly unknown[]).includes(word);
}

/** openai `Reasoning`. Without a summary the client did not say what it wants to see. */
export function readReasoningField(body: JsonObject): Reasoning {
  const reasoning = asObject(body.reasoning);
  if (!reasoning) return {};
  const style = wordOf(reasoning.summary) ?? wordOf(reasoning.generate_summary);
  const show = style === undefined ? {} : { show: "summary" as const, summaryStyle: style };
  const { effort } = reasoning;
  if (!isEffort(effort)) return show;
  return { mode: effort === "none" ? "off" : "on", effort, ...show };
}

/** Members of `reasoning` that only the vendor knows, by the names that losses have. */
export function reasoningExtras(body: JsonObject): JsonObject {
  const extras: Record<string, unknown> = {};
  const reasoning = asObject(body.reasoning) ?? {};
  for (const [key, value] of Object.entries(reasoning)) {
    if (value === null || value === "auto") continue;
    const known = ["summary", "generate_summary"].includes(key) || (key === "effort" && isEffort(value));
    if (!known) extras[`reasoning.${key}`] = value;
  }
  return extras;
}

/** `text.format`: flat, unlike chat's (openai `ResponseFormatTextConfig`). */
export function readFormat(body: JsonObject, context: DecodeContext): OutputFormat {
  const format = asObject(asObject(body.text)?.format);
  if (!format || format.type === "text") return { type: "text" };
  if (format.type === "json_object") return { type: "json" };
  if (format.type !== "json_schema") {
    throw badField("text.format.type", "must be text, json_object or json_schema.");
  }
  const schema = asObject(format.schema);
  if (!schema) throw badField("text.format.schema", "must be a JSON schema.");
  return {
    type: "schema",
    name: textOf(format, "name", "text.format"),
    schema: context.raw.of(schema),
    ...some("description", wordOf(format.description)),
    ...(typeof format.strict === "boolean" ? { strict: format.strict } : {}),
  };
}

export function readState(body: JsonObject): ConversationState {
  const include = asList(body.include).filter((word) => typeof word === "string");
  return {
    ...some("previousId", wordOf(body.previous_response_id)),
    ...(typeof body.store === "boolean" ? { store: body.store } : {}),
    ...(include.length > 0 ? { include } : {}),
  };
}
