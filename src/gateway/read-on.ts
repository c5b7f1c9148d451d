import type { AnswerFilter } from "./answer-filter.ts";
import type { Gateway } from "./gateway.ts";
import { EVENT_BYTES_MAX } from "./stream-filter.ts";
import type { Try } from "./try.ts";
import type { AnswerChunk, AnswerReader } from "./upstream-reader.ts";

/** What of a stream goes on when its client has left. */
export interface Abandoned {
  readonly reader: AnswerReader;
  readonly filter: AnswerFilter;
  readonly attempt: Try;
  /** What was read or is being read, and was not relayed. */
  readonly next: Promise<AnswerChunk> | undefined;
}

/** An answer that nobody waits for is not read for longer, nor further, than this. */
const READ_ON_MS = 120_000;
const READ_ON_BYTES_MAX = 16 * 1024 * 1024;

/**
 * Reads an upstream's answer on to its end, for its report of usage alone. Answers whether that came; the
 * upstream is let go in any case.
 */
export async function readOn(gateway: Gateway, abandoned: Abandoned): Promise<boolean> {
  const { reader, filter, attempt } = abandoned;
  const whole = gateway.deadlines.start(READ_ON_MS, { onLate: () => reader.cancel() });
  let bytes = 0;
  let next = abandoned.next;
  try {
    while (bytes <= READ_ON_BYTES_MAX && filter.pendingBytes() <= EVENT_BYTES_MAX) {
      attempt.extend();
      const { done, value } = await (next ?? reader.read());
      next = undefined;
      attempt.pause();
      if (done) return filter.finish();
      bytes += value.length;
      filter.feed(value);
      const phase = filter.phase();
      if (phase === "ended" || phase === "failed") return phase === "ended";
    }
  } catch (fault) {
    // What was relayed is charged instead, as where the upstream is cancelled at once.
    gateway.log("debug", "an abandoned answer could not be read on", { cause: String(fault) });
  } finally {
    whole.stop();
    reader.cancel();
    attempt.cut();
  }
  return false;
}
