import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import type { Protocol } from "../../src/core/protocol.ts";
import { matchPath } from "../../src/gateway/endpoints.ts";
import { placeOf } from "../../src/gateway/handle-request.ts";
import { PLAIN, standardConfig } from "../support/config.ts";
import { type FakeUpstream, startFakeUpstream } from "../support/fake-upstream.ts";
import { type Customer, startGateway, type TestGateway } from "../support/gateway.ts";
import { rawClient } from "../support/raw-client.ts";
import { json } from "../support/scripts.ts";

let upstream: FakeUpstream;
let gateway: TestGateway;
let customer: Customer;

beforeAll(async () => {
  upstream = await startFakeUpstream();
  gateway = await startGateway({
    config: standardConfig(upstream.url, {
      plans: [
        { id: "default", key_prefix: "qn_live_" },
        { id: "small", key_prefix: "qn_small_", models: ["free-model"] },
      ],
    }),
  });
  customer = await gateway.customer();
});
afterEach(() => upstream.reset());
afterAll(async () => {
  await gateway.close();
  await upstream.close();
});

const BODIES: Record<Protocol, string> = {
  "anthropic-messages": `{"model":"${PLAIN}","max_tokens":5,"messages":[]}`,
  "openai-chat": `{"model":"${PLAIN}","messages":[]}`,
  "openai-responses": `{"model":"${PLAIN}","input":"x"}`,
  "openai-completions": `{"model":"${PLAIN}","prompt":"x"}`,
  gemini: '{"contents":[]}',
};

const GEMINI = `models/${PLAIN}:generateContent`;

/** Path after the host, and the protocol that it must be served in. */
const SERVED: readonly (readonly [string, Protocol])[] = [
  ...["", "/api", "/claude", "/anthropic"].flatMap((prefix): [string, Protocol][] => [
    [`${prefix}/v1/messages`, "anthropic-messages"],
    [`${prefix}/v1/messages?beta=true`, "anthropic-messages"],
    [`${prefix}/messages`, "anthropic-messages"],
    [`${prefix}/v1/v1/messages`, "anthropic-messages"],
  ]),
  ...["", "/openai", "/api"].flatMap((prefix): [string, Protocol][] => [
    [`${prefix}/v1/chat/completions`, "openai-chat"],
    [`${prefix}/v1/responses`, "openai-responses"],
    [`${prefix}/v1/completions`, "openai-completions"],
    [`${prefix}/chat/completions`, "openai-chat"],
    [`${prefix}/responses`, "openai-responses"],
    [`${prefix}/completions`, "openai-completions"],
    [`${prefix}/v1/v1/chat/completions`, "openai-chat"],
  ]),
  ...["", "/gemini", "/api"].flatMap((prefix): [string, Protocol][] => [
    [`${prefix}/v1beta/${GEMINI}`, "gemini"],
    [`${prefix}/v1/${GEMINI}`, "gemini"],
    [`${prefix}/${GEMINI}`, "gemini"],
    [`${prefix}/v1beta/v1beta/${GEMINI}`, "gemini"],
    [`${prefix}/v1beta1/publishers/google/${GEMINI}`, "gemini"],
  ]),
  ["//v1/messages", "anthropic-messages"],
  ["//v1//messages//", "anthropic-messages"],
  ["/v1/messages/", "anthropic-messages"],
  ["/claude//v1/messages", "anthropic-messages"],
  ["/claude/claude/v1/messages", "anthropic-messages"],
  ["/claude/v1/claude/v1/messages", "anthropic-messages"],
  ["/openai/v1//chat/completions", "openai-chat"],
  ["/openai/v1/openai/v1/chat/completions", "openai-chat"],
  ["/v1beta/openai/chat/completions", "openai-chat"],
  ["/gemini/gemini/v1beta/models/plain%2Dmodel:generateContent", "gemini"],
];

const GOOD_ANSWER = json({ id: "x", usage: {}, candidates: [], choices: [], content: [], output: [] });

function ask(path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(gateway.url + path, { method: "POST", redirect: "manual", ...init });
}

const withKey = () => ({ authorization: `Bearer ${customer.key}` });

describe("every path that is plainly meant", () => {
  test.each(SERVED)("%s is served as %s", async (path, protocol) => {
    upstream.answer(GOOD_ANSWER);
    const response = await ask(path, { headers: withKey(), body: BODIES[protocol] });
    await response.text();
    expect(response.status).toBe(200);
    const [record] = await gateway.requests(customer);
    expect(record).toMatchObject({ protocol, outcome: "finished", stream: false });
  });

  test.each(SERVED)("%s without a key is 401, never 404", async (path, protocol) => {
    const response = await ask(path, { body: BODIES[protocol] });
    expect(response.status).toBe(401);
    expect((await response.text()).length).toBeGreaterThan(40);
    expect(upstream.seen).toHaveLength(0);
  });

  test.each(SERVED)("%s takes POST only", async (path) => {
    for (const method of ["GET", "PUT", "DELETE", "OPTIONS", "HEAD"]) {
      const response = await ask(path, { method, headers: withKey() });
      expect([method, response.status, response.headers.get("allow")]).toEqual([method, 405, "POST"]);
    }
  });

  test("what was put right is noted", async () => {
    upstream.otherwise(GOOD_ANSWER);
    const notes: unknown[] = [];
    for (const path of ["/v1/messages", "/claude//claude/v1/v1/messages", "/messages"]) {
      await (await ask(path, { headers: withKey(), body: BODIES["anthropic-messages"] })).text();
      const [record] = await gateway.requests(customer);
      notes.push(record?.notes.filter((note) => !note.startsWith("empty answer")));
    }
    expect(notes).toEqual([
      [],
      ["needless slash in the path", "doubled prefix in the path", "doubled version in the path"],
      ["version missing in the path"],
    ]);
  });
});

describe("counting tokens costs nothing", () => {
  test.each([
    [
      "/v1/messages/count_tokens?beta=true",
      `{"model":"${PLAIN}","messages":[],"tools":[]}`,
      "/a/v1/messages/count_tokens",
    ],
    [`/v1beta/models/${PLAIN}:countTokens`, '{"contents":[]}', `/g/v1beta/models/${PLAIN}:countTokens`],
  ])("%s", async (path, body, upstreamPath) => {
    upstream.answer(json('{"input_tokens": 7 }'));
    const before = gateway.balanceNanos(customer);
    const response = await ask(path, { headers: withKey(), body });
    expect([response.status, await response.text()]).toEqual([200, '{"input_tokens": 7 }']);
    expect(upstream.last().path).toBe(upstreamPath);
    const [record] = await gateway.requests(customer);
    expect(record).toMatchObject({ operation: "count-tokens", charge_nanos: "0", outcome: "finished" });
    expect(gateway.balanceNanos(customer)).toBe(before);
  });
});

describe("a path that is nothing", () => {
  const NOTHING = [
    ...[
      "/api",
      "/claude",
      "/anthropic",
      "/openai",
      "/openai/v1",
      "/gemini",
      "/gemini/v1beta",
      "/v1",
      "/v1beta",
    ],
    ...[
      "/v1/nothing",
      "/v1/messages/extra",
      "/v1/chat",
      "/v1/chat/completions/x",
      "/favicon.ico",
      "/v2/messages",
    ],
    ...[
      `/v1beta/models/${PLAIN}:explode`,
      "/v1/messagesx",
      "/%76%31/messages",
      "/__proto__",
      "/v1/constructor",
    ],
  ];
  test.each(NOTHING)("%s is 404", async (path) => {
    for (const method of ["GET", "POST", "HEAD"]) {
      if (method !== "POST" && path.includes("/models/")) continue;
      const response = await ask(path, { method, headers: withKey() });
      expect(response.status).toBe(404);
      if (method !== "HEAD") expect((await response.text()).length).toBeGreaterThan(60);
    }
  });

  test.each([
    ["/claude/nothing", {}, "type"],
    ["/openai/nothing", { "anthropic-version": "2023-06-01" }, "error"],
    ["/gemini/nothing", {}, "error"],
    ["/nothing", { "anthropic-version": "2023-06-01" }, "type"],
    ["/nothing", { "x-goog-api-key": "x" }, "error"],
  ])("%s with %j is told in the caller's dialect", async (path, headers, first) => {
    const body = (await (await ask(path, { headers: headers as Record<string, string> })).json()) as object;
    expect(Object.keys(body)[0]).toBe(first);
  });
});

describe("plain paths", () => {
  test.each([
    ["HEAD", "/", 200],
    ["GET", "/", 200],
    ["HEAD", "/api/hello", 200],
    ["GET", "/healthz", 200],
    ["GET", "/readyz", 200],
    ["POST", "/", 404],
    ["HEAD", "/claude", 404],
    ["HEAD", "/api/", 404],
  ])("%s %s is %d", async (method, path, status) => {
    expect((await ask(path, { method })).status).toBe(status);
  });
});

describe("the list of models", () => {
  const keys = { openai: "object", anthropic: "data", gemini: "models" } as const;
  test.each<[string, Record<string, string>, keyof typeof keys]>([
    ["/v1/models", {}, "openai"],
    ["/v1/models?limit=1000", { "anthropic-version": "2023-06-01" }, "anthropic"],
    ["/v1/models", { "x-goog-api-key": "x" }, "gemini"],
    ["/v1/models", { "x-goog-api-client": "google-genai-sdk/3.1.0" }, "gemini"],
    ["/v1beta/models", {}, "gemini"],
    ["/gemini/v1beta/models", {}, "gemini"],
    ["/openai/v1/models", { "anthropic-version": "2023-06-01" }, "openai"],
    ["/openai/models", {}, "openai"],
    ["/claude/v1/models", {}, "anthropic"],
    ["/v1beta/openai/models", {}, "openai"],
    ["/models", {}, "openai"],
    ["/v1/models?monkey=1", {}, "openai"],
  ])("%s with %j speaks %s", async (path, headers, dialect) => {
    const response = await ask(path, { method: "GET", headers: { ...withKey(), ...headers } });
    const body = (await response.json()) as Record<string, unknown>;
    expect(response.status).toBe(200);
    expect(Object.keys(body)[0]).toBe(keys[dialect]);
    expect(JSON.stringify(body)).toContain(PLAIN);
  });

  test("?key= alone means Google's dialect", async () => {
    const body = (await (await ask(`/v1/models?key=${customer.key}`, { method: "GET" })).json()) as object;
    expect(Object.keys(body)).toEqual(["models"]);
  });

  test("one model, by id or as Google names it", async () => {
    for (const [path, field, value] of [
      [`/v1/models/${PLAIN}`, "id", PLAIN],
      [`/v1beta/models/${PLAIN}`, "name", `models/${PLAIN}`],
      [`/claude/v1/models/${PLAIN}`, "type", "model"],
    ] as const) {
      const body = (await (await ask(path, { method: "GET", headers: withKey() })).json()) as Record<
        string,
        unknown
      >;
      expect(body[field]).toBe(value);
    }
    const missing = await ask("/v1/models/none", { method: "GET", headers: withKey() });
    expect([missing.status, ((await missing.json()) as { error: { code: string } }).error.code]).toEqual([
      404,
      "model_not_found",
    ]);
  });

  test("shows a plan's own models only, and serves no other", async () => {
    const small = await gateway.customer({ plan: "small" });
    const headers = { authorization: `Bearer ${small.key}` };
    const body = (await (await ask("/v1/models", { method: "GET", headers })).json()) as {
      data: { id: string }[];
    };
    expect(body.data.map(({ id }) => id)).toEqual(["free-model"]);
    const refused = await ask("/v1/chat/completions", { headers, body: BODIES["openai-chat"] });
    expect(refused.status).toBe(403);
    expect((await ask(`/v1/models/${PLAIN}`, { method: "GET", headers })).status).toBe(404);
  });

  test("without a key is 401; another method 405 with those that are taken", async () => {
    expect((await ask("/v1/models", { method: "GET" })).status).toBe(401);
    const response = await ask("/v1/models", { headers: withKey() });
    expect([response.status, response.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
    expect((await ask("/v1/models", { method: "HEAD", headers: withKey() })).status).toBe(200);
  });
});

describe("keys", () => {
  const good = () => customer.key;
  const tries: readonly (readonly [string, () => Record<string, string>, string, number])[] = [
    ["Bearer", () => ({ authorization: `Bearer ${good()}` }), "", 200],
    ["bearer", () => ({ authorization: `bearer   ${good()} ` }), "", 200],
    ["without a scheme", () => ({ authorization: good() }), "", 200],
    ["x-api-key", () => ({ "x-api-key": good() }), "", 200],
    ["x-goog-api-key", () => ({ "x-goog-api-key": good() }), "", 200],
    ["?key=", () => ({}), "?key=KEY", 200],
    ["beside another service's", () => ({ authorization: "Bearer sk-other", "x-api-key": good() }), "", 200],
    ["in the query beside a foreign header", () => ({ "x-api-key": "sk-other" }), "?key=KEY", 200],
    ["none", () => ({}), "", 401],
    ["an empty one", () => ({ authorization: "Bearer " }), "", 401],
    ["Basic", () => ({ authorization: "Basic YTpi" }), "", 401],
    ["cut", () => ({ authorization: `Bearer ${good().slice(0, -1)}` }), "", 401],
    ["mistyped", () => ({ authorization: `Bearer ${good().slice(0, -1)}~` }), "", 401],
  ];
  test.each(tries)("%s", async (_, headers, query, status) => {
    upstream.answer(GOOD_ANSWER);
    const path = `/v1/messages${query.replace("KEY", good())}`;
    const response = await ask(path, { headers: headers(), body: BODIES["anthropic-messages"] });
    await response.text();
    expect(response.status).toBe(status);
  });

  test("one that was revoked stops at once", async () => {
    const other = await gateway.customer();
    upstream.otherwise(GOOD_ANSWER);
    const call = () =>
      ask("/v1/chat/completions", { headers: { "x-api-key": other.key }, body: BODIES["openai-chat"] });
    expect((await call()).status).toBe(200);
    await gateway.operate("keys.revoke", { id: other.keyId });
    expect((await call()).status).toBe(401);
  });

  test("is never logged", async () => {
    upstream.answer(json({ x: 1 }, 503));
    await ask(`/v1/messages?key=${customer.key}`, { body: BODIES["anthropic-messages"] });
    const [record] = await gateway.requests(customer);
    for (const text of [JSON.stringify(record), JSON.stringify(gateway.log)])
      expect(text).not.toContain(customer.key);
  });
});

describe("an upgrade to WebSockets", () => {
  test.each(["/v1/responses", "/openai/responses", "/v1/chat/completions"])(
    "of %s is 426 at once",
    async (path) => {
      const client = await rawClient(gateway.port);
      client.send(
        `GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
      );
      const { status } = await client.answer(1_000);
      expect(status).toBe(426);
      client.kill();
    },
  );
});

describe("the request line", () => {
  test("a request without a Host is served by its path", async () => {
    const client = await rawClient(gateway.port);
    client.send("GET /healthz HTTP/1.0\r\n\r\n");
    await client.sees('{"status":"ok"}');
    const other = await rawClient(gateway.port);
    other.send("POST /v1/messages HTTP/1.0\r\ncontent-length: 2\r\n\r\n{}");
    await other.sees("authentication_error");
    client.kill();
    other.kill();
  });

  test.each([
    ["http://h/v1/x?a=b?c", "/v1/x", "a=b?c"],
    ["http://h", "/", ""],
    ["/v1/x?a", "/v1/x", "a"],
    ["http://[::1]:80//v1", "//v1", ""],
  ])("%s", (url, path, query) => {
    expect(placeOf(url)).toEqual({ path, query });
  });

  test("a path is matched the same however often it is asked", () => {
    expect(matchPath("/v1/messages")).toBe(matchPath("/v1/messages"));
    const long = `/v1/models/${"x".repeat(10_000)}`;
    expect(matchPath(long)).not.toBe(matchPath(long));
  });
});
