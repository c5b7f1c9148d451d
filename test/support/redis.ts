import { createServer } from "node:net";
import { requiredProgram } from "../../clients/required-tool.ts";

const PROGRAM = "redis-server";
const READY_TRIES = 200;
const READY_EVERY_MS = 10;

/** A Redis of this test alone, on a port of 127.0.0.1 and without a disk. */
export interface RedisServer {
  readonly url: string;
  /** kill -9: everything in it is gone. */
  kill(): Promise<void>;
  /** Again on the same port, empty. */
  restart(): Promise<void>;
  /** Stops it where it stands; its connections stay open and nothing answers. */
  freeze(): void;
  thaw(): void;
}

/** Whether there is a Redis to test with; where there is none the suite is skipped, and says so. */
export const hasRedis = (suite: string): boolean => requiredProgram(suite, PROGRAM);

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (typeof address !== "object" || address === null) throw new Error("no port is free");
  return address.port;
}

async function answers(port: number): Promise<boolean> {
  try {
    const socket = await Bun.connect({ hostname: "127.0.0.1", port, socket: { data: () => undefined } });
    socket.end();
    return true;
  } catch {
    return false;
  }
}

/**
 * @param folder where it writes when it is told to save, and reads at its start; without one it never does
 * @param appendonly whether it writes every command there
 */
export async function startRedis(folder?: string, appendonly = false): Promise<RedisServer> {
  const port = await freePort();
  const disk = folder === undefined ? [] : ["--dir", folder];
  const log = ["--save", "", "--appendonly", appendonly ? "yes" : "no", "--appendfsync", "always"];
  const start = () =>
    Bun.spawn([PROGRAM, "--port", String(port), "--bind", "127.0.0.1", ...log, ...disk], {
      stdout: "ignore",
      stderr: "ignore",
    });
  let child = start();

  async function ready(): Promise<void> {
    for (let tries = 0; tries < READY_TRIES; tries++) {
      if (child.exitCode !== null) throw new Error(`${PROGRAM} ended with ${child.exitCode}`);
      if (await answers(port)) return;
      await Bun.sleep(READY_EVERY_MS);
    }
    throw new Error(`${PROGRAM} did not answer on port ${port}`);
  }

  await ready();
  return {
    url: `redis://127.0.0.1:${port}`,
    async kill() {
      child.kill("SIGKILL");
      await child.exited;
    },
    async restart() {
      child = start();
      await ready();
    },
    freeze: () => void child.kill("SIGSTOP"),
    thaw: () => void child.kill("SIGCONT"),
  };
}
