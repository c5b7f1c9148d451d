import { type DemoAnswer, namedEvent, partId } from "../demo-answer.ts";
import type { DemoCall, DemoFinish, DemoReply, Passage } from "../demo-turn.ts";

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
    start: { type: "text", text: "" },
    whole: { type: "text", text: text.text },
    deltas: text.pieces.map((piece) => ({ type: "text_delta", text: piece })),
  };
}

function toolBlock({ tool, input }: DemoCall): Block {
  const head = { type: "tool_use", id: partId("toolu"), name: tool.name };
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

function usageOf({ usage }: DemoAnswer, outputTokens: number): object {
  return {
    input_tokens: usage.inputTokens,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 0,
    output_tokens: outputTokens,
  };
}

function replyOf(answer: DemoAnswer): DemoReply {
  const reply = answer.replies[0];
  if (!reply) throw new Error("an answer without a reply");
  return reply;
}

function messageOf(
  answer: DemoAnswer,
  content: readonly object[],
  ending: object,
  outputTokens: number,
): object {
  return {
    id: `msg_${answer.id}`,
    type: "message",
    role: "assistant",
    model: answer.model,
    content,
    ...ending,
    usage: usageOf(answer, outputTokens),
  };
}

/** `Message` of @anthropic-ai/sdk. */
export function writeAnthropic(answer: DemoAnswer): object {
  const reply = replyOf(answer);
  const content = blocksOf(reply).map((block) => block.whole);
  const ending = { stop_reason: STOP[reply.finish], stop_sequence: reply.stop ?? null };
  return messageOf(answer, content, ending, answer.usage.outputTokens);
}

/** The events of `RawMessageStreamEvent`, one block open at a time. */
export function* streamAnthropic(answer: DemoAnswer): Iterable<string> {
  const reply = replyOf(answer);
  const message = messageOf(answer, [], { stop_reason: null, stop_sequence: null }, 1);
  yield namedEvent("message_start", { message });
  yield namedEvent("ping", {});
  for (const [index, block] of blocksOf(reply).entries()) {
    yield namedEvent("content_block_start", { index, content_block: block.start });
    for (const delta of block.deltas) yield namedEvent("content_block_delta", { index, delta });
    yield namedEvent("content_block_stop", { index });
  }
  const delta = { stop_reason: STOP[reply.finish], stop_sequence: reply.stop ?? null };
  yield namedEvent("message_delta", { delta, usage: usageOf(answer, answer.usage.outputTokens) });
  yield namedEvent("message_stop", {});
}
