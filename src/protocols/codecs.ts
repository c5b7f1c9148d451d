import { isSide, type Protocol, type WireProtocol } from "../core/protocol.ts";
import { anthropicMessages } from "./anthropic-messages/codec.ts";
import { SIDE_CODECS } from "./beside-text/codecs.ts";
import { gemini } from "./gemini/codec.ts";
import { openaiChat } from "./openai-chat/codec.ts";
import { openaiCompletions } from "./openai-completions/codec.ts";
import { openaiResponses } from "./openai-responses/codec.ts";
import type { ProtocolCodec, WireCodec } from "./protocol.ts";

export const CODECS: Record<Protocol, ProtocolCodec> = {
  "anthropic-messages": anthropicMessages,
  "openai-chat": openaiChat,
  "openai-responses": openaiResponses,
  "openai-completions": openaiCompletions,
  gemini,
};

/** The codec of any form of a request. */
export function codecOf(protocol: WireProtocol): WireCodec {
  return isSide(protocol) ? SIDE_CODECS[protocol] : CODECS[protocol];
}
