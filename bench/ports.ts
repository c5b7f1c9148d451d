/** A port that nothing listens on just now, for servers that cannot choose one themselves. */
export function freePort(): number {
  const listener = Bun.listen({
    hostname: "127.0.0.1",
    port: 0,
    socket: { data: () => undefined },
  });
  const { port } = listener;
  listener.stop(true);
  return port;
}

/** Waits until something accepts connections on this port, or `stillRunning` says that it never will. */
export async function waitForPort(
  port: number,
  limitMs: number,
  stillRunning: () => boolean,
): Promise<boolean> {
  const deadlineMs = performance.now() + limitMs;
  while (performance.now() < deadlineMs && stillRunning()) {
    const connected = await Bun.connect({
      hostname: "127.0.0.1",
      port,
      socket: { data: () => undefined },
    }).then(
      (socket) => {
        socket.end();
        return true;
      },
      // Refused: not listening yet, which is what we wait for.
      () => false,
    );
    if (connected) return true;
    await Bun.sleep(20);
  }
  return false;
}
