import { asObject, type JsonObject } from "../../core/json.ts";
import { count, type Usage, without } from "../../core/usage.ts";

/**
 * Anthropic's `usage`: `input_tokens` excludes cached tokens, `output_tokens` includes thinking
 * (@anthropic-ai/sdk, `Usage` and `MessageDeltaUsage`).
 */
export function anthropicUsage(raw: JsonObject): Usage {
  const creation = asObject(raw.cache_creation);
  const written = count(raw.cache_creation_input_tokens);
  const write1h = count(creation?.ephemeral_1h_input_tokens);
  const write5m = Math.max(count(creation?.ephemeral_5m_input_tokens), without(written, write1h));
  const reasoning = Math.min(
    count(asObject(raw.output_tokens_details)?.thinking_tokens),
    count(raw.output_tokens),
  );
  return {
    input: count(raw.input_tokens),
    cacheRead: count(raw.cache_read_input_tokens),
    cacheWrite5m: write5m,
    cacheWrite1h: write1h,
    audioInput: 0,
    output: without(count(raw.output_tokens), reasoning),
    reasoning,
    audioOutput: 0,
    imageOutput: 0,
    searches: count(asObject(raw.server_tool_use)?.web_search_requests),
    characters: 0,
    seconds: 0,
  };
}

/** Later events repeat cumulative fields and leave others null: the last value that is not null counts. */
export function mergedUsage(before: JsonObject, usage: JsonObject): JsonObject {
  const known = Object.entries(usage).filter(([, value]) => value !== null);
  return { ...before, ...Object.fromEntries(known) };
}
