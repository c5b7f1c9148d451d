import { connect, createServer, type Socket } from "node:net";

/** A network between two processes of this machine that can fail. */
export interface TcpProxy {
  readonly port: number;
  /** Nothing passes any more, and nobody is told: connections stay open, new ones are taken. */
  stall(): void;
  /** All connections end, and new ones are refused at once. */
  drop(): void;
  /** What waited goes on, and new connections pass. */
  heal(): void;
  /** New connections pass; nothing ever passes again on those that were stalled. */
  forget(): void;
  close(): void;
}

type State = "passing" | "stalled" | "dropped";

/** Stands on a port of the loopback before another one. */
export async function startTcpProxy(targetPort: number): Promise<TcpProxy> {
  let state: State = "passing";
  const sockets = new Set<Socket>();
  const keep = (socket: Socket, other: Socket) => {
    sockets.add(socket);
    // Either end takes the other with it; how it ended is the ends' own matter.
    socket.on("error", () => other.destroy());
    socket.on("close", () => {
      sockets.delete(socket);
      other.destroy();
    });
    socket.on("data", (bytes) => {
      if (!other.write(bytes)) socket.pause();
    });
    socket.on("drain", () => state === "passing" && other.resume());
    if (state === "stalled") socket.pause();
  };
  const server = createServer((client) => {
    if (state === "dropped") {
      client.destroy();
      return;
    }
    const target = connect(targetPort, "127.0.0.1");
    keep(client, target);
    keep(target, client);
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", resolve);
  await promise;
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("the proxy has no port");
  return {
    port: address.port,
    stall() {
      state = "stalled";
      for (const socket of sockets) socket.pause();
    },
    drop() {
      state = "dropped";
      for (const socket of sockets) socket.destroy();
    },
    heal() {
      state = "passing";
      for (const socket of sockets) socket.resume();
    },
    forget() {
      state = "passing";
    },
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
