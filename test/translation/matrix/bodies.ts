import type Anthropic from "@anthropic-ai/sdk";
import type { Content, GenerationConfig, SafetySetting, Tool, ToolConfig } from "@google/genai";
import type OpenAI from "openai";

/** Fields of versions before 2026-10-21, which the newest SDK's types no longer have. */
interface OlderAnthropic {
  temperature?: number;
  top_p?: number;
  top_k?: number;
}

export type AnthropicBody = Anthropic.MessageCreateParamsNonStreaming & OlderAnthropic;

/** What chat servers besides OpenAI's take in chat. */
interface ChatOfOthers {
  top_k?: number;
  thinking?: { type: "enabled" | "disabled" };
  chat_template_kwargs?: Record<string, unknown>;
}

/** Reasoning in chat's history, as DeepSeek, vLLM and OpenRouter spell it. */
type ChatTurn =
  | OpenAI.ChatCompletionMessageParam
  | (OpenAI.ChatCompletionAssistantMessageParam & { reasoning_content?: string });

export type ChatBody = Omit<OpenAI.ChatCompletionCreateParamsNonStreaming, "messages"> &
  ChatOfOthers & { messages: ChatTurn[] };

export type ResponsesBody = OpenAI.Responses.ResponseCreateParamsNonStreaming;

export type CompletionsBody = OpenAI.CompletionCreateParamsNonStreaming;

/** The SDK's types are of its own calls; on the wire `config` stands beside `contents`. */
export interface GeminiBody {
  contents: Content[];
  systemInstruction?: Content;
  tools?: Tool[];
  toolConfig?: ToolConfig;
  generationConfig?: GenerationConfig;
  safetySettings?: SafetySetting[];
  cachedContent?: string;
  labels?: Record<string, string>;
  serviceTier?: string;
}

/** A body that must be read as it was written. */
export interface WrittenBody {
  readonly written: string;
}

export interface Bodies {
  readonly "anthropic-messages"?: AnthropicBody | WrittenBody;
  readonly "openai-chat"?: ChatBody | WrittenBody;
  readonly "openai-responses"?: ResponsesBody | WrittenBody;
  readonly gemini?: GeminiBody | WrittenBody;
  readonly "openai-completions"?: CompletionsBody | WrittenBody;
}

export function bodyText(body: NonNullable<Bodies[keyof Bodies]>): string {
  return "written" in body ? body.written : JSON.stringify(body);
}
