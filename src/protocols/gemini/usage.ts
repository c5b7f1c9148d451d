import { asList, asObject, type JsonObject } from "../../core/json.ts";
import { count, type Usage, without } from "../../core/usage.ts";

function tokensOf(modality: "AUDIO" | "IMAGE", details: unknown): number {
  let tokens = 0;
  for (const entry of asList(details)) {
    const fields = asObject(entry);
    if (fields?.modality === modality) tokens += count(fields.tokenCount);
  }
  return tokens;
}

/**
 * `GenerateContentResponseUsageMetadata` (@google/genai): the prompt includes cached content,
 * tool use comes on top of it, candidates exclude thoughts.
 */
export function readUsage(raw: JsonObject): Usage {
  const prompt = count(raw.promptTokenCount);
  const cacheRead = Math.min(count(raw.cachedContentTokenCount), prompt);
  const heard = without(
    tokensOf("AUDIO", raw.promptTokensDetails),
    tokensOf("AUDIO", raw.cacheTokensDetails),
  );
  const audioInput = Math.min(heard, without(prompt, cacheRead));
  const candidates = count(raw.candidatesTokenCount);
  const audioOutput = Math.min(tokensOf("AUDIO", raw.candidatesTokensDetails), candidates);
  const drawn = tokensOf("IMAGE", raw.candidatesTokensDetails);
  const imageOutput = Math.min(drawn, without(candidates, audioOutput));
  return {
    input: without(prompt, cacheRead, audioInput) + count(raw.toolUsePromptTokenCount),
    cacheRead,
    cacheWrite5m: 0,
    cacheWrite1h: 0,
    audioInput,
    output: without(candidates, audioOutput, imageOutput),
    reasoning: count(raw.thoughtsTokenCount),
    audioOutput,
    imageOutput,
    searches: 0,
    characters: 0,
    seconds: 0,
  };
}

function modalities(total: number, audio: number, image = 0): JsonObject[] {
  const list = [{ modality: "TEXT", tokenCount: total - audio - image }];
  if (audio > 0) list.push({ modality: "AUDIO", tokenCount: audio });
  if (image > 0) list.push({ modality: "IMAGE", tokenCount: image });
  return list;
}

/** The same arithmetic the other way; what was written to a cache counts as prompt. */
export function writeUsage(usage: Usage): JsonObject {
  const { input, cacheRead, cacheWrite5m, cacheWrite1h, audioInput, audioOutput, imageOutput, reasoning } =
    usage;
  const promptTokenCount = input + cacheRead + cacheWrite5m + cacheWrite1h + audioInput;
  const candidatesTokenCount = usage.output + audioOutput + imageOutput;
  return {
    promptTokenCount,
    candidatesTokenCount,
    totalTokenCount: promptTokenCount + candidatesTokenCount + reasoning,
    ...(cacheRead > 0 ? { cachedContentTokenCount: cacheRead } : {}),
    ...(reasoning > 0 ? { thoughtsTokenCount: reasoning } : {}),
    promptTokensDetails: modalities(promptTokenCount, audioInput),
    ...(audioOutput + imageOutput > 0
      ? { candidatesTokensDetails: modalities(candidatesTokenCount, audioOutput, imageOutput) }
      : {}),
  };
}
