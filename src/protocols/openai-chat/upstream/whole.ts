import type { RawIndex } from "../../../base/raw-json.ts";
import type { StreamPart } from "../../../core/generation/stream-part.ts";
import type { JsonObject } from "../../../core/json.ts";
import type { AnswerDecodeContext } from "../../translation.ts";
import { endAnswer, takeChunk } from "./answer.ts";
import { newDecoding, takeOut } from "./decoding.ts";

/** openai, `ChatCompletion`: one chunk that holds everything, and its end. */
export function decodeChatWhole(
  answer: JsonObject,
  raw: RawIndex,
  context: AnswerDecodeContext,
): readonly StreamPart[] {
  const state = newDecoding(context);
  state.raw = raw;
  takeChunk(state, answer);
  endAnswer(state);
  return takeOut(state);
}
