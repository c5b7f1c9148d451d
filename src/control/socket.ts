import { existsSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CommandError, type ControlDeps } from "./operation.ts";
import { runOperation } from "./operations.ts";

/** Unix socket paths have room for about a hundred bytes; a deep home gets a short one elsewhere. */
const SOCKET_PATH_MAX = 100;

/** A socket of the running server of this home. */
export function homeSocket(home: string, name: string): string {
  const path = join(home, `${name}.sock`);
  if (Buffer.byteLength(path) <= SOCKET_PATH_MAX) return path;
  const hash = new Bun.CryptoHasher("sha256").update(path).digest("hex").slice(0, 16);
  return join(tmpdir(), `quoin-${process.getuid?.() ?? 0}-${hash}.sock`);
}

/** Where the running server of this home listens for commands. */
function socketPath(home: string): string {
  return homeSocket(home, "control");
}

async function answer(deps: ControlDeps, request: Request): Promise<Response> {
  const { name, args } = (await request.json()) as { name: string; args: unknown };
  try {
    return Response.json(await runOperation(deps, name, args));
  } catch (thrown) {
    if (thrown instanceof CommandError) return Response.json({ error: thrown.message }, { status: 400 });
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    return Response.json({ error: `Quoin failed at ${name}: ${message}` }, { status: 500 });
  }
}

/** Serves the operations on the home's socket; only its owner can reach into the folder. */
export function serveControl(home: string, deps: ControlDeps): { stop(): void } {
  const path = socketPath(home);
  if (existsSync(path)) rmSync(path);
  const server = Bun.serve({ unix: path, fetch: (request) => answer(deps, request) });
  return {
    stop() {
      void server.stop(true);
      if (existsSync(path)) rmSync(path);
    },
  };
}

/** The operation never left: there is no socket, or no server behind it since that was killed. */
const NOBODY_THERE: readonly unknown[] = ["ENOENT", "ECONNREFUSED"];

/**
 * Calls an operation in the running server of this home; undefined when none runs.
 * @throws CommandError with the server's own words, or when it ended before it answered: to carry the
 *   operation out again could do it twice.
 */
export async function callControl(home: string, name: string, args: unknown): Promise<object | undefined> {
  const path = socketPath(home);
  if (!existsSync(path)) return undefined;
  let response: Response;
  try {
    const body = JSON.stringify({ name, args });
    response = await fetch("http://quoin/", { unix: path, method: "POST", body } as RequestInit);
  } catch (fault) {
    if (NOBODY_THERE.includes((fault as { code?: unknown }).code)) return undefined;
    throw new CommandError(
      `The server on ${home} ended before it answered ${name}, and may have carried it out; look before you repeat it.`,
    );
  }
  const result = (await response.json()) as { error?: string };
  if (!response.ok) throw new CommandError(result.error ?? `The server answered ${response.status}.`);
  return result;
}
