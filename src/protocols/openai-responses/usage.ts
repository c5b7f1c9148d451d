import { asList, asObject, type JsonObject } from "../../core/json.ts";
import { count, type Usage, without } from "../../core/usage.ts";

/** `ResponseUsage` (openai) in disjoint kinds: its totals include cached, written and reasoning tokens. */
function readUsage(raw: JsonObject, searches: number): Usage {
  const details = asObject(raw.input_tokens_details);
  const total = count(raw.input_tokens);
  const cacheRead = Math.min(count(details?.cached_tokens), total);
  const cacheWrite5m = Math.min(count(details?.cache_write_tokens), without(total, cacheRead));
  const output = count(raw.output_tokens);
  const reasoning = Math.min(count(asObject(raw.output_tokens_details)?.reasoning_tokens), output);
  return {
    input: without(total, cacheRead, cacheWrite5m),
    cacheRead,
    cacheWrite5m,
    cacheWrite1h: 0,
    audioInput: 0,
    output: without(output, reasoning),
    reasoning,
    audioOutput: 0,
    imageOutput: 0,
    searches,
    characters: 0,
    seconds: 0,
  };
}

/** The usage that a response reports, or undefined. Each of its web searches is billed apart. */
export function usageOfResponse(response: JsonObject): Usage | undefined {
  const raw = asObject(response.usage);
  if (!raw) return undefined;
  const searches = asList(response.output).filter((item) => asObject(item)?.type === "web_search_call");
  return readUsage(raw, searches.length);
}

/** `ResponseUsage`, with every member: Codex ends the turn where a details object lacks its count. */
export function writeUsage(usage: Usage): JsonObject {
  const written = usage.cacheWrite5m + usage.cacheWrite1h;
  const input = usage.input + usage.cacheRead + written + usage.audioInput;
  const output = usage.output + usage.reasoning + usage.audioOutput + usage.imageOutput;
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: usage.cacheRead, cache_write_tokens: written },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: usage.reasoning },
    total_tokens: input + output,
  };
}
