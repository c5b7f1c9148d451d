import { memoryConversationStore } from "../../src/storage/memory/conversation-store.ts";
import { type ConversationFixture, conversationContract } from "./conversation-contract.ts";

conversationContract("memory", (): ConversationFixture => {
  let now = 0;
  return {
    store: memoryConversationStore({ now: () => now, monotonic: () => now }),
    setNow: (ms) => {
      now = ms;
    },
    reopen: () => undefined,
    dispose: () => undefined,
  };
});
