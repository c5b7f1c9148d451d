import type { App } from "./app.ts";
import { handleRequest, placeOf } from "./gateway/handle-request.ts";

export interface ServerAddress {
  readonly host: string;
  readonly port: number;
}

export interface RunningServer {
  readonly address: ServerAddress;
  /** Takes no new connection; those open go on. Resolves when the last byte of every answer has left. */
  stopAccepting(): Promise<void>;
}

/** For connections that have not sent a request yet; what is running has the gateway's deadlines. */
const UNUSED_CONNECTION_S = 60;

/** Bodies are bounded by the gateway, which answers in the client's words; Bun would send an empty 413. */
const NO_BOUND = Number.MAX_SAFE_INTEGER;

const WELCOME = "Quoin is running. Point an OpenAI, Anthropic or Google SDK at this address, with a key.\n";

/** Paths that are no endpoint of a protocol. */
function answerPlain(path: string, ready: boolean): Response | undefined {
  switch (path) {
    case "/":
      return new Response(WELCOME);
    case "/api/hello":
    case "/healthz":
      return Response.json({ status: "ok" });
    case "/readyz":
      return Response.json({ status: ready ? "ready" : "stopping" }, { status: ready ? 200 : 503 });
    default:
      return undefined;
  }
}

/** Listens on one port for everything. @throws when the address is taken. */
export function startServer(app: App, address: ServerAddress): RunningServer {
  let ready = true;
  const server = Bun.serve({
    hostname: address.host,
    port: address.port,
    idleTimeout: UNUSED_CONNECTION_S,
    maxRequestBodySize: NO_BOUND,
    fetch(request, listening) {
      // Streams may be silent for as long as their upstream is.
      listening.timeout(request, 0);
      const { method } = request;
      if (method === "GET" || method === "HEAD") {
        const plain = answerPlain(placeOf(request.url).path, ready);
        if (plain) return plain;
      }
      return handleRequest(app.gateway, request);
    },
    error(fault) {
      app.gateway.log("error", "a request failed outside its handler", {
        cause: fault.stack ?? fault.message,
      });
      return Response.json(
        { error: { message: "Quoin failed while handling this request." } },
        { status: 500 },
      );
    },
  });
  return {
    address: { host: address.host, port: server.port ?? address.port },
    stopAccepting() {
      ready = false;
      return server.stop(false);
    },
  };
}
