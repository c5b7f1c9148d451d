import type { App } from "./app.ts";
import type { Awaitable } from "./base/awaitable.ts";
import { paymentWebhook } from "./billing/payments.ts";
import type { Settings } from "./config/settings.ts";
import type { Config } from "./config/types.ts";
import { answerLogo } from "./control/brand-logo.ts";
import type { docsSite } from "./control/docs/docs-site.ts";
import type { ConsoleApp } from "./control/http/app.ts";
import { consoleUrl, frontPage, OFFERING_PATH, offeringView } from "./control/offering.ts";
import { answerSetup, isSetup } from "./control/setup/answer-setup.ts";
import { toGatewayError } from "./core/errors.ts";
import type { Model, Snapshot } from "./core/model.ts";
import { type HostRole, LOGO_PATH, offeringAt } from "./core/offering.ts";
import { authenticate } from "./gateway/authenticate.ts";
import { clientAddress, type Peers } from "./gateway/client-address.ts";
import { newOrigin } from "./gateway/exchange.ts";
import { placeOf } from "./gateway/handle-request.ts";
import { usableModels } from "./gateway/list-models.ts";
import { accessHost, accountHost, originOfRequest } from "./gateway/public-origin.ts";
import { errorResponse } from "./gateway/refuse.ts";
import { sentKey } from "./gateway/sent-keys.ts";
import { answerPaymentWebhook } from "./payment-webhook.ts";

/** What is answered at the port beside the gateway's endpoints: console, documentation, set-up, front page, webhooks. */
export interface Beside {
  /** What of it a request is for; undefined where the gateway's endpoints answer. */
  takes(method: string, path: string): "console" | "page" | undefined;
  /** Call it for what it takes. */
  answer(request: Request, peers: Peers): Awaitable<Response>;
  /** Ends what would go on without end. */
  close(): void;
}

/** Hosts that are no host of the api show what they are for at their root. */
const ROOT_OF: Readonly<Partial<Record<HostRole, string>>> = { console: "/console", probe: "/console/probe" };

const PUBLIC = { "cache-control": "public, max-age=300", "access-control-allow-origin": "*" };

/** Where the public keys lie that receipts are verified with. */
const RECEIPT_KEYS = "/.well-known/quoin-receipts.json";
/** Where a proxy asks whether a domain is ours. */
const HOSTS_ASK = "/hosts/ask";
/** Where Prometheus looks unless it is told otherwise; the management API answers. */
const METRICS = "/metrics";
const METRICS_ROUTE = "/console/api/v1/operator/metrics";
const CONSOLE = "/console";
const CONSOLE_API = "/console/api/";
const PAYMENT_WEBHOOK = "/webhooks/stripe";

function isConsole(path: string): boolean {
  return path.startsWith(CONSOLE) && (path.length === CONSOLE.length || path[CONSOLE.length] === "/");
}

function isDocs(path: string): boolean {
  return path.startsWith("/docs") && (path.length === 5 || path[5] === "/");
}

function isFront(path: string): boolean {
  return path === "/" || path === OFFERING_PATH;
}

/** What is taken beside the endpoints, which is the same in every process of a machine. */
export function besideTaker({ stripe }: Pick<Settings, "stripe">, config: () => Config): Beside["takes"] {
  const isPage = (path: string) =>
    isDocs(path) ||
    isFront(path) ||
    path === RECEIPT_KEYS ||
    path === HOSTS_ASK ||
    path === METRICS ||
    path === LOGO_PATH ||
    path === config().signUp.trial?.path ||
    isSetup(path);
  return (method, path) => {
    if (isConsole(path)) return "console";
    const isWebhook = method === "POST" && stripe !== undefined && path === PAYMENT_WEBHOOK;
    return isWebhook || ((method === "GET" || method === "HEAD") && isPage(path)) ? "page" : undefined;
  };
}

/** What is in force, as it is told at the host of this request: an account's own domain wears its own brand. */
function snapshotFor(gateway: App["gateway"], request: Request): Snapshot {
  const snapshot = gateway.snapshot();
  const own = accountHost(gateway, request);
  return own ? { ...snapshot, offering: offeringAt(snapshot.offering, own) } : snapshot;
}

/** For a proxy that makes certificates when they are first needed: 200 for a host that is ours, 404 for others. */
function answerAsk({ gateway }: App, { url }: Request): Response {
  const domain = new URL(url).searchParams.get("domain")?.toLowerCase() ?? "";
  const { hosts, accountHosts } = gateway.snapshot().offering;
  const isOurs = accountHosts.has(domain) || hosts.some(({ host }) => host === domain);
  return new Response(isOurs ? "ours\n" : "not ours\n", { status: isOurs ? 200 : 404 });
}

/** People see a page, programs a text that names the addresses. */
function answerRoot(request: Request, snapshot: Snapshot, origin: string): Response {
  const headers = { vary: "accept", "cache-control": "no-cache" };
  if (!request.headers.get("accept")?.includes("text/html"))
    return new Response(frontPage(snapshot, origin), { headers });
  const location = `${consoleUrl(snapshot.offering, origin)}/home`;
  return new Response(null, { status: 302, headers: { ...headers, location } });
}

/** What tells customers where they are, and where else they may go. */
function answerFront({ gateway }: App, request: Request, path: string, peers: Peers): Response {
  const root = ROOT_OF[accessHost(gateway, request)?.role ?? "api"];
  if (path === "/" && root !== undefined) return Response.redirect(root, 302);
  const origin = originOfRequest(gateway, request, peers);
  const snapshot = snapshotFor(gateway, request);
  if (path === "/") return answerRoot(request, snapshot, origin);
  return Response.json(offeringView(snapshot, { origin, region: gateway.region }), { headers: PUBLIC });
}

async function publishReceiptKeys({ gateway }: App): Promise<Response> {
  return Response.json(await gateway.receipts.publicKeys(), { headers: PUBLIC });
}

/**
 * The models that who asks is told of; undefined: none, since the catalogue is closed and no key was sent.
 * @throws GatewayError where the key does not hold
 */
async function modelsTold(
  { gateway, http }: App,
  request: Request,
  peers: Peers,
): Promise<readonly Model[] | undefined> {
  const snapshot = gateway.snapshot();
  if (http.config().catalogue.shownTo === "everybody") return snapshot.models;
  if (sentKey(request.headers, "") === undefined) return undefined;
  return usableModels(snapshot, await authenticate(gateway, request, "", peers));
}

/** As if it had come to the management API, with who sends it. */
function metricsRequest({ method, headers }: Request, query: string): Request {
  return new Request(`http://quoin${METRICS_ROUTE}?${query}`, { method, headers });
}

async function answerSetupAt(app: App, request: Request, path: string, peers: Peers): Promise<Response> {
  const { gateway, http } = app;
  const origin = originOfRequest(gateway, request, peers);
  const snapshot = snapshotFor(gateway, request);
  try {
    const models = await modelsTold(app, request, peers);
    return await answerSetup(request, path, { config: http.config(), snapshot, origin, models });
  } catch (thrown) {
    return errorResponse(gateway, { dialect: "openai" }, toGatewayError(thrown), newOrigin(gateway));
  }
}

/** The management API, loaded with the first request to it, and beside it the console's pages. */
function consoleTaker({ gateway, http, pages }: App, closing: AbortSignal) {
  let loading: Promise<ConsoleApp> | undefined;
  return async (request: Request, path: string, peers: Peers): Promise<Response> => {
    if (!path.startsWith(CONSOLE_API)) return pages(request, path);
    loading ??= import("./control/http/app.ts").then(({ consoleApp }) => consoleApp({ ...http, closing }));
    const answer = await loading;
    return await answer(request, clientAddress(request, peers, gateway.snapshot().trustedProxies));
  };
}

/** The documentation, loaded with the first request to it. */
function docsTaker({
  gateway,
  http,
}: App): (request: Request, path: string, peers: Peers) => Promise<Response> {
  let loading: Promise<ReturnType<typeof docsSite>> | undefined;
  return async (request, path, peers) => {
    loading ??= import("./control/docs/docs-site.ts").then((loaded) => loaded.docsSite());
    const preferred = request.headers.get("accept-language") ?? "";
    const modelsShown = http.config().catalogue.shownTo === "everybody";
    const asked = { path, origin: originOfRequest(gateway, request, peers), preferred, modelsShown };
    return (await loading)(snapshotFor(gateway, request), asked);
  };
}

/** Undefined where no payment provider is set up. */
function paymentTaker({ control }: App): ReturnType<typeof paymentWebhook> | undefined {
  const { paymentProvider: provider, payments: store, subscriptions, clock, recall } = control;
  const { settle: settleSubscription } = subscriptions;
  return provider && paymentWebhook({ provider, store, now: () => clock.now(), recall, settleSubscription });
}

/** All of it, in the process that keeps the books. */
export function besideOf(app: App): Beside {
  const closing = new AbortController();
  const takeConsole = consoleTaker(app, closing.signal);
  const takeDocs = docsTaker(app);
  const takePayment = paymentTaker(app);
  return {
    takes: besideTaker(app.settings, app.http.config),
    answer(request, peers) {
      const { path, query } = placeOf(request.url);
      if (isConsole(path)) return takeConsole(request, path, peers);
      if (path === METRICS) return takeConsole(metricsRequest(request, query), METRICS_ROUTE, peers);
      if (takePayment && path === PAYMENT_WEBHOOK)
        return answerPaymentWebhook(takePayment, request, app.gateway.log);
      if (isDocs(path)) return takeDocs(request, path, peers);
      if (isFront(path)) return answerFront(app, request, path, peers);
      if (path === HOSTS_ASK) return answerAsk(app, request);
      if (path === LOGO_PATH)
        return answerLogo(snapshotFor(app.gateway, request).offering.brand, app.settings.home);
      if (path === RECEIPT_KEYS) return publishReceiptKeys(app);
      if (isSetup(path)) return answerSetupAt(app, request, path, peers);
      return app.pages(request, path);
    },
    close: () => closing.abort(),
  };
}
