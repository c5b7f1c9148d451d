import { asObject } from "../../../core/json.ts";
import { type DemoAnswer, plainEvent } from "../demo-answer.ts";
import type { DemoFinish } from "../demo-turn.ts";
import { openAiUsage } from "./openai-chat.ts";

const FINISH: Record<DemoFinish, string> = {
  stop: "stop",
  stop_sequence: "stop",
  length: "length",
  tool: "stop",
};

function headOf(answer: DemoAnswer): object {
  return { id: `cmpl-${answer.id}`, object: "text_completion", created: answer.created, model: answer.model };
}

/** `Completion` of openai; choice index = prompt index × n + k. */
export function writeCompletions(answer: DemoAnswer): object {
  return {
    ...headOf(answer),
    choices: answer.replies.map((reply, index) => ({
      text: reply.text.text,
      index,
      logprobs: null,
      finish_reason: FINISH[reply.finish],
    })),
    usage: openAiUsage(answer.usage),
  };
}

/** The same as chunks, and the usage chunk only where it was asked for. */
export function* streamCompletions(answer: DemoAnswer): Generator<string> {
  const head = headOf(answer);
  for (const [index, reply] of answer.replies.entries()) {
    for (const text of reply.text.pieces) {
      yield plainEvent({ ...head, choices: [{ index, text, logprobs: null, finish_reason: null }] });
    }
    yield plainEvent({
      ...head,
      choices: [{ index, text: "", logprobs: null, finish_reason: FINISH[reply.finish] }],
    });
  }
  const wantsUsage = asObject(answer.request.stream_options)?.include_usage === true;
  if (wantsUsage) yield plainEvent({ ...head, choices: [], usage: openAiUsage(answer.usage) });
  yield "data: [DONE]\n\n";
}
