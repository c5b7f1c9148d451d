import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Plan } from "./plan.ts";
import { markerOf, scriptOf, wholeAnswer } from "./wire.ts";

/** What the upstream did for one request. */
export interface Served {
  /** How often it arrived; a second time would be paid for twice. */
  arrivals: number;
  /** Bytes of text handed to the socket in pieces, for streams. */
  textBytes: number;
  /** The whole usage, and with it the end of the answer, was handed to the socket. */
  reported: boolean;
}

export interface ScriptedUpstream {
  readonly port: number;
  /** By the plan's number; nothing for a request that never arrived. */
  readonly served: ReadonlyMap<number, Served>;
  close(): void;
}

async function sayWhole(response: ServerResponse, plan: Plan, served: Served): Promise<void> {
  const body = wholeAnswer(plan);
  await Bun.sleep(plan.pauseMs * plan.pieces.length);
  const length = Buffer.byteLength(body);
  response.writeHead(200, { "content-type": "application/json", "content-length": length });
  if (plan.course === "well") {
    served.reported = true;
    response.end(body);
    return;
  }
  response.write(body.slice(0, length / 2));
  await Bun.sleep(1);
  response.destroy();
}

async function sayStream(response: ServerResponse, plan: Plan, served: Served): Promise<void> {
  const script = scriptOf(plan);
  response.writeHead(200, { "content-type": "text/event-stream" });
  response.write(script.opening.join(""));
  const last = plan.course === "well" ? script.pieces.length : Math.ceil(script.pieces.length / 2);
  for (const [index, event] of script.pieces.slice(0, last).entries()) {
    if (response.destroyed) return;
    served.textBytes += plan.pieces[index]?.length ?? 0;
    response.write(event);
    await Bun.sleep(plan.pauseMs);
  }
  switch (plan.course) {
    case "well":
      served.reported = true;
      response.end(script.closing.join(""));
      return;
    case "event":
      response.end(script.failure);
      return;
    case "short":
      response.end();
      return;
    default:
      response.destroy();
  }
}

async function answer(response: ServerResponse, plan: Plan, served: Served): Promise<void> {
  if (plan.course === "refused") {
    response.writeHead(500, { "content-type": "application/json" });
    response.end('{"error":{"message":"the model is on fire"}}');
    return;
  }
  await (plan.stream ? sayStream(response, plan, served) : sayWhole(response, plan, served));
}

/** An upstream on a loopback socket that does with every request what its plan says, and remembers it. */
export async function startUpstream(planOf: (number: number) => Plan | undefined): Promise<ScriptedUpstream> {
  const served = new Map<number, Served>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const number = markerOf(Buffer.concat(chunks).toString()) ?? -1;
      const plan = planOf(number);
      if (!plan) {
        response.writeHead(404).end();
        return;
      }
      const known = served.get(number) ?? { arrivals: 0, textBytes: 0, reported: false };
      served.set(number, known);
      known.arrivals++;
      void answer(response, plan, known);
    });
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", resolve);
  await promise;
  return {
    port: (server.address() as AddressInfo).port,
    served,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
