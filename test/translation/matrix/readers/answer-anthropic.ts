import Anthropic from "@anthropic-ai/sdk";
import type { AnswerMeaning, AnswerPart, Finish, MeantCite, MeantUsage } from "../meaning.ts";
import { answering } from "./answering-fetch.ts";

const ASKED = { model: "m", max_tokens: 1, messages: [{ role: "user" as const, content: "Hi" }] };

export async function readAnthropicAnswer(text: string, streamed: boolean): Promise<AnswerMeaning> {
  const sdk = new Anthropic({ apiKey: "k", maxRetries: 0, fetch: answering(text, streamed) });
  const message = streamed
    ? await sdk.messages.stream(ASKED).finalMessage()
    : await sdk.messages.create(ASKED);
  return {
    model: message.model,
    choices: [{ parts: message.content.flatMap(partsOf), finish: finishOf(message) }],
    usage: usageOf(message.usage),
  };
}

function partsOf(block: Anthropic.ContentBlock, at: number, blocks: Anthropic.ContentBlock[]): AnswerPart[] {
  switch (block.type) {
    case "text":
      return [{ text: block.text, ...citesOf(block) }];
    case "thinking":
      return [{ thinking: block.thinking }];
    case "redacted_thinking":
      return [{ thinking: "" }];
    case "tool_use":
      if (!/^[a-zA-Z0-9_-]+$/.test(block.id)) throw new Error(`tool_use id ${block.id}`);
      return [{ tool: block.name, args: block.input }];
    case "server_tool_use":
      return [
        { search: [String((block.input as { query?: unknown }).query)], found: foundBy(block.id, blocks) },
      ];
    case "web_search_tool_result":
      return [];
    default:
      throw new Error(`a block of type ${block.type} at ${at}`);
  }
}

function foundBy(id: string, blocks: readonly Anthropic.ContentBlock[]): string[] {
  const result = blocks.find((block) => block.type === "web_search_tool_result" && block.tool_use_id === id);
  if (result?.type !== "web_search_tool_result" || !Array.isArray(result.content)) return [];
  return result.content.map(({ url }) => url);
}

function citesOf({ citations }: Anthropic.TextBlock): { cites?: MeantCite[] } {
  const cites = (citations ?? []).map((citation): MeantCite => {
    const { url = "", title } = citation as { url?: string; title?: string | null };
    return { url, ...(title && { title }) };
  });
  return cites.length > 0 ? { cites } : {};
}

function finishOf({ stop_reason, stop_sequence }: Anthropic.Message): Finish {
  switch (stop_reason) {
    case "end_turn":
      return "stop";
    case "stop_sequence":
      return `stop_sequence ${stop_sequence}`;
    case "max_tokens":
    case "model_context_window_exceeded":
      return "length";
    case "tool_use":
      return "tool";
    case "refusal":
      return "refusal";
    case "pause_turn":
      return "pause";
    default:
      return "none";
  }
}

function usageOf(usage: Anthropic.Usage): MeantUsage {
  return {
    fresh: usage.input_tokens,
    cached: usage.cache_read_input_tokens ?? 0,
    written: usage.cache_creation_input_tokens ?? 0,
    output: usage.output_tokens,
    reasoning: usage.output_tokens_details?.thinking_tokens ?? 0,
  };
}
