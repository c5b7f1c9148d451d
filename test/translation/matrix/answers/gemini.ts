import type {
  Candidate,
  FinishReason,
  GenerateContentResponse,
  GenerateContentResponseUsageMetadata,
  GroundingMetadata,
  Part,
} from "@google/genai";
import { frames, pieces, type Wire } from "./sse.ts";

/** On the wire an answer has none of the SDK's getters, and its enumerations are words. */
export type GeminiAnswer = Partial<Omit<GenerateContentResponse, "candidates">> & {
  candidates?: (Omit<Candidate, "finishReason"> & { finishReason?: `${FinishReason}` })[];
};

const USAGE: GenerateContentResponseUsageMetadata = {
  promptTokenCount: 10,
  candidatesTokenCount: 5,
  totalTokenCount: 15,
};

const HEAD = { modelVersion: "gemini-3.5-flash", responseId: "gem_1" };

interface Said {
  readonly finish?: `${FinishReason}`;
  readonly usage?: GenerateContentResponseUsageMetadata;
  readonly grounding?: GroundingMetadata;
}

/** An answer of Gemini's, whole and as its stream: text a few characters at a time, calls in one part. */
export function gemini(parts: readonly Part[], said: Said = {}): Wire {
  const finishReason = said.finish ?? "STOP";
  const usageMetadata = said.usage ?? USAGE;
  const last = {
    index: 0,
    finishReason,
    ...(said.grounding && { groundingMetadata: said.grounding }),
  };
  const whole: GeminiAnswer = {
    ...HEAD,
    candidates: [{ ...last, content: { role: "model", parts: [...parts] } }],
    usageMetadata,
  };
  const chunks = parts.flatMap(streamed).map((part): GeminiAnswer => geminiChunk([part]));
  const end: GeminiAnswer = {
    ...HEAD,
    candidates: [{ ...last, content: { role: "model", parts: [{ text: "" }] } }],
    usageMetadata,
  };
  return { stream: frames([...chunks, end], "\r\n\r\n"), whole: JSON.stringify(whole) };
}

export function geminiChunk(parts: Part[], finish?: `${FinishReason}`): GeminiAnswer {
  return {
    ...HEAD,
    candidates: [{ index: 0, content: { role: "model", parts }, ...(finish && { finishReason: finish }) }],
    ...(finish && { usageMetadata: USAGE }),
  };
}

/** A text's signature comes with its last piece. */
function streamed(part: Part): Part[] {
  if (part.text === undefined) return [part];
  const { text, thoughtSignature, ...rest } = part;
  const texts: Part[] = pieces(text).map((piece) => ({ ...rest, text: piece }));
  const last = texts.pop();
  return last && thoughtSignature !== undefined
    ? [...texts, { ...last, thoughtSignature }]
    : [...texts, ...(last ? [last] : [])];
}

export function gCall(
  id: string | undefined,
  name: string,
  args: Record<string, unknown>,
  signature?: string,
): Part {
  return {
    functionCall: { ...(id !== undefined && { id }), name, args },
    ...(signature !== undefined && { thoughtSignature: signature }),
  };
}
