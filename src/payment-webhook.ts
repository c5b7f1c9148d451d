import { ForgedWebhook } from "./billing/payments.ts";
import type { Log } from "./core/log.ts";

/** Stripe's events are some kilobytes. */
const BODY_BYTES_MAX = 1024 * 1024;

/** `POST /webhooks/stripe`. Anything but 200 makes Stripe send it again. */
export async function answerPaymentWebhook(
  take: (body: Uint8Array, signature: string) => Promise<void>,
  request: Request,
  log: Log,
): Promise<Response> {
  const length = Number(request.headers.get("content-length") ?? Number.NaN);
  if (!(length <= BODY_BYTES_MAX))
    return Response.json({ error: "content-length: is missing or too large" }, { status: 413 });
  try {
    await take(await request.bytes(), request.headers.get("stripe-signature") ?? "");
    return Response.json({ received: true });
  } catch (cause) {
    if (cause instanceof ForgedWebhook) return Response.json({ error: cause.message }, { status: 400 });
    log("error", "a payment webhook could not be carried out; it will be sent again", {
      cause: String(cause),
    });
    return Response.json({ error: "not now; send it again" }, { status: 503 });
  }
}
