import type { Deadline, Deadlines } from "../base/deadlines.ts";
import type { Target } from "../core/model.ts";

/**
 * One try of one target, cut by the client leaving, by our deadline, or by us. Its own listener
 * object, not a closure: a listener lives as long as its signal, and a closure would keep
 * everything around it alive with it, the whole request, through the next garbage collections.
 */
export class Try implements EventListenerObject {
  readonly abort = new AbortController();
  /** Set when our own deadline cut it. */
  late = false;
  /** Whether the upstream is kept when the client leaves. */
  readsOn = false;
  /** Told when the client leaves, after the upstream was let go. */
  onClientLeft: (() => void) | undefined;
  private deadline: Deadline | undefined;
  private answered = false;

  constructor(
    readonly target: Target,
    private readonly client: AbortSignal,
  ) {
    if (client.aborted) this.abort.abort();
    else client.addEventListener("abort", this);
  }

  handleEvent(): void {
    if (!this.readsOn) this.abort.abort();
    this.onClientLeft?.();
  }

  onLate(): void {
    this.late = true;
    this.abort.abort();
  }

  /** From now on at most `ms` may pass until `extend` or `end`. */
  limit(deadlines: Deadlines, ms: number): void {
    this.deadline?.stop();
    this.deadline = deadlines.start(ms, this);
  }

  /** As `limit`, unless it is over by now. */
  startIfRunning(deadlines: Deadlines, ms: number): void {
    if (!this.abort.signal.aborted && !this.answered) this.limit(deadlines, ms);
  }

  extend(): void {
    this.deadline?.extend();
  }

  pause(): void {
    this.deadline?.pause();
  }

  /** Nothing can cut it any more. */
  end(): void {
    this.answered = true;
    this.deadline?.stop();
    this.client.removeEventListener("abort", this);
  }

  /** Lets the upstream go. */
  cut(): void {
    this.end();
    this.abort.abort();
  }
}
