import type { MethodProvider } from "../billing/auto-top-up.ts";
import {
  type Checkout,
  ForgedWebhook,
  type PaymentProvider,
  type PaymentState,
} from "../billing/payments.ts";
import type { SubscriptionProvider } from "../billing/subscription-provider.ts";
import type { StripeSettings } from "../config/settings.ts";
import { type Client, centsOf, connect, nanosOf, WALLET_FIELD } from "./stripe-client.ts";
import { stripeMethods } from "./stripe-methods.ts";
import { stripeSubscriptions } from "./stripe-subscriptions.ts";

/** Disputes in these states have taken the money. */
const WITHDRAWN: ReadonlySet<string> = new Set(["needs_response", "under_review", "lost"]);
/** `payment_intent` of a session, charge, refund or dispute, or the intent itself. */
function paymentOf(object: unknown): string | undefined {
  if (typeof object !== "object" || object === null) return undefined;
  const { object: kind, id, payment_intent: intent } = object as Record<string, unknown>;
  if (kind === "payment_intent") return typeof id === "string" ? id : undefined;
  if (typeof intent === "string") return intent;
  const inner = typeof intent === "object" && intent !== null ? (intent as { id?: unknown }).id : undefined;
  return typeof inner === "string" ? inner : undefined;
}

async function checkout(client: Client, { walletId, account, nanos, returnUrl, customer }: Checkout) {
  const metadata = { [WALLET_FIELD]: walletId };
  const session = await client.checkout.sessions.create({
    mode: "payment",
    line_items: [
      {
        quantity: 1,
        price_data: {
          currency: "usd",
          unit_amount: centsOf(nanos),
          product_data: { name: `Credit for ${account}` },
        },
      },
    ],
    metadata,
    payment_intent_data: {
      metadata,
      ...(customer !== undefined && { setup_future_usage: "off_session" as const }),
    },
    ...(customer !== undefined && { customer }),
    success_url: returnUrl,
    cancel_url: returnUrl,
  });
  if (session.url === null) throw new Error(`Stripe gave the session ${session.id} no address`);
  return { id: session.id, url: session.url };
}

async function fetchPayment(client: Client, payment: string): Promise<PaymentState | undefined> {
  const intent = await client.paymentIntents.retrieve(payment, { expand: ["latest_charge"] });
  const walletId = intent.metadata[WALLET_FIELD];
  if (walletId === undefined || !/^[0-9a-f]{32}$/.test(walletId) || intent.currency !== "usd")
    return undefined;
  const charge = intent.latest_charge;
  const refunded = typeof charge === "object" && charge !== null ? charge.amount_refunded : 0;
  let disputed = 0;
  for await (const dispute of client.disputes.list({ payment_intent: payment, limit: 100 }))
    if (WITHDRAWN.has(dispute.status)) disputed += dispute.amount;
  return {
    objectId: intent.id,
    walletId,
    paidNanos: nanosOf(intent.amount_received),
    refundedNanos: nanosOf(refunded),
    disputedNanos: nanosOf(disputed),
  };
}

/** The subscription that an event is about: its object, or that of an invoice or a session. */
function subscriptionOf(object: unknown): string | undefined {
  if (typeof object !== "object" || object === null) return undefined;
  const { object: kind, id, subscription, parent } = object as Record<string, unknown>;
  const details = (parent as { subscription_details?: { subscription?: unknown } | null } | null | undefined)
    ?.subscription_details;
  const named = kind === "subscription" ? id : (subscription ?? details?.subscription);
  return typeof named === "string" ? named : undefined;
}

/** Stripe as it takes payments: Checkout for paying, webhooks for what came of it. */
export function stripeProvider(
  settings: StripeSettings,
): PaymentProvider & MethodProvider & SubscriptionProvider {
  let connecting: Promise<Client> | undefined;
  const client = () => {
    connecting ??= connect(settings);
    return connecting;
  };
  return {
    checkout: async (asked) => await checkout(await client(), asked),
    async read(body, signature) {
      const { webhooks } = await client();
      try {
        const event = await webhooks.constructEventAsync(
          Buffer.from(body),
          signature,
          settings.webhookSecret,
        );
        const { object } = event.data;
        return { id: event.id, payment: paymentOf(object), subscription: subscriptionOf(object) };
      } catch (cause) {
        throw new ForgedWebhook("the webhook's signature does not hold", { cause });
      }
    },
    fetch: async (payment) => await fetchPayment(await client(), payment),
    ...stripeMethods(client),
    ...stripeSubscriptions(client),
  };
}
