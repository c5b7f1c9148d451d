import { GatewayError, toGatewayError } from "../core/errors.ts";
import type { Dialect } from "../core/protocol.ts";
import { answerKept } from "./answer-kept.ts";
import { answerReceipt } from "./answer-receipt.ts";
import { authenticate } from "./authenticate.ts";
import type { Peers } from "./client-address.ts";
import { withMend } from "./client-mends.ts";
import { dialectOfHeaders, type Endpoint, type Match, matchPath } from "./endpoints.ts";
import { idHeaders, newExchange, newOrigin } from "./exchange.ts";
import type { Gateway } from "./gateway.ts";
import { handleExchange } from "./handle-exchange.ts";
import { getModel, listModels } from "./list-models.ts";
import { errorResponse } from "./refuse.ts";

interface Place {
  readonly path: string;
  readonly query: string;
}

/**
 * Path and query of a URL, without parsing the rest of it. Bun gives no more than these where a
 * request has no usable Host header.
 */
export function placeOf(url: string): Place {
  const start = url.startsWith("/") ? 0 : url.indexOf("/", url.indexOf("://") + 3);
  if (start < 0) return { path: "/", query: "" };
  const mark = url.indexOf("?", start);
  if (mark < 0) return { path: url.slice(start), query: "" };
  return { path: url.slice(start, mark), query: url.slice(mark + 1) };
}

function notFound(path: string): GatewayError {
  const shown = path.slice(0, 120);
  const message = `There is no endpoint at ${shown}; clients append /v1/messages, /v1/chat/completions, /v1/responses or /v1beta/models/… to their base URL, so check that.`;
  return new GatewayError("not_found", message);
}

function wrongMethod(method: string, match: Match): GatewayError {
  const message = `This endpoint takes ${match.methods.join(" or ")}, not ${method}.`;
  return new GatewayError("method_not_allowed", message, { allow: allowOf(match) });
}

function allowOf({ methods }: Match): string {
  return methods.map((method) => (method === "GET" ? "GET, HEAD" : method)).join(", ");
}

const NO_WEBSOCKETS = "WebSockets are not served here; send the same request by HTTP POST.";

function takes({ methods }: Match, method: string): boolean {
  return methods.some((taken) => taken === method || (taken === "GET" && method === "HEAD"));
}

type Failure = { readonly dialect: Dialect; readonly error: GatewayError };

/** What is wrong with a request before anything of it is read. */
function failureOf(request: Request, place: Place, match: Match): Failure | undefined {
  const { method, headers } = request;
  const known = match.endpoint !== undefined;
  const upgrade = known && headers.get("upgrade")?.toLowerCase() === "websocket";
  if (known && !upgrade && takes(match, method)) {
    return undefined;
  }
  const dialect = match.dialect ?? dialectOfHeaders(headers);
  // A verb of Google's that is not served looks like the name of a model, which only GET takes.
  const verb = method === "POST" && match.endpoint?.kind === "models" && /:[A-Za-z]+$/.test(place.path);
  if (!known || verb) return { dialect, error: notFound(place.path) };
  if (upgrade) return { dialect, error: new GatewayError("upgrade_required", NO_WEBSOCKETS) };
  return { dialect, error: wrongMethod(method, match) };
}

async function answerModels(
  gateway: Gateway,
  request: Request,
  place: Place,
  dialect: Dialect,
  endpoint: Extract<Endpoint, { kind: "models" }>,
  peers: Peers | undefined,
): Promise<Response> {
  const of = newOrigin(gateway);
  try {
    const principal = await authenticate(gateway, request, place.query, peers);
    const snapshot = gateway.snapshot();
    const body =
      endpoint.model === undefined
        ? listModels(snapshot, principal, dialect)
        : getModel(snapshot, principal, dialect, endpoint.model);
    return Response.json(body, { headers: idHeaders(of) });
  } catch (thrown) {
    const refused = { request, peers, model: endpoint.model };
    return errorResponse(gateway, { dialect }, withMend(gateway, refused, toGatewayError(thrown)), of);
  }
}

const STOPPING_RETRY_MS = 1_000;

/** What new requests get while this process ends; on a connection that ends with it. */
export function refuseWhileStopping(gateway: Gateway, request: Request): Response {
  const { dialect = dialectOfHeaders(request.headers) } = matchPath(placeOf(request.url).path);
  const message = "The gateway is stopping here; send the request again in a moment.";
  const error = new GatewayError("unavailable", message, { retryAfterMs: STOPPING_RETRY_MS });
  const response = errorResponse(gateway, { dialect }, error, newOrigin(gateway));
  response.headers.set("connection", "close");
  return response;
}

/**
 * Answers any request to the data plane; resolves always.
 * @param peers what knows where the request comes from; without it keys that ask for that are refused
 * @param place of its URL, where it is known already
 */
export function handleRequest(
  gateway: Gateway,
  request: Request,
  peers?: Peers,
  place = placeOf(request.url),
): Response | Promise<Response> {
  const match = matchPath(place.path);
  const failure = failureOf(request, place, match);
  if (failure) {
    const told = withMend(gateway, { request, peers }, failure.error);
    return errorResponse(gateway, failure, told, newOrigin(gateway));
  }
  const endpoint = match.endpoint as Endpoint;
  if (endpoint.kind === "exchange") {
    return handleExchange(gateway, newExchange(gateway, request, endpoint, place.query, match.notes, peers));
  }
  if (endpoint.kind === "response") return answerKept(gateway, request, place.query, endpoint, peers);
  const keyInQuery = /(?:^|&)key=/.test(place.query);
  const dialect = match.dialect ?? (keyInQuery ? "gemini" : dialectOfHeaders(request.headers));
  if (endpoint.kind === "receipt")
    return answerReceipt(gateway, request, place.query, { dialect, id: endpoint.id, peers });
  return answerModels(gateway, request, place, dialect, endpoint, peers);
}
