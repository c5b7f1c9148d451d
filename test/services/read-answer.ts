/** What an answer says, read off the wire with as little code as does, and none of the product's. */
import { z } from "zod";
import type { AnswerKind } from "./printed-call.ts";

/** The same few facts of an answer, whatever its protocol. */
export interface AnswerFacts {
  readonly text: string;
  /** Arguments of the tools that are called, as JSON text. */
  readonly calls: readonly string[];
  readonly model: string;
  readonly finish: string;
  /** Undefined where a stream does not tell. */
  readonly tokens: { readonly input: number; readonly output: number } | undefined;
}

const count = z.int().min(1);

const ANTHROPIC = z.object({
  type: z.literal("message"),
  role: z.literal("assistant"),
  id: z.string().min(1),
  model: z.string(),
  stop_reason: z.string(),
  content: z.array(
    z.object({ type: z.string(), text: z.string().optional(), input: z.unknown().optional() }),
  ),
  usage: z.object({ input_tokens: count, output_tokens: count }),
});

const CHAT = z.object({
  object: z.literal("chat.completion"),
  id: z.string().min(1),
  created: count,
  model: z.string(),
  choices: z
    .array(
      z.object({
        index: z.int(),
        finish_reason: z.string(),
        message: z.object({
          role: z.literal("assistant"),
          content: z.string().nullable(),
          tool_calls: z.array(z.object({ function: z.object({ arguments: z.string() }) })).optional(),
        }),
      }),
    )
    .min(1),
  usage: z.object({ prompt_tokens: count, completion_tokens: count, total_tokens: count }),
});

const COMPLETION = z.object({
  object: z.literal("text_completion"),
  id: z.string().min(1),
  model: z.string(),
  choices: z.array(z.object({ text: z.string(), index: z.int(), finish_reason: z.string() })).min(1),
  usage: z.object({ prompt_tokens: count, completion_tokens: count, total_tokens: count }),
});

const RESPONSE = z.object({
  object: z.literal("response"),
  status: z.string(),
  model: z.string(),
  output: z.array(
    z.object({ type: z.string(), content: z.array(z.object({ text: z.string() })).optional() }),
  ),
  usage: z.object({ input_tokens: count, output_tokens: count }),
});

const GEMINI = z.object({
  candidates: z
    .array(
      z.object({
        content: z.object({ parts: z.array(z.object({ text: z.string() })) }),
        finishReason: z.string(),
      }),
    )
    .min(1),
  modelVersion: z.string(),
  usageMetadata: z.object({ promptTokenCount: count, candidatesTokenCount: count }),
});

function readAnthropic(body: unknown): AnswerFacts {
  const { content, model, stop_reason, usage } = ANTHROPIC.parse(body);
  return {
    text: content.map((block) => block.text ?? "").join(""),
    calls: content.flatMap((block) => (block.type === "tool_use" ? [JSON.stringify(block.input)] : [])),
    model,
    finish: stop_reason,
    tokens: { input: usage.input_tokens, output: usage.output_tokens },
  };
}

function openAiTokens(usage: { prompt_tokens: number; completion_tokens: number }): AnswerFacts["tokens"] {
  return { input: usage.prompt_tokens, output: usage.completion_tokens };
}

function readChat(body: unknown): AnswerFacts {
  const { choices, model, usage } = CHAT.parse(body);
  return {
    text: choices.map(({ message }) => message.content ?? "").join(""),
    calls: choices.flatMap(({ message }) =>
      (message.tool_calls ?? []).map((call) => call.function.arguments),
    ),
    model,
    finish: choices[0]?.finish_reason ?? "",
    tokens: openAiTokens(usage),
  };
}

function readCompletion(body: unknown): AnswerFacts {
  const { choices, model, usage } = COMPLETION.parse(body);
  return {
    text: choices.map(({ text }) => text).join(""),
    calls: [],
    model,
    finish: choices[0]?.finish_reason ?? "",
    tokens: openAiTokens(usage),
  };
}

function readResponse(body: unknown): AnswerFacts {
  const { output, model, status, usage } = RESPONSE.parse(body);
  const parts = output.flatMap(({ content }) => content ?? []);
  return {
    text: parts.map(({ text }) => text).join(""),
    calls: [],
    model,
    finish: status,
    tokens: { input: usage.input_tokens, output: usage.output_tokens },
  };
}

function readGemini(body: unknown): AnswerFacts {
  const { candidates, modelVersion, usageMetadata } = GEMINI.parse(body);
  return {
    text: candidates.flatMap(({ content }) => content.parts.map(({ text }) => text)).join(""),
    calls: [],
    model: modelVersion,
    finish: candidates[0]?.finishReason ?? "",
    tokens: { input: usageMetadata.promptTokenCount, output: usageMetadata.candidatesTokenCount },
  };
}

export const READ_WHOLE: Readonly<Record<AnswerKind, (body: unknown) => AnswerFacts>> = {
  "anthropic-messages": readAnthropic,
  "openai-chat": readChat,
  "openai-completions": readCompletion,
  "openai-responses": readResponse,
  gemini: readGemini,
};
