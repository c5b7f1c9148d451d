import type { TokenLogprob } from "../../../core/generation/stream-part.ts";
import type { JsonObject } from "../../../core/json.ts";

/**
 * openai, `CompletionChoice.Logprobs`: lists side by side.
 * @param from characters of the answer's text before the first token
 */
export function logprobLists(tokens: readonly TokenLogprob[], from: number): JsonObject {
  let offset = from;
  const offsets = tokens.map(({ token }) => {
    const at = offset;
    offset += [...token].length;
    return at;
  });
  return {
    tokens: tokens.map(({ token }) => token),
    token_logprobs: tokens.map(({ logprob }) => logprob),
    top_logprobs: tokens.map(({ top }) =>
      Object.fromEntries(top.map(({ token, logprob }) => [token, logprob])),
    ),
    text_offset: offsets,
  };
}
