import { createHmac } from "node:crypto";
import { answerCall, StripeFault } from "./calls.ts";
import { nestedForm } from "./form.ts";
import { eventObject } from "./shapes.ts";
import { newState, nextId, type StripeState, type Subscription, subscribe } from "./state.ts";

const SECRET = "whsec_loopback";

export interface SentEvent {
  readonly id?: string;
  readonly secret?: string;
  /** How old the signature says it is. */
  readonly ageS?: number;
  /** What the event tells, instead of the object as it is now. */
  readonly object?: object;
  /** What becomes of its text on the way. */
  readonly changed?: (body: string) => string;
}

/** A Stripe of the tests' own on a port of its own: it keeps what it is told, and nobody pays anything. */
export interface LoopbackStripe {
  readonly state: StripeState;
  /** What Quoin is started with to pay here. */
  readonly env: Readonly<Record<string, string>>;
  /** Somebody pays on the page of a session; answers the subscription that this makes. */
  pay(sessionId: string): Subscription | undefined;
  /** A webhook on an object, to the gateway of this address; answers its status. */
  tell(gatewayUrl: string, type: string, about: string, sent?: SentEvent): Promise<number>;
  close(): Promise<void>;
}

/** What somebody's payment on a page made. */
interface Paid {
  readonly subscription?: Subscription;
  /** The payment's id. */
  readonly payment?: string;
}

function paySession(state: StripeState, sessionId: string): Paid {
  const session = state.sessions.get(sessionId);
  if (session?.status !== "open") throw new Error(`the session ${sessionId} is not open`);
  session.status = "complete";
  const customer = state.customers.get(session.customer ?? "");
  if (customer) customer.methods.push(nextId("pm"));
  if (session.mode === "subscription") return { subscription: subscribe(state, session) };
  if (session.mode !== "payment") return {};
  const [item] = session.items;
  const payment = nextId("pi");
  const { cents: amount = 0, currency = "usd" } = item ?? {};
  state.intents.set(payment, { id: payment, amount, currency, metadata: session.metadata });
  return { payment };
}

/** As the page does: the gateway hears of it before the customer is back. */
async function payAndTell(state: StripeState, sessionId: string): Promise<void> {
  const { subscription, payment } = paySession(state, sessionId);
  if (state.hears === undefined) return;
  if (subscription) await tell(state, state.hears, "invoice.paid", subscription.id);
  if (payment !== undefined) await tell(state, state.hears, "payment_intent.succeeded", payment);
}

async function tell(state: StripeState, url: string, type: string, about: string, sent: SentEvent = {}) {
  const { id = nextId("evt"), secret = SECRET, ageS = 0, object = eventObject(state, about) } = sent;
  const { changed = (whole) => whole } = sent;
  const body = JSON.stringify({ id, object: "event", type, data: { object } });
  const at = Math.floor(Date.now() / 1000) - ageS;
  const mac = createHmac("sha256", secret).update(`${at}.${body}`).digest("hex");
  const headers = { "stripe-signature": `t=${at},v1=${mac}` };
  const answer = await fetch(`${url}/webhooks/stripe`, { method: "POST", headers, body: changed(body) });
  await answer.text();
  return answer.status;
}

export function startLoopbackStripe(now = Date.now()): LoopbackStripe {
  const state = newState(now);

  async function answer(request: Request): Promise<Response> {
    const url = new URL(request.url);
    state.calls.push(`${request.method} ${url.pathname}`);
    const page = /^\/pay\/(.+)$/.exec(url.pathname)?.[1];
    if (page !== undefined) {
      await payAndTell(state, page);
      return Response.redirect(state.sessions.get(page)?.returnUrl ?? "/", 303);
    }
    try {
      if (state.trouble === "down") throw new StripeFault(500, "down", "api_error");
      const key = request.headers.get("idempotency-key") ?? "";
      const form = nestedForm(await request.text());
      return Response.json(answerCall(state, { method: request.method, url, form, key }));
    } catch (fault) {
      if (!(fault instanceof StripeFault)) throw fault;
      return Response.json({ error: { message: fault.message, type: fault.type } }, { status: fault.status });
    }
  }

  const server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: answer });
  return {
    state,
    env: {
      QUOIN_STRIPE_KEY: "sk_test_loopback",
      QUOIN_STRIPE_WEBHOOK_SECRET: SECRET,
      QUOIN_STRIPE_URL: `http://127.0.0.1:${server.port}`,
    },
    pay: (sessionId) => paySession(state, sessionId).subscription,
    tell: (url, type, about, sent) => tell(state, url, type, about, sent),
    close: () => server.stop(true),
  };
}
