import { constants } from "node:os";
import { resolve } from "node:path";
import { type App, buildApp } from "../app.ts";
import { countOf } from "../base/count-of.ts";
import { endWithParent } from "../base/parent-watch.ts";
import { loadTokens } from "../base/tokens.ts";
import { problemText } from "../config/declared-rows.ts";
import type { Found } from "../config/discover.ts";
import { WORKERS_MAX } from "../config/setting-rows.ts";
import type { Settings } from "../config/settings.ts";
import { withOption } from "../config/told-settings.ts";
import { watchConfig } from "../config/watch.ts";
import { callControl, serveControl } from "../control/socket.ts";
import { type Home, lockAndOpenHome, readConfigText, resolveNow } from "../home.ts";
import { type ServerAddress, startServer } from "../server.ts";
import { newCrew } from "../workers/run-crew.ts";
import { refuseElsewhere, serveWithWorkers } from "../workers/serve-with-workers.ts";
import { type Command, type CommandContext, print, UsageError } from "./command.ts";
import { firstStart } from "./first-start.ts";
import { log } from "./log.ts";
import { notInForce } from "./not-in-force.ts";
import { readOptions } from "./options.ts";

function dieOfDisk(cause: unknown): void {
  log("error", "the disk under the ledger failed; Quoin ends so that no unpaid answer leaves", {
    cause: String(cause),
  });
  process.exit(70);
}

/** How long a command, or a server that is stopping, may hold the home before the start gives up. */
const HOME_TRIES = 30;
const HOME_TRY_EVERY_MS = 100;

/** Refuses at once where a server answers on the home. */
async function openHomeOrSay(context: CommandContext): Promise<Home> {
  const folder = resolve(context.settings.home);
  for (let tries = 0; tries < HOME_TRIES; tries++) {
    const home = await lockAndOpenHome(context.settings, dieOfDisk);
    if (home) return home;
    if (await callControl(folder, "status", {})) break;
    await Bun.sleep(HOME_TRY_EVERY_MS);
  }
  throw new Error(
    `Quoin is running on ${folder} already; stop it first, or set QUOIN_HOME to another folder.`,
  );
}

function warnOfWhatIsNotInForce({ declarations, gateway }: App): void {
  for (const warning of notInForce(declarations.config(), gateway.snapshot()))
    print(`Not in force yet: ${warning}`);
  for (const one of declarations.leftOut())
    print(`Left out: the ${one.kind} "${one.id}" that was declared in the console: ${problemText(one)}`);
}

/** quoin.yaml is read again when it changes; a broken one changes nothing and says so. */
function reloadOnChange(
  context: CommandContext,
  app: App,
  text: string | undefined,
  found: Found | undefined,
): void {
  const { configFile } = context.settings;
  let foundNow = found;
  watchConfig(configFile, {
    known: text ?? "",
    async onChange(changed) {
      try {
        const resolved = await resolveNow(context.settings, context.env, changed, foundNow);
        if (resolved.found !== foundNow) for (const note of resolved.found?.notes ?? []) print(note);
        foundNow = resolved.found ?? foundNow;
        const snapshot = await app.configure(resolved.config, resolved.discovered, resolved.lines);
        warnOfWhatIsNotInForce(app);
        print(`${configFile} was read again: ${countOf(snapshot.models.length, "model")}.`);
      } catch (cause) {
        const why = cause instanceof Error ? cause.message : String(cause);
        print(`${configFile} changed but is not used, the running configuration stays:\n${why}`);
      }
    },
    onError: (error) =>
      print(`${configFile} cannot be read, the running configuration stays: ${error.message}`),
  });
}

/** Ctrl-C reaches every process of a terminal, and npm and the launcher pass it on again: all that is one signal. */
const ONE_SIGNAL_MS = 1_000;

/** Resolves with the exit code once the server has stopped; a second signal ends the process where it stands. */
function untilStopped(stop: () => Promise<void>): Promise<number> {
  const { promise, resolve: done, reject } = Promise.withResolvers<number>();
  let sinceMs: number | undefined;
  const begin = () => {
    if (sinceMs !== undefined) return;
    sinceMs = performance.now();
    stop().then(() => done(0), reject);
  };
  const insist = (signal: NodeJS.Signals) => {
    if (sinceMs === undefined || performance.now() - sinceMs < ONE_SIGNAL_MS) return begin();
    print("Ending at once: what still runs is cut, and costs nothing unless its charge was written already.");
    process.exit(128 + constants.signals[signal]);
  };
  process.on("SIGINT", insist);
  process.on("SIGTERM", insist);
  process.on("SIGHUP", begin);
  endWithParent(begin);
  return promise;
}

/** What serves requests: this process, or workers of its own. */
interface Front {
  readonly address: ServerAddress;
  /** Resolves when what runs has ended, after `ms` at the latest. */
  stop(ms: number): Promise<void>;
}

function serveAlone(app: App): Front {
  const server = startServer(app, app.settings);
  // The demo's vocabulary takes most of a second to load; the first request should not wait for it.
  if (app.declarations.config().upstreams.some(({ provider }) => provider === "demo")) void loadTokens();
  return {
    address: server.address,
    async stop(ms) {
      const end = performance.now() + ms;
      const leftMs = () => Math.max(0, end - performance.now());
      server.refuseNew();
      await app.idle(leftMs());
      // A charged answer may still be on its way to a slow client.
      await Promise.race([server.stopAccepting(), Bun.sleep(leftMs())]);
    },
  };
}

/** The settings as they are in force: the option counts before the environment, and both are told to operators. */
function settingsOf({ args, settings }: CommandContext): Settings {
  const asked = readOptions(args, { workers: "string" }).number("workers");
  const workers = asked ?? settings.workers;
  if (workers < 1 || workers > WORKERS_MAX)
    throw new UsageError(`--workers must be from 1 to ${WORKERS_MAX}.`);
  if (workers > 1) refuseElsewhere(process.platform);
  if (asked === undefined) return settings;
  const told = withOption(settings.told, "QUOIN_WORKERS", { value: `${asked}`, option: "--workers" });
  return { ...settings, workers, told };
}

/** `quoin serve`: the gateway on one port, until it is told to stop. */
export const serve: Command = async (context) => {
  const settings = settingsOf(context);
  const { workers: count } = settings;
  const text = readConfigText(settings);
  const { config, discovered, lines, found } = await resolveNow(settings, context.env, text);
  const home = await openHomeOrSay(context);
  if (home.rebuilt > 0)
    print(`Rebuilt ${countOf(home.rebuilt, "request record")} from charges after a crash.`);
  if (!settings.mixedConfig) await home.shared?.refuseDiffering();
  const crew = count > 1 ? newCrew() : undefined;
  const app = await buildApp({ home, settings, config, discovered, lines, log, ...(crew ? { crew } : {}) });
  const front = crew
    ? await serveWithWorkers(crew, { count, app, home, config, discovered, lines, log })
    : serveAlone(app);
  const control = serveControl(home.folder, app.control);
  reloadOnChange(context, app, text, found);
  warnOfWhatIsNotInForce(app);
  const { host, port } = front.address;
  const url = `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
  print(await firstStart({ home, app, config: app.declarations.config(), found, url }));
  return await untilStopped(async () => {
    print("Stopping: running requests may finish. A second signal ends at once.");
    await front.stop(settings.drainMs);
    control.stop();
    await app.close(0);
  });
};
