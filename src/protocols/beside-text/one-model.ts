import type { JsonObject } from "../../core/json.ts";
import type { MostUsed, RequestHead } from "../../core/request-head.ts";
import { requiredModel } from "../fields.ts";
import type { UsageTap } from "../protocol.ts";

/** Template around a text, generously: OpenAI counts some special tokens with each input. */
const TOKENS_AROUND = 64;

/** What a request in one JSON object may use at the most: no text has more tokens than bytes. */
export function mostOf(bytes: Uint8Array, characters = 0): MostUsed {
  return { inputTokens: bytes.length + TOKENS_AROUND, characters, seconds: 0 };
}

/** The head of a request that gets a whole answer without text: nothing of it can be lowered. */
export function headWithoutOutput(
  body: JsonObject,
  most: MostUsed,
  facts: Partial<RequestHead> = {},
): RequestHead {
  return {
    model: facts.model ?? requiredModel(body),
    stream: false,
    outputTokensMax: 0,
    outputTokensLeast: Number.MAX_SAFE_INTEGER,
    choices: 1,
    wantsUsage: true,
    previousId: undefined,
    most,
    body,
    ...facts,
  };
}

/** Of answers that come whole. */
export function wholeTap(readWhole: UsageTap["readWhole"]): UsageTap {
  return { markers: [], glance: () => undefined, readEvent: () => "relay", endsWell: () => true, readWhole };
}
