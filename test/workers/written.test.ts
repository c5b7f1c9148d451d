import { expect, test } from "bun:test";
import type { ChargeEntry } from "../../src/billing/store.ts";
import type { RequestRecord } from "../../src/core/request-record.ts";
import { NO_USAGE } from "../../src/core/usage.ts";
import { readEntries, readRecords, writeEntries, writeRecords } from "../../src/workers/written.ts";

const ID = "0192f0c0a1b2c3d4e5f6a7b8c9d0e1f2";
const usage = { ...NO_USAGE, input: 12, output: 7 };

function row(leg: number, lotId: string | null): ChargeEntry["rows"][number] {
  const money = { lotId, amountNanos: 1n << 60n, pricedNanos: (1n << 60n) + 1n, priceVersion: 3, usage };
  return { requestId: ID, leg, state: "posted", walletId: ID, epoch: 4, at: 1_700_000_000_000, ...money };
}

test("charges arrive as they were written, each by itself", () => {
  const answer = { id: 'resp_"1"\n', upstream: "u" };
  const entries: ChargeEntry[] = [
    { rows: [{ ...row(0, ID), answer }, row(1, null)], repeated: true },
    { rows: [row(0, ID)], repeated: false },
  ];
  expect(readEntries(writeEntries(entries))).toEqual(entries);
  expect(readEntries(writeEntries([]))).toEqual([]);
});

test("records arrive as they were written", () => {
  const record: RequestRecord = {
    ...{
      id: ID,
      at: 1,
      accountId: ID,
      keyId: ID,
      model: "a\nb",
      protocol: "openai-chat",
      operation: "generate",
    },
    ...{ stream: true, status: 502, outcome: "failed", error: 'said "no"\n', usage, usageSource: "reported" },
    ...{ chargeNanos: 1n << 60n, priceVersion: 2, queueMs: 1, firstByteMs: 2, lastByteMs: 3 },
    ...{ client: "c", region: "", notes: ["one\ntwo"], userId: ID, costNanos: 5n },
    attempts: [
      {
        upstream: "u",
        model: "m",
        status: 500,
        outcome: "retryable",
        reason: "broke\n",
        startMs: 0,
        tookMs: 9,
      },
    ],
  };
  expect(readRecords(writeRecords([record, { ...record, notes: [] }]))).toEqual([
    record,
    { ...record, notes: [] },
  ]);
  expect(readRecords(writeRecords([]))).toEqual([]);
});
