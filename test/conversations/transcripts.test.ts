import { describe, expect, test } from "bun:test";
import { keptTranscripts, promptDays } from "../../src/conversations/transcripts.ts";
import { NO_PROMPT_RULE } from "../../src/core/transcript.ts";
import { memoryConversationStore } from "../../src/storage/memory/conversation-store.ts";

const MEGABYTE = 1_048_576;

function bench() {
  const clock = { now: () => 1_000, monotonic: () => 0 };
  const log: string[] = [];
  const transcripts = keptTranscripts({
    store: memoryConversationStore(clock),
    clock,
    log: (_level, message) => void log.push(message),
    operator: () => ({ keep: true, days: 1 }),
    ruleOf: () => NO_PROMPT_RULE,
  });
  return { transcripts, log };
}

describe("room for requests that run", () => {
  test("is bounded over all of them; what finds none is not kept, and that is said once", () => {
    const { transcripts, log } = bench();
    const rooms = Array.from({ length: 8 }, () => transcripts.admit(8 * MEGABYTE));
    expect(rooms.every((room) => room !== undefined)).toBe(true);
    expect(transcripts.admit(1)).toBeUndefined();
    expect(transcripts.admit(1)).toBeUndefined();
    expect(log).toEqual([expect.stringContaining("are not kept")]);
    expect(rooms[0]?.grow(1)).toBe(false);
    rooms[0]?.leave();
    rooms[0]?.leave();
    expect(rooms[1]?.grow(8 * MEGABYTE)).toBe(true);
    expect(rooms[2]?.grow(1)).toBe(false);
  });
});

describe("days", () => {
  test("are the account's within the operator's; none where either forbids it", () => {
    const operator = { keep: true, days: 30 };
    expect(promptDays(operator, NO_PROMPT_RULE)).toBe(30);
    expect(promptDays(operator, { ...NO_PROMPT_RULE, days: 7 })).toBe(7);
    expect(promptDays(operator, { ...NO_PROMPT_RULE, days: 90 })).toBe(30);
    expect(promptDays(operator, { ...NO_PROMPT_RULE, forbidden: true })).toBe(0);
    expect(promptDays({ ...operator, keep: false }, NO_PROMPT_RULE)).toBe(0);
  });
});
