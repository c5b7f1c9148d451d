import { Database } from "bun:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { copyFileSync, statSync } from "node:fs";
import { join } from "node:path";
import {
  openSqliteConversations,
  type SqliteConversationStore,
} from "../../src/storage/sqlite/conversation-store.ts";
import { newFolder } from "../support/folder.ts";
import {
  ALICE,
  BOB,
  type ConversationFixture,
  call,
  conversationContract,
  response,
  signature,
} from "./conversation-contract.ts";

const SECRET = "s".repeat(32);

conversationContract("sqlite", (): ConversationFixture => {
  const folder = newFolder();
  let now = 0;
  const clock = { now: () => now, monotonic: () => now };
  let store = openSqliteConversations(folder.path, SECRET, clock);
  return {
    get store() {
      return store;
    },
    set store(next) {
      store = next as SqliteConversationStore;
    },
    setNow: (ms) => {
      now = ms;
    },
    reopen() {
      store.close();
      store = openSqliteConversations(folder.path, SECRET, clock);
      return store;
    },
    dispose() {
      store.close();
      folder.remove();
    },
  };
});

describe("conversations on disk", () => {
  let folder: ReturnType<typeof newFolder>;
  let now = 1;
  const clock = { now: () => now, monotonic: () => now };
  const open = (secret = SECRET) => openSqliteConversations(folder.path, secret, clock);
  const fileOf = () => join(folder.path, "conversations.db");
  beforeEach(() => {
    now = 1;
    folder = newFolder();
  });
  afterEach(() => folder.remove());

  test("show nothing of what was said", async () => {
    const store = open();
    await store.putResponses([
      response(ALICE, "r", { input: '["my secret plan"]', instructions: '"be discreet"' }),
      response(ALICE, "r2", { output: '[{"id":"msg_1","content":"what was said"}]' }),
    ]);
    await store.putSignatures([call(ALICE, "c", { signatures: [signature("opaque-blob")] })]);
    store.close();
    const bytes = Buffer.from(await Bun.file(fileOf()).bytes());
    for (const word of ["secret plan", "discreet", "opaque-blob", "gpt-5", "what was said"])
      expect(bytes.includes(word)).toBe(false);
    expect(bytes.includes("call_signature")).toBe(true);
  });

  test("are not there under another secret", async () => {
    const store = open();
    await store.putResponses([response(ALICE, "r")]);
    await store.putSignatures([call(ALICE, "c")]);
    store.close();
    const other = open("t".repeat(32));
    expect(await other.findResponse(ALICE, "r")).toBeUndefined();
    expect((await other.findSignatures(ALICE, ["c"])).size).toBe(0);
    other.close();
  });

  test("a row that was moved to another account does not open", async () => {
    const store = open();
    await store.putResponses([response(ALICE, "r")]);
    await store.putSignatures([call(ALICE, "c")]);
    store.close();
    const db = new Database(fileOf());
    for (const table of ["response", "call_signature"]) {
      db.run(`UPDATE ${table} SET account_id = ?`, [Uint8Array.fromHex(BOB)]);
    }
    db.close();
    const again = open();
    expect(await again.findResponse(BOB, "r")).toBeUndefined();
    expect((await again.findSignatures(BOB, ["c"])).size).toBe(0);
    again.close();
  });

  test("survive a process that dies without closing", async () => {
    const store = open();
    await store.putSignatures([call(ALICE, "c")]);
    await store.putResponses([response(ALICE, "r")]);
    const copy = newFolder();
    for (const suffix of ["", "-wal"]) {
      copyFileSync(`${fileOf()}${suffix}`, `${join(copy.path, "conversations.db")}${suffix}`);
    }
    const next = openSqliteConversations(copy.path, SECRET, clock);
    expect(await next.findResponse(ALICE, "r")).toBeDefined();
    expect((await next.findSignatures(ALICE, ["c"])).size).toBe(1);
    next.close();
    store.close();
    copy.remove();
  });

  test("give their room back when they are deleted", async () => {
    const store = open();
    const random = () =>
      JSON.stringify(Buffer.from(crypto.getRandomValues(new Uint8Array(50_000))).toString("base64"));
    await store.putResponses(
      Array.from({ length: 40 }, (_, at) => response(ALICE, `r${at}`, { output: random() })),
    );
    store.close();
    const full = statSync(fileOf()).size;
    now = 5_000;
    const again = open();
    while ((await again.deleteExpiredResponses(10)) > 0);
    again.close();
    expect(statSync(fileOf()).size).toBeLessThan(full / 4);
  });
});
