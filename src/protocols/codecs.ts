import type { Protocol } from "../core/protocol.ts";
import { anthropicMessages } from "./anthropic-messages/codec.ts";
import { gemini } from "./gemini/codec.ts";
import { openaiChat } from "./openai-chat/codec.ts";
import { openaiCompletions } from "./openai-completions/codec.ts";
import { openaiResponses } from "./openai-responses/codec.ts";
import type { ProtocolCodec } from "./protocol.ts";

export const CODECS: Record<Protocol, ProtocolCodec> = {
  "anthropic-messages": anthropicMessages,
  "openai-chat": openaiChat,
  "openai-responses": openaiResponses,
  "openai-completions": openaiCompletions,
  gemini,
};
