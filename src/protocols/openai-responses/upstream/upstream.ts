import type { UpstreamCodec } from "../../translation.ts";
import { decodeWhole, openDecoder } from "./answer.ts";
import { readError } from "./error.ts";
import { encodeRequest } from "./request.ts";

/** The Responses API, spoken to an upstream. */
export const openaiResponsesUpstream: UpstreamCodec = {
  encodeRequest,
  openDecoder,
  decodeWhole,
  decodeError: readError,
};
