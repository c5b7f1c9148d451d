import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { Awaitable } from "../../src/base/awaitable.ts";
import type { CallSignatures, ConversationStore, ResponseRecord } from "../../src/conversations/store.ts";
import type { Signature } from "../../src/core/generation/node.ts";
import type { Transcript } from "../../src/core/transcript.ts";

/** A store of conversations under test. */
export interface ConversationFixture {
  store: ConversationStore;
  setNow(ms: number): void;
  /** The store as the next process finds it; undefined for one that keeps nothing. */
  reopen(): ConversationStore | undefined;
  dispose(): Awaitable<void>;
}

export const ALICE = "a0000000000000000000000000000001";
export const BOB = "a0000000000000000000000000000002";

export const signature = (value: string, more: Partial<Signature> = {}): Signature => ({
  value,
  by: "google",
  ...more,
});

export function call(accountId: string, callId: string, more: Partial<CallSignatures> = {}): CallSignatures {
  return { accountId, callId, signatures: [signature(`of ${callId}`)], expiresAt: 1_000, ...more };
}

export function response(accountId: string, id: string, more: Partial<ResponseRecord> = {}): ResponseRecord {
  return {
    id,
    accountId,
    keyId: "b0000000000000000000000000000001",
    model: "gpt-5",
    createdAt: 1,
    expiresAt: 1_000,
    upstreamId: "openai",
    upstreamModel: "gpt-5-2025",
    input: '[{"role":"user","content":"1.0 \\u00fc"}]',
    instructions: undefined,
    output: '[{"type":"message"}]',
    response: '{"id":"r","n":1e3}',
    previousId: undefined,
    ...more,
  };
}

const KEY = "c0000000000000000000000000000001";
const OTHER_KEY = "c0000000000000000000000000000002";
const requestId = (at: number) => `d000000000000000000000000000000${at}`;

function transcript(accountId: string, at: number, more: Partial<Transcript> = {}): Transcript {
  return {
    requestId: requestId(at),
    accountId,
    keyId: KEY,
    userId: undefined,
    at: 1,
    expiresAt: 1_000,
    turns: [{ role: "user", parts: [{ kind: "text", text: "1.0 ü" }] }],
    answer: [{ role: "assistant", parts: [{ kind: "call", callId: "c", name: "f", input: "{}" }] }],
    body: '{"model":"m"}',
    isCut: false,
    ...more,
  };
}

/** What every store of conversations does. */
export function conversationContract(name: string, open: () => Awaitable<ConversationFixture>): void {
  describe(`${name}: signatures`, () => {
    let fixture: ConversationFixture;
    beforeEach(async () => {
      fixture = await open();
      fixture.setNow(1);
    });
    afterEach(() => fixture.dispose());

    const found = async (accountId: string, ...ids: string[]) =>
      [...(await fixture.store.findSignatures(accountId, ids))].sort(([a], [b]) => (a < b ? -1 : 1));

    test("are found by account and call, in their order", async () => {
      const two = call(ALICE, "c-1", {
        signatures: [
          signature("think", { by: "anthropic", model: "claude", redacted: true }),
          signature("call", { callId: "c-1", scope: "s", itemId: "rs_1" }),
        ],
      });
      await fixture.store.putSignatures([two, call(ALICE, "c-2"), call(BOB, "c-1")]);
      expect(await found(ALICE, "c-1", "c-2", "c-3")).toEqual([
        ["c-1", two],
        ["c-2", call(ALICE, "c-2")],
      ]);
      expect(await found(BOB, "c-1", "c-2")).toEqual([["c-1", call(BOB, "c-1")]]);
      expect(await found(ALICE)).toEqual([]);
    });

    test("of the same call replace each other", async () => {
      await fixture.store.putSignatures([call(ALICE, "c"), call(BOB, "c")]);
      const newer = call(ALICE, "c", { signatures: [signature("newer")], expiresAt: 2_000 });
      await fixture.store.putSignatures([newer]);
      expect(await found(ALICE, "c")).toEqual([["c", newer]]);
      expect(await found(BOB, "c")).toEqual([["c", call(BOB, "c")]]);
    });

    test("end when they expire, and are deleted in small pieces", async () => {
      const rows = Array.from({ length: 5 }, (_, at) => call(ALICE, `c-${at}`, { expiresAt: 10 + at }));
      await fixture.store.putSignatures(rows);
      fixture.setNow(12);
      expect((await found(ALICE, "c-0", "c-1", "c-2", "c-3", "c-4")).map(([id]) => id)).toEqual([
        "c-3",
        "c-4",
      ]);
      expect(await fixture.store.deleteExpiredSignatures(2)).toBe(2);
      expect(await fixture.store.deleteExpiredSignatures(2)).toBe(1);
      expect(await fixture.store.deleteExpiredSignatures(2)).toBe(0);
      expect((await found(ALICE, "c-3", "c-4")).length).toBe(2);
    });

    test("may have any text as call id", async () => {
      const odd = ["", "a b", "ü'\"--", "functions.Bash:0", "x".repeat(2_000), '["c"]'];
      await fixture.store.putSignatures(odd.map((id) => call(ALICE, id)));
      expect((await found(ALICE, ...odd)).map(([id]) => id).sort()).toEqual(odd.toSorted());
    });

    test("are there for the next process", async () => {
      await fixture.store.putSignatures([call(ALICE, "c")]);
      const next = fixture.reopen();
      if (!next) return;
      fixture.store = next;
      expect(await found(ALICE, "c")).toEqual([["c", call(ALICE, "c")]]);
    });
  });

  describe(`${name}: responses`, () => {
    let fixture: ConversationFixture;
    beforeEach(async () => {
      fixture = await open();
      fixture.setNow(1);
    });
    afterEach(() => fixture.dispose());

    test("come back as they were, to their account only", async () => {
      const full = response(ALICE, "resp_1", { instructions: '"be brief"', previousId: "resp_0" });
      await fixture.store.putResponses([full, response(ALICE, "resp_2")]);
      expect(await fixture.store.findResponse(ALICE, "resp_1")).toEqual(full);
      expect(await fixture.store.findResponse(ALICE, "resp_2")).toEqual(response(ALICE, "resp_2"));
      expect(await fixture.store.findResponse(BOB, "resp_1")).toBeUndefined();
      expect(await fixture.store.findResponse(ALICE, "resp_3")).toBeUndefined();
    });

    test("of the same id replace each other, and two accounts may have the same", async () => {
      await fixture.store.putResponses([response(ALICE, "r"), response(BOB, "r", { model: "bob's" })]);
      await fixture.store.putResponses([response(ALICE, "r", { output: "[]" })]);
      expect((await fixture.store.findResponse(ALICE, "r"))?.output).toBe("[]");
      expect((await fixture.store.findResponse(BOB, "r"))?.model).toBe("bob's");
    });

    test("are deleted once, by their account only", async () => {
      await fixture.store.putResponses([response(ALICE, "r"), response(BOB, "r")]);
      expect(await fixture.store.deleteResponse(ALICE, "r")).toBe(true);
      expect(await fixture.store.deleteResponse(ALICE, "r")).toBe(false);
      expect(await fixture.store.findResponse(ALICE, "r")).toBeUndefined();
      expect(await fixture.store.findResponse(BOB, "r")).toBeDefined();
      expect(await fixture.store.deleteResponse(BOB, "other")).toBe(false);
    });

    test("end when they expire, and are deleted in small pieces", async () => {
      const records = Array.from({ length: 4 }, (_, at) =>
        response(ALICE, `r-${at}`, { expiresAt: 10 + at }),
      );
      await fixture.store.putResponses(records);
      fixture.setNow(12);
      expect(await fixture.store.findResponse(ALICE, "r-2")).toBeUndefined();
      expect(await fixture.store.deleteResponse(ALICE, "r-2")).toBe(false);
      expect(await fixture.store.findResponse(ALICE, "r-3")).toBeDefined();
      expect(await fixture.store.deleteExpiredResponses(1)).toBe(1);
      expect(await fixture.store.deleteExpiredResponses(10)).toBeLessThanOrEqual(2);
      expect(await fixture.store.deleteExpiredResponses(10)).toBe(0);
      expect(await fixture.store.findResponse(ALICE, "r-3")).toBeDefined();
    });

    test("bring their items, which are found by account and id and go with them", async () => {
      const { store } = fixture;
      const said = (...ids: string[]) => JSON.stringify(ids.map((id) => ({ type: "message", id, n: 1 })));
      const of = (responseId: string, id: string) => [
        id,
        { text: `{"type":"message","id":"${id}","n":1}`, responseId },
      ];
      await store.putResponses([
        response(ALICE, "r-1", { output: said("msg_1", "msg_2") }),
        response(ALICE, "r-2", { output: '[{"type":"message"},7,{"id":null}]' }),
        response(ALICE, "r-3", { output: said("msg_3"), expiresAt: 20 }),
        response(BOB, "r-4", { output: said("msg_1") }),
      ]);
      const found = async (accountId: string, ...ids: string[]) =>
        [...(await store.findItems(accountId, ids))].sort(([a], [b]) => (a < b ? -1 : 1));
      expect(await found(ALICE, "msg_2", "msg_1", "msg_9", "msg_3")).toEqual([
        of("r-1", "msg_1"),
        of("r-1", "msg_2"),
        of("r-3", "msg_3"),
      ] as never);
      expect(await found(BOB, "msg_1", "msg_2")).toEqual([of("r-4", "msg_1")] as never);
      await store.putResponses([response(ALICE, "r-5", { output: said("msg_2") })]);
      expect(await found(ALICE, "msg_2")).toEqual([of("r-5", "msg_2")] as never);
      await store.deleteResponse(ALICE, "r-1");
      fixture.setNow(20);
      expect(await found(ALICE, "msg_1", "msg_3")).toEqual([]);
      expect(await found(BOB, "msg_1")).toHaveLength(1);
      expect(await store.deleteExpiredResponses(10)).toBe(1);
      expect(await store.deleteExpiredResponses(10)).toBe(0);
    });

    test("of a megabyte come back whole, and are there for the next process", async () => {
      const text = JSON.stringify("ü€😀x".repeat(150_000));
      const large = response(ALICE, "large", { output: `[${text}]` });
      await fixture.store.putResponses([large]);
      const store = fixture.reopen() ?? fixture.store;
      expect((await store.findResponse(ALICE, "large"))?.output === large.output).toBe(true);
    });
  });

  describe(`${name}: transcripts`, () => {
    let fixture: ConversationFixture;
    beforeEach(async () => {
      fixture = await open();
      fixture.setNow(1);
    });
    afterEach(() => fixture.dispose());

    const found = (accountId: string, at: number) => fixture.store.findTranscript(accountId, requestId(at));

    test("come back as they were, to their account only", async () => {
      await fixture.store.putTranscripts([transcript(ALICE, 1), transcript(BOB, 2)]);
      const { userId: _, ...kept } = transcript(ALICE, 1);
      expect(await found(ALICE, 1)).toMatchObject(kept);
      expect(await found(BOB, 1)).toBeUndefined();
      expect(await found(ALICE, 2)).toBeUndefined();
    });

    test("are deleted one by one, by key, and all of an account", async () => {
      const all = [1, 2, 3].map((at) => transcript(ALICE, at));
      await fixture.store.putTranscripts([
        ...all,
        transcript(ALICE, 4, { keyId: OTHER_KEY }),
        transcript(BOB, 5),
      ]);
      expect(await fixture.store.deleteTranscript(BOB, requestId(1))).toBe(false);
      expect(await fixture.store.deleteTranscript(ALICE, requestId(1))).toBe(true);
      expect(await fixture.store.deleteTranscript(ALICE, requestId(1))).toBe(false);
      expect(await fixture.store.deleteTranscripts(ALICE, KEY)).toBe(2);
      expect(await found(ALICE, 4)).toBeDefined();
      expect(await fixture.store.deleteTranscripts(ALICE, undefined)).toBe(1);
      expect(await found(BOB, 5)).toBeDefined();
    });

    test("end when they expire, and are deleted in small pieces", async () => {
      await fixture.store.putTranscripts(
        [1, 2, 3].map((at) => transcript(ALICE, at, { expiresAt: 10 + at })),
      );
      fixture.setNow(12);
      expect(await found(ALICE, 2)).toBeUndefined();
      expect(await found(ALICE, 3)).toBeDefined();
      expect(await fixture.store.deleteExpiredTranscripts(1)).toBe(1);
      expect(await fixture.store.deleteExpiredTranscripts(5)).toBe(1);
      expect(await found(ALICE, 3)).toBeDefined();
    });

    test("are there for the next process", async () => {
      await fixture.store.putTranscripts([transcript(ALICE, 1)]);
      const next = fixture.reopen();
      if (!next) return;
      fixture.store = next;
      expect(await found(ALICE, 1)).toBeDefined();
    });
  });
}
