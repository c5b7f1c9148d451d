import type { PaymentState } from "../../src/billing/payments.ts";
import type { Random } from "./random.ts";

/** A payment's sums from a moment on. */
interface PaymentChange extends PaymentState {
  readonly atMs: number;
}

export interface PaymentScript {
  readonly objectId: string;
  readonly changes: readonly PaymentChange[];
  /** Webhooks, at least one after the last change, in any order and each perhaps more than once. */
  readonly events: readonly { readonly id: string; readonly atMs: number }[];
}

export interface CodeScript {
  readonly codeId: string;
  readonly nanos: bigint;
  readonly asks: readonly { readonly atMs: number; readonly walletId: string }[];
}

/** What moves money besides requests and operators. */
export interface MoneyScript {
  readonly payments: readonly PaymentScript[];
  readonly codes: readonly CodeScript[];
  /** What each wallet gets a month; undefined: nothing. */
  readonly monthly: { readonly nanos: bigint; readonly carryOver: boolean } | undefined;
}

function drawPayment(random: Random, objectId: string, walletId: string, calmMs: number): PaymentScript {
  const paid = BigInt(random.int(50, random.pick([600, 6_000])));
  const firstMs = random.ms(0, calmMs * 0.7);
  const state = { objectId, walletId, paidNanos: paid };
  const changes = [{ ...state, refundedNanos: 0n, disputedNanos: 0n, atMs: firstMs }];
  const part = () => (random.chance(0.6) ? paid : BigInt(random.int(0, Number(paid))));
  for (let atMs = firstMs; random.chance(0.65); ) {
    atMs += random.ms(1, random.pick([500, 4_000, 15_000]));
    const { refundedNanos, disputedNanos } = changes.at(-1) ?? { refundedNanos: 0n, disputedNanos: 0n };
    const refunds = random.chance(0.5);
    const more = part();
    const refunded = refunds && more > refundedNanos ? more : refundedNanos;
    const disputed = refunds || disputedNanos > 0n ? 0n : part();
    changes.push({ ...state, refundedNanos: refunded, disputedNanos: disputed, atMs });
  }
  const events = changes.map((change, index) => ({
    id: `evt_${objectId}_${index}`,
    atMs: change.atMs + random.ms(0, random.pick([50, 6_000])),
  }));
  return { objectId, changes, events };
}

export function drawMoney(random: Random, walletIds: readonly string[], calmMs: number): MoneyScript {
  const walletId = () => walletIds[random.int(0, walletIds.length - 1)] ?? "";
  const payments = Array.from({ length: random.int(0, 3) }, (_, index) =>
    drawPayment(random, `pi_${index}`, walletId(), calmMs),
  );
  const codes = Array.from({ length: random.int(0, 2) }, (_, index) => ({
    codeId: `d${index.toString(16).padStart(31, "0")}`,
    nanos: BigInt(random.int(50, 2_000)),
    asks: Array.from({ length: random.int(1, 4) }, () => ({
      atMs: random.ms(0, calmMs),
      walletId: walletId(),
    })),
  }));
  const monthly = random.chance(0.5)
    ? { nanos: BigInt(random.int(50, 2_000)), carryOver: random.chance(0.2) }
    : undefined;
  return { payments, codes, monthly };
}
