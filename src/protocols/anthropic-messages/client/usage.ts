import type { JsonObject } from "../../../core/json.ts";
import { ownMember } from "../../../core/json.ts";
import type { Usage } from "../../../core/usage.ts";

const TIERS: Readonly<Record<string, string>> = {
  standard: "standard",
  default: "standard",
  priority: "priority",
  batch: "batch",
};

/** Tokens in Anthropic's arithmetic: input without what a cache read or wrote, output with thinking. */
function counts(usage: Usage): JsonObject {
  const searches = { web_search_requests: usage.searches, web_fetch_requests: 0 };
  return {
    input_tokens: usage.input + usage.audioInput,
    cache_creation_input_tokens: usage.cacheWrite5m + usage.cacheWrite1h,
    cache_read_input_tokens: usage.cacheRead,
    cache_creation: {
      ephemeral_5m_input_tokens: usage.cacheWrite5m,
      ephemeral_1h_input_tokens: usage.cacheWrite1h,
    },
    output_tokens: usage.output + usage.reasoning + usage.audioOutput + usage.imageOutput,
    output_tokens_details: { thinking_tokens: usage.reasoning },
    server_tool_use: usage.searches > 0 ? searches : null,
  };
}

/** `usage` of message_start (`Usage`). */
export function startUsage(usage: Usage): JsonObject {
  return { ...counts(usage), service_tier: "standard", inference_geo: null, speed: null };
}

/** `usage` of message_delta (`MessageDeltaUsage`): the totals of the whole answer. */
export function endUsage(usage: Usage, serviceTier: string | undefined): JsonObject {
  const tier = serviceTier === undefined ? undefined : ownMember(TIERS, serviceTier);
  return { ...counts(usage), ...(tier === undefined ? {} : { service_tier: tier }) };
}
