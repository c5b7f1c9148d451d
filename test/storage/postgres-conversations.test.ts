import { describe } from "bun:test";
import { postgresConversations } from "../../src/storage/postgres/conversation-store.ts";
import { hasPostgres, newDatabase } from "../support/postgres.ts";
import { conversationContract } from "./conversation-contract.ts";

describe.if(hasPostgres("conversations on PostgreSQL"))("on a real server", () => {
  conversationContract("PostgreSQL", async () => {
    let now = 0;
    const { sql, close } = await newDatabase();
    const open = () => postgresConversations(sql, "s".repeat(32), { now: () => now, monotonic: () => now });
    return {
      store: open(),
      setNow(ms) {
        now = ms;
      },
      reopen: open,
      dispose: close,
    };
  });
});
