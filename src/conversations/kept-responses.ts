import type { Clock } from "../base/clock.ts";
import { GatewayError } from "../core/errors.ts";
import type { Log } from "../core/log.ts";
import type { KeptItem, ResponseRecord, ResponseStore } from "./store.ts";
import { writeQueue } from "./write-queue.ts";

export type NewResponse = Omit<ResponseRecord, "createdAt" | "expiresAt">;

/** Responses that later requests of the same account build on, read or delete. */
export interface KeptResponses {
  /** Found at once, on disk a few milliseconds later. */
  put(response: NewResponse): void;
  get(accountId: string, id: string): Promise<ResponseRecord | undefined>;
  /** Items of earlier answers by their ids, of those that there are. */
  items(accountId: string, itemIds: readonly string[]): Promise<ReadonlyMap<string, KeptItem>>;
  /** False where there is none. */
  delete(accountId: string, id: string): Promise<boolean>;
  /**
   * The response and those that it continues, the oldest first: together they are the conversation.
   * @throws GatewayError `bad_request` when one is not there any more, or when they are too many or too large
   */
  chain(accountId: string, id: string): Promise<readonly ResponseRecord[]>;
  flush(): Promise<boolean>;
}

export interface KeptResponsesOptions {
  readonly store: ResponseStore;
  readonly clock: Clock;
  readonly log: Log;
  readonly retentionMs: number;
  /** Turns of one conversation. */
  readonly turnsMax?: number;
  /** Characters of input and output of one conversation; a request body of the same size would be refused. */
  readonly charactersMax?: number;
}

const TURNS_MAX = 1_000;
const CHARACTERS_MAX = 32 * 1024 * 1024;

const keyOf = (accountId: string, id: string): string => `${accountId} ${id}`;

function sizeOf({ input, instructions, output, response }: ResponseRecord): number {
  return input.length + (instructions?.length ?? 0) + output.length + response.length + 500;
}

function refusal(words: string): GatewayError {
  const message = `previous_response_id: ${words}; send the whole input.`;
  return new GatewayError("bad_request", message, { param: "previous_response_id" });
}

function absent(id: string, asked: string): GatewayError {
  const named = id.slice(0, 80);
  return refusal(
    id === asked
      ? `there is no response "${named}" of this account`
      : `the conversation lacks the response "${named}", which was deleted or has expired`,
  );
}

export function keptResponses(options: KeptResponsesOptions): KeptResponses {
  const { store, clock, log, retentionMs } = options;
  const { turnsMax = TURNS_MAX, charactersMax = CHARACTERS_MAX } = options;
  const queue = writeQueue<ResponseRecord>({
    what: "responses",
    write: (records) => store.putResponses(records),
    bytesOf: sizeOf,
    log,
  });

  async function get(accountId: string, id: string): Promise<ResponseRecord | undefined> {
    return queue.find(keyOf(accountId, id)) ?? (await store.findResponse(accountId, id));
  }

  return {
    put(response) {
      if (retentionMs <= 0) return;
      const createdAt = clock.now();
      const record = { ...response, createdAt, expiresAt: createdAt + retentionMs };
      queue.put(keyOf(record.accountId, record.id), record);
    },
    get,
    async items(accountId, itemIds) {
      const stored = await store.findItems(accountId, itemIds);
      if (itemIds.every((id) => stored.has(id))) return stored;
      // What was answered just now waits to be written.
      await queue.flush();
      return await store.findItems(accountId, itemIds);
    },
    async delete(accountId, id) {
      if (queue.find(keyOf(accountId, id)) && !(await queue.flush())) {
        throw new GatewayError("unavailable", "The response could not be deleted now; try again.");
      }
      return await store.deleteResponse(accountId, id);
    },
    async chain(accountId, asked) {
      const records: ResponseRecord[] = [];
      let characters = 0;
      for (let id: string | undefined = asked; id !== undefined; ) {
        if (records.length >= turnsMax) throw refusal(`the conversation has more than ${turnsMax} responses`);
        const record: ResponseRecord | undefined = await get(accountId, id);
        if (!record) throw absent(id, asked);
        characters += record.input.length + record.output.length;
        if (characters > charactersMax) throw refusal("the conversation is larger than a request may be");
        records.push(record);
        id = record.previousId;
      }
      return records.reverse();
    },
    flush: queue.flush,
  };
}
