import type { ClientCodec } from "../../translation.ts";
import { openPromptEncoder } from "./answer.ts";
import { foldCompletion } from "./fold.ts";
import { openCompletionGrammar } from "./grammar.ts";
import { decodePrompt } from "./request.ts";

/**
 * OpenAI's legacy Completions as its clients speak it, one prompt a request. A list of prompts goes
 * through `decodePrompts` and `openPromptsEncoder`.
 */
export const openaiCompletionsClient: ClientCodec = {
  decodeRequest: decodePrompt,
  openEncoder: openPromptEncoder,
  fold: foldCompletion,
  openGrammar: openCompletionGrammar,
};
