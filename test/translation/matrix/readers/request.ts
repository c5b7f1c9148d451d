import type { RequestMeaning } from "../meaning.ts";
import type { UpstreamProtocol } from "../targets.ts";
import { readAnthropicRequest } from "./request-anthropic.ts";
import { readChatRequest } from "./request-chat.ts";
import { readGeminiRequest } from "./request-gemini.ts";
import { readResponsesRequest } from "./request-responses.ts";

/** What a body says to an upstream of this protocol. */
export const REQUEST_READERS: Record<UpstreamProtocol, (text: string) => RequestMeaning> = {
  "anthropic-messages": readAnthropicRequest,
  "openai-chat": readChatRequest,
  "openai-responses": readResponsesRequest,
  gemini: readGeminiRequest,
};
