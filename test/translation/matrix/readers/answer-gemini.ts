import { type Candidate, type GenerateContentResponse, GoogleGenAI, type Part } from "@google/genai";
import type { AnswerMeaning, AnswerPart, Finish, MeantAnswer, MeantUsage } from "../meaning.ts";
import { answering } from "./answering-fetch.ts";

const ASKED = { model: "m", contents: "Hi" };

export async function readGeminiAnswer(text: string, streamed: boolean): Promise<AnswerMeaning> {
  const sdk = new GoogleGenAI({
    apiKey: "k",
    vertexai: false,
    httpOptions: { fetch: answering(text, streamed) },
  });
  const answers: GenerateContentResponse[] = streamed
    ? await Array.fromAsync(await sdk.models.generateContentStream(ASKED))
    : [await sdk.models.generateContent(ASKED)];
  const byIndex = new Map<number, Candidate[]>();
  for (const candidate of answers.flatMap(({ candidates = [] }) => candidates)) {
    const { index = 0 } = candidate;
    byIndex.set(index, [...(byIndex.get(index) ?? []), candidate]);
  }
  const usage = answers.findLast(({ usageMetadata }) => usageMetadata)?.usageMetadata;
  return {
    model: answers[0]?.modelVersion ?? "",
    choices: [...byIndex.values()].map(answerOf),
    ...(usage && { usage: usageOf(usage) }),
  };
}

function answerOf(candidates: readonly Candidate[]): MeantAnswer {
  const parts: AnswerPart[] = [];
  for (const part of candidates.flatMap(({ content }) => content?.parts ?? [])) addTo(parts, part);
  const grounding = candidates.findLast(({ groundingMetadata }) => groundingMetadata)?.groundingMetadata;
  const chunks = grounding?.groundingChunks ?? [];
  const cites = (grounding?.groundingSupports ?? []).flatMap((support) =>
    (support.groundingChunkIndices ?? []).map((at) => {
      const web = chunks[at]?.web;
      return { url: web?.uri ?? "", ...(web?.title && { title: web.title }) };
    }),
  );
  const tokens = candidates.flatMap(({ logprobsResult }) =>
    (logprobsResult?.chosenCandidates ?? []).map(({ token = "" }) => token),
  );
  const text = parts.find((part) => "text" in part);
  if (text && "text" in text)
    Object.assign(text, {
      ...(cites.length > 0 && { cites }),
      ...(tokens.length > 0 && { logprobs: tokens }),
    });
  if (grounding?.webSearchQueries?.length)
    parts.unshift({ search: grounding.webSearchQueries, found: chunks.map(({ web }) => web?.uri ?? "") });
  const reasons = candidates.flatMap(({ finishReason }) => (finishReason ? [finishReason] : []));
  if (reasons.length > 1) throw new Error(`finish reasons: ${reasons.join()}`);
  return { parts, finish: finishOf(reasons[0], parts) };
}

/** Text and thoughts come in pieces. */
function addTo(parts: AnswerPart[], part: Part): void {
  const last = parts.at(-1);
  if (part.functionCall) {
    const { id, name = "", args } = part.functionCall;
    if (!id) throw new Error("a call without an id");
    parts.push({ tool: name, args });
  } else if (part.inlineData) {
    parts.push({ image: part.inlineData.data ?? "" });
  } else if (part.thought) {
    if (last && "thinking" in last) parts[parts.length - 1] = { thinking: last.thinking + part.text };
    else if (part.text) parts.push({ thinking: part.text });
  } else if (part.text) {
    if (last && "text" in last) parts[parts.length - 1] = { ...last, text: last.text + part.text };
    else parts.push({ text: part.text });
  }
}

function finishOf(reason: string | undefined, parts: readonly AnswerPart[]): Finish {
  switch (reason) {
    case "STOP":
      return parts.some((part) => "tool" in part) ? "tool" : "stop";
    case "MAX_TOKENS":
      return "length";
    case "SAFETY":
    case "RECITATION":
    case "BLOCKLIST":
    case "PROHIBITED_CONTENT":
      return "filter";
    default:
      return reason === undefined ? "none" : `unknown ${reason}`;
  }
}

function usageOf(usage: NonNullable<GenerateContentResponse["usageMetadata"]>): MeantUsage {
  const { promptTokenCount = 0, cachedContentTokenCount: cached = 0 } = usage;
  const { candidatesTokenCount = 0, thoughtsTokenCount: reasoning = 0 } = usage;
  if (usage.totalTokenCount !== promptTokenCount + candidatesTokenCount + reasoning)
    throw new Error(`total ${usage.totalTokenCount}`);
  return {
    fresh: promptTokenCount - cached,
    cached,
    written: 0,
    output: candidatesTokenCount + reasoning,
    reasoning,
  };
}
