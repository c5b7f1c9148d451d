import type { ClientCodec } from "../../translation.ts";
import { openEncoder } from "./answer.ts";
import { fold } from "./fold.ts";
import { openGrammar } from "./grammar.ts";
import { decodeRequest } from "./request.ts";

/** Clients of Google's Gemini API: Gemini CLI, @google/genai, the AI SDK. */
export const geminiClient: ClientCodec = { decodeRequest, openEncoder, fold, openGrammar };
