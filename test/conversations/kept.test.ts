import { describe, expect, test } from "bun:test";
import { keptResponses, type NewResponse } from "../../src/conversations/kept-responses.ts";
import { keptSignatures } from "../../src/conversations/kept-signatures.ts";
import type { ConversationStore } from "../../src/conversations/store.ts";
import { sweepExpired } from "../../src/conversations/sweep.ts";
import { writeQueue } from "../../src/conversations/write-queue.ts";
import { GatewayError } from "../../src/core/errors.ts";
import { memoryConversationStore } from "../../src/storage/memory/conversation-store.ts";
import { ALICE, BOB, response, signature } from "../storage/conversation-contract.ts";
import { until } from "../support/until.ts";

const RETENTION_MS = 1_000;

/** A store in memory that counts what it is asked, and may be out. */
function bench(retentionMs = RETENTION_MS) {
  const state = { now: 1, out: false, finds: 0, writes: 0, log: [] as string[] };
  const clock = { now: () => state.now, monotonic: () => state.now };
  const memory = memoryConversationStore(clock);
  function reach(): void {
    if (state.out) throw new Error("the store is out");
  }
  const store: ConversationStore = {
    ...memory,
    putSignatures(rows) {
      reach();
      state.writes++;
      return memory.putSignatures(rows);
    },
    findSignatures(accountId, ids) {
      reach();
      state.finds++;
      return memory.findSignatures(accountId, ids);
    },
    putResponses(records) {
      reach();
      state.writes++;
      return memory.putResponses(records);
    },
    findResponse(accountId, id) {
      state.finds++;
      return memory.findResponse(accountId, id);
    },
  };
  const log = (_: string, message: string) => void state.log.push(message);
  const options = { store, clock, log, retentionMs };
  const open = () => ({ signatures: keptSignatures(options), responses: keptResponses(options) });
  return { state, store, log, options, open, ...open() };
}

describe("signatures", () => {
  test("are found at once, before they are stored, and several belong to one call", async () => {
    const { signatures, state } = bench();
    signatures.put(ALICE, [
      { callId: "c-1", signature: signature("thought") },
      { callId: "c-2", signature: signature("two") },
      { callId: "c-1", signature: signature("call") },
    ]);
    expect(await signatures.get(ALICE, ["c-2", "c-1", "c-1", "c-9"])).toEqual(
      new Map([
        ["c-2", [signature("two")]],
        ["c-1", [signature("thought"), signature("call")]],
      ]),
    );
    expect(state.writes).toBe(0);
    expect(await signatures.get(BOB, ["c-1"])).toEqual(new Map());
  });

  test("are in the store soon after, for the next process", async () => {
    const { signatures, state, open } = bench();
    signatures.put(ALICE, [{ callId: "c", signature: signature("x") }]);
    await until("the write", () => state.writes === 1);
    expect(await open().signatures.get(ALICE, ["c"])).toEqual(new Map([["c", [signature("x")]]]));
  });

  test("are not asked for twice, those that do not exist neither", async () => {
    const { signatures, state, open } = bench();
    signatures.put(ALICE, [{ callId: "c", signature: signature("x") }]);
    await signatures.flush();
    const next = open().signatures;
    await next.get(ALICE, ["c", "none"]);
    await next.get(ALICE, ["c", "none"]);
    expect(state.finds).toBe(1);
    next.put(ALICE, [{ callId: "none", signature: signature("now") }]);
    expect(await next.get(ALICE, ["none"])).toEqual(new Map([["none", [signature("now")]]]));
    expect(state.finds).toBe(1);
  });

  test("too large for memory come from the store, and never an older one in their place", async () => {
    const { signatures, state } = bench();
    signatures.put(ALICE, [{ callId: "c", signature: signature("small") }]);
    const large = signature("x".repeat(100_000));
    signatures.put(ALICE, [{ callId: "c", signature: large }]);
    expect(await signatures.get(ALICE, ["c"])).toEqual(new Map([["c", [large]]]));
    await signatures.flush();
    expect(await signatures.get(ALICE, ["c"])).toEqual(new Map([["c", [large]]]));
    expect(state.finds).toBe(1);
  });

  test("end with their time", async () => {
    const { signatures, state } = bench();
    signatures.put(ALICE, [{ callId: "c", signature: signature("x") }]);
    await signatures.flush();
    state.now += RETENTION_MS;
    expect(await signatures.get(ALICE, ["c"])).toEqual(new Map());
  });

  test("are not kept where the operator wants none", async () => {
    const { signatures } = bench(0);
    signatures.put(ALICE, [{ callId: "c", signature: signature("x") }]);
    expect(await signatures.get(ALICE, ["c"])).toEqual(new Map());
  });

  test("wait while the store is out, and are stored when it is back", async () => {
    const { signatures, state, open } = bench();
    state.out = true;
    signatures.put(ALICE, [{ callId: "c", signature: signature("x") }]);
    expect(await signatures.flush()).toBe(false);
    expect(state.log).toEqual(["signatures could not be stored; they are tried again"]);
    expect((await signatures.get(ALICE, ["c"])).size).toBe(1);
    state.out = false;
    expect(await signatures.flush()).toBe(true);
    expect((await open().signatures.get(ALICE, ["c"])).size).toBe(1);
  });
});

function said(id: string, more: Partial<NewResponse> = {}): NewResponse {
  const { createdAt: _, expiresAt: __, ...rest } = response(ALICE, id);
  return { ...rest, ...more };
}

async function refusalOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (thrown) {
    if (!(thrown instanceof GatewayError)) throw thrown;
    expect([thrown.kind, thrown.param]).toEqual(["bad_request", "previous_response_id"]);
    return thrown.message;
  }
  throw new Error("nothing was refused");
}

describe("responses", () => {
  test("are found at once and after they are stored, by their account", async () => {
    const { responses, state, open } = bench();
    responses.put(said("r"));
    const full = { ...said("r"), createdAt: 1, expiresAt: 1 + RETENTION_MS };
    expect(await responses.get(ALICE, "r")).toEqual(full);
    expect(await responses.get(BOB, "r")).toBeUndefined();
    await until("the write", () => state.writes === 1);
    expect(await open().responses.get(ALICE, "r")).toEqual(full);
  });

  test("bring their items, before they are stored too", async () => {
    const { responses } = bench();
    const output = '[{"id":"msg_1"}]';
    responses.put(said("r", { output }));
    const item = { text: '{"id":"msg_1"}', responseId: "r" };
    expect(await responses.items(ALICE, ["msg_1", "msg_2"])).toEqual(new Map([["msg_1", item]]));
    expect(await responses.items(BOB, ["msg_1"])).toEqual(new Map());
    expect(await responses.delete(ALICE, "r")).toBe(true);
    expect(await responses.items(ALICE, ["msg_1"])).toEqual(new Map());
  });

  test("deleted at once stay deleted, though their write was still to come", async () => {
    const { responses, open } = bench();
    responses.put(said("r"));
    expect(await responses.delete(ALICE, "r")).toBe(true);
    expect(await responses.get(ALICE, "r")).toBeUndefined();
    expect(await responses.delete(ALICE, "r")).toBe(false);
    expect(await open().responses.get(ALICE, "r")).toBeUndefined();
  });

  test("are not said to be deleted while their store is out", async () => {
    const { responses, state } = bench();
    state.out = true;
    responses.put(said("r"));
    expect(await responses.delete(ALICE, "r").catch((thrown) => thrown.kind)).toBe("unavailable");
    state.out = false;
    expect(await responses.delete(ALICE, "r")).toBe(true);
  });

  test("make a conversation, the oldest first, stored or not", async () => {
    const { responses } = bench();
    responses.put(said("r-1"));
    responses.put(said("r-2", { previousId: "r-1" }));
    await responses.flush();
    responses.put(said("r-3", { previousId: "r-2" }));
    responses.put(said("branch", { previousId: "r-1" }));
    const ids = async (id: string) => (await responses.chain(ALICE, id)).map((record) => record.id);
    expect(await ids("r-3")).toEqual(["r-1", "r-2", "r-3"]);
    expect(await ids("branch")).toEqual(["r-1", "branch"]);
    expect(await ids("r-1")).toEqual(["r-1"]);
  });

  test("of nobody or of somebody else are refused by name", async () => {
    const { responses } = bench();
    responses.put(said("r"));
    const words = (id: string) =>
      `previous_response_id: there is no response "${id}" of this account; send the whole input.`;
    expect(await refusalOf(responses.chain(ALICE, "none"))).toBe(words("none"));
    expect(await refusalOf(responses.chain(BOB, "r"))).toBe(words("r"));
  });

  test("a conversation with a hole is refused rather than continued without it", async () => {
    const { responses } = bench();
    responses.put(said("r-1"));
    responses.put(said("r-2", { previousId: "r-1" }));
    responses.put(said("r-3", { previousId: "r-2" }));
    await responses.delete(ALICE, "r-1");
    expect(await refusalOf(responses.chain(ALICE, "r-3"))).toBe(
      'previous_response_id: the conversation lacks the response "r-1", which was deleted or has expired; send the whole input.',
    );
  });

  test("a conversation has bounds, and one that bites its tail meets them", async () => {
    const { options } = bench();
    const responses = keptResponses({ ...options, turnsMax: 3, charactersMax: 1_000 });
    responses.put(said("loop", { previousId: "loop" }));
    expect(await refusalOf(responses.chain(ALICE, "loop"))).toContain("more than 3 responses");
    responses.put(said("huge", { input: "x".repeat(1_000) }));
    expect(await refusalOf(responses.chain(ALICE, "huge"))).toContain("larger than a request may be");
  });
});

describe("the sweep", () => {
  test("deletes what has expired, however much it is, and nothing else", async () => {
    const { signatures, responses, store, state, log } = bench();
    signatures.put(
      ALICE,
      Array.from({ length: 450 }, (_, at) => ({ callId: `c-${at}`, signature: signature("x") })),
    );
    responses.put(said("old"));
    await Promise.all([signatures.flush(), responses.flush()]);
    state.now += RETENTION_MS;
    responses.put(said("new"));
    await responses.flush();
    await sweepExpired(store, log);
    expect(await store.deleteExpiredSignatures(1)).toBe(0);
    expect(await store.deleteExpiredResponses(1)).toBe(0);
    expect(await store.findResponse(ALICE, "new")).toBeDefined();
    expect(state.log).toEqual([]);
  });

  test("says when it could not", async () => {
    const { store, state, log } = bench();
    const broken = {
      ...store,
      deleteExpiredResponses: () => {
        throw new Error("disk");
      },
    };
    await sweepExpired(broken, log);
    expect(state.log).toEqual(["expired conversations could not be deleted; the next sweep tries again"]);
  });
});

describe("the queue", () => {
  test("what is put anew while the store writes is written again", async () => {
    const written: string[][] = [];
    const gate = Promise.withResolvers<void>();
    const queue = writeQueue<string>({
      what: "words",
      write: async (items) => {
        written.push([...items]);
        await gate.promise;
      },
      bytesOf: (item) => item.length,
      log: () => undefined,
    });
    queue.put("k", "one");
    const done = queue.flush();
    queue.put("k", "two");
    gate.resolve();
    expect(await done).toBe(true);
    expect(written).toEqual([["one"], ["two"]]);
    expect(queue.find("k")).toBeUndefined();
  });

  test("gives up the oldest rather than the memory, and says so", async () => {
    const log: string[] = [];
    const queue = writeQueue<string>({
      what: "words",
      write: () => Promise.reject(new Error("out")),
      bytesOf: () => 30 * 1024 * 1024,
      log: (_, message) => void log.push(message),
    });
    for (const key of ["a", "b", "c"]) queue.put(key, key);
    expect([queue.find("a"), queue.find("b"), queue.find("c")]).toEqual([undefined, "b", "c"]);
    expect(log).toEqual(["1 words were given up because their store stays away"]);
    expect(await queue.flush()).toBe(false);
  });
});
