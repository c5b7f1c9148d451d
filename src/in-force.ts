import { systemClock } from "./base/clock.ts";
import { countOf } from "./base/count-of.ts";
import { compileSnapshot, priceListText } from "./catalog/compile-snapshot.ts";
import { type Declarations, keepDeclarations } from "./config/declarations.ts";
import type { DeclaredKind } from "./config/declared.ts";
import { type Discovered, type FileLines, NO_LINES, NOTHING_DISCOVERED } from "./config/resolve.ts";
import type { Config } from "./config/types.ts";
import type { Log } from "./core/log.ts";
import type { Snapshot } from "./core/model.ts";
import type { AccountHost } from "./core/offering.ts";
import type { GatewayHome } from "./home.ts";

/** Between two attempts to read what other nodes declared. */
const READ_AGAIN_MS = 1_000;

interface Options {
  readonly home: Pick<GatewayHome, "prices" | "declared" | "brands" | "directory" | "secret">;
  readonly config: Config;
  readonly discovered?: Discovered;
  readonly lines?: FileLines;
  readonly log: Log;
}

async function usersOfPlan({ directory }: Options["home"], planId: string): Promise<string | undefined> {
  const { keys, accounts } = await directory.planUse(planId);
  if (keys + accounts === 0) return undefined;
  return `${countOf(keys, "key")} and ${countOf(accounts, "account")} have the plan "${planId}"; give them another first.`;
}

/** Domains of accounts, those that their owners brought and proved before those of the file, which count over them. */
async function hostsOver(
  { hosts, accountHosts }: Config,
  { brands }: Pick<Options["home"], "brands">,
): Promise<AccountHost[]> {
  const taken = new Set(hosts.map(({ host }) => host));
  const own = (await brands.list()).filter(
    ({ approvedAt, host }) => approvedAt !== undefined && !taken.has(host.host),
  );
  return [...own.map(({ host }) => host), ...accountHosts];
}

/** What is declared, in quoin.yaml and in the console, compiled: what is in force now, and how another comes in its place. */
export async function configurationInForce({
  home,
  config,
  discovered = NOTHING_DISCOVERED,
  lines = NO_LINES,
  log,
}: Options) {
  async function compile(next: Config): Promise<Snapshot> {
    const version = await home.prices.versionOf(priceListText(next), systemClock.now());
    const accountHosts = await hostsOver(next, home);
    return compileSnapshot({ ...next, accountHosts }, version, home.secret);
  }
  let inForce: Snapshot | undefined;
  function snapshot(): Snapshot {
    if (!inForce) throw new Error("no configuration is in force yet");
    return inForce;
  }
  const declarations = await keepDeclarations({
    store: home.declared,
    base: { config, discovered, lines },
    secret: home.secret,
    clock: systemClock,
    log,
    async use(next) {
      inForce = await compile(next);
    },
    usersOf: (kind: DeclaredKind, id) => (kind === "plan" ? usersOfPlan(home, id) : undefined),
  });
  return {
    declarations,
    readDeclared: catchUp(declarations, log),
    snapshot,
    async configure(next: Config, found = NOTHING_DISCOVERED, at = NO_LINES): Promise<Snapshot> {
      await declarations.setBase({ config: next, discovered: found, lines: at });
      return snapshot();
    },
  };
}

/** Reads what was declared anew, however often it is told to meanwhile, and again until the database answers. */
function catchUp(declarations: Declarations, log: Log): () => void {
  let wanted = false;
  let reading = false;
  async function read(): Promise<void> {
    while (wanted) {
      wanted = false;
      try {
        await declarations.reload();
      } catch (cause) {
        log("warn", "what was declared in the console could not be read; it is tried again", {
          cause: String(cause),
        });
        wanted = true;
        await Bun.sleep(READ_AGAIN_MS);
      }
    }
    reading = false;
  }
  return () => {
    wanted = true;
    if (reading) return;
    reading = true;
    void read();
  };
}
