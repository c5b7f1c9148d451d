import type { MethodProvider } from "../billing/auto-top-up.ts";
import type { PaidIn } from "../billing/currencies.ts";
import {
  type Checkout,
  ForgedWebhook,
  type PaymentProvider,
  type PaymentState,
} from "../billing/payments.ts";
import type { SubscriptionProvider } from "../billing/subscription-provider.ts";
import type { StripeSettings } from "../config/settings.ts";
import { partOfPayment } from "../core/currency.ts";
import { formatUsd } from "../core/money.ts";
import { type Client, centsOf, connect, nanosOf, WALLET_FIELD } from "./stripe-client.ts";
import { stripeMethods } from "./stripe-methods.ts";
import { stripeSubscriptions } from "./stripe-subscriptions.ts";

type Intent = Awaited<ReturnType<Client["paymentIntents"]["retrieve"]>>;

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

/** What comes into the wallet, and at which rate: a payment in another currency carries it with it. */
const CREDIT_FIELD = "quoin_credit_nanos";
const PAID_FIELD = "quoin_paid_minor";
const RATE_FIELD = "quoin_rate_millionths";

async function checkout(client: Client, { walletId, account, nanos, paidIn, returnUrl, customer }: Checkout) {
  const metadata = {
    [WALLET_FIELD]: walletId,
    ...(paidIn && {
      [CREDIT_FIELD]: nanos.toString(),
      [PAID_FIELD]: paidIn.minor.toString(),
      [RATE_FIELD]: paidIn.ppm.toString(),
    }),
  };
  const session = await client.checkout.sessions.create({
    mode: "payment",
    line_items: [
      {
        quantity: 1,
        price_data: {
          currency: paidIn ? paidIn.code.toLowerCase() : "usd",
          unit_amount: paidIn ? Number(paidIn.minor) : centsOf(nanos),
          product_data: {
            name: paidIn ? `$${formatUsd(nanos)} of credit for ${account}` : `Credit for ${account}`,
          },
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

const WHOLE_NUMBER = /^[1-9]\d{0,17}$/;

/** How amounts of a payment become USD; undefined: it is in a currency that it carries no rate of. */
function readingOf({ currency, metadata }: Intent) {
  if (currency === "usd") return { paidIn: undefined, usdOf: nanosOf };
  const { [CREDIT_FIELD]: credit = "", [PAID_FIELD]: paid = "", [RATE_FIELD]: rate = "" } = metadata;
  if (![credit, paid, rate].every((text) => WHOLE_NUMBER.test(text))) return undefined;
  const paidIn: PaidIn = { code: currency.toUpperCase(), minor: BigInt(paid), ppm: BigInt(rate) };
  return { paidIn, usdOf: (units: number) => partOfPayment(BigInt(credit), BigInt(units), paidIn.minor) };
}

async function fetchPayment(client: Client, payment: string): Promise<PaymentState | undefined> {
  const intent = await client.paymentIntents.retrieve(payment, { expand: ["latest_charge"] });
  const walletId = intent.metadata[WALLET_FIELD];
  const reading = readingOf(intent);
  if (walletId === undefined || !/^[0-9a-f]{32}$/.test(walletId) || !reading) return undefined;
  const { usdOf, paidIn } = reading;
  const charge = intent.latest_charge;
  const refunded = typeof charge === "object" && charge !== null ? charge.amount_refunded : 0;
  let disputed = 0;
  for await (const dispute of client.disputes.list({ payment_intent: payment, limit: 100 }))
    if (WITHDRAWN.has(dispute.status)) disputed += dispute.amount;
  return {
    objectId: intent.id,
    walletId,
    paidNanos: usdOf(intent.amount_received),
    refundedNanos: usdOf(refunded),
    disputedNanos: usdOf(disputed),
    paidIn,
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
