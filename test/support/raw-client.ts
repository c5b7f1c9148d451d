import { connect, type Socket } from "node:net";
import { readStatus } from "./http-message.ts";
import { until } from "./until.ts";

/** A client that writes what it likes and reads what comes, to the byte. */
export interface RawClient {
  readonly socket: Socket;
  send(bytes: string | Uint8Array): void;
  received(): Buffer;
  text(): string;
  closed(): boolean;
  /** Status and headers of the first answer, when they are there. */
  answer(withinMs?: number): Promise<NonNullable<ReturnType<typeof readStatus>>>;
  /** Resolves when the text has been received. */
  sees(text: string, withinMs?: number): Promise<void>;
  /** Closes with RST, as a killed client does. */
  kill(): void;
}

export async function rawClient(port: number): Promise<RawClient> {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  let bytes = Buffer.alloc(0);
  let closed = false;
  socket.on("data", (chunk: Buffer) => {
    bytes = Buffer.concat([bytes, chunk]);
  });
  socket.on("error", () => undefined);
  socket.on("close", () => {
    closed = true;
  });
  await new Promise<void>((resolve) => socket.once("connect", resolve));
  return {
    socket,
    send: (part) => void socket.write(part),
    received: () => bytes,
    text: () => bytes.toString("utf8"),
    closed: () => closed,
    async answer(withinMs) {
      await until("an answer's head", () => closed || readStatus(bytes) !== undefined, withinMs);
      const status = readStatus(bytes);
      if (!status) throw new Error(`closed without an answer after ${JSON.stringify(bytes.toString())}`);
      return status;
    },
    sees: (part, withinMs) =>
      until(`the client seeing ${JSON.stringify(part)}`, () => bytes.includes(part), withinMs),
    kill: () => void socket.resetAndDestroy(),
  };
}

/** A POST as bytes. */
export function post(path: string, key: string, body: string, headers = ""): string {
  const length = Buffer.byteLength(body);
  return `POST ${path} HTTP/1.1\r\nhost: gateway\r\nauthorization: Bearer ${key}\r\ncontent-length: ${length}\r\n${headers}\r\n${body}`;
}
