/** What holds for one key beside its plan: its limits, where it may be used from, and until when. */
import { afterAll, afterEach, beforeAll, describe, expect, setSystemTime, test } from "bun:test";
import { PLAIN, standardConfig } from "../support/config.ts";
import { type FakeUpstream, startFakeUpstream } from "../support/fake-upstream.ts";
import { startGateway, type TestGateway } from "../support/gateway.ts";
import { json } from "../support/scripts.ts";

let upstream: FakeUpstream;
let gateway: TestGateway;

beforeAll(async () => {
  upstream = await startFakeUpstream();
  upstream.otherwise(json({ choices: [], usage: { prompt_tokens: 1, completion_tokens: 1 } }));
  const config = { ...standardConfig(upstream.url), trusted_proxies: ["127.0.0.1"] };
  gateway = await startGateway({ config });
});
afterEach(() => void setSystemTime());
afterAll(async () => {
  await gateway.close();
  await upstream.close();
});

let accounts = 0;

async function create(args: object): Promise<Record<string, string>> {
  const account = `terms-${++accounts}`;
  const made = await gateway.operate("keys.create", { account, ...args });
  await gateway.operate("wallet.top-up", { account, amount: "1" });
  return made as Record<string, string>;
}

async function ask(key: string | undefined, from?: string): Promise<[number, string]> {
  const response = await fetch(`${gateway.url}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, ...(from ? { "x-forwarded-for": from } : {}) },
    body: JSON.stringify({ model: PLAIN, messages: [] }),
  });
  const body = (await response.json()) as { error?: { message: string } };
  return [response.status, body.error?.message ?? ""];
}

const models = async (key: string | undefined, from: string): Promise<number> =>
  (
    await fetch(`${gateway.url}/v1/models`, {
      headers: { authorization: `Bearer ${key}`, "x-forwarded-for": from },
    })
  ).status;

const messageOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "done",
    (fault) => (fault as Error).message,
  );

describe("a key's own limits", () => {
  test("hold beside its plan's", async () => {
    const { key } = await create({ rpm: 1, rpd: 10, tpm: 100_000, concurrency: 5 });
    expect((await ask(key))[0]).toBe(200);
    expect(await ask(key)).toEqual([429, expect.stringContaining("may make 1 request a minute")]);
  });

  test("are shown, and kept with what was counted when it is rotated", async () => {
    const old = await create({ rpm: 2, networks: ["127.0.0.1"] });
    expect((await ask(old.key))[0]).toBe(200);
    const made = (await gateway.operate("keys.rotate", { id: old.id })) as Record<string, string>;
    expect((await ask(made.key))[0]).toBe(200);
    expect((await ask(made.key))[0]).toBe(429);
    const { keys } = await gateway.operate("keys.list", { account: old.account });
    const limits = {
      requests_per_minute: 2,
      requests_per_day: null,
      tokens_per_minute: null,
      concurrency: null,
    };
    expect(keys).toMatchObject([
      { limits, networks: ["127.0.0.1"] },
      { limits, networks: ["127.0.0.1"] },
    ]);
  });
});

describe("a key for some networks", () => {
  test("is refused from elsewhere, in every request", async () => {
    const { key } = await create({ networks: ["203.0.113.0/24", "2001:db8::7"] });
    expect((await ask(key, "203.0.113.9"))[0]).toBe(200);
    expect((await ask(key, "2001:db8::7"))[0]).toBe(200);
    expect(await ask(key, "198.51.100.1")).toEqual([
      403,
      "This API key may not be used from 198.51.100.1; use one that may, or ask for that address to be allowed.",
    ]);
    // What the client itself wrote stands before what the proxy says.
    expect((await ask(key, "203.0.113.9, 198.51.100.1"))[0]).toBe(403);
    expect((await ask(key))[0]).toBe(403);
    expect([await models(key, "203.0.113.9"), await models(key, "198.51.100.1")]).toEqual([200, 403]);
  });
});

describe("a key's end", () => {
  const later = (ms: number) => setSystemTime(Date.now() + ms);

  test("comes at its time, also while the key is remembered", async () => {
    const { key } = await create({ expires: "1h" });
    expect((await ask(key))[0]).toBe(200);
    later(3_599_000);
    expect((await ask(key))[0]).toBe(200);
    later(2_000);
    expect(await ask(key)).toEqual([401, expect.stringContaining("This API key expired on 20")]);
  });

  test("of a rotated key comes when the overlap is over", async () => {
    const old = await create({});
    expect((await ask(old.key))[0]).toBe(200);
    const made = (await gateway.operate("keys.rotate", { id: old.id, overlap: "24h" })) as Record<
      string,
      string
    >;
    expect(Date.parse(made.replaced_until ?? "") - Date.now()).toBeWithin(86_390_000, 86_400_001);
    expect([(await ask(old.key))[0], (await ask(made.key))[0]]).toEqual([200, 200]);
    expect(await messageOf(gateway.operate("keys.rotate", { id: old.id }))).toBe(
      `The key ${old.id} was rotated already. It was replaced by ${made.id}; if that key never reached you, rotate it in turn.`,
    );
    later(86_401_000);
    expect([(await ask(old.key))[0], (await ask(made.key))[0]]).toEqual([401, 200]);
  });

  test("can come at once in an overlap", async () => {
    const old = await create({});
    await gateway.operate("keys.rotate", { id: old.id, overlap: "24h" });
    await gateway.operate("keys.revoke", { id: old.id });
    expect((await ask(old.key))[0]).toBe(401);
  });

  test("is kept by rotation unless another is said", async () => {
    const old = await create({ expires: "2d" });
    const made = (await gateway.operate("keys.rotate", { id: old.id })) as Record<string, string>;
    const long = (await gateway.operate("keys.rotate", { id: made.id, expires: "30d" })) as Record<
      string,
      string
    >;
    later(3 * 86_400_000);
    expect((await ask(long.key))[0]).toBe(200);
    later(30 * 86_400_000);
    expect(await messageOf(gateway.operate("keys.rotate", { id: long.id }))).toContain(
      "say with --expires how long the new one is to live",
    );
    const anew = (await gateway.operate("keys.rotate", { id: long.id, expires: "1h" })) as Record<
      string,
      string
    >;
    expect((await ask(anew.key))[0]).toBe(200);
  });
});

test.each([
  [{ rpm: 0 }, "rpm: "],
  [{ concurrency: 1.5 }, "concurrency: "],
  [{ networks: ["10.0.0.0/40"] }, "networks.0: must be an IP address or a CIDR block"],
  [{ networks: [] }, "networks: must name an address"],
  [{ expires: "soon" }, "expires: must be a time from now such as 90d, or a date to come"],
  [{ expires: "2020-01-01" }, "expires: must be"],
  [{ expires: "2027-13-01" }, "expires: must be"],
  [{ expires: "999999d" }, "expires: must be"],
])("%j is refused by name", async (args, message) => {
  expect(await messageOf(gateway.operate("keys.create", { account: "refused", ...args }))).toContain(message);
});

test("an overlap that is no time is refused, and nothing is rotated", async () => {
  const { id } = await create({});
  expect(await messageOf(gateway.operate("keys.rotate", { id, overlap: "1 day" }))).toBe(
    "overlap: must be a time such as 30m, 24h or 7d.",
  );
  await gateway.operate("keys.rotate", { id, overlap: "30m" });
});
