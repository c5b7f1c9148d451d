import { readRequestId } from "../billing/receipts.ts";
import { GatewayError, toGatewayError } from "../core/errors.ts";
import type { Dialect } from "../core/protocol.ts";
import { authenticate } from "./authenticate.ts";
import type { Peers } from "./client-address.ts";
import { idHeaders, newOrigin } from "./exchange.ts";
import type { Gateway } from "./gateway.ts";
import { errorResponse } from "./refuse.ts";

interface Asked {
  readonly dialect: Dialect;
  /** Of the request, as the client writes it. */
  readonly id: string;
  readonly peers: Peers | undefined;
}

/** `GET /v1/receipts/{request id}`: to keys of the account that sent the request, and to no other. */
export async function answerReceipt(
  gateway: Gateway,
  request: Request,
  query: string,
  { dialect, id, peers }: Asked,
): Promise<Response> {
  const of = newOrigin(gateway);
  try {
    const principal = await authenticate(gateway, request, query, peers);
    const requestId = readRequestId(id);
    const signed = requestId && (await gateway.receipts.issue(requestId, principal.accountId));
    if (!signed) {
      const message =
        "Your account has no such request, or it is still running; take the id from x-request-id.";
      throw new GatewayError("not_found", message);
    }
    return Response.json(signed, { headers: idHeaders(of) });
  } catch (thrown) {
    const error = toGatewayError(thrown);
    if (error.kind === "internal")
      gateway.log("error", "a receipt could not be made", { request: id, cause: String(error.cause) });
    return errorResponse(gateway, { dialect }, error, of);
  }
}
