import type { LotSource } from "../billing/wallets.ts";

/** Among lots that expire together free credit is spent before bought credit. */
export const SPEND_RANK: Record<LotSource, number> = {
  budget: 0,
  demo: 0,
  monthly: 0,
  plan: 0,
  trial: 0,
  code: 5,
  "top-up": 10,
  payment: 10,
};
