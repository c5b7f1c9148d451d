import { Lru } from "../base/lru.ts";
import { GatewayError } from "../core/errors.ts";
import type { KeptAnswer } from "../core/request-record.ts";
import type { HistoryStore } from "../history/recorder.ts";

/**
 * Upstream credentials are shared by all tenants, so an upstream would continue anybody's answer.
 * Only the account that was given an answer may build on it, and only where it lies.
 */
export interface AnswerOwners {
  remember(answer: KeptAnswer, accountId: string): void;
  /**
   * The id of the upstream that keeps the answer; undefined where its record does not tell.
   * @throws GatewayError `bad_request` when the answer is not this account's.
   */
  upstreamOf(answerId: string, accountId: string): string | undefined;
}

export function answerOwners(history: Pick<HistoryStore, "findAnswer">): AnswerOwners {
  const recent = new Lru<string, { readonly accountId: string; readonly upstream: string }>(10_000);
  return {
    remember: ({ id, upstream }, accountId) => recent.set(id, { accountId, upstream }),
    upstreamOf(answerId, accountId) {
      const known = recent.get(answerId);
      if (known?.accountId === accountId) return known.upstream;
      const record = history.findAnswer(accountId, answerId);
      if (record) return record.attempts.find(({ outcome }) => outcome === "served")?.upstream;
      const message = `previous_response_id: there is no response "${answerId.slice(0, 80)}" of this account; send the whole input.`;
      throw new GatewayError("bad_request", message, { param: "previous_response_id" });
    },
  };
}
