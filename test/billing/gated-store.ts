import { drainMicrotasks } from "bun:jsc";
import type { Clock } from "../../src/base/clock.ts";
import type { LedgerStore } from "../../src/billing/store.ts";

type Verb = keyof LedgerStore;

/** A call to the store whose fate the test decides. */
export interface HeldCall {
  readonly verb: Verb;
  readonly args: readonly unknown[];
  /** Done, and answered. */
  pass(): void;
  /** Never reached the store; the caller is told so. */
  fail(): void;
  /** Done, but the answer is lost; the caller is told that it failed. */
  lose(): void;
}

export interface GatedStore {
  readonly store: LedgerStore;
  /** Every call so far, passed or held. */
  readonly calls: readonly Verb[];
  /** From now on calls of this kind wait in `held`. */
  hold(verb: Verb): void;
  /** Takes the oldest held call of this kind. @throws when there is none. */
  next(verb: Verb): HeldCall;
  readonly heldCount: number;
}

/** The store behind a gate, so that a test can stop, lose or fail single calls. */
export function gatedStore(store: LedgerStore): GatedStore {
  const calls: Verb[] = [];
  const gated = new Set<Verb>();
  const held: HeldCall[] = [];

  function through<Answer>(
    verb: Verb,
    args: readonly unknown[],
    apply: () => Promise<Answer>,
  ): Promise<Answer> {
    calls.push(verb);
    if (!gated.has(verb)) return apply();
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const broken = new Error(`${verb} was cut off`);
    const settled = (step: () => void) => () => {
      step();
      drainMicrotasks();
    };
    held.push({
      verb,
      args,
      pass: settled(() => void apply().then(resolve, reject)),
      fail: settled(() => reject(broken)),
      lose: settled(() => {
        apply().catch(() => undefined);
        reject(broken);
      }),
    });
    return promise;
  }

  return {
    calls,
    hold: (verb) => gated.add(verb),
    get heldCount() {
      return held.length;
    },
    next(verb) {
      const index = held.findIndex((call) => call.verb === verb);
      const [call] = index < 0 ? [] : held.splice(index, 1);
      if (!call) throw new Error(`no ${verb} is held; calls so far: ${calls.join(", ")}`);
      return call;
    },
    store: {
      register: () => through("register", [], () => store.register()),
      lease: (...args) => through("lease", args, () => store.lease(...args)),
      giveBack: (...args) => through("giveBack", args, () => store.giveBack(...args)),
      settle: (entries) => through("settle", entries, () => store.settle(entries)),
      reverse: (requestId) => through("reverse", [requestId], () => store.reverse(requestId)),
      renew: (epoch) => store.renew(epoch),
      askBack: (walletId) => store.askBack(walletId),
    },
  };
}

export interface ManualTime {
  readonly clock: Clock;
  readonly delay: (ms: number) => Promise<void>;
  /** Time goes on, and every wait that ends until then ends in its turn. */
  advance(ms: number): void;
}

export function manualTime(): ManualTime {
  const waits: { readonly atMs: number; readonly resolve: () => void }[] = [];
  let nowMs = 0;
  return {
    clock: { now: () => 1_700_000_000_000 + nowMs, monotonic: () => nowMs },
    delay: (ms) => new Promise((resolve) => waits.push({ atMs: nowMs + ms, resolve })),
    advance(ms) {
      const untilMs = nowMs + ms;
      for (;;) {
        waits.sort((a, b) => a.atMs - b.atMs);
        const [first] = waits;
        if (!first || first.atMs > untilMs) break;
        waits.shift();
        nowMs = Math.max(nowMs, first.atMs);
        first.resolve();
        drainMicrotasks();
      }
      nowMs = untilMs;
      drainMicrotasks();
    },
  };
}

/** The value of a promise that needs nothing more of the outer world; undefined when it is still open. */
export function valueNow<Value>(promise: Value | Promise<Value>): Value | undefined {
  let value: Value | undefined;
  void Promise.resolve(promise).then((settled) => {
    value = settled;
  });
  drainMicrotasks();
  return value;
}
