import { createServer, type Socket } from "node:net";
import { readMessage } from "./http-message.ts";
import { until } from "./until.ts";

/** A request as it reached the upstream, to the byte. */
export interface SeenRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** The body as text. */
  readonly text: string;
  /** Whether the other side has closed the connection, or we have. */
  readonly closed: () => boolean;
}

/** How a script answers; every call writes at once, in its own packet where the system lets it. */
export interface Reply {
  /** Status line and headers; a body without content-length goes in chunks. */
  head(status: number, headers?: Record<string, string>): Promise<void>;
  /** A piece of the body. Resolves when the socket took it (false: the other side is gone). */
  write(bytes: string | Uint8Array): Promise<boolean>;
  /** Ends the body properly; the connection stays. */
  end(): Promise<void>;
  /** Closes with FIN, whatever was promised. */
  close(): void;
  /** Closes with RST. */
  reset(): void;
  /** Bytes past any framing. */
  raw(bytes: string | Uint8Array): Promise<boolean>;
}

export type Script = (reply: Reply, seen: SeenRequest) => Promise<void> | void;

export interface FakeUpstream {
  readonly url: string;
  readonly port: number;
  readonly seen: SeenRequest[];
  /** The next requests get these, in order; then `otherwise`. */
  answer(...scripts: Script[]): void;
  otherwise(script: Script): void;
  /** The last request. @throws when there was none. */
  last(): SeenRequest;
  /** Forgets what was seen and what was scripted. */
  reset(): void;
  close(): Promise<void>;
}

function writeTo(socket: Socket, bytes: string | Uint8Array): Promise<boolean> {
  if (socket.destroyed || !socket.writable) return Promise.resolve(false);
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const gone = () => resolve(false);
  socket.once("close", gone);
  socket.write(bytes, (fault) => {
    socket.off("close", gone);
    resolve(!fault);
  });
  return promise;
}

function replyOn(socket: Socket): Reply {
  let chunked = false;
  return {
    async head(status, headers = {}) {
      const names = Object.keys(headers).map((name) => name.toLowerCase());
      chunked = !names.includes("content-length") && !names.includes("connection");
      const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
      const framing = chunked ? "transfer-encoding: chunked\r\n" : "";
      await writeTo(socket, `HTTP/1.1 ${status} Scripted\r\n${lines.join("")}${framing}\r\n`);
    },
    write(bytes) {
      if (!chunked) return writeTo(socket, bytes);
      const body = Buffer.from(bytes as string);
      if (body.length === 0) return Promise.resolve(true);
      return writeTo(socket, Buffer.concat([Buffer.from(`${body.length.toString(16)}\r\n`), body, CRLF]));
    },
    async end() {
      if (chunked) await writeTo(socket, "0\r\n\r\n");
    },
    close: () => void socket.end(),
    reset: () => void socket.resetAndDestroy(),
    raw: (bytes) => writeTo(socket, bytes),
  };
}

const CRLF = Buffer.from("\r\n");

/** An upstream on a real socket of 127.0.0.1 that answers from scripts and remembers every byte. */
export async function startFakeUpstream(): Promise<FakeUpstream> {
  const seen: SeenRequest[] = [];
  const sockets = new Set<Socket>();
  let queue: Script[] = [];
  let fallback: Script = unscripted;

  function take(socket: Socket, bytes: Buffer): number {
    const message = readMessage(bytes);
    if (!message) return 0;
    const [method = "", path = ""] = message.first.split(" ");
    const request: SeenRequest = {
      method,
      path,
      headers: message.headers,
      body: Uint8Array.from(message.body),
      text: message.body.toString("utf8"),
      closed: () => !sockets.has(socket),
    };
    seen.push(request);
    const script = queue.shift() ?? fallback;
    void script(replyOn(socket), request);
    return message.end;
  }

  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    let bytes = Buffer.alloc(0);
    socket.on("error", () => undefined);
    socket.on("close", () => sockets.delete(socket));
    socket.on("data", (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]);
      bytes = bytes.subarray(take(socket, bytes));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    seen,
    answer: (...scripts) => void queue.push(...scripts),
    otherwise(script) {
      fallback = script;
    },
    last() {
      const request = seen.at(-1);
      if (!request) throw new Error("the upstream has seen no request");
      return request;
    },
    reset() {
      seen.length = 0;
      queue = [];
      fallback = unscripted;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await until("the upstream's sockets closed", () => sockets.size === 0);
    },
  };
}

const unscripted: Script = async (reply) => {
  const body = '{"error":{"message":"no script for this request"}}';
  await reply.head(500, { "content-type": "application/json", "content-length": String(body.length) });
  await reply.write(body);
};
