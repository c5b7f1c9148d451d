/** Hands what is due to connections that are free. */
export type Pace<Connection> = {
  /** It sends the next request that is due, at once where one has waited. */
  free(connection: Connection): void;
  /** It is closed. */
  gone(connection: Connection): void;
};

const TICK_MS = 1;

/**
 * Requests are due evenly over time, whether earlier ones were answered or not: a server that stands still for a
 * while meets all that came meanwhile, as it would outside. Of a tick that comes late, what it should have sent is
 * due at the tick: that the generator was late is not the server's.
 */
export function startPace<Connection>(
  perSecond: number,
  send: (connection: Connection, dueAtMs: number) => void,
): Pace<Connection> {
  const idle: Connection[] = [];
  const due: number[] = [];
  const gapMs = 1000 / perSecond;
  let nextMs = performance.now();

  function tick(): void {
    const nowMs = performance.now();
    for (; nextMs <= nowMs; nextMs += gapMs) {
      const connection = idle.pop();
      if (connection === undefined) due.push(nowMs);
      else send(connection, nowMs);
    }
  }

  setInterval(tick, TICK_MS);
  return {
    free(connection) {
      const dueAtMs = due.shift();
      if (dueAtMs === undefined) idle.push(connection);
      else send(connection, dueAtMs);
    },
    gone(connection) {
      const at = idle.indexOf(connection);
      if (at >= 0) idle.splice(at, 1);
    },
  };
}
