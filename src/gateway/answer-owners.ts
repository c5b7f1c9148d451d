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
  upstreamOf(answerId: string, accountId: string): Promise<string | undefined>;
  /** The same, undefined also for an answer that is not known. */
  find(answerId: string, accountId: string): Promise<string | undefined>;
}

export function answerOwners(history: Pick<HistoryStore, "findAnswer">): AnswerOwners {
  const recent = new Lru<string, { readonly accountId: string; readonly upstream: string }>(10_000);
  return {
    remember: ({ id, upstream }, accountId) => recent.set(id, { accountId, upstream }),
    async upstreamOf(answerId, accountId) {
      const found = await keeperOf(answerId, accountId);
      if (found.known) return found.upstream;
      const message = `previous_response_id: there is no response "${answerId.slice(0, 80)}" of this account; send the whole input.`;
      throw new GatewayError("bad_request", message, { param: "previous_response_id" });
    },
    find: async (answerId, accountId) => (await keeperOf(answerId, accountId)).upstream,
  };

  async function keeperOf(
    answerId: string,
    accountId: string,
  ): Promise<{ known: boolean; upstream: string | undefined }> {
    const near = recent.get(answerId);
    if (near?.accountId === accountId) return { known: true, upstream: near.upstream };
    const record = await history.findAnswer(accountId, answerId);
    const served = record?.attempts.find(({ outcome }) => outcome === "served");
    return { known: record !== undefined, upstream: served?.upstream };
  }
}
