import { expect } from "bun:test";
import { type Random, seeded } from "../simulation/random.ts";
import { type AuditCounts, audit } from "./auditor/audit.ts";
import type { RequestSeen } from "./auditor/seen.ts";
import { bothSides } from "./both-sides.ts";
import type { Gateway, Seen } from "./client.ts";
import { yamlFor } from "./offer.ts";
import { ACCOUNTS, nextPlan, type Plan } from "./plan.ts";
import { kill9, newPlace, type Place, quoin, quoinJson, type Running, startServer } from "./product.ts";
import { readCharges, readSums } from "./tables.ts";
import { type ScriptedUpstream, startUpstream } from "./upstream.ts";

/** One home, its upstream, and all that was ever asked of it. */
export interface World {
  readonly random: Random;
  readonly place: Place;
  readonly upstream: ScriptedUpstream;
  readonly keys: Map<string, string>;
  /** Nanos that top-ups were acknowledged for. */
  readonly granted: Map<string, bigint>;
  /** Both sides of every request that has ended. */
  readonly requests: RequestSeen[];
  /** A plan that is known to the upstream; random unless one is given. */
  plan(make?: (number: number) => Plan): Plan;
  remove(): void;
}

export async function newWorld(seed: number): Promise<World> {
  const plans: Plan[] = [];
  const random = seeded(seed);
  const upstream = await startUpstream((number) => plans[number]);
  const place = newPlace(yamlFor(upstream.port));
  return {
    random,
    place,
    upstream,
    keys: new Map(),
    granted: new Map(),
    requests: [],
    plan(make = (number) => nextPlan(random, number)) {
      const plan = make(plans.length);
      plans.push(plan);
      return plan;
    },
    remove() {
      upstream.close();
      place.remove();
    },
  };
}

export async function topUp(world: World, account: string, cents: number): Promise<void> {
  const amount = (cents / 100).toFixed(2);
  await quoinJson(world.place, "wallet", "top-up", "--account", account, "--amount", amount);
  world.granted.set(account, (world.granted.get(account) ?? 0n) + BigInt(cents) * 10_000_000n);
}

/** Accounts with a key each; the rich ones' money comes in small lots, so that charges span them. */
export async function openAccounts(world: World): Promise<void> {
  for (const account of ACCOUNTS) {
    const made = await quoinJson<{ key: string }>(world.place, "keys", "create", "--account", account);
    world.keys.set(account, made.key);
  }
  for (const cents of [9, 11, 30]) {
    await Promise.all(ACCOUNTS.filter((name) => name !== "poor").map((name) => topUp(world, name, cents)));
  }
  await topUp(world, "poor", 3);
}

/** A world whose server runs, with its accounts. */
export async function servedWorld(seed: number): Promise<{ world: World; server: Running }> {
  const world = await newWorld(seed);
  const server = startServer(world.place);
  await server.port;
  await openAccounts(world);
  return { world, server };
}

export async function endWorld(world: World, server: Running): Promise<void> {
  await kill9(server);
  world.remove();
}

export function gatewayAt(world: World, port: number): Gateway {
  return { port, keys: world.keys };
}

export function remember(world: World, seen: readonly Seen[], nearCrash: boolean): void {
  for (const one of seen) world.requests.push(bothSides(one, world.upstream, nearCrash));
}

/** `ledger prove` finds no difference. */
export async function expectProven(world: World): Promise<void> {
  const proof = await quoin(world.place, "ledger", "prove", "--json");
  expect(proof.stderr).toBe("");
  expect(JSON.parse(proof.stdout)).toMatchObject({ ok: true });
  expect(proof.code).toBe(0);
}

/** Nothing is held, and every balance is what was granted less what was charged. */
async function expectBalances(world: World): Promise<void> {
  const sums = readSums(world.place.home);
  const wallets = await Promise.all(
    [...world.keys.keys()].map((account) =>
      quoinJson<{ held_nanos: string; balance_nanos: string }>(
        world.place,
        "wallet",
        "show",
        "--account",
        account,
      ),
    ),
  );
  for (const [index, account] of [...world.keys.keys()].entries()) {
    const { granted = 0n, charged = 0n } = sums.get(account) ?? {};
    expect(granted).toBe(world.granted.get(account) ?? 0n);
    expect(wallets[index]).toMatchObject({ held_nanos: "0", balance_nanos: (granted - charged).toString() });
  }
}

interface Listed {
  readonly id: string;
  readonly outcome: string;
  readonly charge_nanos: string;
}

const LISTED_MAX = "10000";

/** Every charge has its record and every record its charge. */
async function expectHistory(world: World): Promise<void> {
  const lists = await Promise.all(
    [...world.keys.keys()].map((account) =>
      quoinJson<{ requests: Listed[] }>(
        world.place,
        "requests",
        "list",
        "--account",
        account,
        "--limit",
        LISTED_MAX,
      ),
    ),
  );
  const recorded = new Map(lists.flatMap(({ requests }) => requests).map((record) => [record.id, record]));
  const charged = new Map(readCharges(world.place.home).map((charge) => [charge.id, charge.amount]));
  const differing = [...new Set([...recorded.keys(), ...charged.keys()])].filter(
    (id) => BigInt(recorded.get(id)?.charge_nanos ?? -1) !== (charged.get(id) ?? 0n),
  );
  expect(differing).toEqual([]);
  const finished = world.requests.filter(({ end }) => end === "finished").map(({ id }) => id ?? "");
  expect(finished.filter((id) => recorded.get(id)?.outcome !== "finished")).toEqual([]);
}

/** The ledger is proven, and charged what clients saw. Gives the audit's counts. */
export async function expectCharges(world: World): Promise<AuditCounts> {
  await expectProven(world);
  return audit(world.requests, readCharges(world.place.home));
}

/** All that must hold of a quiet server, or of a home that no server runs on. */
export async function expectBooks(world: World): Promise<AuditCounts> {
  // First, since a proof brings what the journal holds into the tables that are read here.
  const counts = await expectCharges(world);
  await expectBalances(world);
  await expectHistory(world);
  return counts;
}
