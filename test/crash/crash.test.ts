import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { startLoad } from "./load.ts";
import { kill9, type Running, startServer } from "./product.ts";
import {
  endWorld,
  expectBooks,
  expectProven,
  gatewayAt,
  remember,
  servedWorld,
  topUp,
  type World,
} from "./world.ts";

/** Three in every run; a change to the ledger or the relay deserves QUOIN_CRASH_ROUNDS=20 and several seeds. */
const ROUNDS = Number(process.env.QUOIN_CRASH_ROUNDS ?? 3);
const SEED = Number(process.env.QUOIN_CRASH_SEED ?? 1);
/** Prints what the audit counted. */
const VERBOSE = process.env.QUOIN_CRASH_VERBOSE !== undefined;
const CLIENTS = 48;
const ROUND_LIMIT_MS = 60_000;

/** What is done to the home between the kill and the restart, in turn. */
const BETWEEN: readonly ((world: World) => Promise<void>)[] = [
  async () => undefined,
  // A command on the dead home replays its journal before any server does.
  expectProven,
  // The restart is killed too, somewhere in its start.
  async (world) => {
    const restarted = startServer(world.place);
    await Bun.sleep(world.random.ms(60, 350));
    await kill9(restarted);
  },
];

describe(`kill -9 under load, seed ${SEED}`, () => {
  let world: World;
  let server: Running;

  beforeAll(async () => {
    ({ world, server } = await servedWorld(SEED));
  }, ROUND_LIMIT_MS);

  afterAll(() => endWorld(world, server));

  for (let round = 0; round < ROUNDS; round++) {
    test(
      `round ${round + 1}: what clients saw is what was charged`,
      async () => {
        const load = startLoad(gatewayAt(world, await server.port), CLIENTS, () => world.plan());
        await Promise.all(["load-a", "load-b", "load-c"].map((account) => topUp(world, account, 45)));
        await Bun.sleep(world.random.ms(0, 700));
        const asked = load.stop();
        await kill9(server);
        await asked;
        remember(world, load.seen, true);

        await BETWEEN[round % BETWEEN.length]?.(world);
        server = startServer(world.place);
        await server.port;
        const counts = await expectBooks(world);
        if (VERBOSE) console.log(round + 1, JSON.stringify(counts));
        expect(counts.finished).toBeGreaterThan(0);
      },
      ROUND_LIMIT_MS,
    );
  }
});
