import { createServer, type Socket } from "node:net";

/** An upstream that tells how many bytes of a request have come, and answers when its body is whole. */
export interface SlowUpstream {
  readonly url: string;
  received(): number;
  /** Requests whose body came whole. */
  whole(): number;
  /** Connections that are open. */
  open(): number;
  close(): Promise<void>;
}

const ANSWER = '{"text":"hi","usage":{"type":"duration","seconds":30}}';
const REPLY = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${ANSWER.length}\r\n\r\n${ANSWER}`;

/** Keeps no bodies: it is for large ones. Bodies must have a content-length. */
export async function startSlowUpstream(): Promise<SlowUpstream> {
  const sockets = new Set<Socket>();
  let received = 0;
  let whole = 0;
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    let head = "";
    let left = -1;
    socket.on("error", () => undefined);
    socket.on("close", () => sockets.delete(socket));
    socket.on("data", (chunk: Buffer) => {
      received += chunk.length;
      if (left < 0) {
        head += chunk.toString("latin1");
        const end = head.indexOf("\r\n\r\n");
        if (end < 0) return;
        left = Number(/content-length: (\d+)/i.exec(head)?.[1]) - (head.length - end - 4);
        head = "";
      } else left -= chunk.length;
      if (left > 0) return;
      left = -1;
      whole++;
      socket.write(REPLY);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    received: () => received,
    whole: () => whole,
    open: () => sockets.size,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => void server.close(() => resolve()));
    },
  };
}
