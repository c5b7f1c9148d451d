import { existsSync, rmSync } from "node:fs";
import type { App } from "../app.ts";
import { type Beside, besideOf, besideTaker } from "../beside.ts";
import type { Settings } from "../config/settings.ts";
import type { Config } from "../config/types.ts";
import { homeSocket } from "../control/socket.ts";
import { failed, NO_BOUND } from "../server.ts";

/** Who sent the request to the worker; what a client writes there is overwritten. */
const PEER = "x-quoin-peer";

/** Of one connection, which is not the client's. */
const HOP_BY_HOP = ["connection", "keep-alive", "transfer-encoding", "upgrade"];

export function handOverSocket(home: string): string {
  return homeSocket(home, "workers");
}

/** Answers in this process what workers hand over; only its owner can reach into the folder. */
export function takeHandedOver(app: App, path: string): { close(): void; stop(): void } {
  if (existsSync(path)) rmSync(path);
  const beside = besideOf(app);
  const server = Bun.serve({
    unix: path,
    maxRequestBodySize: NO_BOUND,
    fetch(request, listening) {
      // The worker's own port has its time-outs.
      listening.timeout(request, 0);
      const address = request.headers.get(PEER);
      return beside.answer(request, { requestIP: () => (address === null ? null : { address }) });
    },
    error: (fault) => failed(app.gateway, fault),
  });
  return {
    close: beside.close,
    stop() {
      void server.stop(true);
      if (existsSync(path)) rmSync(path);
    },
  };
}

/** Hands over to the process that keeps the books what the gateway's endpoints do not answer. */
export function handOver(path: string, settings: Settings, config: () => Config): Beside {
  const closing = new AbortController();
  return {
    takes: besideTaker(settings, config),
    async answer(request, peers) {
      const { host, pathname, search } = new URL(request.url);
      const headers = new Headers(request.headers);
      for (const name of HOP_BY_HOP) headers.delete(name);
      headers.delete(PEER);
      const peer = peers.requestIP(request);
      if (peer) headers.set(PEER, peer.address);
      const init = {
        method: request.method,
        headers,
        body: request.body,
        signal: AbortSignal.any([request.signal, closing.signal]),
        ...{ unix: path, redirect: "manual", decompress: false, timeout: false },
      };
      const answer = await fetch(`http://${host}${pathname}${search}`, init as RequestInit);
      return new Response(answer.body, { status: answer.status, headers: answer.headers });
    },
    close: () => closing.abort(),
  };
}
