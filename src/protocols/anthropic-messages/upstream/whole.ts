import type { RawIndex } from "../../../base/raw-json.ts";
import type { StreamPart } from "../../../core/generation/stream-part.ts";
import { asObjects, type JsonObject } from "../../../core/json.ts";
import type { AnswerDecodeContext } from "../../translation.ts";
import { readEvent } from "./answer.ts";
import { newDecodeState } from "./state.ts";

/** The events that a `Message` would have been streamed as, each block with all that it holds at its start. */
function eventsOf(answer: JsonObject): JsonObject[] {
  if (answer.type === "error") return [answer];
  // What is no message has no end either.
  if (!Array.isArray(answer.content)) return [{ type: "message_start", message: answer }];
  const blocks = asObjects(answer.content).flatMap((block) => [
    { type: "content_block_start", content_block: block },
    { type: "content_block_stop" },
  ]);
  const { stop_reason = "end_turn", stop_sequence, stop_details, usage } = answer;
  return [
    { type: "message_start", message: answer },
    ...blocks,
    { type: "message_delta", delta: { stop_reason, stop_sequence, stop_details }, usage },
    { type: "message_stop" },
  ];
}

export function decodeWhole(
  answer: JsonObject,
  raw: RawIndex,
  context: AnswerDecodeContext,
): readonly StreamPart[] {
  const state = newDecodeState(context);
  return eventsOf(answer).flatMap((event) => readEvent(state, event, raw));
}
