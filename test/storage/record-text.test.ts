import { describe, expect, test } from "bun:test";
import { idBytes, newId } from "../../src/base/id.ts";
import type { RequestRecord } from "../../src/core/request-record.ts";
import { NO_USAGE } from "../../src/core/usage.ts";
import { decodeRecord, encodeRecord } from "../../src/storage/record-text.ts";

const served: RequestRecord = {
  id: newId(),
  at: 1_790_000_000_123,
  accountId: newId(),
  keyId: newId(),
  model: 'a "quoted" model, ümlaut',
  protocol: "openai-chat",
  operation: "generate",
  stream: true,
  status: 200,
  outcome: "finished",
  usage: { ...NO_USAGE, input: 148, cacheRead: 64, output: 100 },
  usageSource: "reported",
  chargeNanos: 9_007_199_254_740_993n,
  priceVersion: 3,
  attempts: [
    {
      upstream: "a",
      model: "m\n1",
      status: 503,
      outcome: "retryable",
      reason: "status 503",
      startMs: 1,
      tookMs: 2,
    },
    { upstream: "b", model: "m2", status: 200, outcome: "served", startMs: 3, tookMs: 4 },
  ],
  queueMs: 1,
  firstByteMs: 7,
  lastByteMs: 9,
  client: "claude-code/2.0",
  region: "",
  notes: ["needless slash in the path"],
  answerId: "chatcmpl-1",
};

const { answerId: _, ...unanswered } = served;
const failed: RequestRecord = {
  ...unanswered,
  id: newId(),
  protocol: "unknown",
  outcome: "failed",
  error: 'model: there is no model "x"',
  usage: NO_USAGE,
  usageSource: "none",
  chargeNanos: 0n,
  attempts: [],
  notes: [],
  keyId: "",
};

function stored(record: RequestRecord, text: string) {
  return { request_id: idBytes(record.id), account_id: idBytes(record.accountId), record: text };
}

describe("a record's text", () => {
  for (const record of [served, failed]) {
    test(`gives a ${record.outcome} record back as it was`, () => {
      expect(decodeRecord(stored(record, encodeRecord(record)))).toEqual(record);
    });
  }

  for (const plan of ["partner", undefined]) {
    test(`keeps the multiplier of ${plan ?? "the account"}`, () => {
      const record = { ...served, multiplier: { ppm: 900_000n, plan } };
      expect(decodeRecord(stored(record, encodeRecord(record)))).toEqual(record);
    });
  }

  test("of before there were multipliers is read without one", () => {
    const text = encodeRecord({ ...served, userId: "u" });
    expect(text).toEndWith(',"u",null,null,null]');
    expect(decodeRecord(stored(served, text)).multiplier).toBeUndefined();
  });

  test("of the first release, with names, is still read", () => {
    const { id: __, ...named } = served;
    const text = JSON.stringify({ ...named, chargeNanos: served.chargeNanos.toString() });
    expect(decodeRecord(stored(served, text))).toEqual(served);
  });
});
