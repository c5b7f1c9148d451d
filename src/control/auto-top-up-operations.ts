import { z } from "zod";
import { NANOS_PER_CENT, type Nanos } from "../core/money.ts";
import {
  ACCOUNT,
  accountOf,
  amountOf,
  type Cashier,
  CommandError,
  type ControlDeps,
  operation,
} from "./operation.ts";

/** What Stripe charges at the least. */
const CENTS_MIN = 50n;
const TIMES_A_DAY = 3;

export const RETURN_URL = z.url({ protocol: /^https?$/, error: "must be the address to come back to" });

/** @throws CommandError where nobody takes payments. */
export function providerOf({ paymentProvider }: ControlDeps): Cashier {
  if (paymentProvider) return paymentProvider;
  throw new CommandError(
    "Nobody takes payments here; set QUOIN_STRIPE_KEY and QUOIN_STRIPE_WEBHOOK_SECRET.",
    "unavailable",
  );
}

/** An amount in whole cents. @throws CommandError naming the field. */
export function centsIn(text: string, field = "amount"): Nanos {
  const nanos = amountOf(text, field);
  if (nanos % NANOS_PER_CENT !== 0n) throw new CommandError(`${field}: must be whole cents.`);
  return nanos;
}

/** The provider's id of the account's payer, made where there is none yet. */
export async function customerOf(deps: ControlDeps, walletId: string, account: string): Promise<string> {
  const known = await deps.autoTopUps.customer(walletId);
  if (known !== undefined) return known;
  return await deps.autoTopUps.keepCustomer(walletId, await providerOf(deps).newCustomer(walletId, account));
}

async function methodOf({ autoTopUps, paymentProvider }: ControlDeps, walletId: string) {
  const customer = paymentProvider && (await autoTopUps.customer(walletId));
  return customer === undefined ? undefined : await paymentProvider?.savedMethod(customer);
}

async function viewOf(deps: ControlDeps, account: string, walletId: string): Promise<object> {
  const terms = await deps.autoTopUps.find(walletId, deps.clock.now());
  const method = await methodOf(deps, walletId);
  return {
    account,
    on: terms !== undefined && terms.offReason === undefined,
    off_reason: terms?.offReason ?? null,
    below_nanos: terms?.belowNanos.toString() ?? null,
    amount_nanos: terms?.amountNanos.toString() ?? null,
    times_a_day: terms?.timesADayMax ?? null,
    month_max_nanos: terms?.monthNanosMax.toString() ?? null,
    month_nanos: terms?.monthNanos.toString() ?? "0",
    failures: terms?.failures ?? 0,
    email: terms?.email ?? null,
    method: method?.label ?? null,
  };
}

const ARGS = z.strictObject({
  account: ACCOUNT,
  below: z.string().optional(),
  amount: z.string().optional(),
  times_a_day: z.number().int().min(1).max(100).default(TIMES_A_DAY),
  month_max: z.string().optional(),
  email: z.email("must be an e-mail address").max(254).optional(),
  off: z.boolean().default(false),
});

async function setTerms(deps: ControlDeps, walletId: string, asked: z.infer<typeof ARGS>): Promise<void> {
  const { account, below, amount, month_max: monthMax, times_a_day: timesADayMax, email } = asked;
  if (below === undefined) return;
  if (amount === undefined) throw new CommandError("amount: is missing; say how much is charged each time.");
  if (monthMax === undefined)
    throw new CommandError("month_max: is missing; say how much may be charged in a month.");
  const amountNanos = centsIn(amount);
  if (amountNanos < CENTS_MIN * NANOS_PER_CENT) throw new CommandError("amount: must be 0.50 or more.");
  const monthNanosMax = amountOf(monthMax, "month_max");
  if (monthNanosMax < amountNanos) throw new CommandError("month_max: is less than one charge.");
  providerOf(deps);
  if (!(await methodOf(deps, walletId)))
    throw new CommandError(
      `There is no saved method of payment; quoin wallet save-method --account ${account} gives the page to save one.`,
      "conflict",
    );
  const belowNanos = amountOf(below, "below");
  await deps.autoTopUps.set({ walletId, belowNanos, amountNanos, timesADayMax, monthNanosMax, email });
}

/** Saved methods of payment, and charging them when the balance runs low. */
export const AUTO_TOP_UP_OPERATIONS = {
  "wallet.save-method": operation(
    z.strictObject({ account: ACCOUNT, return: RETURN_URL }),
    async (deps, { account, return: returnUrl }) => {
      const { walletId } = await accountOf(deps, account);
      const customer = await customerOf(deps, walletId, account);
      return { account, ...(await providerOf(deps).saveMethod({ customer, returnUrl })) };
    },
  ),
  "wallet.forget-method": operation(z.strictObject({ account: ACCOUNT }), async (deps, { account }) => {
    const { walletId } = await accountOf(deps, account);
    const provider = providerOf(deps);
    const customer = await deps.autoTopUps.customer(walletId);
    const reason = "the saved method of payment was removed";
    await deps.autoTopUps.switchOff(walletId, reason, [], deps.clock.now());
    return { account, removed: customer === undefined ? 0 : await provider.forgetMethods(customer) };
  }),
  "wallet.auto-top-up": operation(ARGS, async (deps, asked) => {
    const { walletId } = await accountOf(deps, asked.account);
    if (asked.off) await deps.autoTopUps.switchOff(walletId, "it was switched off", [], deps.clock.now());
    else await setTerms(deps, walletId, asked);
    return await viewOf(deps, asked.account, walletId);
  }),
};
