import type { Clock } from "../base/clock.ts";
import type { Log } from "../core/log.ts";
import { type GrantLog, grantLog, type ToldCounts } from "./grant-log.ts";
import type { Claim, Counted, ForgetfulStore, LimitStore, Running, Unknown, Verdict } from "./store.ts";

/** How long a store that has forgotten waits for all nodes to tell it what they were granted. */
const GATHER_MS = 1_000;
/** How long a request waits for that; then it is refused, as where the store is away. */
const PATIENCE_MS = 1_500;
const LATE = `Redis lost its counts of limits, and they did not come back within ${PATIENCE_MS} ms`;
/** Told in one go. */
const AT_ONCE = 200;
/** A store that forgets again and again is one that is away. */
const JOINS_MAX = 10;
/** A node that asks for nothing looks this often whether the store has forgotten: well within `GATHER_MS`. */
export const LOOK_EVERY_MS = 300;

export interface RememberingOptions {
  readonly store: ForgetfulStore;
  readonly clock: Pick<Clock, "monotonic">;
  readonly log: Log;
  readonly delay: (ms: number) => Promise<void>;
  /** Requests of an account on a day, by its number since the epoch, as they were recorded. */
  readonly recount: (accountId: string, counted: Counted, day: number) => Promise<number>;
  readonly gatherMs?: number;
}

/** A store of limits whose memory this node helps to bring back. */
export interface RememberingStore extends LimitStore {
  /** Its connection was lost: nothing is asked of it before it is known what it remembers. */
  doubt(): void;
  /** Whether it has forgotten, also without a word; called every `LOOK_EVERY_MS`. */
  look(): Promise<void>;
}

const isUnknown = (answer: Verdict | Unknown): answer is Unknown => "kind" in answer;

/** Each day's window with how many of the requests that run count there. */
function runningDays(running: readonly Running[]): ToldCounts[] {
  const found = new Map<string, ToldCounts & { counts: [number, number][] }>();
  for (const { scope, days } of running) {
    for (const { window, slot } of days) {
      const key = `${scope} ${window.name} ${slot}`;
      const known = found.get(key)?.counts[0];
      if (known) known[1]++;
      else found.set(key, { scope, window, counts: [[slot, 1]] });
    }
  }
  return [...found.values()];
}

async function inGroups<T>(
  all: readonly T[],
  work: (group: readonly T[]) => Promise<unknown>,
): Promise<void> {
  for (let from = 0; from < all.length; from += AT_ONCE) await work(all.slice(from, from + AT_ONCE));
}

/** Tells the store, under another memory, all that this node knows of what it was granted. */
function tellAll(
  store: ForgetfulStore,
  memoryId: string,
  granted: GrantLog,
  running: readonly Running[],
): Promise<void> {
  const told = [...granted.all(), ...runningDays(running)].filter(({ counts }) => counts.length > 0);
  return inGroups(told, (group) =>
    Promise.all(group.map(({ scope, window, counts }) => store.tell(memoryId, scope, window, counts))),
  );
}

/** Which memory counts, and this node's part in it. */
function membership({ store, clock, log, delay, gatherMs = GATHER_MS }: RememberingOptions) {
  const granted = grantLog(clock);
  let running: () => readonly Running[] = () => [];
  /** The memory that knows all that this node was granted. */
  let toldTo: string | undefined;
  /** Whether it is the one that counts, as far as is known. */
  let sure = false;
  let joining: Promise<void> | undefined;

  /** What runs is in its places, and what was granted is told, before anything else is asked. */
  async function comeBack(id: string): Promise<void> {
    const runs = running();
    if (toldTo !== id) await tellAll(store, id, granted, runs);
    const atGates = runs.filter(({ gates }) => gates.length > 0);
    await inGroups(atGates, async (group) => await store.renew(group));
  }

  async function join(): Promise<void> {
    for (let tries = 0; tries < JOINS_MAX; tries++) {
      const { id, waitMs } = await store.join(gatherMs);
      if (toldTo !== id || !sure) await comeBack(id);
      toldTo = id;
      sure = waitMs === 0;
      if (sure) return;
      log("warn", "Redis has no counts of limits; nodes tell it what they granted in the last minute");
      await delay(waitMs);
    }
    throw new Error(`Redis lost its counts of limits ${JOINS_MAX} times in a row`);
  }

  function joinOnce(): Promise<void> {
    joining ??= join().finally(() => {
      joining = undefined;
    });
    return joining;
  }

  return {
    granted,
    follow(found: () => readonly Running[]) {
      running = found;
    },
    /** The memory to ask. @throws what the store throws */
    async current(): Promise<string> {
      while (!sure || toldTo === undefined) await joinOnce();
      return toldTo;
    },
    /** The memory is not, or may not be, the one that counts. */
    doubt(id = toldTo) {
      if (toldTo === id) sure = false;
    },
    /** Undefined: `current` is to be waited for. */
    get known(): string | undefined {
      return sure ? toldTo : undefined;
    },
    hasNothing: () => granted.size === 0 && running().length === 0,
    /** Asks the store, and tells it what it does not know. */
    look: joinOnce,
  };
}

/** Each kind of day's count is looked up once at a time. */
function dayCounts({ store, recount }: RememberingOptions) {
  const asking = new Map<string, Promise<void>>();

  async function settle(claim: Claim, place: number, day: number, memoryId: string): Promise<void> {
    const window = claim.windows[place];
    if (!window) throw new Error(`Redis asks for the day of window ${place} of ${claim.windows.length}`);
    const units = window.counted ? await recount(claim.scope, window.counted, day) : 0;
    await store.settleDay(memoryId, claim.scope, window, units);
  }

  return async (claim: Claim, { place, slot }: Extract<Unknown, { kind: "day" }>, memoryId: string) => {
    const key = `${memoryId} ${claim.scope} ${claim.windows[place]?.name}`;
    const known = asking.get(key);
    const asked = known ?? settle(claim, place, slot, memoryId).finally(() => asking.delete(key));
    if (!known) asking.set(key, asked);
    await asked;
  };
}

/**
 * Limits over a store that may lose what it counted. Before it grants anything again, all nodes tell it what they
 * were granted in the last minute and what they run; the counts of the day come from the records. A request waits
 * for that, and rejects when it takes too long.
 */
export function rememberingStore(options: RememberingOptions): RememberingStore {
  const { store, clock, log, delay } = options;
  const member = membership(options);
  const { granted } = member;
  const settleDay = dayCounts(options);

  /** Only what brings counts back is waited for so: what was granted to a request that has gone would be lost. */
  async function inTime<T>(work: Promise<T>, endMs: number): Promise<T> {
    const late = delay(Math.max(0, endMs - clock.monotonic())).then(() => {
      throw new Error(LATE);
    });
    return await Promise.race([work, late]);
  }

  return {
    async acquire(claim) {
      const endMs = clock.monotonic() + PATIENCE_MS;
      do {
        const memoryId = member.known ?? (await inTime(member.current(), endMs));
        const answer = await store.acquire(claim, memoryId);
        if (!isUnknown(answer)) {
          if (answer.deniedBy === undefined) granted.granted(claim, answer);
          return answer;
        }
        // It counted nothing, so to ask again repeats nothing.
        if (answer.kind === "forgotten") member.doubt(memoryId);
        else await inTime(settleDay(claim, answer, memoryId), endMs);
      } while (clock.monotonic() < endMs);
      throw new Error(LATE);
    },
    end(permit) {
      granted.corrected(permit);
      return store.end(permit);
    },
    renew(permits) {
      granted.sweep();
      return store.renew(permits);
    },
    follow: member.follow,
    doubt: () => member.doubt(),
    async look() {
      if (member.hasNothing()) return;
      try {
        await member.look();
      } catch (cause) {
        log("debug", "Redis could not be asked whether it has its counts of limits", {
          cause: String(cause),
        });
      }
    },
    close: store.close,
  };
}
