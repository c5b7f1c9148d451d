import { asObject, type JsonObject } from "../../core/json.ts";
import { count, type Usage, without } from "../../core/usage.ts";

/**
 * OpenAI's `CompletionUsage`: `prompt_tokens` includes cached, written and audio tokens,
 * `completion_tokens` includes reasoning and audio. DeepSeek spells cache reads
 * `prompt_cache_hit_tokens`.
 */
export function chatUsage(raw: JsonObject): Usage {
  const input = asObject(raw.prompt_tokens_details);
  const output = asObject(raw.completion_tokens_details);
  const prompt = count(raw.prompt_tokens);
  const completion = count(raw.completion_tokens);
  const cacheRead = Math.min(count(input?.cached_tokens ?? raw.prompt_cache_hit_tokens), prompt);
  const cacheWrite5m = Math.min(count(input?.cache_write_tokens), without(prompt, cacheRead));
  const audioInput = Math.min(count(input?.audio_tokens), without(prompt, cacheRead, cacheWrite5m));
  const reasoning = Math.min(count(output?.reasoning_tokens), completion);
  const audioOutput = Math.min(count(output?.audio_tokens), without(completion, reasoning));
  const imageOutput = Math.min(count(output?.image_tokens), without(completion, reasoning, audioOutput));
  return {
    input: without(prompt, cacheRead, cacheWrite5m, audioInput),
    cacheRead,
    cacheWrite5m,
    cacheWrite1h: 0,
    audioInput,
    output: without(completion, reasoning, audioOutput, imageOutput),
    reasoning,
    audioOutput,
    imageOutput,
    searches: 0,
    characters: 0,
    seconds: 0,
  };
}

/** The same as `CompletionUsage`, its totals inclusive again. */
export function writeChatUsage(usage: Usage): JsonObject {
  const written = usage.cacheWrite5m + usage.cacheWrite1h;
  const prompt = usage.input + usage.cacheRead + written + usage.audioInput;
  const completion = usage.output + usage.reasoning + usage.audioOutput + usage.imageOutput;
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: {
      cached_tokens: usage.cacheRead,
      cache_write_tokens: written,
      audio_tokens: usage.audioInput,
    },
    completion_tokens_details: { reasoning_tokens: usage.reasoning, audio_tokens: usage.audioOutput },
  };
}
