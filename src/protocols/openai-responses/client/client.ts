import type { ClientCodec } from "../../translation.ts";
import { openEncoder } from "./answer.ts";
import { fold } from "./fold.ts";
import { openGrammar } from "./grammar.ts";
import { decodeRequest } from "./request.ts";

/** The Responses API, as its clients speak it. */
export const openaiResponsesClient: ClientCodec = { decodeRequest, openEncoder, fold, openGrammar };
