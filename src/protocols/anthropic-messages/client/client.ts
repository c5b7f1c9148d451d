import type { ClientCodec } from "../../translation.ts";
import { openEncoder } from "./answer.ts";
import { fold } from "./fold.ts";
import { openGrammar } from "./grammar.ts";
import { decodeRequest } from "./request.ts";

export const anthropicMessagesClient: ClientCodec = { decodeRequest, openEncoder, fold, openGrammar };
