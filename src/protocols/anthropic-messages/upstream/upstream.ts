import type { UpstreamCodec } from "../../translation.ts";
import { openDecoder } from "./answer.ts";
import { betasOf } from "./betas.ts";
import { decodeError } from "./error.ts";
import { openPausedTurns } from "./paused-turns.ts";
import { encodeRequest } from "./request.ts";
import { decodeWhole } from "./whole.ts";

export const anthropicMessagesUpstream: UpstreamCodec = {
  encodeRequest,
  betasOf,
  openPausedTurns,
  openDecoder,
  decodeWhole,
  decodeError,
};
