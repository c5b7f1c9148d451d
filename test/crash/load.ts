import { ask, type Gateway, type Seen } from "./client.ts";
import type { Plan } from "./plan.ts";

export interface Load {
  /** All that clients have seen so far; a request stands here once it has ended. */
  readonly seen: readonly Seen[];
  /** No client asks again; resolves when those that run have ended. */
  stop(): Promise<void>;
}

/** `clients` at a time, each asking again as soon as its answer has ended, until its connection dies. */
export function startLoad(gateway: Gateway, clients: number, next: () => Plan): Load {
  const seen: Seen[] = [];
  let stopped = false;
  async function client(): Promise<void> {
    for (let last: Seen | undefined; !stopped && last?.end !== "cut"; ) {
      last = await ask(gateway, next());
      seen.push(last);
    }
  }
  const running = Array.from({ length: clients }, client);
  return {
    seen,
    async stop() {
      stopped = true;
      await Promise.all(running);
    },
  };
}
