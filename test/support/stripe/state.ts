/** What a loopback Stripe keeps. Amounts are cents, times seconds since the epoch, as Stripe's own. */
export interface Item {
  readonly id: string;
  readonly product: string;
  readonly cents: number;
  readonly currency: string;
  quantity: number;
}

export interface Line {
  readonly product: string;
  readonly quantity: number;
  readonly amount: number;
  readonly start: number;
  readonly end: number;
}

export interface Invoice {
  readonly id: string;
  readonly subscription: string;
  readonly created: number;
  readonly reason: "subscription_create" | "subscription_cycle" | "subscription_update";
  readonly lines: readonly Line[];
  status: "open" | "paid";
}

export interface Subscription {
  readonly id: string;
  readonly customer: string;
  readonly created: number;
  readonly metadata: Readonly<Record<string, string>>;
  items: Item[];
  start: number;
  end: number;
  status: "active" | "past_due" | "canceled";
  cancelAtEnd: boolean;
}

export interface CheckoutSession {
  readonly id: string;
  readonly mode: string;
  readonly customer: string | undefined;
  readonly returnUrl: string;
  readonly items: readonly Omit<Item, "id">[];
  /** Of the intent or the subscription that it makes. */
  readonly metadata: Readonly<Record<string, string>>;
  status: "open" | "complete" | "expired";
}

export interface Intent {
  readonly id: string;
  readonly amount: number;
  readonly currency: string;
  readonly metadata: Readonly<Record<string, string>>;
  /** Whose saved card was charged; undefined: it was paid on a page. */
  readonly customer?: string;
  /** Absent: succeeded. */
  status?: "succeeded" | "processing";
  refunded?: number;
  disputes?: readonly { readonly amount: number; readonly status: string }[];
}

export interface StripeState {
  /** Milliseconds since the epoch; tests move it. */
  now: number;
  /** The gateway whose webhook hears of what is paid on pages; undefined: nobody does. */
  hears: string | undefined;
  /** What Stripe answers instead: everything is down, or cards are declined. */
  trouble: "down" | "declined" | undefined;
  /** What comes of charging saved cards instead: none is taken, it takes the bank days, it is taken and not told. */
  chargeTrouble: "down" | "processing" | "lost" | undefined;
  readonly customers: Map<string, { methods: string[] }>;
  readonly sessions: Map<string, CheckoutSession>;
  readonly intents: Map<string, Intent>;
  readonly products: Map<string, string>;
  readonly subscriptions: Map<string, Subscription>;
  readonly invoices: Invoice[];
  /** Payments of saved cards by the idempotency keys of their calls. */
  readonly charged: Map<string, string>;
  /** The idempotency key of every charge of a saved card that was tried. */
  readonly tried: string[];
  /** Method and path of every call. */
  readonly calls: string[];
}

export function newState(now: number): StripeState {
  return {
    ...{
      now,
      trouble: undefined,
      chargeTrouble: undefined,
      hears: undefined,
      invoices: [],
      calls: [],
      tried: [],
    },
    ...{ customers: new Map(), sessions: new Map(), intents: new Map() },
    ...{ products: new Map(), subscriptions: new Map(), charged: new Map() },
  };
}

const numbers = { last: 0 };
export const nextId = (prefix: string) => `${prefix}_${++numbers.last}`;

const MONTH_S = 30 * 86_400;
const seconds = ({ now }: StripeState) => Math.floor(now / 1000);

/** Items bought in a session, for a month from now on, and paid. */
export function subscribe(state: StripeState, session: CheckoutSession): Subscription {
  const start = seconds(state);
  const subscription: Subscription = {
    ...{ id: nextId("sub"), customer: session.customer ?? "", created: start, metadata: session.metadata },
    ...{ start, end: start + MONTH_S, status: "active", cancelAtEnd: false },
    items: session.items.map((item) => ({ ...item, id: nextId("si") })),
  };
  state.subscriptions.set(subscription.id, subscription);
  bill(state, subscription, "subscription_create", true);
  return subscription;
}

/** The invoice of a whole period. */
function bill(
  state: StripeState,
  { id, items, start, end }: Subscription,
  reason: Invoice["reason"],
  paid: boolean,
): Invoice {
  const lines = items.map(({ product, quantity, cents }) => ({
    ...{ product, quantity, amount: cents * quantity, start, end },
  }));
  const status = paid ? "paid" : "open";
  const invoice: Invoice = {
    ...{ id: nextId("in"), subscription: id, created: seconds(state), reason, lines, status },
  };
  state.invoices.push(invoice);
  return invoice;
}

/** What is left of the period at new prices, less what is left of it at the old ones. */
export function prorate(
  state: StripeState,
  { id, start, end }: Subscription,
  before: readonly Item[],
  after: readonly Item[],
): Invoice {
  const now = seconds(state);
  const part = (end - now) / (end - start);
  const line = ({ product, quantity, cents }: Item, sign: number): Line => ({
    ...{ product, quantity, start: now, end },
    amount: sign * Math.round(cents * quantity * part),
  });
  const same = (one: Item) => (other: Item) =>
    one.product === other.product && one.quantity === other.quantity && one.cents === other.cents;
  const lines = [
    ...before.filter((item) => !after.some(same(item))).map((item) => line(item, -1)),
    ...after.filter((item) => !before.some(same(item))).map((item) => line(item, 1)),
  ];
  const invoice: Invoice = {
    ...{
      id: nextId("in"),
      subscription: id,
      created: now,
      reason: "subscription_update",
      lines,
      status: "paid",
    },
  };
  state.invoices.push(invoice);
  return invoice;
}

/** The next period begins; its invoice is paid or not. */
export function renew(state: StripeState, subscriptionId: string, paid: boolean): Invoice {
  const subscription = state.subscriptions.get(subscriptionId);
  if (!subscription) throw new Error(`no subscription ${subscriptionId}`);
  subscription.start = subscription.end;
  subscription.end += MONTH_S;
  subscription.status = paid ? "active" : "past_due";
  return bill(state, subscription, "subscription_cycle", paid);
}
