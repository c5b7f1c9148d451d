import type { App } from "./app.ts";
import { paymentWebhook } from "./billing/payments.ts";
import type { docsSite } from "./control/docs/docs-site.ts";
import type { ConsoleApp } from "./control/http/app.ts";
import { frontPage, OFFERING_PATH, offeringView } from "./control/offering.ts";
import { answerSetup, isSetup } from "./control/setup/answer-setup.ts";
import type { HostRole } from "./core/offering.ts";
import { clientAddress, type Peers } from "./gateway/client-address.ts";
import { handleRequest, placeOf, refuseWhileStopping } from "./gateway/handle-request.ts";
import { accessHost, originOfRequest, redirectToHttps } from "./gateway/public-origin.ts";
import { answerPaymentWebhook } from "./payment-webhook.ts";

export interface ServerAddress {
  readonly host: string;
  readonly port: number;
}

export interface RunningServer {
  readonly address: ServerAddress;
  /**
   * From now on `/readyz` is 503 and new requests are refused in their client's words. The port stays
   * open, so that load balancers and clients are told rather than turned away; what runs goes on.
   */
  refuseNew(): void;
  /** Takes no new connection; those open go on. Resolves when the last byte of every answer has left. */
  stopAccepting(): Promise<void>;
}

/** For connections that have not sent a request yet; what is running has the gateway's deadlines. */
const UNUSED_CONNECTION_S = 60;

/** Bodies are bounded by the gateway, which answers in the client's words; Bun would send an empty 413. */
const NO_BOUND = Number.MAX_SAFE_INTEGER;

/** Paths that are no endpoint of a protocol. */
function answerPlain(path: string, ready: boolean): Response | undefined {
  switch (path) {
    case "/api/hello":
    case "/healthz":
      return Response.json({ status: "ok" });
    case "/readyz":
      return Response.json({ status: ready ? "ready" : "stopping" }, { status: ready ? 200 : 503 });
    default:
      return undefined;
  }
}

/** Hosts that are no host of the api show what they are for at their root. */
const ROOT_OF: Readonly<Partial<Record<HostRole, string>>> = { console: "/console", probe: "/console/probe" };

const PUBLIC = { "cache-control": "public, max-age=300", "access-control-allow-origin": "*" };

/** What tells customers where they are, and where else they may go. */
function answerFront({ gateway }: App, request: Request, path: string, peers: Peers): Response | undefined {
  if (path !== "/" && path !== OFFERING_PATH) return undefined;
  const root = ROOT_OF[accessHost(gateway, request)?.role ?? "api"];
  if (path === "/" && root !== undefined) return Response.redirect(root, 302);
  const origin = originOfRequest(gateway, request, peers);
  const snapshot = gateway.snapshot();
  if (path === "/") return new Response(frontPage(snapshot, origin));
  return Response.json(offeringView(snapshot, { origin, region: gateway.region }), { headers: PUBLIC });
}

/** Where the public keys lie that receipts are verified with. */
const RECEIPT_KEYS = "/.well-known/quoin-receipts.json";

async function publishReceiptKeys({ gateway }: App): Promise<Response> {
  return Response.json(await gateway.receipts.publicKeys(), { headers: PUBLIC });
}

function answerSetupAt({ gateway, http }: App, request: Request, path: string, peers: Peers) {
  const origin = originOfRequest(gateway, request, peers);
  return answerSetup(request, path, { config: http.config(), snapshot: gateway.snapshot(), origin });
}

const CONSOLE = "/console";
const CONSOLE_API = "/console/api/";

function isConsole(path: string): boolean {
  return path.startsWith(CONSOLE) && (path.length === CONSOLE.length || path[CONSOLE.length] === "/");
}

/** The management API, loaded with the first request to it, and beside it the console's pages. */
function consoleTaker({ gateway, http, pages }: App) {
  const closing = new AbortController();
  let loading: Promise<ConsoleApp> | undefined;
  return {
    async take(request: Request, peers: Peers): Promise<Response> {
      const { path } = placeOf(request.url);
      if (!path.startsWith(CONSOLE_API)) return pages(request, path);
      loading ??= import("./control/http/app.ts").then(({ consoleApp }) =>
        consoleApp({ ...http, closing: closing.signal }),
      );
      const answer = await loading;
      return await answer(request, clientAddress(request, peers, gateway.snapshot().trustedProxies));
    },
    /** Ends what would go on without end. */
    close: () => closing.abort(),
  };
}

function isDocs(path: string): boolean {
  return path.startsWith("/docs") && (path.length === 5 || path[5] === "/");
}

/** The documentation, loaded with the first request to it. */
function docsTaker({ gateway }: App): (request: Request, path: string, peers: Peers) => Promise<Response> {
  let loading: Promise<ReturnType<typeof docsSite>> | undefined;
  return async (request, path, peers) => {
    loading ??= import("./control/docs/docs-site.ts").then((loaded) => loaded.docsSite(gateway.snapshot));
    return (await loading)(path, originOfRequest(gateway, request, peers));
  };
}

const PAYMENT_WEBHOOK = "/webhooks/stripe";

/** Undefined where no payment provider is set up. */
function paymentTaker({ control }: App): ReturnType<typeof paymentWebhook> | undefined {
  const { paymentProvider: provider, payments: store, subscriptions, clock, recall } = control;
  const { settle: settleSubscription } = subscriptions;
  return provider && paymentWebhook({ provider, store, now: () => clock.now(), recall, settleSubscription });
}

/** Why the system does not let us listen, with the setting that mends it. */
function cannotListen({ host, port }: ServerAddress, cause: unknown): Error {
  const code = (cause as { code?: unknown }).code;
  const why =
    code === "EADDRINUSE"
      ? `port ${port} is in use by another program; stop that, or set QUOIN_PORT to a free port`
      : code === "EACCES"
        ? `this user may not open port ${port}; set QUOIN_PORT to one above 1023`
        : code === "EADDRNOTAVAIL"
          ? `${host} is no address of this machine; set QUOIN_HOST to one that is, such as 127.0.0.1`
          : `${cause instanceof Error ? cause.message : String(cause)}; QUOIN_HOST and QUOIN_PORT say where`;
  return new Error(`Quoin cannot listen on ${host}:${port}: ${why}.`, { cause });
}

/** Listens on one port for everything. @throws Error naming the setting when the system does not allow it. */
export function startServer(app: App, address: ServerAddress): RunningServer {
  try {
    return listen(app, address);
  } catch (cause) {
    throw cannotListen(address, cause);
  }
}

function listen(app: App, address: ServerAddress): RunningServer {
  let ready = true;
  const takePayment = paymentTaker(app);
  const consoles = consoleTaker(app);
  const takeDocs = docsTaker(app);
  const server = Bun.serve({
    hostname: address.host,
    port: address.port,
    idleTimeout: UNUSED_CONNECTION_S,
    maxRequestBodySize: NO_BOUND,
    fetch(request, listening) {
      const secure = redirectToHttps(app.gateway, request, listening);
      if (secure) return secure;
      const place = placeOf(request.url);
      const { path } = place;
      if (isConsole(path)) return consoles.take(request, listening);
      // Streams may be silent for as long as their upstream is.
      listening.timeout(request, 0);
      const { method } = request;
      if (method === "GET" || method === "HEAD") {
        const plain = answerPlain(path, ready);
        if (plain) return plain;
        if (isDocs(path)) return takeDocs(request, path, listening);
        const front = answerFront(app, request, path, listening);
        if (front) return front;
        if (path === RECEIPT_KEYS) return publishReceiptKeys(app);
        if (path === app.http.config().signUp.trial?.path) return app.pages(request, path);
        if (isSetup(path)) return answerSetupAt(app, request, path, listening);
      }
      if (method === "POST" && takePayment && path === PAYMENT_WEBHOOK)
        return answerPaymentWebhook(takePayment, request, app.gateway.log);
      return ready
        ? handleRequest(app.gateway, request, listening, place)
        : refuseWhileStopping(app.gateway, request);
    },
    error(fault) {
      app.gateway.log("error", "a request failed outside its handler", {
        cause: fault.stack ?? fault.message,
      });
      return Response.json(
        { error: { message: "The gateway failed while handling this request." } },
        { status: 500 },
      );
    },
  });
  const port = server.port ?? address.port;
  app.people.listensOn(port);
  return {
    address: { host: address.host, port },
    refuseNew() {
      ready = false;
      consoles.close();
    },
    stopAccepting() {
      consoles.close();
      return server.stop(false);
    },
  };
}
