import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  rmSync,
  statfsSync,
  statSync,
  writeSync,
} from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import type { Settings } from "../../config/settings.ts";
import { type Finding, fail, ok, warn } from "./finding.ts";

const MIB = 1024 * 1024;
const FREE_WARN = 2048 * MIB;
const FREE_FAIL = 200 * MIB;
const SYNC_TRIES = 5;
const SYNC_WARN_MS = 25;
const FILES_MIN = 4096;

/** Free space, and how long a write takes until it is on the disk: each group of charges waits for one. */
export function diskFindings(home: string): Finding[] {
  const { bavail, bsize } = statfsSync(home);
  const free = bavail * bsize;
  const shown = `${Math.round(free / MIB)} MiB are free where ${home} lies`;
  const mend = "make room, or move QUOIN_HOME to a larger disk";
  const space =
    free < FREE_FAIL
      ? fail("disk", shown, mend)
      : free < FREE_WARN
        ? warn("disk", shown, mend)
        : ok("disk", shown);
  return [space, syncFinding(home)];
}

function syncFinding(home: string): Finding {
  const path = join(home, `doctor-${process.pid}`);
  const file = openSync(path, "w", 0o600);
  const times: number[] = [];
  try {
    for (let tries = 0; tries < SYNC_TRIES; tries++) {
      const begin = performance.now();
      writeSync(file, new Uint8Array(4096));
      fsyncSync(file);
      times.push(performance.now() - begin);
    }
  } finally {
    closeSync(file);
    rmSync(path);
  }
  const tookMs = times.sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;
  const found = `a synced write takes ${tookMs.toFixed(1)} ms`;
  if (tookMs < SYNC_WARN_MS) return ok("sync", found);
  return warn(
    "sync",
    `${found}, and every answer waits for one`,
    "put QUOIN_HOME on a local disk with a write cache that survives power loss",
  );
}

/** Others on this machine must not read keys' hashes and the secret that they are made with. */
export function homeFindings(home: string): Finding[] {
  if (!existsSync(home)) return [ok("home", `${home} is made on the first start`)];
  const findings: Finding[] = [];
  const mode = statSync(home).mode & 0o777;
  if (process.platform !== "win32" && (mode & 0o077) !== 0)
    findings.push(warn("home", `${home} is open to others (mode ${mode.toString(8)})`, `chmod 700 ${home}`));
  const secret = join(home, "secret");
  if (existsSync(secret) && process.platform !== "win32" && (statSync(secret).mode & 0o077) !== 0)
    findings.push(
      fail("home", `${secret} can be read by others`, `chmod 600 ${secret}, and rotate what it protects`),
    );
  const owner = statSync(home).uid;
  const me = process.getuid?.();
  if (me !== undefined && me !== owner && me !== 0)
    findings.push(
      fail(
        "home",
        `${home} belongs to user ${owner}, not to this one (${me})`,
        `run as that user, or chown -R it`,
      ),
    );
  return findings.length > 0 ? findings : [ok("home", `${home} is this user's alone`)];
}

/** Whether the port can be had; asked only where no server of this home runs. */
export function portFinding({ host, port }: Settings): Promise<Finding> {
  const { promise, resolve: done } = Promise.withResolvers<Finding>();
  const server = createServer();
  server.once("error", (cause: Error & { code?: string }) =>
    done(
      cause.code === "EADDRINUSE"
        ? fail("port", `port ${port} of ${host} is in use by another program`, "stop that, or set QUOIN_PORT")
        : fail(
            "port",
            `${host}:${port}: ${cause.message}`,
            "set QUOIN_HOST to an address of this machine, and QUOIN_PORT",
          ),
    ),
  );
  server.listen(port, host, () => server.close(() => done(ok("port", `${host}:${port} is free`))));
  return promise;
}

/** Each request holds a socket to its client and one to its upstream. */
export function limitFinding(): Finding[] {
  if (!existsSync("/proc/self/limits")) return [];
  const soft = Number(
    /^Max open files\s+(\d+)/m.exec(readFileSync("/proc/self/limits", "utf8"))?.[1] ?? FILES_MIN,
  );
  if (soft >= FILES_MIN) return [ok("files", `${soft} open files are allowed`)];
  return [
    warn(
      "files",
      `${soft} open files are allowed: two for each request at once`,
      `ulimit -n 65536, or LimitNOFILE= in the unit`,
    ),
  ];
}
