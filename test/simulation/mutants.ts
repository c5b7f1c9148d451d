import type { Settlement } from "../../src/billing/charge-rows.ts";
import type { Ledger } from "../../src/billing/ledger.ts";
import { lesser, type Reservation } from "../../src/billing/reservation.ts";
import type { ChargeEntry, LedgerStore, SettleResult } from "../../src/billing/store.ts";
import { type MemoryLedgerStore, openMemoryLedger } from "../../src/storage/memory/ledger-store.ts";
import { CheckViolation } from "../../src/storage/memory/tables.ts";
import type { ExchangeFlaws, ExchangeLedger } from "./exchange.ts";
import { sqliteStorage } from "./sqlite-server.ts";
import { type MoneyPorts, memoryStorage, type StoreServer, sharedMemory } from "./store-server.ts";
import type { Setup } from "./world.ts";

/** A mistake planted on purpose, to see that the auditor finds it. */
export interface Mutant {
  readonly name: string;
  readonly setup: Setup;
  /** How the first failure reads. */
  readonly caughtBy: RegExp;
}

function inStore(flaw: (store: MemoryLedgerStore) => Partial<LedgerStore>): Setup {
  return { storage: (clock) => memoryStorage(clock, (store) => ({ ...store, ...flaw(store) })) };
}

/** As `inStore`, of a store that nodes share. */
function inSharedStore(flaw: (store: MemoryLedgerStore) => Partial<LedgerStore>): Setup {
  return { storage: (clock) => sharedMemory(clock, (store) => ({ ...store, ...flaw(store) })) };
}

/** In the stores of payments, codes and wallets, which SQLite has. */
function inMoney(flaw: (money: MoneyPorts) => Partial<MoneyPorts>): Setup {
  return {
    embedded: true,
    storage(clock, random) {
      const onFatal = (cause: unknown) => {
        throw cause;
      };
      const storage = sqliteStorage({ clock, random, transparent: true, onFatal });
      const open = () => {
        const server = storage.open();
        return server.money ? { ...server, money: { ...server.money, ...flaw(server.money) } } : server;
      };
      return { open, dispose: storage.dispose };
    },
  };
}

function inServer(flaw: (server: StoreServer) => Partial<StoreServer>): Setup {
  return {
    storage(clock) {
      const storage = memoryStorage(clock);
      const server = storage.open();
      const flawed = { ...server, ...flaw(server) };
      return { ...storage, open: () => flawed };
    },
  };
}

function inLedger(flaw: (ledger: Ledger) => Partial<ExchangeLedger>): Setup {
  return {
    storage: (clock) => memoryStorage(clock),
    wrapLedger: (ledger) => ({
      reserve: (walletId, requestId, holdNanos, leastNanos) =>
        ledger.reserve(walletId, requestId, holdNanos, leastNanos),
      extend: (reservation, moreNanos) => ledger.extend(reservation, moreNanos),
      release: (reservation) => ledger.release(reservation),
      settle: (reservation, settlement) => ledger.settle(reservation, settlement),
      ...flaw(ledger),
    }),
  };
}

function inExchange(flaws: ExchangeFlaws): Setup {
  return { storage: (clock) => memoryStorage(clock), flaws };
}

/** Writes a charge again, as a retry without the unique key would. */
function postAgain({ tables }: MemoryLedgerStore, entry: ChargeEntry): void {
  tables.transact(() => {
    for (const row of entry.rows) {
      const leg = row.leg + entry.rows.length;
      const key = `${row.lotId}:${row.epoch}`;
      const lease = tables.leases.get(key);
      if (!lease) continue;
      tables.charges.put(`${row.requestId}:${leg}`, { ...row, leg });
      tables.leases.put(key, { ...lease, spentNanos: lease.spentNanos + row.amountNanos });
    }
  });
}

/** As `work`, but a broken check changes nothing and is kept quiet, so that only the auditor can tell. */
function quietly(work: () => void): void {
  try {
    work();
  } catch (cause) {
    if (!(cause instanceof CheckViolation)) throw cause;
  }
}

function freeLegs(reservation: Reservation): void {
  for (const { slice, holdNanos } of reservation.legs) slice.reserved -= holdNanos;
}

async function settleWithHold(
  ledger: Ledger,
  reservation: Reservation,
  settlement: Settlement,
  holdNanos: bigint,
) {
  const [first, ...rest] = reservation.legs;
  if (!first) return await ledger.settle(reservation, settlement);
  const more = holdNanos - reservation.holdNanos;
  const legs = [{ ...first, holdNanos: first.holdNanos + more }, ...rest];
  return await ledger.settle({ ...reservation, holdNanos, legs }, settlement);
}

export const MUTANTS: readonly Mutant[] = [
  {
    name: "a charge is acknowledged before it is durable",
    setup: inStore((store) => {
      let calls = 0;
      return {
        settle(entries) {
          calls++;
          if (calls % 7 !== 0) return store.settle(entries);
          return Promise.resolve(entries.map((): SettleResult => ({ kind: "applied" })));
        },
      };
    }),
    caughtBy: /I1|I3|still leases/,
  },
  {
    name: "a charge is posted again when it is repeated",
    setup: inStore((store) => ({
      async settle(entries) {
        const results = await store.settle(entries);
        for (const [index, entry] of entries.entries()) {
          if (results[index]?.kind === "duplicate") quietly(() => postAgain(store, entry));
        }
        return results;
      },
    })),
    caughtBy: /I1|I2|I3|is priced|\(4\)|spent \+ returned/,
  },
  {
    name: "a reversal is forgotten",
    setup: inStore(() => ({ reverse: () => Promise.resolve() })),
    caughtBy: /I2|I3/,
  },
  {
    name: "a reversal pays again when it is repeated",
    setup: inStore((store) => {
      let calls = 0;
      return {
        async reverse(requestId) {
          await store.reverse(requestId);
          const { tables } = store;
          const paid = tables.transfers.get(`reversal:${requestId}:0`);
          const lot = paid && tables.lots.get(paid.credit);
          if (!paid || !lot || calls++ === 0) return;
          const key = `reversal:${requestId}:again${calls}`;
          const lotId = `${"f".repeat(24)}${calls.toString().padStart(8, "0")}`;
          tables.transact(() => {
            tables.lots.put(lotId, { ...lot, lotId, takenNanos: 0n, grantKey: key });
            tables.transfers.put(key, { ...paid, key, credit: lotId });
          });
        },
      };
    }),
    caughtBy: /I2|I3/,
  },
  {
    name: "the tombstone of a charge given up is not written",
    setup: inStore((store) => ({
      async settle(entries) {
        const charges = entries.filter((entry) => entry.rows[0]?.state !== "void");
        const results = [...(await store.settle(charges))];
        return entries.map((entry) =>
          charges.includes(entry) ? (results.shift() ?? { kind: "fenced" }) : { kind: "applied" },
        );
      },
    })),
    caughtBy: /I2|\(4\)|spent \+ returned/,
  },
  {
    name: "returned money is returned twice",
    setup: inStore((store) => ({
      async giveBack(steps) {
        await store.giveBack(steps);
        for (const { lotId, nanos } of steps.flatMap(({ grants }) => grants)) {
          const lot = store.tables.lots.get(lotId);
          if (!lot) continue;
          quietly(() =>
            store.tables.transact(() =>
              store.tables.lots.put(lotId, { ...lot, takenNanos: lot.takenNanos - nanos }),
            ),
          );
        }
      },
    })),
    caughtBy: /\(3\)/,
  },
  {
    name: "a lot is leased after it has expired",
    setup: inStore((store) => {
      const timeless = openMemoryLedger({ now: () => 0, monotonic: () => 0 }, store.tables);
      return { lease: timeless.lease };
    }),
    caughtBy: /after it had expired \(8\)/,
  },
  {
    name: "charges of an ended epoch are still written",
    setup: inStore((store) => ({
      settle(entries) {
        const { epoch } = store.tables;
        const revived = entries.map((entry) => ({
          ...entry,
          rows: entry.rows.map((row) => ({ ...row, epoch })),
        }));
        return store.settle(revived);
      },
    })),
    caughtBy: /is not leased in epoch|\(4\)|spent \+ returned/,
  },
  {
    name: "the leases of an ended epoch are not returned",
    setup: inStore(({ tables }) => ({
      register() {
        tables.epochs.put(String(tables.epoch), { nodeId: 1, live: false, expiresAt: 0 });
        tables.epoch++;
        tables.epochs.put(String(tables.epoch), {
          nodeId: 1,
          live: true,
          expiresAt: Number.POSITIVE_INFINITY,
        });
        return Promise.resolve(tables.epoch);
      },
    })),
    caughtBy: /a dead epoch still leases|for want of money/,
  },
  {
    name: "a lease that comes too late lands in the next epoch",
    setup: inStore((store) => ({
      lease: (step) => store.lease({ ...step, epoch: store.tables.epoch }),
    })),
    caughtBy: /the idle node still leases|for want of money/,
  },
  {
    name: "money that comes back too late is returned out of the next epoch",
    setup: inStore((store) => ({
      giveBack: (steps) => store.giveBack(steps.map((step) => ({ ...step, epoch: store.tables.epoch }))),
    })),
    caughtBy: /is not leased in epoch|\(4\)|spent \+ returned/,
  },
  {
    name: "a top-up counts again when it is repeated",
    setup: inServer((server) => {
      let asked = 0;
      return { grant: (lot) => server.grant({ ...lot, grantKey: `${lot.grantKey}#${asked++}` }) };
    }),
    caughtBy: /\(6\)/,
  },
  {
    name: "a charge is above its hold",
    setup: inLedger((ledger) => ({
      settle(reservation, settlement) {
        const holdNanos = reservation.holdNanos + settlement.pricedNanos;
        return settleWithHold(ledger, reservation, settlement, holdNanos);
      },
    })),
    caughtBy: /above its hold|I1|\(4\)|spent \+ returned/,
  },
  {
    name: "the shortfall is forgotten",
    setup: inLedger((ledger) => ({
      settle(reservation, settlement) {
        const { pricedNanos } = settlement;
        const { holdNanos } = reservation;
        return ledger.settle(reservation, {
          ...settlement,
          pricedNanos: lesser(pricedNanos, holdNanos),
        });
      },
    })),
    caughtBy: /is priced/,
  },
  {
    name: "a hold is freed when its charge is only on its way",
    setup: inLedger((ledger) => ({
      settle(reservation, settlement) {
        freeLegs(reservation);
        return ledger.settle(reservation, settlement);
      },
    })),
    caughtBy: /\(4\)|\(10\)|spent \+ returned/,
  },
  {
    name: "a hold is freed a second time because settling failed",
    setup: inLedger((ledger) => ({
      async settle(reservation, settlement) {
        const outcome = await ledger.settle(reservation, settlement);
        if (outcome.kind === "void") freeLegs(reservation);
        return outcome;
      },
    })),
    caughtBy: /\(4\)|\(10\)|spent \+ returned/,
  },
  {
    name: "the terminator is shown before the charge is durable",
    setup: inExchange({ terminatorFirst: true }),
    caughtBy: /I1/,
  },
  {
    name: "the terminator is shown although the charge is void",
    setup: inExchange({ errorsIgnored: true }),
    caughtBy: /I1/,
  },
  {
    name: "an answer cut by its client costs nothing",
    setup: inExchange({ cutIsFree: true }),
    caughtBy: /I3/,
  },
  {
    name: "a step with a lease that is asked for again is done again",
    setup: inSharedStore((store) => {
      let turns = 1_000_000;
      return { lease: (step) => store.lease({ ...step, turn: turns++ }) };
    }),
    caughtBy: /still leases|for want of money|came after turn/,
  },
  {
    name: "what an ended node had leased is not returned",
    setup: inSharedStore(({ tables }) => ({
      async renew(epoch) {
        const row = tables.epochs.get(String(epoch));
        for (const [key, other] of tables.epochs.rows)
          if (key < String(epoch)) tables.epochs.put(key, { ...other, live: false });
        return row?.live ?? false;
      },
    })),
    caughtBy: /still leases|no fault was near|for want of money/,
  },
  {
    name: "a hold grows without money behind it",
    setup: inLedger(() => ({
      extend(reservation, moreNanos) {
        const [first] = reservation.legs;
        if (!first) return false;
        first.holdNanos += moreNanos;
        reservation.holdNanos += moreNanos;
        return true;
      },
    })),
    caughtBy: /\(4\)|spent \+ returned|\(10\)/,
  },
  {
    name: "what others hold is forgotten where less would do",
    setup: inSharedStore((store) => ({
      async lease(step) {
        return { ...(await store.lease(step)), elsewhereNanos: 0n };
      },
    })),
    caughtBy: /for want of money/,
  },
  {
    name: "a webhook that was taken is taken again",
    setup: inMoney(({ payments }) => {
      let events = 0;
      return {
        payments: {
          ...payments,
          look: (eventId, objectId) => payments.look(`${eventId}#${events}`, objectId),
          apply: (eventId, payment, moves, now) =>
            payments.apply(
              `${eventId}#${events++}`,
              { ...payment, paidNanos: payment.paidNanos + 1n },
              moves,
              now,
            ),
        },
      };
    }),
    caughtBy: /\(6\)/,
  },
  {
    name: "what is owed is never collected",
    setup: inMoney(({ payments }) => ({ payments: { ...payments, collectDebts: () => undefined } })),
    caughtBy: /could pay \(7\)/,
  },
  {
    name: "a month's credit does not go when it has expired",
    setup: inServer(() => ({ expire: () => undefined })),
    caughtBy: /expired long ago/,
  },
];
