import type { Passage } from "../../../base/tokens.ts";
import { type DemoAnswer, namedEvent, partId } from "../demo-answer.ts";
import type { DemoCall, DemoFinish, DemoReply } from "../demo-turn.ts";

const STOP: Record<DemoFinish, string> = {
  stop: "end_turn",
  stop_sequence: "stop_sequence",
  length: "max_tokens",
  tool: "tool_use",
};

/** Stands for the vendor's signature: opaque, and replayed by clients as it is. */
const SIGNATURE = Buffer.from("a thought of Quoin's demo upstream").toString("base64");

/** A block with the deltas that fill it when it is streamed. */
interface Block {
  readonly start: object;
  readonly whole: object;
  readonly deltas: readonly object[];
}

function thinkingBlock(thought: Passage): Block {
  const steps = thought.pieces.map((piece) => ({ type: "thinking_delta", thinking: piece }));
  return {
    start: { type: "thinking", thinking: "", signature: "" },
    whole: { type: "thinking", thinking: thought.text, signature: SIGNATURE },
    deltas: [...steps, { type: "signature_delta", signature: SIGNATURE }],
  };
}

function textBlock(text: Passage): Block {
  return {
    start: { type: "text", text: "", citations: null },
    whole: { type: "text", text: text.text, citations: null },
    deltas: text.pieces.map((piece) => ({ type: "text_delta", text: piece })),
  };
}

function toolBlock({ tool, input }: DemoCall): Block {
  const head = { type: "tool_use", id: partId("toolu"), name: tool.name, caller: { type: "direct" } };
  return {
    start: { ...head, input: {} },
    whole: { ...head, input: JSON.parse(input.text) },
    deltas: ["", ...input.pieces].map((piece) => ({ type: "input_json_delta", partial_json: piece })),
  };
}

function blocksOf(reply: DemoReply): Block[] {
  return [
    ...(reply.thought ? [thinkingBlock(reply.thought)] : []),
    ...(reply.text.text === "" ? [] : [textBlock(reply.text)]),
    ...reply.calls.map(toolBlock),
  ];
}

/** What `message_delta` reports at the end of a stream. */
function finalUsage({ usage }: DemoAnswer): object {
  return {
    input_tokens: usage.inputTokens,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 0,
    output_tokens: usage.outputTokens,
    output_tokens_details: { thinking_tokens: usage.thoughtTokens },
    server_tool_use: null,
  };
}

/** `Usage`: what a message holds from its start. */
function wholeUsage(answer: DemoAnswer): object {
  return {
    ...finalUsage(answer),
    cache_creation: { ephemeral_1h_input_tokens: 0, ephemeral_5m_input_tokens: 0 },
    inference_geo: null,
    service_tier: "standard",
    speed: null,
  };
}

function endingOf(reply: DemoReply): object {
  return { stop_reason: STOP[reply.finish], stop_sequence: reply.stop ?? null, stop_details: null };
}

function replyOf(answer: DemoAnswer): DemoReply {
  const reply = answer.replies[0];
  if (!reply) throw new Error("an answer without a reply");
  return reply;
}

function messageOf(answer: DemoAnswer, content: readonly object[], ending: object, usage: object): object {
  return {
    id: `msg_${answer.id}`,
    type: "message",
    role: "assistant",
    model: answer.model,
    container: null,
    content,
    diagnostics: null,
    ...ending,
    usage,
  };
}

/** `Message` of @anthropic-ai/sdk. */
export function writeAnthropic(answer: DemoAnswer): object {
  const reply = replyOf(answer);
  const content = blocksOf(reply).map((block) => block.whole);
  return messageOf(answer, content, endingOf(reply), wholeUsage(answer));
}

const NO_ENDING = { stop_reason: null, stop_sequence: null, stop_details: null };

/** The events of `RawMessageStreamEvent`, one block open at a time. */
export function* streamAnthropic(answer: DemoAnswer): Generator<string> {
  const reply = replyOf(answer);
  const usage = { ...wholeUsage(answer), output_tokens: 1 };
  yield namedEvent("message_start", { message: messageOf(answer, [], NO_ENDING, usage) });
  yield namedEvent("ping", {});
  for (const [index, block] of blocksOf(reply).entries()) {
    yield namedEvent("content_block_start", { index, content_block: block.start });
    for (const delta of block.deltas) yield namedEvent("content_block_delta", { index, delta });
    yield namedEvent("content_block_stop", { index });
  }
  yield namedEvent("message_delta", { delta: endingOf(reply), usage: finalUsage(answer) });
  yield namedEvent("message_stop", {});
}
