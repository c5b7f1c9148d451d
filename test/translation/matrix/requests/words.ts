import type Anthropic from "@anthropic-ai/sdk";
import type { Content, Part } from "@google/genai";
import type OpenAI from "openai";
import type { AnthropicBody, ChatBody, CompletionsBody, GeminiBody, ResponsesBody } from "../bodies.ts";

/** The shortest body of each protocol, with what a case adds; every body asks for 1,024 tokens at most. */

export function a(more: Partial<AnthropicBody> = {}): AnthropicBody {
  return { model: "m", max_tokens: 1024, messages: [{ role: "user", content: "Hi" }], ...more };
}

export function c(more: Partial<ChatBody> = {}): ChatBody {
  return { model: "m", max_tokens: 1024, messages: [{ role: "user", content: "Hi" }], ...more };
}

export function r(more: Partial<ResponsesBody> = {}): ResponsesBody {
  return { model: "m", max_output_tokens: 1024, input: "Hi", ...more };
}

/** `config` are further members of generationConfig. */
export function g(
  more: Partial<GeminiBody> = {},
  config: NonNullable<GeminiBody["generationConfig"]> = {},
): GeminiBody {
  return {
    contents: [{ role: "user", parts: [{ text: "Hi" }] }],
    ...more,
    generationConfig: { maxOutputTokens: 1024, ...config },
  };
}

export function l(more: Partial<CompletionsBody> = {}): CompletionsBody {
  return { model: "m", max_tokens: 1024, prompt: "Hi", ...more };
}

export function aUser(...content: Anthropic.ContentBlockParam[]): Anthropic.MessageParam {
  return { role: "user", content };
}

export function aModel(...content: Anthropic.ContentBlockParam[]): Anthropic.MessageParam {
  return { role: "assistant", content };
}

export function cUser(...content: OpenAI.ChatCompletionContentPart[]): OpenAI.ChatCompletionUserMessageParam {
  return { role: "user", content };
}

export function rUser(
  ...content: OpenAI.Responses.ResponseInputContent[]
): OpenAI.Responses.EasyInputMessage {
  return { role: "user", content };
}

export function gUser(...parts: Part[]): Content {
  return { role: "user", parts };
}

export function gModel(...parts: Part[]): Content {
  return { role: "model", parts };
}

export function words(text: string): { type: "text"; text: string } {
  return { type: "text", text };
}
