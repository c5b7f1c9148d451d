import type { Protocol } from "../core/protocol.ts";
import { anthropicMessagesClient } from "../protocols/anthropic-messages/client/client.ts";
import { anthropicMessagesUpstream } from "../protocols/anthropic-messages/upstream/upstream.ts";
import { geminiClient } from "../protocols/gemini/client/client.ts";
import { geminiUpstream } from "../protocols/gemini/upstream/upstream.ts";
import { openaiChatClient } from "../protocols/openai-chat/client/client.ts";
import { openaiChatUpstream } from "../protocols/openai-chat/upstream/upstream.ts";
import { openaiCompletionsClient } from "../protocols/openai-completions/client/client.ts";
import { openaiResponsesClient } from "../protocols/openai-responses/client/client.ts";
import { openaiResponsesUpstream } from "../protocols/openai-responses/upstream/upstream.ts";
import type { Translator } from "../protocols/translation.ts";

export const TRANSLATORS: Record<Protocol, Translator> = {
  "anthropic-messages": { client: anthropicMessagesClient, upstream: anthropicMessagesUpstream },
  "openai-chat": { client: openaiChatClient, upstream: openaiChatUpstream },
  "openai-responses": { client: openaiResponsesClient, upstream: openaiResponsesUpstream },
  "openai-completions": { client: openaiCompletionsClient, upstream: undefined },
  gemini: { client: geminiClient, upstream: geminiUpstream },
};
