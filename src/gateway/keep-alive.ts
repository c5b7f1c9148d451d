import type { Deadline, Deadlines, Late } from "../base/deadlines.ts";
import type { WireProtocol } from "../core/protocol.ts";

const encoder = new TextEncoder();
const COMMENT = encoder.encode(": keep-alive\n\n");
const PING = encoder.encode('event: ping\ndata: {"type": "ping"}\n\n');
const BLANK = encoder.encode("\r\n\r\n");

/**
 * What tells everything between us and the client that a silent stream lives, in a form that no client of the
 * protocol stumbles over: Gemini CLI dies of comments, and takes blank lines (CLIENTS.md 0.1).
 * @param begun whether the answer's first event has gone out; Anthropic's ping comes behind `message_start`
 */
export function keepAliveBytes(protocol: WireProtocol, begun: boolean): Uint8Array {
  if (protocol === "gemini") return BLANK;
  return protocol === "anthropic-messages" && begun ? PING : COMMENT;
}

/**
 * Calls `beat` as often as `ms` pass in which nothing was sent, at the latest after twice that time. What is sent
 * costs one assignment: the clock is read on the deadlines' own timer.
 */
export class KeepAlive implements Late {
  private deadline: Deadline;
  private silent = true;

  constructor(
    private readonly deadlines: Deadlines,
    private readonly ms: number,
    private readonly beat: () => void,
  ) {
    this.deadline = deadlines.start(ms, this);
  }

  sent(): void {
    this.silent = false;
  }

  onLate(): void {
    if (this.silent) this.beat();
    this.silent = true;
    this.deadline = this.deadlines.start(this.ms, this);
  }

  stop(): void {
    this.deadline.stop();
  }
}

/** What a promise resolves with where it does so within `ms`; undefined where it takes longer. */
export async function within<T>(
  deadlines: Deadlines,
  ms: number,
  promise: Promise<T>,
): Promise<T | undefined> {
  const late = Promise.withResolvers<undefined>();
  const deadline = deadlines.start(ms, { onLate: () => late.resolve(undefined) });
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    deadline.stop();
  }
}
