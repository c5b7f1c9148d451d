/** Prefixes of plans where one begins the other: a key is of the longest one that fits, and keeps its plan. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { type Customer, startGateway, type TestGateway } from "../support/gateway.ts";

const MODEL = { targets: [{ upstream: "demo" }], price: { input: "1", output: "1" } };

let gateway: TestGateway;
let api: Customer;
let trail: Customer;

beforeAll(async () => {
  gateway = await startGateway({
    config: {
      upstreams: [{ id: "demo", provider: "demo" }],
      models: [
        { id: "small", ...MODEL },
        { id: "large", ...MODEL },
      ],
      plans: [
        { id: "api", key_prefix: "qua_" },
        { id: "trail", key_prefix: "qua_trail_", models: ["small"] },
      ],
    },
  });
  api = await gateway.customer({ plan: "api" });
  trail = await gateway.customer({ plan: "trail" });
});
afterAll(() => gateway.close());

async function modelsOf(key: string): Promise<string> {
  const response = await fetch(`${gateway.url}/v1/models`, { headers: { authorization: `Bearer ${key}` } });
  const body = (await response.json()) as { data?: { id: string }[]; error?: { message: string } };
  return body.data?.map(({ id }) => id).join() ?? `${response.status} ${body.error?.message}`;
}

test("each key is known by its own prefix and has its own plan", async () => {
  expect(api.key).toMatch(/^qua_[0-9A-Za-z]{38}$/);
  expect(trail.key).toMatch(/^qua_trail_[0-9A-Za-z]{38}$/);
  expect(await modelsOf(api.key)).toBe("small,large");
  expect(await modelsOf(trail.key)).toBe("small");
});

test("a key under the other's prefix is malformed, and so is one that is cut", async () => {
  const malformed = /^401 .*malformed/;
  expect(await modelsOf(trail.key.replace("qua_trail_", "qua_"))).toMatch(malformed);
  expect(await modelsOf(api.key.replace("qua_", "qua_trail_"))).toMatch(malformed);
  expect(await modelsOf(trail.key.slice(0, -1))).toMatch(malformed);
  expect(await modelsOf(`qua_trail${trail.key.slice("qua_trail_".length)}`)).toMatch(malformed);
});
