import { Lru } from "../base/lru.ts";
import { GatewayError } from "../core/errors.ts";
import type { HistoryStore } from "../history/recorder.ts";

/**
 * Upstream credentials are shared by all tenants, so an upstream would continue anybody's answer.
 * Only the account that was given an answer may build on it.
 */
export interface AnswerOwners {
  remember(answerId: string, accountId: string): void;
  /** @throws GatewayError `bad_request` when the answer is not this account's. */
  check(answerId: string, accountId: string): void;
}

export function answerOwners(history: Pick<HistoryStore, "ownsAnswer">): AnswerOwners {
  const recent = new Lru<string, string>(10_000);
  return {
    remember: (answerId, accountId) => recent.set(answerId, accountId),
    check(answerId, accountId) {
      if (recent.get(answerId) === accountId || history.ownsAnswer(accountId, answerId)) return;
      const message = `previous_response_id: there is no response "${answerId.slice(0, 80)}" of this account; send the whole input.`;
      throw new GatewayError("bad_request", message, { param: "previous_response_id" });
    },
  };
}
