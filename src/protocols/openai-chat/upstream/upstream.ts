import type { UpstreamCodec } from "../../translation.ts";
import { openChatDecoder } from "./answer.ts";
import { decodeChatError } from "./error.ts";
import { encodeChatRequest } from "./request.ts";
import { decodeChatWhole } from "./whole.ts";

/** OpenAI Chat Completions as an upstream speaks it, with the differences that its traits declare. */
export const openaiChatUpstream: UpstreamCodec = {
  encodeRequest: encodeChatRequest,
  openDecoder: openChatDecoder,
  decodeWhole: decodeChatWhole,
  decodeError: decodeChatError,
};
