import {
  type BilledLine,
  PaymentDeclined,
  type ProviderSubscription,
  type SubscriptionProvider,
} from "../billing/subscription-provider.ts";
import type { Choice, PaidInvoice } from "../billing/subscription-terms.ts";
import { type Client, centsOf, declineIn, nanosOf, WALLET_FIELD } from "./stripe-client.ts";

/** A year of them, changes included. */
const INVOICES_MAX = 50;
const LIVE: ReadonlySet<string> = new Set(["active", "trialing"]);
const ENDED: ReadonlySet<string> = new Set(["canceled", "incomplete_expired"]);

type Found = Awaited<ReturnType<Client["subscriptions"]["retrieve"]>>;
type Invoice = Awaited<ReturnType<Client["invoices"]["list"]>>["data"][number];

/** The product of a line: its id says what it is, on invoices too. */
const productOf = ({ planId, part }: Pick<BilledLine, "planId" | "part">) => `quoin_${planId}_${part}`;

/** What lines of products and quantities are for; undefined: for none of our plans. */
function choiceOf(
  lines: readonly { readonly product: string; readonly quantity: number }[],
): Choice | undefined {
  let choice: Choice | undefined;
  for (const { product, quantity } of lines) {
    const [, planId, part] = /^quoin_(.+)_(month|seat)$/.exec(product) ?? [];
    if (planId === undefined) continue;
    const seats = part === "seat" ? quantity : choice?.seats;
    choice = { planId, seats };
  }
  return choice;
}

/** Made once; another call of the same moment may have been first. */
async function ensureProduct(client: Client, line: BilledLine): Promise<string> {
  const id = productOf(line);
  try {
    await client.products.create({ id, name: line.name });
  } catch (cause) {
    if (declineIn(cause) === undefined) throw cause;
    await client.products.retrieve(id);
  }
  return id;
}

async function pricedLines(client: Client, lines: readonly BilledLine[]) {
  const priced = [];
  for (const line of lines) {
    const price_data = {
      currency: "usd",
      product: await ensureProduct(client, line),
      unit_amount: centsOf(line.nanos),
      recurring: { interval: "month" as const },
    };
    priced.push({ price_data, quantity: line.quantity });
  }
  return priced;
}

async function subscribe(
  client: Client,
  { walletId, customer, lines, returnUrl }: Parameters<SubscriptionProvider["subscribe"]>[0],
) {
  // A page of before that is paid later would be a second subscription.
  const open = await client.checkout.sessions.list({ customer, status: "open", limit: 100 });
  for (const { id, mode } of open.data)
    if (mode === "subscription") await client.checkout.sessions.expire(id);
  const metadata = { [WALLET_FIELD]: walletId };
  const session = await client.checkout.sessions.create({
    mode: "subscription",
    customer,
    line_items: await pricedLines(client, lines),
    metadata,
    subscription_data: { metadata },
    success_url: returnUrl,
    cancel_url: returnUrl,
  });
  if (session.url === null) throw new Error(`Stripe gave the session ${session.id} no address`);
  return { id: session.id, url: session.url };
}

async function changeLines(
  client: Client,
  external: string,
  lines: readonly BilledLine[],
  when: "now" | "next",
): Promise<void> {
  const { items } = await client.subscriptions.retrieve(external);
  const gone = items.data.map(({ id }) => ({ id, deleted: true }));
  try {
    await client.subscriptions.update(external, {
      items: [...gone, ...(await pricedLines(client, lines))],
      ...(when === "now"
        ? { proration_behavior: "always_invoice", payment_behavior: "error_if_incomplete" }
        : { proration_behavior: "none" }),
    });
  } catch (cause) {
    const reason = declineIn(cause);
    if (reason === undefined) throw cause;
    throw new PaymentDeclined(reason, { cause });
  }
}

/** What an invoice charged for; what it pays back of an earlier choice has amounts below zero. */
function paidInvoice(
  { id, lines, billing_reason }: Invoice,
  before: Choice | undefined,
): PaidInvoice | undefined {
  const charged = lines.data.filter(({ amount }) => amount >= 0);
  const choice = choiceOf(
    charged.map(({ pricing, quantity }) => ({
      product: pricing?.price_details?.product ?? "",
      quantity: quantity ?? 0,
    })),
  );
  if (id === undefined || !choice) return undefined;
  const isChange = billing_reason === "subscription_update";
  // A change of one line leaves the others as they were.
  const seats = choice.seats ?? (isChange && before?.planId === choice.planId ? before.seats : undefined);
  const from = Math.min(...charged.map(({ period }) => period.start)) * 1000;
  const to = Math.max(...charged.map(({ period }) => period.end)) * 1000;
  return { id, choice: { ...choice, seats }, from, to, isChange };
}

function statusOf({ status }: Found): ProviderSubscription["status"] {
  if (ENDED.has(status)) return "ended";
  return LIVE.has(status) ? "live" : "overdue";
}

async function fetchSubscription(
  client: Client,
  external: string,
): Promise<ProviderSubscription | undefined> {
  const found = await client.subscriptions.retrieve(external);
  const walletId = found.metadata[WALLET_FIELD];
  const items = found.items.data.map(({ price, quantity = 0 }) => ({
    product: typeof price.product === "string" ? price.product : price.product.id,
    quantity,
  }));
  const billed = choiceOf(items);
  const cents = found.items.data.map(({ price, quantity = 0 }) => (price.unit_amount ?? 0) * quantity);
  if (walletId === undefined || !/^[0-9a-f]{32}$/.test(walletId) || !billed) return undefined;
  const listed = await client.invoices.list({ subscription: external, limit: INVOICES_MAX });
  const invoices: PaidInvoice[] = [];
  for (const invoice of listed.data.toReversed()) {
    const paid = invoice.status === "paid" ? paidInvoice(invoice, invoices.at(-1)?.choice) : undefined;
    if (paid) invoices.push(paid);
  }
  const unpaid = listed.data.find(({ status }) => status === "open");
  return {
    ...{ external, walletId, billed, invoices, status: statusOf(found) },
    billedNanos: nanosOf(cents.reduce((sum, one) => sum + one, 0)),
    cancelAtEnd: found.cancel_at_period_end,
    payUrl: unpaid?.hosted_invoice_url ?? undefined,
  };
}

/** Subscriptions that Stripe bills month by month, begun on its Checkout. */
export function stripeSubscriptions(client: () => Promise<Client>): SubscriptionProvider {
  return {
    subscribe: async (asked) => await subscribe(await client(), asked),
    changeLines: async (external, lines, when) => await changeLines(await client(), external, lines, when),
    async cancelAtEnd(external, cancel) {
      await (await client()).subscriptions.update(external, { cancel_at_period_end: cancel });
    },
    async endSubscription(external) {
      await (await client()).subscriptions.cancel(external);
    },
    fetchSubscription: async (external) => await fetchSubscription(await client(), external),
  };
}
