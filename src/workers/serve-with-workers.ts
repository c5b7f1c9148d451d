import type { App } from "../app.ts";
import type { Log } from "../core/log.ts";
import type { Home } from "../home.ts";
import { freePort, type ServerAddress } from "../server.ts";
import type { DeclaredNow } from "./crew.ts";
import { handOverSocket, takeHandedOver } from "./hand-over.ts";
import type { RunningCrew } from "./run-crew.ts";

/** In a compiled executable the program is in it; otherwise the runtime is told its first file. */
const SELF = Bun.main.startsWith("/$bunfs/") ? [process.execPath] : [process.execPath, Bun.main];

export interface WorkersStart extends DeclaredNow {
  readonly count: number;
  readonly app: App;
  readonly home: Home;
  readonly log: Log;
}

export interface ServingWorkers {
  readonly address: ServerAddress;
  /** Resolves when all have ended; running requests may take `ms`. */
  stop(ms: number): Promise<void>;
}

/** Only there does the system share a port's connections among the processes that listen on it. */
export function refuseElsewhere(platform: NodeJS.Platform): void {
  if (platform === "linux") return;
  throw new Error(
    "--workers needs Linux, which shares a port among processes; start one worker here, or several nodes behind a balancer (docs/operators/postgres.md).",
  );
}

/** Starts the crew of a built product, on the port that it is to serve. @throws Error where it cannot listen there */
export async function serveWithWorkers(crew: RunningCrew, start: WorkersStart): Promise<ServingWorkers> {
  const { app, home, count, config, discovered, lines, log } = start;
  const { settings, gateway, limitStore, tail, onNotice } = app;
  const address = await freePort(settings);
  app.people.listensOn(address.port);
  const handOverPath = handOverSocket(home.folder);
  const handedOver = takeHandedOver(app, handOverPath);
  await crew.start({
    ...{ count, log, onNotice },
    command: [...SELF, "worker"],
    silenceMs: settings.workerSilenceMs,
    parts: { home, limitStore, tail, health: gateway.cooldowns },
    beginning: { secret: home.secret, config, discovered, lines, address, handOverPath },
  });
  return {
    address,
    async stop(ms) {
      handedOver.close();
      await crew.stop(ms);
      handedOver.stop();
    },
  };
}
