import { expect } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cleanEnvironment, run } from "../../clients/gateway.ts";
import { newCertificate } from "../support/certificate.ts";
import type { World } from "./world.ts";

const HOST = "api.qubittron.ai";

/** The way from a client that begins with http:// to the one by https://, and what the latter saw of the key. */
export async function plainHttpIsRedirected(world: World): Promise<void> {
  const { key } = await world.customer();
  const seen: (string | null)[] = [];
  const secure = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    tls: newCertificate(HOST),
    fetch(request) {
      seen.push(request.headers.get("authorization"));
      return new Response(new URL(request.url).pathname);
    },
  });
  const folder = mkdtempSync(join(tmpdir(), "quoin-services-"));
  const plainPort = new URL(world.gateway.url).port;
  const line = [
    ...["curl", "-q", "--silent", "--show-error", "--insecure", "--location", "--max-time", "15"],
    ...["--connect-to", `${HOST}:80:127.0.0.1:${plainPort}`],
    ...["--connect-to", `${HOST}:443:127.0.0.1:${secure.port}`],
    // What the proxy that ends TLS says of the connection.
    ...["-H", "X-Forwarded-Proto: http", "-H", `Authorization: Bearer ${key}`],
    `http://${HOST}/v1/models`,
  ];
  const { code, out, err } = await run(line, { env: cleanEnvironment(folder), cwd: folder, msMax: 18_000 });
  rmSync(folder, { recursive: true, force: true });
  await secure.stop(true);
  expect([code, err, out]).toEqual([0, "", "/v1/models"]);
  expect(seen).toEqual([null]);
}
