import type { Intent, Invoice, StripeState, Subscription } from "./state.ts";

/** Stripe's objects as far as anybody here reads them (API 2026-10-28). */
export const shownIntent = ({
  id,
  amount,
  currency,
  metadata,
  customer = "",
  status = "succeeded",
  refunded = 0,
}: Intent) => ({
  ...{ id, object: "payment_intent", currency, status, amount, customer, metadata },
  amount_received: status === "succeeded" ? amount : 0,
  latest_charge: { id: `ch_${id}`, object: "charge", amount_refunded: refunded },
});

export const shownSubscription = (subscription: Subscription) => ({
  id: subscription.id,
  object: "subscription",
  customer: subscription.customer,
  created: subscription.created,
  status: subscription.status,
  cancel_at_period_end: subscription.cancelAtEnd,
  metadata: subscription.metadata,
  items: {
    object: "list",
    has_more: false,
    data: subscription.items.map(({ id, product, cents, currency, quantity }) => ({
      ...{ id, object: "subscription_item", quantity },
      price: { id: `price_${id}`, product, unit_amount: cents, currency },
      current_period_start: subscription.start,
      current_period_end: subscription.end,
    })),
  },
});

export const shownInvoice = ({ id, subscription, created, reason, status, lines }: Invoice) => ({
  id,
  object: "invoice",
  created,
  status,
  billing_reason: reason,
  currency: "usd",
  amount_paid: status === "paid" ? lines.reduce((sum, { amount }) => sum + amount, 0) : 0,
  amount_due: lines.reduce((sum, { amount }) => sum + amount, 0),
  hosted_invoice_url: `https://pay.example/${id}`,
  parent: { type: "subscription_details", subscription_details: { subscription } },
  lines: {
    object: "list",
    has_more: false,
    data: lines.map(({ product, quantity, amount, start, end }) => ({
      ...{ object: "line_item", quantity, amount, period: { start, end } },
      pricing: { type: "price_details", price_details: { product, price: "price_1" } },
    })),
  },
});

/** What a webhook of this type tells. */
export function eventObject(state: StripeState, about: string): object {
  const subscription = state.subscriptions.get(about);
  if (subscription) return shownSubscription(subscription);
  const invoice = state.invoices.find(({ id }) => id === about);
  if (invoice) return shownInvoice(invoice);
  const intent = state.intents.get(about);
  if (intent) return shownIntent(intent);
  throw new Error(`the loopback Stripe has no ${about}`);
}
