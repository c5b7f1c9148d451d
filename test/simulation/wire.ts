import type { LedgerStore } from "../../src/billing/store.ts";
import type { Random } from "./random.ts";
import type { FaultRates } from "./scenario.ts";

/** Everything that the messages between a node and its store need of the world around them. */
export interface WireWorld {
  readonly random: Random;
  now(): number;
  after(ms: number, run: () => void): void;
  /** Runs in the node, unless it has died since. */
  resume(run: () => void): void;
  rates(): FaultRates;
  inOutage(): boolean;
  /** Whether messages of this name go astray. */
  fails(call: string): boolean;
  /** False when the store lived in a node that has died: calls under way never reach it. */
  alive(): boolean;
  /** The scheduler waits for what the store really does. */
  works(work: Promise<unknown>): void;
  readonly calmMs: number;
  readonly storeTimeoutMs: number;
  note(line: () => string): void;
  /** A fault hit the answers of these requests; of none in particular: all that are on their way. */
  faultHit(requestIds: readonly string[]): void;
  /** So many more calls wait for an answer that will not come. */
  unanswered(more: 1 | -1): void;
  /** The store has finished a call. */
  committed(): void;
  /** The node has got an answer. */
  answered(): void;
  /** The store refused for a reason that no message fault explains. */
  storeFailed(cause: unknown): void;
  /** This node asks the others to give back what they do not need of a wallet. */
  tellOthers(walletId: string): void;
}

type Fate = "delivered" | "refused" | "lost" | "unacknowledged" | "delayed" | "repeated";

interface Call<Answer> {
  readonly name: string;
  readonly requestIds: readonly string[];
  readonly apply: () => Promise<Answer>;
}

function drawFate(world: WireWorld, call: string): Fate {
  const { random } = world;
  if (!world.fails(call)) return "delivered";
  if (world.inOutage()) return random.chance(0.5) ? "refused" : "lost";
  const { lost, unacknowledged, delayed, repeated } = world.rates();
  const dice = random.next();
  if (dice < lost) return "lost";
  if (dice < lost + unacknowledged) return "unacknowledged";
  if (dice < lost + unacknowledged + delayed) return "delayed";
  return dice < lost + unacknowledged + delayed + repeated ? "repeated" : "delivered";
}

function explained(cause: unknown): boolean {
  return cause instanceof Error && /^(epoch \d+ is over|turn \d+ of a wallet came after)/.test(cause.message);
}

/** Carries one call to the store and its answer back; promises of a dead node stay open for ever. */
function carry<Answer>(world: WireWorld, call: Call<Answer>): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const { random } = world;
  const fate = drawFate(world, call.name);
  const faulty = fate !== "delivered" && fate !== "repeated";
  world.note(() => `node → store: ${call.name}${fate === "delivered" ? "" : ` [${fate}]`}`);
  if (faulty) world.faultHit(call.requestIds);
  const giveUp = (ms: number) => {
    world.unanswered(1);
    world.after(ms, () => {
      world.unanswered(-1);
      world.resume(() => {
        world.note(() => `node gave up on ${call.name}`);
        world.faultHit(call.requestIds);
        reject(new Error(`no answer to ${call.name}`));
      });
    });
  };
  const arrive = (ms: number, answer: (finish: () => void) => void) =>
    world.after(ms, () => {
      if (!world.alive()) return;
      world.note(() => `store does ${call.name}`);
      if (fate !== "delivered") world.faultHit(call.requestIds);
      const applying = call.apply();
      world.works(applying);
      applying.then(
        (result) => {
          world.committed();
          answer(() => resolve(result));
        },
        (cause: unknown) => {
          world.note(() => `store refuses ${call.name}: ${String(cause)}`);
          // Of an epoch that a late or repeated message ended, and the node did not know.
          if (explained(cause)) world.faultHit(call.requestIds);
          else world.storeFailed(cause);
          answer(() => reject(cause));
        },
      );
    });
  const back = (finish: () => void) =>
    world.after(random.ms(0.1, 30), () =>
      world.resume(() => {
        world.answered();
        finish();
      }),
    );
  const silent = () => undefined;
  const latencyMs = random.ms(0.1, 30);
  if (fate === "refused") giveUp(latencyMs);
  else if (fate === "lost") giveUp(world.storeTimeoutMs);
  else if (fate === "unacknowledged") {
    arrive(latencyMs, silent);
    giveUp(world.storeTimeoutMs);
  } else if (fate === "delayed") {
    giveUp(world.storeTimeoutMs);
    const late = world.storeTimeoutMs + random.ms(0, random.pick([300, 5_000, 60_000]));
    arrive(Math.max(latencyMs, Math.min(late, world.calmMs - world.now())), silent);
  } else {
    arrive(latencyMs, back);
    if (fate === "repeated") arrive(latencyMs + random.ms(0, 3_000), silent);
  }
  return promise;
}

/** A call that is about no request. */
export function carryPlain<Answer>(
  world: WireWorld,
  name: string,
  apply: () => Answer | Promise<Answer>,
): Promise<Answer> {
  return carry(world, { name, requestIds: [], apply: async () => await apply() });
}

/** The store as the node reaches it: over a network that fails as the world says. */
export function wiredStore(world: WireWorld, store: LedgerStore): LedgerStore {
  const on = (name: string, requestIds: readonly string[] = []) => ({ name, requestIds });
  return {
    register: () => carry(world, { ...on("register"), apply: () => store.register() }),
    lease: (step) =>
      carry(world, {
        ...on(`lease ${step.needNanos} of ${step.walletId} for epoch ${step.epoch} (turn ${step.turn})`),
        apply: () => store.lease(step),
      }),
    giveBack: (steps) => {
      const what = steps.flatMap(({ grants, epoch, turn }) =>
        grants.map(({ lotId, nanos }) => `${nanos} to ${lotId} from epoch ${epoch} (turn ${turn})`),
      );
      return carry(world, { ...on(`give back ${what.join(", ")}`), apply: () => store.giveBack(steps) });
    },
    renew: (epoch) => carry(world, { ...on(`renew epoch ${epoch}`), apply: () => store.renew(epoch) }),
    askBack: (walletId) =>
      carry(world, {
        ...on(`ask back ${walletId}`),
        async apply() {
          await store.askBack(walletId);
          world.tellOthers(walletId);
        },
      }),
    settle: (entries) => {
      const requestIds = entries.flatMap(({ rows }) => rows.slice(0, 1).map((row) => row.requestId));
      const what = entries.map(({ rows, repeated }) => {
        const shown = rows.map((row) => `${row.state} ${row.amountNanos} of epoch ${row.epoch}`).join(" + ");
        return `${rows[0]?.requestId} ${shown}${repeated ? " (again)" : ""}`;
      });
      return carry(world, {
        ...on(`settle ${what.join("; ")}`, requestIds),
        apply: () => store.settle(entries),
      });
    },
    reverse: (requestId) =>
      carry(world, { ...on(`reverse ${requestId}`, [requestId]), apply: () => store.reverse(requestId) }),
  };
}
