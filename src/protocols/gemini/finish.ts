import type { FinishReason } from "../../core/generation/stream-part.ts";

type Unified = FinishReason["unified"];

/** `FinishReason` of @google/genai, without the unspecified one. */
const UNIFIED: Readonly<Record<string, Unified>> = {
  STOP: "stop",
  MAX_TOKENS: "length",
  SAFETY: "filter",
  RECITATION: "filter",
  LANGUAGE: "filter",
  BLOCKLIST: "filter",
  PROHIBITED_CONTENT: "filter",
  SPII: "filter",
  IMAGE_SAFETY: "filter",
  IMAGE_PROHIBITED_CONTENT: "filter",
  IMAGE_RECITATION: "filter",
  IMAGE_OTHER: "filter",
  MALFORMED_FUNCTION_CALL: "malformed_tool",
  UNEXPECTED_TOOL_CALL: "malformed_tool",
  TOO_MANY_TOOL_CALLS: "malformed_tool",
  CONTINUATION: "pause",
  NO_IMAGE: "other",
  OTHER: "other",
};

const WRITTEN: Readonly<Record<Unified, string>> = {
  stop: "STOP",
  stop_sequence: "STOP",
  length: "MAX_TOKENS",
  context: "MAX_TOKENS",
  tool: "STOP",
  refusal: "SAFETY",
  filter: "SAFETY",
  // Nobody but Gemini's own image models knows CONTINUATION; an answer that waits to go on is a cut one.
  pause: "MAX_TOKENS",
  malformed_tool: "MALFORMED_FUNCTION_CALL",
  error: "OTHER",
  other: "OTHER",
};

/**
 * Newer models say STOP in a later chunk than the call, older ones say it on every chunk: a call that
 * was seen makes a stop a tool stop, and nothing else.
 */
export function readFinish(raw: string, calls: number): Unified {
  const unified = unifiedOf(raw.toUpperCase()) ?? "stop";
  return unified === "stop" && calls > 0 ? "tool" : unified;
}

function unifiedOf(raw: string): Unified | undefined {
  return Object.hasOwn(UNIFIED, raw) ? UNIFIED[raw] : undefined;
}

export function isFinishReason(raw: string): boolean {
  return Object.hasOwn(UNIFIED, raw);
}

export function writeFinish({ unified, raw }: FinishReason): string {
  const written = WRITTEN[unified];
  const meant = unifiedOf(raw);
  // Gemini's own word where it was Gemini that said it.
  return meant !== undefined && WRITTEN[meant] === written ? raw : written;
}
