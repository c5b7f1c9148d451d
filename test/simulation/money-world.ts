import { hintOf, newKey } from "../../src/accounts/key-format.ts";
import { hashKey } from "../../src/accounts/key-verifier.ts";
import { monthOf } from "../../src/base/utc-month.ts";
import { hashCode } from "../../src/billing/codes.ts";
import { monthlyCredits } from "../../src/billing/monthly-credits.ts";
import { type PaymentState, paymentWebhook } from "../../src/billing/payments.ts";
import type { Plan } from "../../src/core/model.ts";
import type { OfferSeen, PaymentSeen } from "./auditor/seen.ts";
import type { CodeScript, PaymentScript } from "./money-script.ts";
import type { SimNode } from "./node.ts";
import type { Random } from "./random.ts";
import type { Scenario } from "./scenario.ts";
import { BEGAN_AT, type MoneyPorts } from "./store-server.ts";
import { carryPlain, type WireWorld } from "./wire.ts";

/** A provider or a customer tries again this much later. */
const AGAIN_MS = 3_000;
const SWEEP_MS = 6_000;
const SECRET = "simulated";

export interface MoneyWorld {
  readonly random: Random;
  readonly scenario: Scenario;
  readonly nodes: readonly SimNode[];
  now(): number;
  after(ms: number, run: () => void): void;
  note(line: () => string): void;
  wire(node: SimNode, life: number): WireWorld;
}

export interface MoneySide {
  /** Codes and keys are there before the first request. */
  begin(ports: MoneyPorts): Promise<void>;
  /** What a node does of its own for money, from its start on. */
  nodeStarted(node: SimNode): void;
  readonly payments: readonly PaymentSeen[];
  offers(): OfferSeen[];
}

/** Payments, codes and monthly credits, through the product's own code on whichever node they reach. */
export function moneySide(world: MoneyWorld): MoneySide {
  const { random, scenario } = world;
  const { payments, codes, monthly } = scenario.money;
  const calmMs = scenario.calmMs;
  const hooks = new Map<SimNode, (body: Uint8Array, signature: string) => Promise<void>>();
  const taken = new Set<string>();
  const plan = monthly && planOf(monthly);

  function stateOf({ changes }: PaymentScript): PaymentState | undefined {
    return changes.findLast(({ atMs }) => atMs <= world.now());
  }

  /** The provider answers after a while with what was so at some moment of it. */
  function ask(node: SimNode, life: number, script: PaymentScript): Promise<PaymentState | undefined> {
    const { promise, resolve } = Promise.withResolvers<PaymentState | undefined>();
    world.after(random.ms(0, 400), () => {
      const state = stateOf(script);
      world.after(random.ms(0, 400), () => node.resumeIn(life, () => resolve(state)));
    });
    return promise;
  }

  function hookOf(node: SimNode): (body: Uint8Array, signature: string) => Promise<void> {
    const { life } = node;
    const wire = world.wire(node, life);
    const { money } = node.server;
    if (!money) throw new Error("this store takes no payments");
    return paymentWebhook({
      settleSubscription: () => Promise.resolve(),
      provider: {
        read: (body) => Promise.resolve(JSON.parse(new TextDecoder().decode(body))),
        async fetch(objectId) {
          const script = payments.find((payment) => payment.objectId === objectId);
          return script && (await ask(node, life, script));
        },
      },
      store: {
        ...money.payments,
        look: (eventId, objectId) =>
          carryPlain(wire, `look for ${eventId}`, () => money.payments.look(eventId, objectId)),
        apply: (eventId, payment, moves, now) =>
          carryPlain(wire, `apply ${eventId} (${moves})`, async () => {
            const applied = await money.payments.apply(eventId, payment, moves, now);
            if (applied === "applied") wire.tellOthers(payment.walletId);
            return applied;
          }),
      },
      now: () => node.clock.now(),
      recall: async (walletId) => await node.ledger?.recall(walletId),
    });
  }

  /** Runs it on some node, again and again until it was heard to be done. */
  function persist(what: string, atMs: number, work: (node: SimNode) => Promise<unknown>): void {
    let done = false;
    const tryIt = () => {
      if (done) return;
      const node = world.nodes[random.int(0, world.nodes.length - 1)];
      if (!node) return;
      const { life } = node;
      world.after(AGAIN_MS + random.ms(0, AGAIN_MS), tryIt);
      node.resumeIn(life, () => {
        work(node).then(
          () => {
            if (!done) world.note(() => `${what}: done`);
            done = true;
            taken.add(what);
          },
          (cause: unknown) => world.note(() => `${what}: ${String(cause)}`),
        );
      });
    };
    world.after(atMs, tryIt);
  }

  function webhook(script: PaymentScript, id: string, atMs: number): void {
    const body = new TextEncoder().encode(JSON.stringify({ id, payment: script.objectId }));
    persist(id, atMs, (node) => hooks.get(node)?.(body, "") ?? Promise.reject(new Error("no hook")));
  }

  function redeem({ codeId }: CodeScript, walletId: string, atMs: number): void {
    persist(`code ${codeId}`, atMs, async (node) => {
      const { money } = node.server;
      const wire = world.wire(node, node.life);
      if (!money) return;
      await node.ledger?.recall(walletId);
      await carryPlain(wire, `redeem ${codeId}`, async () => {
        const redeemed = await money.codes.redeem(hashCode(SECRET, codeId), walletId, node.clock.now());
        if (redeemed.kind === "redeemed") wire.tellOthers(walletId);
        return redeemed;
      });
      await node.ledger?.recall(walletId);
    });
  }

  function startMonths(node: SimNode): void {
    const { money } = node.server;
    if (!plan || !money) return;
    const { life } = node;
    const wire = world.wire(node, life);
    const credits = monthlyCredits({
      wallets: {
        grant: (grant) => carryPlain(wire, `grant ${grant.grantKey}`, () => money.wallets.grant(grant)),
        walletsWithout: (planId, month, limit) =>
          carryPlain(wire, `who lacks ${month}`, () => money.wallets.walletsWithout(planId, month, limit)),
        countKeys: () => Promise.reject(new Error("this plan grants once for the account")),
      },
      clock: node.clock,
      recall: async (walletId) => await node.ledger?.recall(walletId),
      delay: () => Promise.reject(new Error("only sweeps grant here")),
      onFault: (message, cause) => world.note(() => `${message} (${String(cause)})`),
    });
    const sweep = () => {
      if (node.life !== life) return;
      node.resumeIn(life, () => void credits.sweep([plan]).catch(() => undefined));
      world.after(SWEEP_MS, sweep);
    };
    sweep();
  }

  return {
    async begin({ codes: store, accounts }) {
      for (const { codeId, nanos } of codes) {
        const hash = hashCode(SECRET, codeId);
        await store.add([{ codeId, hash, hint: "", batch: "b", nanos, expiresAt: undefined, createdAt: 0 }]);
      }
      for (const walletId of plan ? scenario.walletIds : []) {
        const key = newKey("qn_");
        const hash = hashKey(SECRET, key);
        const row = { hash, keyId: walletId, accountId: walletId, planId: "p", name: "", hint: hintOf(key) };
        await accounts.addKey({ ...row, createdAt: 0 });
      }
      for (const script of payments) for (const { id, atMs } of script.events) webhook(script, id, atMs);
      for (const code of codes) for (const { walletId, atMs } of code.asks) redeem(code, walletId, atMs);
    },
    nodeStarted(node) {
      if (!node.server.money) return;
      hooks.set(node, hookOf(node));
      startMonths(node);
    },
    get payments() {
      return payments.map(({ objectId, changes }) => {
        const last = changes.at(-1);
        if (!last) throw new Error("a payment without a state");
        const { walletId, paidNanos: paid, refundedNanos: refunded, disputedNanos: disputed } = last;
        return { objectId, walletId, paid, refunded, disputed };
      });
    },
    offers: () => [
      ...codes.map(({ codeId, nanos }) => ({ grantKey: `code:${codeId}`, nanos, taken: true })),
      ...(monthly ? monthOffers(scenario.walletIds, monthly.nanos, calmMs) : []),
    ],
  };
}

function planOf({ nanos, carryOver }: { readonly nanos: bigint; readonly carryOver: boolean }): Plan {
  return { id: "p", monthlyCredit: { nanos, carryOver } } as Plan;
}

/** A node's clock may think that it is ten minutes earlier or later: both months can be granted. */
function monthOffers(walletIds: readonly string[], nanos: bigint, calmMs: number): OfferSeen[] {
  const months = [BEGAN_AT - 700_000, BEGAN_AT + calmMs + 700_000].map((at) => monthOf(at).name);
  return walletIds.flatMap((walletId) =>
    [...new Set(months)].map((month) => ({
      grantKey: `monthly:${walletId}:p:${month}`,
      nanos,
      taken: false,
    })),
  );
}
