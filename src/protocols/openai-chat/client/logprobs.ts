import type { TokenLogprob } from "../../../core/generation/stream-part.ts";
import type { JsonObject } from "../../../core/json.ts";

/** openai, `ChatCompletionTokenLogprob`. */
function tokenOf({ token, logprob, bytes, top }: TokenLogprob): JsonObject {
  return {
    token,
    logprob,
    bytes: bytes ?? null,
    top_logprobs: top.map((one) => ({ token: one.token, logprob: one.logprob, bytes: one.bytes ?? null })),
  };
}

/** openai, `Choice.Logprobs`: of the content or of the refusal. */
export function logprobsOf(tokens: readonly TokenLogprob[], isRefusal: boolean | undefined): JsonObject {
  const list = tokens.map(tokenOf);
  return isRefusal ? { content: null, refusal: list } : { content: list, refusal: null };
}
