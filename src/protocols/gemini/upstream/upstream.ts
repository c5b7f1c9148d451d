import type { RawIndex } from "../../../base/raw-json.ts";
import type { StreamPart } from "../../../core/generation/stream-part.ts";
import type { JsonObject } from "../../../core/json.ts";
import type { AnswerDecodeContext, UpstreamCodec } from "../../translation.ts";
import { decodeEnd, decodeJson, openDecoder } from "./answer.ts";
import { newDecoderState } from "./decoder-state.ts";
import { decodeError } from "./error.ts";
import { encodeRequest } from "./request.ts";

/** A whole answer is a stream of one chunk, or the list of chunks that a stream would have had. */
function decodeWhole(answer: JsonObject, raw: RawIndex, context: AnswerDecodeContext): readonly StreamPart[] {
  const state = newDecoderState(context);
  return [...decodeJson(state, answer, raw), ...decodeEnd(state)];
}

/** Google's Gemini as an upstream (`generateContent`, `streamGenerateContent?alt=sse`). */
export const geminiUpstream: UpstreamCodec = { encodeRequest, openDecoder, decodeWhole, decodeError };
