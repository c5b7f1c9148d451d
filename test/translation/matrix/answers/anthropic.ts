import type Anthropic from "@anthropic-ai/sdk";
import { pieces, sse, type Wire } from "./sse.ts";

type Event = Anthropic.RawMessageStreamEvent;

const USAGE: Anthropic.Usage = {
  cache_creation: null,
  cache_creation_input_tokens: null,
  cache_read_input_tokens: null,
  inference_geo: null,
  input_tokens: 10,
  output_tokens: 5,
  output_tokens_details: null,
  server_tool_use: null,
  service_tier: "standard",
  speed: null,
};

interface Said {
  readonly stop?: Anthropic.StopReason;
  readonly sequence?: string;
  readonly details?: Anthropic.RefusalStopDetails;
  readonly usage?: Partial<Anthropic.Usage>;
}

/** An answer of Anthropic's, as its API documents the whole message and its stream. */
export function anthropic(content: readonly Anthropic.ContentBlock[], said: Said = {}): Wire {
  const message: Anthropic.Message = {
    id: "msg_01",
    type: "message",
    role: "assistant",
    model: "claude-sonnet-4-5-20250929",
    content: [...content],
    container: null,
    diagnostics: null,
    stop_reason: said.stop ?? "end_turn",
    stop_sequence: said.sequence ?? null,
    stop_details: said.details ?? null,
    usage: { ...USAGE, ...said.usage },
  };
  return { stream: sse(eventsOf(message)), whole: JSON.stringify(message) };
}

function eventsOf(message: Anthropic.Message): Event[] {
  const { content, stop_reason, stop_sequence, stop_details, usage } = message;
  const { cache_creation_input_tokens, cache_read_input_tokens, input_tokens, output_tokens } = usage;
  const { output_tokens_details, server_tool_use } = usage;
  return [
    {
      type: "message_start",
      message: {
        ...message,
        content: [],
        stop_reason: null,
        stop_sequence: null,
        stop_details: null,
        usage: { ...usage, output_tokens: 1, output_tokens_details: null, server_tool_use: null },
      },
    },
    ...content.flatMap(blockEvents),
    {
      type: "message_delta",
      delta: { container: null, stop_reason, stop_sequence, stop_details },
      usage: {
        cache_creation_input_tokens,
        cache_read_input_tokens,
        input_tokens,
        output_tokens,
        output_tokens_details,
        server_tool_use,
      },
    },
    { type: "message_stop" },
  ];
}

function blockEvents(block: Anthropic.ContentBlock, index: number): Event[] {
  return [
    { type: "content_block_start", index, content_block: emptied(block) },
    ...deltasOf(block).map((delta): Event => ({ type: "content_block_delta", index, delta })),
    { type: "content_block_stop", index },
  ];
}

function emptied(block: Anthropic.ContentBlock): Anthropic.ContentBlock {
  switch (block.type) {
    case "text":
      return { ...block, text: "", citations: block.citations ? [] : null };
    case "thinking":
      return { ...block, thinking: "", signature: "" };
    case "tool_use":
    case "server_tool_use":
      return { ...block, input: {} };
    default:
      return block;
  }
}

function deltasOf(block: Anthropic.ContentBlock): Anthropic.RawContentBlockDelta[] {
  switch (block.type) {
    case "text":
      return [
        ...(block.citations ?? []).map((citation) => ({ type: "citations_delta" as const, citation })),
        ...pieces(block.text).map((text) => ({ type: "text_delta" as const, text })),
      ];
    case "thinking":
      return [
        ...pieces(block.thinking).map((thinking) => ({
          type: "thinking_delta" as const,
          thinking,
          estimated_tokens: null,
        })),
        { type: "signature_delta", signature: block.signature },
      ];
    case "tool_use":
    case "server_tool_use":
      return ["", ...pieces(JSON.stringify(block.input))].map((partial_json) => ({
        type: "input_json_delta",
        partial_json,
      }));
    default:
      return [];
  }
}

export function aText(text: string, citations: Anthropic.TextCitation[] | null = null): Anthropic.TextBlock {
  return { type: "text", text, citations };
}

export function aThinking(thinking: string, signature: string): Anthropic.ThinkingBlock {
  return { type: "thinking", thinking, signature };
}

export function aTool(id: string, name: string, input: unknown): Anthropic.ToolUseBlock {
  return { type: "tool_use", id, name, input, caller: { type: "direct" } };
}
