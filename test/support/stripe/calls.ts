import { type Nested, nestedAt, textAt } from "./form.ts";
import { shownIntent, shownInvoice, shownSubscription } from "./shapes.ts";
import { type CheckoutSession, type Intent, type Item, nextId, prorate, type StripeState } from "./state.ts";

const listed = (data: readonly object[], url: string) => ({ object: "list", data, has_more: false, url });
const metadataOf = (form: Nested) => form as Record<string, string>;

/** An error as Stripe writes it. */
export class StripeFault extends Error {
  readonly status: number;
  readonly type: string;
  constructor(status: number, message: string, type = "invalid_request_error") {
    super(message);
    this.status = status;
    this.type = type;
  }
}

function itemOf(form: Nested): Omit<Item, "id"> {
  const price = nestedAt(form, "price_data");
  return {
    product: textAt(price, "product") ?? "",
    cents: Number(textAt(price, "unit_amount")),
    currency: textAt(price, "currency") ?? "",
    quantity: Number(textAt(form, "quantity") ?? 1),
  };
}

function openSession(state: StripeState, form: Nested, origin: string): object {
  const mode = textAt(form, "mode") ?? "payment";
  const made = mode === "subscription" ? "subscription_data" : "payment_intent_data";
  const session: CheckoutSession = {
    ...{ id: nextId("cs"), mode, customer: textAt(form, "customer"), status: "open" },
    returnUrl: textAt(form, "success_url") ?? "",
    items: Object.values(nestedAt(form, "line_items")).map((item) => itemOf(item as Nested)),
    metadata: metadataOf(nestedAt(form, made, "metadata")),
  };
  for (const { product } of session.items)
    if (product !== "" && !state.products.has(product))
      throw new StripeFault(400, `No such product: ${product}`);
  state.sessions.set(session.id, session);
  return { id: session.id, object: "checkout.session", url: `${origin}/pay/${session.id}` };
}

function changeSubscription(state: StripeState, id: string, form: Nested): object {
  const subscription = state.subscriptions.get(id);
  if (!subscription) throw new StripeFault(404, `No such subscription: ${id}`);
  const before = subscription.items.map((item) => ({ ...item }));
  let after = subscription.items.map((item) => ({ ...item }));
  for (const change of Object.values(nestedAt(form, "items")) as Nested[]) {
    const known = after.find((item) => item.id === textAt(change, "id"));
    if (!known) after.push({ ...itemOf(change), id: nextId("si") });
    else if (textAt(change, "deleted") === "true") after = after.filter((item) => item !== known);
    else known.quantity = Number(textAt(change, "quantity") ?? known.quantity);
  }
  if (textAt(form, "proration_behavior") === "always_invoice") {
    if (state.trouble === "declined") throw new StripeFault(402, "Your card was declined.", "card_error");
    prorate(state, subscription, before, after);
  }
  subscription.items = after;
  const cancel = textAt(form, "cancel_at_period_end");
  if (cancel !== undefined) subscription.cancelAtEnd = cancel === "true";
  return shownSubscription(subscription);
}

function subscriptionCall(state: StripeState, method: string, id: string, form: Nested): object {
  if (method === "POST") return changeSubscription(state, id, form);
  const subscription = state.subscriptions.get(id);
  if (!subscription) throw new StripeFault(404, `No such subscription: ${id}`);
  if (method === "DELETE") subscription.status = "canceled";
  return shownSubscription(subscription);
}

function customerCall(
  state: StripeState,
  id: string | undefined,
  part: string | undefined,
  url: string,
): object {
  if (id === undefined) {
    const made = nextId("cus");
    state.customers.set(made, { methods: [] });
    return { id: made, object: "customer" };
  }
  const methods = state.customers.get(id)?.methods ?? [];
  const card = { brand: "visa", last4: "4242" };
  const data = methods.map((method, created) => ({ id: method, type: "card", created, card }));
  return part === "payment_methods" ? listed(data, url) : { id, object: "customer" };
}

/** A saved card is charged: once for a key, as Stripe keeps it. */
function chargeCall(state: StripeState, form: Nested, key: string): object {
  state.tried.push(key);
  if (state.trouble === "declined") throw new StripeFault(402, "Your card was declined.", "card_error");
  if (state.chargeTrouble === "down") throw new StripeFault(500, "down", "api_error");
  const intent: Intent = state.intents.get(state.charged.get(key) ?? "") ?? {
    ...{ id: nextId("pi"), status: state.chargeTrouble === "processing" ? "processing" : "succeeded" },
    ...{ amount: Number(textAt(form, "amount")), currency: textAt(form, "currency") ?? "" },
    ...{ customer: textAt(form, "customer") ?? "", metadata: metadataOf(nestedAt(form, "metadata")) },
  };
  state.intents.set(intent.id, intent);
  state.charged.set(key, intent.id);
  // The money was taken, and the answer does not say so.
  if (state.chargeTrouble === "lost") throw new StripeFault(500, "lost", "api_error");
  return shownIntent(intent);
}

function intentCall(state: StripeState, id: string | undefined, { method, url, form, key }: Call): object {
  if (method === "POST") return chargeCall(state, form, key);
  const intents = [...state.intents.values()];
  if (id === undefined) {
    const of = url.searchParams.get("customer");
    const found = intents.filter(({ customer }) => of === null || customer === of);
    return listed(found.map(shownIntent), url.pathname);
  }
  const intent = state.intents.get(id);
  if (!intent) throw new StripeFault(404, `No such payment_intent: ${id}`);
  return shownIntent(intent);
}

function productCall(state: StripeState, id: string | undefined, form: Nested): object {
  const wanted = id ?? textAt(form, "id") ?? nextId("prod");
  const name = textAt(form, "name");
  if (id !== undefined && !state.products.has(id)) throw new StripeFault(404, `No such product: ${id}`);
  if (id === undefined && state.products.has(wanted)) throw new StripeFault(400, "Product already exists.");
  if (name !== undefined) state.products.set(wanted, name);
  return { id: wanted, object: "product", name: state.products.get(wanted) };
}

function sessionCall(
  state: StripeState,
  id: string | undefined,
  url: URL,
  form: Nested,
  method: string,
): object {
  if (method === "GET") {
    const customer = url.searchParams.get("customer");
    const open = [...state.sessions.values()].filter(
      (session) => session.status === "open" && session.customer === customer,
    );
    return listed(
      open.map((session) => ({ id: session.id, object: "checkout.session", mode: session.mode })),
      url.pathname,
    );
  }
  const session = state.sessions.get(id ?? "");
  if (!session) return openSession(state, form, url.origin);
  session.status = "expired";
  return { id: session.id, object: "checkout.session" };
}

export interface Call {
  readonly method: string;
  readonly url: URL;
  readonly form: Nested;
  /** The idempotency key; "" where none was sent. */
  readonly key: string;
}

/** One call of Stripe's API. @throws StripeFault */
export function answerCall(state: StripeState, call: Call): object {
  const { method, url, form } = call;
  const [, , kind, id, part] = url.pathname.split("/");
  if (kind === "checkout") return sessionCall(state, part, url, form, method);
  if (kind === "customers") return customerCall(state, id, part, url.pathname);
  if (kind === "products") return productCall(state, id, form);
  if (kind === "subscriptions" && id !== undefined) return subscriptionCall(state, method, id, form);
  if (kind === "disputes") {
    const { disputes = [] } = state.intents.get(url.searchParams.get("payment_intent") ?? "") ?? {};
    const data = disputes.map((dispute, index) => ({ id: `dp_${index}`, object: "dispute", ...dispute }));
    return listed(data, url.pathname);
  }
  if (kind === "invoices") {
    const of = url.searchParams.get("subscription");
    const found = state.invoices.filter(({ subscription }) => subscription === of).map(shownInvoice);
    return listed(found.toReversed(), url.pathname);
  }
  if (kind === "payment_methods") {
    for (const customer of state.customers.values())
      customer.methods = customer.methods.filter((known) => known !== id);
    return { id, object: "payment_method" };
  }
  if (kind === "payment_intents") return intentCall(state, id, call);
  throw new StripeFault(404, `no such: ${url.pathname}`);
}
