import { type DemoAnswer, partId } from "../demo-answer.ts";
import type { DemoCall, DemoFinish, DemoReply } from "../demo-turn.ts";

const FINISH: Record<DemoFinish, string> = {
  stop: "STOP",
  stop_sequence: "STOP",
  length: "MAX_TOKENS",
  tool: "STOP",
};

function callPart({ tool, input }: DemoCall): object {
  return { functionCall: { id: partId("call"), name: tool.name, args: JSON.parse(input.text) } };
}

function usageOf({ usage }: DemoAnswer): object {
  const { inputTokens, outputTokens, thoughtTokens } = usage;
  return {
    promptTokenCount: inputTokens,
    candidatesTokenCount: outputTokens - thoughtTokens,
    ...(thoughtTokens > 0 ? { thoughtsTokenCount: thoughtTokens } : {}),
    totalTokenCount: inputTokens + outputTokens,
    promptTokensDetails: [{ modality: "TEXT", tokenCount: inputTokens }],
  };
}

function partsOf(reply: DemoReply): object[] {
  return [
    ...(reply.thought?.text ? [{ text: reply.thought.text, thought: true }] : []),
    ...(reply.text.text === "" ? [] : [{ text: reply.text.text }]),
    ...reply.calls.map(callPart),
  ];
}

function chunkOf(answer: DemoAnswer, candidates: readonly object[]): object {
  return { candidates, modelVersion: answer.model, responseId: answer.id };
}

/** `GenerateContentResponse` of @google/genai. */
export function writeGemini(answer: DemoAnswer): object {
  const candidates = answer.replies.map((reply, index) => ({
    index,
    content: { role: "model", parts: partsOf(reply) },
    finishReason: FINISH[reply.finish],
  }));
  return { ...chunkOf(answer, candidates), usageMetadata: usageOf(answer) };
}

function* piecesOf(reply: DemoReply): Iterable<object> {
  for (const text of reply.thought?.text ? reply.thought.pieces : []) yield { text, thought: true };
  for (const text of reply.text.pieces) yield { text };
  for (const call of reply.calls) yield callPart(call);
}

/** Chunks of the same type; Google ends lines with CRLF and sends no terminator. */
export function* streamGemini(answer: DemoAnswer): Generator<string> {
  const event = (chunk: object) => `data: ${JSON.stringify(chunk)}\r\n\r\n`;
  for (const [index, reply] of answer.replies.entries()) {
    for (const part of piecesOf(reply)) {
      yield event(chunkOf(answer, [{ index, content: { role: "model", parts: [part] } }]));
    }
  }
  const ends = answer.replies.map((reply, index) => ({
    index,
    content: { role: "model", parts: [{ text: "" }] },
    finishReason: FINISH[reply.finish],
  }));
  yield event({ ...chunkOf(answer, ends), usageMetadata: usageOf(answer) });
}
