import type { App } from "./app.ts";
import { type Beside, besideOf } from "./beside.ts";
import type { Gateway } from "./gateway/gateway.ts";
import { handleRequest, placeOf, refuseWhileStopping } from "./gateway/handle-request.ts";
import { redirectToHttps } from "./gateway/public-origin.ts";

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

/** What a port serves. */
export interface Served {
  readonly gateway: Gateway;
  readonly beside: Beside;
  /** Other processes listen on the same port, and the system gives each its connections. */
  readonly sharesPort?: boolean;
}

/** For connections that have not sent a request yet; what is running has the gateway's deadlines. */
const UNUSED_CONNECTION_S = 60;

/** Bodies are bounded by the gateway, which answers in the client's words; Bun would send an empty 413. */
export const NO_BOUND = Number.MAX_SAFE_INTEGER;

/** Paths that are no endpoint of a protocol, and answered in every process. */
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
  const server = serveAt(address, { gateway: app.gateway, beside: besideOf(app) });
  app.people.listensOn(server.address.port);
  return server;
}

/** @throws Error naming the setting when the system does not allow it. */
export function serveAt(address: ServerAddress, served: Served): RunningServer {
  try {
    return listen(address, served);
  } catch (cause) {
    throw cannotListen(address, cause);
  }
}

/**
 * A port that several processes can then share: `address` with the port that the system gave where it is 0.
 * @throws Error naming the setting where another program has it, or another Quoin.
 */
export async function freePort({ host, port }: ServerAddress): Promise<ServerAddress> {
  try {
    const probe = Bun.serve({ hostname: host, port, fetch: () => new Response() });
    const free = { host, port: probe.port ?? port };
    await probe.stop(true);
    return free;
  } catch (cause) {
    throw cannotListen({ host, port }, cause);
  }
}

/** What is told where a handler failed. */
export function failed({ log }: Pick<Gateway, "log">, fault: Error): Response {
  log("error", "a request failed outside its handler", { cause: fault.stack ?? fault.message });
  return Response.json(
    { error: { message: "The gateway failed while handling this request." } },
    { status: 500 },
  );
}

function listen(address: ServerAddress, { gateway, beside, sharesPort = false }: Served): RunningServer {
  let ready = true;
  const server = Bun.serve({
    hostname: address.host,
    port: address.port,
    reusePort: sharesPort,
    idleTimeout: UNUSED_CONNECTION_S,
    maxRequestBodySize: NO_BOUND,
    fetch(request, listening) {
      const secure = redirectToHttps(gateway, request, listening);
      if (secure) return secure;
      const place = placeOf(request.url);
      const { path } = place;
      const { method } = request;
      const taken = beside.takes(method, path);
      // Streams may be silent for as long as their upstream is.
      if (taken !== "console") listening.timeout(request, 0);
      if (method === "GET" || method === "HEAD") {
        const plain = answerPlain(path, ready);
        if (plain) return plain;
      }
      if (taken) return beside.answer(request, listening);
      return ready
        ? handleRequest(gateway, request, listening, place)
        : refuseWhileStopping(gateway, request);
    },
    error: (fault) => failed(gateway, fault),
  });
  return {
    address: { host: address.host, port: server.port ?? address.port },
    refuseNew() {
      ready = false;
      beside.close();
    },
    stopAccepting() {
      beside.close();
      return server.stop(false);
    },
  };
}
