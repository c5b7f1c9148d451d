import type { ChargeState, MethodProvider } from "../billing/auto-top-up.ts";
import type { SavedMethod, TopUpAttempt } from "../billing/auto-top-up-store.ts";
import { type Client, centsOf, declineIn, WALLET_FIELD } from "./stripe-client.ts";

const ATTEMPT_FIELD = "quoin_attempt";
const METHODS_MAX = 100;
/** Stripe's clock may be so far from ours. */
const SKEW_S = 3_600;

type Intent = Awaited<ReturnType<Client["paymentIntents"]["list"]>>["data"][number];
type Method = Awaited<ReturnType<Client["customers"]["listPaymentMethods"]>>["data"][number];

function labelOf({ type, card }: Method): string {
  return card ? `${card.brand} ${card.last4}` : type.replaceAll("_", " ");
}

async function methodsOf(client: Client, customer: string): Promise<Method[]> {
  return (await client.customers.listPaymentMethods(customer, { limit: METHODS_MAX })).data;
}

async function savedMethod(client: Client, customer: string): Promise<SavedMethod | undefined> {
  const methods = await methodsOf(client, customer);
  const last = methods.reduce<Method | undefined>(
    (newest, method) => (newest && newest.created >= method.created ? newest : method),
    undefined,
  );
  return last && { customer, method: last.id, label: labelOf(last) };
}

async function forgetMethods(client: Client, customer: string): Promise<number> {
  const methods = await methodsOf(client, customer);
  for (const { id } of methods) await client.paymentMethods.detach(id);
  return methods.length;
}

/** An intent that wants the customer to do something is as good as declined: nobody is there. */
function stateOf({ id, status, last_payment_error: fault }: Intent): ChargeState {
  if (status === "succeeded") return { kind: "paid", payment: id };
  if (status === "processing") return { kind: "pending", payment: id };
  return { kind: "declined", reason: fault?.message ?? `the payment stands at ${status}` };
}

async function charge(client: Client, attempt: TopUpAttempt): Promise<ChargeState> {
  const { attemptId, walletId, nanos, customer, method } = attempt;
  try {
    const intent = await client.paymentIntents.create(
      {
        amount: centsOf(nanos),
        currency: "usd",
        customer,
        payment_method: method,
        // Nobody is there to be sent to a bank's page and back.
        automatic_payment_methods: { enabled: true, allow_redirects: "never" },
        confirm: true,
        off_session: true,
        description: "Automatic top-up",
        metadata: { [WALLET_FIELD]: walletId, [ATTEMPT_FIELD]: attemptId },
      },
      { idempotencyKey: `quoin-attempt-${attemptId}` },
    );
    return stateOf(intent);
  } catch (cause) {
    const reason = declineIn(cause);
    if (reason === undefined) throw cause;
    return { kind: "declined", reason };
  }
}

async function findCharge(client: Client, attempt: TopUpAttempt): Promise<ChargeState | undefined> {
  const gte = Math.floor(attempt.begunAt / 1000) - SKEW_S;
  const listed = client.paymentIntents.list({
    customer: attempt.customer,
    created: { gte },
    limit: 100,
  });
  for await (const intent of listed)
    if (intent.metadata[ATTEMPT_FIELD] === attempt.attemptId) return stateOf(intent);
  return undefined;
}

async function newCustomer(client: Client, walletId: string, account: string): Promise<string> {
  const metadata = { [WALLET_FIELD]: walletId };
  const customer = await client.customers.create(
    { name: account, metadata },
    { idempotencyKey: `quoin-payer-${walletId}` },
  );
  return customer.id;
}

/** Methods of payment that Stripe keeps, saved by its Checkout. */
export function stripeMethods(client: () => Promise<Client>): MethodProvider {
  return {
    newCustomer: async (walletId, account) => await newCustomer(await client(), walletId, account),
    async saveMethod({ customer, returnUrl }) {
      const session = await (await client()).checkout.sessions.create({
        mode: "setup",
        currency: "usd",
        customer,
        success_url: returnUrl,
        cancel_url: returnUrl,
      });
      if (session.url === null) throw new Error(`Stripe gave the session ${session.id} no address`);
      return { id: session.id, url: session.url };
    },
    savedMethod: async (customer) => await savedMethod(await client(), customer),
    forgetMethods: async (customer) => await forgetMethods(await client(), customer),
    charge: async (attempt) => await charge(await client(), attempt),
    findCharge: async (attempt) => await findCharge(await client(), attempt),
  };
}
