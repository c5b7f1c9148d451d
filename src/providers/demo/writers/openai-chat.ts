import { asObject } from "../../../core/json.ts";
import { type DemoAnswer, partId, plainEvent } from "../demo-answer.ts";
import type { DemoCall, DemoFinish, DemoReply, DemoUsage } from "../demo-turn.ts";

const FINISH: Record<DemoFinish, string> = {
  stop: "stop",
  stop_sequence: "stop",
  length: "length",
  tool: "tool_calls",
};

/** `CompletionUsage` of openai. */
export function openAiUsage({ inputTokens, outputTokens, thoughtTokens }: DemoUsage): object {
  return {
    prompt_tokens: inputTokens,
    completion_tokens: outputTokens,
    total_tokens: inputTokens + outputTokens,
    prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: thoughtTokens, audio_tokens: 0 },
  };
}

/** A call's type, which is also the name of its body, and the field that holds its input. */
const CALL_WORDS = {
  json: { type: "function", input: "arguments" },
  text: { type: "custom", input: "input" },
} as const;

function toolCall({ tool, input }: DemoCall): object {
  const words = CALL_WORDS[tool.form];
  return {
    id: partId("call"),
    type: words.type,
    [words.type]: { name: tool.name, [words.input]: input.text },
  };
}

function message(reply: DemoReply): object {
  const calls = reply.calls.map(toolCall);
  return {
    role: "assistant",
    content: calls.length > 0 ? null : reply.text.text,
    refusal: null,
    ...(reply.thought ? { reasoning_content: reply.thought.text } : {}),
    ...(calls.length > 0 ? { tool_calls: calls } : {}),
  };
}

/** `ChatCompletion` of openai. */
export function writeChat(answer: DemoAnswer): object {
  return {
    id: `chatcmpl-${answer.id}`,
    object: "chat.completion",
    created: answer.created,
    model: answer.model,
    choices: answer.replies.map((reply, index) => ({
      index,
      message: message(reply),
      logprobs: null,
      finish_reason: FINISH[reply.finish],
    })),
    usage: openAiUsage(answer.usage),
    system_fingerprint: "fp_quoin_demo",
  };
}

function* callDeltas({ tool, input }: DemoCall, index: number): Iterable<object> {
  const words = CALL_WORDS[tool.form];
  const id = partId("call");
  const start = { name: tool.name, [words.input]: "" };
  yield { tool_calls: [{ index, id, type: words.type, [words.type]: start }] };
  for (const piece of input.pieces) {
    yield { tool_calls: [{ index, [words.type]: { [words.input]: piece } }] };
  }
}

function* deltas(reply: DemoReply): Iterable<object> {
  yield { role: "assistant", content: reply.calls.length > 0 ? null : "", refusal: null };
  for (const piece of reply.thought?.pieces ?? []) yield { reasoning_content: piece };
  for (const piece of reply.text.pieces) yield { content: piece };
  for (const [index, call] of reply.calls.entries()) yield* callDeltas(call, index);
}

/** `ChatCompletionChunk`s of openai; the usage chunk only where it was asked for. */
export function* streamChat(answer: DemoAnswer): Generator<string> {
  const wantsUsage = asObject(answer.request.stream_options)?.include_usage === true;
  const head = {
    id: `chatcmpl-${answer.id}`,
    object: "chat.completion.chunk",
    created: answer.created,
    model: answer.model,
    system_fingerprint: "fp_quoin_demo",
  };
  const usage = wantsUsage ? { usage: null } : {};
  for (const [index, reply] of answer.replies.entries()) {
    for (const delta of deltas(reply)) {
      yield plainEvent({
        ...head,
        choices: [{ index, delta, logprobs: null, finish_reason: null }],
        ...usage,
      });
    }
    const finish_reason = FINISH[reply.finish];
    yield plainEvent({ ...head, choices: [{ index, delta: {}, logprobs: null, finish_reason }], ...usage });
  }
  if (wantsUsage) yield plainEvent({ ...head, choices: [], usage: openAiUsage(answer.usage) });
  yield "data: [DONE]\n\n";
}
