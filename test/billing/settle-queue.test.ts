import { drainMicrotasks } from "bun:jsc";
import { beforeEach, describe, expect, test } from "bun:test";
import type { SettleOutcome } from "../../src/billing/outcomes.ts";
import { SettleQueue, type SettleQueueOptions } from "../../src/billing/settle-queue.ts";
import type { ChargeEntry, ChargeRow } from "../../src/billing/store.ts";
import { NO_USAGE } from "../../src/core/usage.ts";
import { type MemoryLedgerStore, openMemoryLedger } from "../../src/storage/memory/ledger-store.ts";
import { type GatedStore, gatedStore, type ManualTime, manualTime, valueNow } from "./gated-store.ts";

const WAIT_MS = 5_000;
const RETRY_MS = 200;

interface Task {
  readonly outcome: Promise<SettleOutcome>;
  /** What the ledger was told: undefined while it is not known whether the charge stands. */
  readonly known: () => boolean | undefined;
}

describe("the settle queue", () => {
  let time: ManualTime;
  let memory: MemoryLedgerStore;
  let gate: GatedStore;
  let queue: SettleQueue;
  let epoch: number;
  let lotId: string;
  let fenced: number[];
  let adopt: SettleQueueOptions["adopt"];
  let faults: string[];

  beforeEach(async () => {
    time = manualTime();
    memory = openMemoryLedger(time.clock);
    memory.addWallet("w");
    memory.grant({
      walletId: "w",
      source: "top-up",
      nanos: 1_000_000n,
      expiresAt: null,
      spendRank: 0,
      grantKey: "g",
    });
    epoch = await memory.register();
    const { grants } = await memory.lease({
      walletId: "w",
      epoch,
      turn: 1,
      needNanos: 1n,
      wantNanos: 1n << 62n,
    });
    lotId = grants[0]?.lotId ?? "";
    gate = gatedStore(memory);
    fenced = [];
    adopt = () => Promise.resolve(undefined);
    faults = [];
    queue = new SettleQueue({
      store: gate.store,
      clock: time.clock,
      settleWaitMs: WAIT_MS,
      groupMs: 0,
      retryMs: RETRY_MS,
      delay: time.delay,
      onFault: (_, cause) => faults.push(String(cause)),
      onFenced: (ended) => fenced.push(ended),
      adopt: (rows) => adopt(rows),
    });
  });

  function add(requestId: string, nanos = 10n): Task {
    const row: ChargeRow = {
      requestId,
      leg: 0,
      state: "posted",
      walletId: "w",
      epoch,
      lotId,
      amountNanos: nanos,
      pricedNanos: nanos,
      priceVersion: 1,
      usage: NO_USAGE,
      at: 0,
    };
    let known: boolean | undefined;
    const outcome = queue.add({
      rows: [row],
      onKnown: (posted) => {
        if (known !== undefined) throw new Error(`${requestId} is known twice`);
        known = posted;
      },
    });
    return { outcome, known: () => known };
  }

  function entriesOf(call: { readonly args: readonly unknown[] }): readonly ChargeEntry[] {
    return call.args as readonly ChargeEntry[];
  }

  function shape(call: { readonly args: readonly unknown[] }): string[] {
    return entriesOf(call).map(
      ({ rows, repeated }) => `${rows[0]?.requestId} ${rows[0]?.state}${repeated ? " again" : ""}`,
    );
  }

  function stateOf(requestId: string): string | undefined {
    return memory.tables.charges.get(`${requestId}:0`)?.state;
  }

  function reversals(): number {
    return [...memory.tables.transfers.rows.values()].filter((row) => row.kind === "reversal").length;
  }

  test("writes at once, and says posted when it is durable", () => {
    gate.hold("settle");
    const task = add("a");
    expect(valueNow(task.outcome)).toBeUndefined();
    gate.next("settle").pass();
    expect(valueNow(task.outcome)).toEqual({ kind: "posted", amountNanos: 10n });
    expect(task.known()).toBe(true);
    expect(stateOf("a")).toBe("posted");
  });

  test("what comes while a write is under way goes with the next one", () => {
    gate.hold("settle");
    const tasks = ["a", "b", "c"].map((id) => add(id));
    const first = gate.next("settle");
    expect(shape(first)).toEqual(["a posted"]);
    first.pass();
    const second = gate.next("settle");
    expect(shape(second)).toEqual(["b posted", "c posted"]);
    second.pass();
    expect(tasks.map((task) => valueNow(task.outcome)?.kind)).toEqual(["posted", "posted", "posted"]);
    expect(gate.heldCount).toBe(0);
  });

  test("no batch is larger than 500", () => {
    gate.hold("settle");
    for (let number = 0; number <= 600; number++) add(`r${number}`, 1n);
    gate.next("settle").pass();
    const second = gate.next("settle");
    expect(entriesOf(second)).toHaveLength(500);
    second.pass();
    expect(entriesOf(gate.next("settle"))).toHaveLength(100);
  });

  test("a write that failed is repeated under the same ids, after a while, with what came meanwhile", () => {
    gate.hold("settle");
    const task = add("a");
    gate.next("settle").fail();
    add("b");
    expect(gate.heldCount).toBe(0);
    time.advance(RETRY_MS);
    const retry = gate.next("settle");
    expect(shape(retry)).toEqual(["a posted again", "b posted"]);
    retry.pass();
    expect(valueNow(task.outcome)?.kind).toBe("posted");
    expect(faults).toHaveLength(1);
  });

  test("a charge whose answer was lost is posted, once", () => {
    gate.hold("settle");
    const task = add("a");
    gate.next("settle").lose();
    time.advance(RETRY_MS);
    gate.next("settle").pass();
    expect(valueNow(task.outcome)).toEqual({ kind: "posted", amountNanos: 10n });
    expect(memory.tables.leases.get(`${lotId}:${epoch}`)?.spentNanos).toBe(10n);
  });

  test("an answer for fewer charges than were asked is no answer", () => {
    const short = { ...gate.store, settle: () => Promise.resolve([]) };
    const lame = new SettleQueue({
      store: short,
      clock: time.clock,
      settleWaitMs: WAIT_MS,
      groupMs: 0,
      retryMs: RETRY_MS,
      delay: time.delay,
      onFault: (_, cause) => faults.push(String(cause)),
      onFenced: () => undefined,
      adopt: () => Promise.resolve(undefined),
    });
    queue = lame;
    const task = add("a");
    drainMicrotasks();
    expect(faults[0]).toContain("0 of 1");
    expect(task.known()).toBeUndefined();
  });

  test("a charge of an ended epoch is made anew where that can be paid", async () => {
    const known: boolean[] = [];
    adopt = (rows) =>
      Promise.resolve({
        rows: rows.map((row) => ({
          ...row,
          epoch: epoch + 1,
          lotId: null,
          amountNanos: 0n,
          pricedNanos: 0n,
        })),
        onKnown: (posted) => known.push(posted),
      });
    await memory.register();
    const task = add("a");
    expect(valueNow(task.outcome)).toEqual({ kind: "posted", amountNanos: 0n });
    expect([task.known(), known, fenced]).toEqual([true, [true], [epoch]]);
    expect(valueNow(queue.idle().then(() => "idle"))).toBe("idle");
  });

  test("a charge of an ended epoch is void, and the ledger hears which epoch", async () => {
    await memory.register();
    const task = add("a");
    expect(valueNow(task.outcome)?.kind).toBe("void");
    expect(task.known()).toBe(false);
    expect(fenced).toEqual([epoch]);
  });

  test("a charge that had been written before its epoch ended stands", async () => {
    gate.hold("settle");
    const task = add("a");
    gate.next("settle").lose();
    await memory.register();
    time.advance(RETRY_MS);
    gate.next("settle").pass();
    expect(valueNow(task.outcome)?.kind).toBe("posted");
    expect(fenced).toEqual([]);
  });

  describe("when the wait ends first", () => {
    test("the client is told while writes fail, and the charge is voided", () => {
      gate.hold("settle");
      const task = add("a");
      for (let ms = 0; ms < WAIT_MS; ms += RETRY_MS) {
        gate.next("settle").fail();
        expect(valueNow(task.outcome)).toBeUndefined();
        time.advance(RETRY_MS);
      }
      expect(valueNow(task.outcome)?.kind).toBe("void");
      expect(task.known()).toBeUndefined();
      gate.next("settle").fail();
      time.advance(RETRY_MS);
      const last = gate.next("settle");
      expect(shape(last)).toEqual(["a void again"]);
      last.pass();
      expect(task.known()).toBe(false);
      expect(stateOf("a")).toBe("void");
    });

    test("the client is told while a write neither fails nor returns; a charge that lands is paid back", () => {
      gate.hold("settle");
      const task = add("a");
      time.advance(WAIT_MS - 1);
      expect(valueNow(task.outcome)).toBeUndefined();
      time.advance(1);
      expect(valueNow(task.outcome)?.kind).toBe("void");
      expect(task.known()).toBeUndefined();
      gate.next("settle").pass();
      expect(task.known()).toBe(true);
      expect([stateOf("a"), reversals()]).toEqual(["posted", 1]);
    });

    test("every client at its own time", () => {
      gate.hold("settle");
      const early = add("a");
      time.advance(3_000);
      const late = add("b");
      time.advance(WAIT_MS - 3_000);
      expect([valueNow(early.outcome)?.kind, valueNow(late.outcome)?.kind]).toEqual(["void", undefined]);
      time.advance(3_000);
      expect(valueNow(late.outcome)?.kind).toBe("void");
    });

    test("a charge whose answers are all lost is paid back when the void comes second", () => {
      gate.hold("settle");
      const task = add("a");
      for (let ms = 0; ms <= WAIT_MS; ms += RETRY_MS) {
        gate.next("settle").lose();
        time.advance(RETRY_MS);
      }
      expect(valueNow(task.outcome)?.kind).toBe("void");
      gate.next("settle").pass();
      expect(task.known()).toBe(true);
      expect([stateOf("a"), reversals()]).toEqual(["posted", 1]);
    });

    test("a reversal is repeated until it is done, and holds up nobody's answer", () => {
      gate.hold("settle");
      gate.hold("reverse");
      const task = add("a");
      gate.next("settle").lose();
      time.advance(WAIT_MS);
      gate.next("settle").fail();
      const other = add("b");
      time.advance(RETRY_MS);
      const batch = gate.next("settle");
      expect(shape(batch)).toEqual(["a void again", "b posted"]);
      batch.pass();
      expect(valueNow(other.outcome)?.kind).toBe("posted");
      gate.next("reverse").lose();
      expect(task.known()).toBeUndefined();
      time.advance(RETRY_MS);
      gate.next("settle").pass();
      gate.next("reverse").pass();
      expect(task.known()).toBe(true);
      expect(reversals()).toBe(1);
    });

    test("a void of an ended epoch needs no row: nothing of it will be written", async () => {
      gate.hold("settle");
      const task = add("a");
      time.advance(WAIT_MS);
      await memory.register();
      gate.next("settle").fail();
      time.advance(RETRY_MS);
      gate.next("settle").pass();
      expect(task.known()).toBe(false);
      expect(stateOf("a")).toBeUndefined();
    });
  });

  test("idle waits until every charge is known", () => {
    expect(valueNow(queue.idle().then(() => "idle"))).toBe("idle");
    gate.hold("settle");
    add("a");
    const idle = queue.idle().then(() => "idle");
    gate.next("settle").fail();
    expect(valueNow(idle)).toBeUndefined();
    time.advance(RETRY_MS);
    gate.next("settle").pass();
    expect(valueNow(idle)).toBe("idle");
  });
});
