import type { Script } from "./fake-upstream.ts";

const SSE = { "content-type": "text/event-stream; charset=utf-8" };

/** A whole JSON answer. */
export function json(body: unknown, status = 200, headers: Record<string, string> = {}): Script {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return async (reply) => {
    const length = String(Buffer.byteLength(text));
    await reply.head(status, { "content-type": "application/json", "content-length": length, ...headers });
    await reply.write(text);
  };
}

/** A whole stream, each piece in a chunk of its own. */
export function sse(...pieces: readonly (string | Uint8Array)[]): Script {
  return async (reply) => {
    await reply.head(200, SSE);
    for (const piece of pieces) await reply.write(piece);
    await reply.end();
  };
}

export type CutHow = "reset" | "close" | "end";

/** A stream that stops after these pieces: RST, FIN without the end of the body, or a proper end. */
export function cutSse(how: CutHow, ...pieces: readonly (string | Uint8Array)[]): Script {
  return async (reply) => {
    await reply.head(200, SSE);
    for (const piece of pieces) await reply.write(piece);
    // An RST overtakes what the other side has not read yet.
    await Bun.sleep(20);
    await reply[how]();
  };
}

/** A stream that goes on when told to: each call of `more` writes one piece. */
export function pausedSse(first: string): {
  script: Script;
  more(piece: string): Promise<boolean>;
  end(): Promise<void>;
} {
  const { promise, resolve } = Promise.withResolvers<Parameters<Script>[0]>();
  return {
    async script(reply) {
      await reply.head(200, SSE);
      await reply.write(first);
      resolve(reply);
    },
    more: async (piece) => (await promise).write(piece),
    end: async () => (await promise).end(),
  };
}

/** Takes the request and says nothing. */
export const silence: Script = () => undefined;
