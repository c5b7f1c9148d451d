import type { Awaitable } from "../base/awaitable.ts";
import type { GenerationRequest } from "../core/generation/request.ts";
import type { AnswerTranslator } from "../translation/answer-translator.ts";
import { unsignedCalls, withKept } from "../translation/kept-signatures.ts";
import type { Exchange } from "./exchange.ts";
import type { Gateway } from "./gateway.ts";

/** Puts back the opaque state that the client dropped: many know no place for it. */
export function fillSignatures(
  gateway: Gateway,
  exchange: Exchange,
  request: GenerationRequest,
): Awaitable<GenerationRequest> {
  const calls = unsignedCalls(request);
  if (calls.length === 0 || !exchange.principal) return request;
  return gateway.signatures.get(exchange.principal.accountId, calls).then((kept) => withKept(request, kept));
}

/** Keeps the opaque state of an answer for the next turn. */
export function keepAnswerSignatures(
  gateway: Gateway,
  exchange: Exchange,
  { signatures }: AnswerTranslator,
): void {
  if (signatures.length === 0 || !exchange.principal) return;
  gateway.signatures.put(exchange.principal.accountId, signatures);
}
