import type { AnswerMeaning } from "../meaning.ts";
import type { ClientProtocol } from "../targets.ts";
import { readAnthropicAnswer } from "./answer-anthropic.ts";
import { readChatAnswer } from "./answer-chat.ts";
import { readCompletionsAnswer } from "./answer-completions.ts";
import { readGeminiAnswer } from "./answer-gemini.ts";
import { readResponsesAnswer } from "./answer-responses.ts";

/** What the vendor's own SDK makes of an answer; `streamed` says which of its calls is made. */
export type AnswerReader = (text: string, streamed: boolean) => Promise<AnswerMeaning>;

export const ANSWER_READERS: Record<ClientProtocol, AnswerReader> = {
  "anthropic-messages": readAnthropicAnswer,
  "openai-chat": readChatAnswer,
  "openai-responses": readResponsesAnswer,
  "openai-completions": readCompletionsAnswer,
  gemini: readGeminiAnswer,
};
