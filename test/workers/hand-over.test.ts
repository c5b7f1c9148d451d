import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { readSettings } from "../../src/config/settings.ts";
import type { Config } from "../../src/config/types.ts";
import { handOver } from "../../src/workers/hand-over.ts";
import { newFolder } from "../support/folder.ts";

const config = () => ({ signUp: { trial: { path: "/try" } } }) as Config;
const peers = { requestIP: () => ({ address: "203.0.113.9" }) };

describe("what a worker hands over", () => {
  let folder: ReturnType<typeof newFolder>;
  let parent: Bun.Server<undefined>;
  const beside = () => handOver(join(folder.path, "s.sock"), readSettings({}), config);

  beforeAll(() => {
    folder = newFolder();
    parent = Bun.serve({
      unix: join(folder.path, "s.sock"),
      fetch: async (request) =>
        Response.json(
          {
            url: request.url,
            method: request.method,
            peer: request.headers.get("x-quoin-peer"),
            body: await request.text(),
          },
          {
            status: 207,
            headers: [
              ["set-cookie", "a=1"],
              ["set-cookie", "b=2"],
            ],
          },
        ),
    });
  });
  afterAll(async () => {
    await parent.stop(true);
    folder.remove();
  });

  test("is pages and webhooks, and never an endpoint", () => {
    const taken = (method: string, path: string) => beside().takes(method, path);
    for (const path of ["/", "/docs", "/docs/errors", "/try", "/.well-known/quoin.json"])
      expect([path, taken("GET", path)]).toEqual([path, "page"]);
    for (const path of ["/console", "/console/api/me"]) expect(taken("GET", path)).toBe("console");
    expect(taken("POST", "/console/api/keys")).toBe("console");
    for (const path of ["/v1/models", "/v1/messages", "/docsy", "/consoles", "/healthz"])
      expect([path, taken("GET", path)]).toEqual([path, undefined]);
    for (const path of ["/", "/v1/messages", "/webhooks/stripe"]) expect(taken("POST", path)).toBeUndefined();
  });

  test("arrives as it was sent, with the address that the port saw and no other", async () => {
    const request = new Request("http://quoin.example:8787/console/api/keys?limit=2", {
      method: "POST",
      headers: { "x-quoin-peer": "127.0.0.1" },
      body: "text",
    });
    const answer = await beside().answer(request, peers);
    expect(await answer.json()).toEqual({
      url: "http://quoin.example:8787/console/api/keys?limit=2",
      method: "POST",
      peer: "203.0.113.9",
      body: "text",
    });
    expect([answer.status, answer.headers.getSetCookie()]).toEqual([207, ["a=1", "b=2"]]);
  });
});
