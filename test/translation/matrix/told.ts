import type { RequestMeaning } from "./meaning.ts";

/** How the clients of any protocol spell the fields that can be lost. */
const SPELLED: Record<keyof RequestMeaning, RegExp> = {
  system: /^(system|messages|instructions|input|systemInstruction)/,
  turns: /^(messages|input|contents|prompt|system)|generationConfig/,
  tools: /^(tools|toolConfig|functions|web_search_options|tool_choice|input)/,
  choice: /^(tool_choice|toolConfig|function_call)/,
  parallel: /^(tool_choice|parallel_tool_calls)/,
  outputMax: /max_tokens|max_completion_tokens|max_output_tokens|maxOutputTokens/,
  temperature: /temperature/,
  topP: /top_?p/i,
  topK: /top_?k/i,
  seed: /seed/,
  stop: /stop/,
  presence: /presence/,
  frequency: /frequency/,
  choices: /^(n|best_of)$|candidateCount/,
  logprobs: /logprobs|include/i,
  logitBias: /logit_bias/,
  reasoning: /thinking|reasoning|output_config.effort/,
  format: /format|Schema|MimeType/,
  verbosity: /verbosity/,
  tier: /service_?tier|speed/i,
  user: /user|safety_identifier/,
  metadata: /metadata|labels/,
  cacheKey: /cache/,
  modalities: /modalities/i,
  own: /./,
};

/** Members in which two meanings differ. */
export function differing(one: RequestMeaning, other: RequestMeaning): (keyof RequestMeaning)[] {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]) as Set<keyof RequestMeaning>;
  return [...names].filter((name) => !Bun.deepEquals(one[name], other[name]));
}

/** Those of `fields` that none of the paths names. */
export function untold(
  fields: readonly (keyof RequestMeaning)[],
  paths: readonly string[],
): (keyof RequestMeaning)[] {
  return fields.filter((field) => !paths.some((path) => SPELLED[field].test(path)));
}
