import type { SoldPlan } from "../core/model.ts";
import { changeSubscription, type SubscriptionsOptions, soldIn } from "./subscription-changes.ts";
import { type Decision, type Standing, settleCard } from "./subscription-decisions.ts";
import { billedLines, type SubscriptionProvider } from "./subscription-provider.ts";
import type { Subscription } from "./subscription-store.ts";
import { type Choice, monthPrice, readInvoices } from "./subscription-terms.ts";

export function requireProvider({ provider }: SubscriptionsOptions): SubscriptionProvider {
  if (provider) return provider;
  throw new Error("no payment provider is set up, and there is a subscription by card");
}

/** The provider is asked after what is here was read: who was slower finds that it changed. */
async function decide(
  options: SubscriptionsOptions,
  standing: Standing,
  external: string,
): Promise<Decision | undefined> {
  const state = await requireProvider(options).fetchSubscription(external);
  const bought = state && readInvoices(state.walletId, state.invoices, soldIn(options));
  if (!bought) return undefined;
  const { before } = standing;
  const isEnded = state.status === "ended";
  const isOther = before?.isOpen === true && before.external !== undefined && before.external !== external;
  if (isOther && !isEnded)
    options.onFault(
      `the account ${before.account} has a second subscription at the payment provider; end ${external} there, and pay it back`,
      `it is subscribed by ${before.external}`,
    );
  if (isOther || (isEnded && before?.external !== external)) return undefined;
  return settleCard(standing, { ...bought, ...state });
}

/** Brings in what became of a subscription at the provider. Rejects where it should be tried again. */
export async function settleSubscription(options: SubscriptionsOptions, external: string): Promise<void> {
  const state = await requireProvider(options).fetchSubscription(external);
  if (state)
    await changeSubscription(options, state.walletId, (standing) => decide(options, standing, external));
}

/**
 * More is charged at once, less counts from the next invoice on. What is paid for already is not charged again: the
 * difference counts from what is in force, not from what was to be next.
 * @throws PaymentDeclined
 */
export async function changeCard(
  options: SubscriptionsOptions,
  before: Subscription,
  choice: Choice,
  sold: SoldPlan,
): Promise<void> {
  const { external = "", seats, next, cancelAtEnd } = before;
  const provider = requireProvider(options);
  const old = soldIn(options)(before.planId);
  const isMore = !old || monthPrice(sold, choice.seats) > monthPrice(old, seats);
  if (isMore && next && old) await provider.changeLines(external, billedLines(before, old), "next");
  await provider.changeLines(external, billedLines(choice, sold), isMore ? "now" : "next");
  if (cancelAtEnd) await provider.cancelAtEnd(external, false);
  await settleSubscription(options, external);
}
