import type { UpstreamCodec } from "../../translation.ts";
import { openDecoder } from "./answer.ts";
import { decodeError } from "./error.ts";
import { encodeRequest } from "./request.ts";
import { decodeWhole } from "./whole.ts";

export const anthropicMessagesUpstream: UpstreamCodec = {
  encodeRequest,
  openDecoder,
  decodeWhole,
  decodeError,
};
