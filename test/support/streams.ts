import type { Protocol } from "../../src/core/protocol.ts";
import { NO_USAGE, type Usage } from "../../src/core/usage.ts";

/** A stream as a vendor sends it, and what must be made of it. */
export interface SampleStream {
  readonly protocol: Protocol;
  readonly model: string;
  /** Comments and blank lines are events of their own. */
  readonly events: readonly string[];
  /** Index of the first event that waits for the charge. */
  readonly heldFrom: number;
  /** What the upstream reports, in disjoint kinds. */
  readonly usage: Usage;
  readonly answerId: string;
}

export type LineEnd = "\n" | "\r\n";

function named(eol: LineEnd, name: string, data: object): string {
  return `event: ${name}${eol}data: ${JSON.stringify(data)}${eol}${eol}`;
}

function unnamed(eol: LineEnd, data: object | string): string {
  return `data: ${typeof data === "string" ? data : JSON.stringify(data)}${eol}${eol}`;
}

function anthropicStream(model: string, eol: LineEnd): SampleStream {
  const event = (data: { type: string; [key: string]: unknown }) => named(eol, data.type, data);
  const start = {
    id: "msg_01é",
    type: "message",
    role: "assistant",
    model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: {
      input_tokens: 201,
      cache_creation_input_tokens: 30,
      cache_read_input_tokens: 15_104,
      cache_creation: { ephemeral_5m_input_tokens: 10, ephemeral_1h_input_tokens: 20 },
      output_tokens: 1,
      service_tier: "standard",
    },
  };
  return {
    protocol: "anthropic-messages",
    model,
    events: [
      event({ type: "message_start", message: start }),
      event({ type: "content_block_start", index: 0, content_block: { type: "thinking", thinking: "" } }),
      `: keep-alive${eol}${eol}`,
      event({ type: "ping" }),
      event({
        type: "content_block_delta",
        index: 0,
        delta: { type: "thinking_delta", thinking: "Hmm, 北" },
      }),
      event({
        type: "content_block_delta",
        index: 0,
        delta: { type: "signature_delta", signature: "EqQB==" },
      }),
      event({ type: "content_block_stop", index: 0 }),
      event({ type: "content_block_start", index: 1, content_block: { type: "text", text: "" } }),
      event({
        type: "content_block_delta",
        index: 1,
        delta: { type: "text_delta", text: 'says "message_stop" and data: [DONE] 🙂' },
      }),
      event({ type: "content_block_stop", index: 1 }),
      event({
        type: "content_block_start",
        index: 2,
        content_block: { type: "tool_use", id: "toolu_1", name: "f", input: {} },
      }),
      event({
        type: "content_block_delta",
        index: 2,
        delta: { type: "input_json_delta", partial_json: '{"error":"message_delta"' },
      }),
      event({
        type: "content_block_delta",
        index: 2,
        delta: { type: "input_json_delta", partial_json: "}" },
      }),
      event({ type: "content_block_stop", index: 2 }),
      event({
        type: "message_delta",
        delta: { stop_reason: "tool_use", stop_sequence: null },
        usage: {
          output_tokens: 89,
          cache_read_input_tokens: null,
          output_tokens_details: { thinking_tokens: 40 },
        },
      }),
      `: late comment${eol}${eol}`,
      event({ type: "message_stop" }),
    ],
    heldFrom: 14,
    usage: {
      ...NO_USAGE,
      input: 201,
      cacheRead: 15_104,
      cacheWrite5m: 10,
      cacheWrite1h: 20,
      output: 49,
      reasoning: 40,
    },
    answerId: "msg_01é",
  };
}

function chatStream(model: string, eol: LineEnd): SampleStream {
  const chunk = (choices: object[], more: object = {}) =>
    unnamed(eol, {
      id: "chatcmpl-9",
      object: "chat.completion.chunk",
      created: 1_790_000_000,
      model,
      choices,
      usage: null,
      ...more,
    });
  const delta = (value: object, finish: string | null = null) =>
    chunk([{ index: 0, delta: value, logprobs: null, finish_reason: finish }]);
  return {
    protocol: "openai-chat",
    model,
    events: [
      `: OPENROUTER PROCESSING${eol}${eol}`,
      delta({ role: "assistant", content: "", refusal: null }),
      delta({ content: "Hällo 北京" }),
      delta({ content: ' "usage":{"x":1} [DONE]' }),
      delta({ reasoning_content: "why?" }),
      delta({
        tool_calls: [{ index: 0, id: "c1", type: "function", function: { name: "f", arguments: "" } }],
      }),
      delta({ tool_calls: [{ index: 0, function: { arguments: '{"error":1}' } }] }),
      delta({}, "tool_calls"),
      chunk([], {
        usage: {
          prompt_tokens: 15_305,
          completion_tokens: 89,
          total_tokens: 15_394,
          prompt_tokens_details: { cached_tokens: 15_104, audio_tokens: 1 },
          completion_tokens_details: { reasoning_tokens: 40, audio_tokens: 2 },
        },
      }),
      unnamed(eol, "[DONE]"),
    ],
    heldFrom: 9,
    usage: {
      ...NO_USAGE,
      input: 200,
      cacheRead: 15_104,
      audioInput: 1,
      output: 47,
      reasoning: 40,
      audioOutput: 2,
    },
    answerId: "chatcmpl-9",
  };
}

function completionsStream(model: string, eol: LineEnd): SampleStream {
  const chunk = (text: string, finish: string | null) =>
    unnamed(eol, {
      id: "cmpl-7",
      object: "text_completion",
      created: 1,
      model,
      choices: [{ index: 0, text, logprobs: null, finish_reason: finish }],
    });
  const usage = { prompt_tokens: 5, completion_tokens: 3, total_tokens: 8 };
  return {
    protocol: "openai-completions",
    model,
    events: [
      chunk("Once é", null),
      chunk(" upon", null),
      chunk("", "stop"),
      unnamed(eol, { id: "cmpl-7", object: "text_completion", created: 1, model, choices: [], usage }),
      unnamed(eol, "[DONE]"),
    ],
    heldFrom: 4,
    usage: { ...NO_USAGE, input: 5, output: 3 },
    answerId: "cmpl-7",
  };
}

function responsesStream(model: string, eol: LineEnd): SampleStream {
  let sequence = 0;
  const event = (type: string, data: object) =>
    named(eol, type, { type, sequence_number: sequence++, ...data });
  const response = {
    id: "resp_1",
    object: "response",
    created_at: 1,
    status: "in_progress",
    error: null,
    model,
    output: [],
    usage: null,
    metadata: { note: '"sequence_number":99' },
  };
  const item = { id: "msg_1", type: "message", status: "in_progress", role: "assistant", content: [] };
  const part = { type: "output_text", text: "", annotations: [] };
  const done = { ...part, text: "Grüße 🙂" };
  const search = { id: "ws_1", type: "web_search_call", status: "completed" };
  const output = [search, { ...item, status: "completed", content: [done] }];
  const place = { item_id: "msg_1", output_index: 1, content_index: 0 };
  const usage = {
    input_tokens: 100,
    input_tokens_details: { cached_tokens: 60, cache_write_tokens: 5 },
    output_tokens: 30,
    output_tokens_details: { reasoning_tokens: 12 },
    total_tokens: 130,
  };
  return {
    protocol: "openai-responses",
    model,
    events: [
      event("response.created", { response }),
      event("response.in_progress", { response }),
      `: comment${eol}${eol}`,
      event("response.output_item.added", { output_index: 1, item }),
      event("response.content_part.added", { ...place, part }),
      event("response.output_text.delta", { ...place, delta: "Grüße " }),
      event("response.output_text.delta", { ...place, delta: "🙂" }),
      event("response.output_text.done", { ...place, text: "Grüße 🙂" }),
      event("response.content_part.done", { ...place, part: done }),
      event("response.output_item.done", { output_index: 1, item: output[1] }),
      event("response.completed", { response: { ...response, status: "completed", output, usage } }),
      unnamed(eol, "[DONE]"),
    ],
    heldFrom: 10,
    usage: {
      ...NO_USAGE,
      input: 35,
      cacheRead: 60,
      cacheWrite5m: 5,
      output: 18,
      reasoning: 12,
      searches: 1,
    },
    answerId: "resp_1",
  };
}

function geminiStream(model: string, eol: LineEnd): SampleStream {
  const event = (parts: object[], more: object = {}, usage?: object) =>
    unnamed(eol, {
      candidates: [{ content: { parts, role: "model" }, index: 0, ...more }],
      ...(usage ? { usageMetadata: usage } : {}),
      modelVersion: model,
      responseId: "g_1",
    });
  const prompt = {
    promptTokenCount: 120,
    cachedContentTokenCount: 20,
    toolUsePromptTokenCount: 7,
    promptTokensDetails: [
      { modality: "TEXT", tokenCount: 90 },
      { modality: "AUDIO", tokenCount: 30 },
    ],
  };
  return {
    protocol: "gemini",
    model,
    events: [
      event([{ text: "I think…", thought: true }], {}, { ...prompt, totalTokenCount: 127 }),
      `${eol}${eol}`.slice(0, eol.length),
      event([{ text: 'says "finishReason" \\ 北' }], {}, { ...prompt, candidatesTokenCount: 4 }),
      event([{ functionCall: { name: "f", args: { error: "x" } }, thoughtSignature: "AbC=" }]),
      event(
        [{ text: "" }],
        { finishReason: "STOP" },
        { ...prompt, candidatesTokenCount: 9, thoughtsTokenCount: 11, totalTokenCount: 147 },
      ),
    ],
    heldFrom: 4,
    usage: {
      ...NO_USAGE,
      input: 77,
      cacheRead: 20,
      audioInput: 30,
      output: 9,
      reasoning: 11,
    },
    answerId: "g_1",
  };
}

export const SAMPLES: Readonly<Record<Protocol, (model: string, eol: LineEnd) => SampleStream>> = {
  "anthropic-messages": anthropicStream,
  "openai-chat": chatStream,
  "openai-completions": completionsStream,
  "openai-responses": responsesStream,
  gemini: geminiStream,
};

export const LINE_ENDS: readonly LineEnd[] = ["\n", "\r\n"];
