import type { ClientCodec } from "../../translation.ts";
import { openChatEncoder } from "./answer.ts";
import { foldChat } from "./fold.ts";
import { openChatGrammar } from "./grammar.ts";
import { decodeChatRequest } from "./request.ts";

/** OpenAI Chat Completions as its clients speak it. */
export const openaiChatClient: ClientCodec = {
  decodeRequest: decodeChatRequest,
  openEncoder: openChatEncoder,
  fold: foldChat,
  openGrammar: openChatGrammar,
};
