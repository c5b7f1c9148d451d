import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Caller } from "../../../src/accounts/caller.ts";
import { KEPT_PROMPT, type Prompt } from "../../../src/control/contract/prompts.ts";
import { startConsole, type TestConsole, userCaller } from "../../support/console.ts";
import { type Customer, startGateway, type TestGateway } from "../../support/gateway.ts";

const PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk".padEnd(2_000, "A");
const OTHER = "c".repeat(32);

let gateway: TestGateway;
let console: TestConsole;
let acme: Customer;
let owner: Caller;
let keeping: string;

beforeAll(async () => {
  gateway = await startGateway({ config: { prompts: { days: 10 } } });
  console = startConsole(gateway.app.http);
  acme = await gateway.customer({ account: "acme", usd: "5" });
  owner = userCaller([{ accountId: acme.accountId, role: "owner" }]);
  const { body } = await call("POST /accounts/acme/keys", { name: "kept", keep_prompts: true });
  expect(body.keep_prompts).toBe(true);
  keeping = String(body.key);
});
afterAll(async () => {
  await console.close();
  await gateway.close();
});

const call = (line: string, body?: unknown, caller = owner) => console.call(caller, line, body);

async function send(path: string, body: object, key = keeping): Promise<string> {
  const answer = await fetch(gateway.url + path, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "anthropic-version": "2023-06-01" },
    body: JSON.stringify({ model: "demo", ...body }),
  });
  await answer.text();
  await gateway.settled();
  await gateway.app.control.flush();
  return (answer.headers.get("x-request-id") ?? "").replace("req_", "");
}

async function kept(id: string, caller = owner): Promise<Prompt | null> {
  const { status, body, text } = await call(`GET /accounts/acme/requests/${id}/prompt`, undefined, caller);
  if (status !== 200) throw new Error(text);
  return KEPT_PROMPT.parse(body).prompt;
}

const textIn = (turns: Prompt["turns"] = []) =>
  turns.flatMap(({ parts }) => parts.map((part) => (part.kind === "text" ? part.text : ""))).join("");

const asUser = (content: unknown) => ({ messages: [{ role: "user", content }], max_tokens: 500 });

describe("what is kept", () => {
  const cases = [
    ["/v1/chat/completions", asUser("Hello there")],
    ["/v1/messages", asUser("Hello there")],
    ["/v1/responses", { input: "Hello there" }],
    [
      "/v1beta/models/demo:generateContent",
      { contents: [{ role: "user", parts: [{ text: "Hello there" }] }] },
    ],
    ["/v1/completions", { prompt: "Hello there", max_tokens: 500 }],
  ] as const;

  test.each(cases)("a whole answer at %s", async (path, body) => {
    const prompt = await kept(await send(path, body));
    expect(textIn(prompt?.turns)).toContain("Hello there");
    expect(textIn(prompt?.answer)).toContain("Hello there");
    expect(JSON.parse(prompt?.body ?? "")).toHaveProperty("model");
    expect(Date.parse(prompt?.expires_at ?? "") - Date.parse(prompt?.at ?? "")).toBe(10 * 86_400_000);
  });

  test.each(cases)("a stream at %s", async (path, body) => {
    const streamed = path.includes("v1beta")
      ? send(path.replace("generateContent", "streamGenerateContent"), body)
      : send(path, { ...body, stream: true });
    expect(textIn((await kept(await streamed))?.answer)).toContain("Hello there");
  });

  test("calls and their results; a digest in the place of media, in what is shown and in the body", async () => {
    const url = `data:image/png;base64,${PIXEL}`;
    const id = await send("/v1/chat/completions", {
      messages: [
        {
          role: "user",
          content: [
            { type: "text", text: "Look, use f" },
            { type: "image_url", image_url: { url } },
          ],
        },
        {
          role: "assistant",
          tool_calls: [{ id: "c1", type: "function", function: { name: "f", arguments: "{}" } }],
        },
        { role: "tool", tool_call_id: "c1", content: "21 degrees" },
      ],
      tools: [{ type: "function", function: { name: "f", parameters: { type: "object", properties: {} } } }],
    });
    const prompt = await kept(id);
    const digest = `sha256:${new Bun.CryptoHasher("sha256").update(Buffer.from(PIXEL, "base64")).digest("hex")}`;
    const parts = prompt?.turns.flatMap((turn) => turn.parts) ?? [];
    expect(parts).toContainEqual({ kind: "media", media: "image", mime: "image/png", source: digest });
    expect(parts).toContainEqual({ kind: "call", call_id: "c1", name: "f", input: "{}" });
    expect(parts).toContainEqual({ kind: "result", call_id: "c1", text: "21 degrees", media: [] });
    expect(prompt?.body).toContain(`${digest} (image/png)`);
    expect(prompt?.body).not.toContain(PIXEL.slice(0, 60));
  });

  test("a request that failed, without an answer", async () => {
    const id = await send("/v1/chat/completions", { ...asUser("Hello"), model: "none" });
    expect(await kept(id)).toMatchObject({ answer: [], is_cut: false });
  });

  test("long conversations from their end", async () => {
    const content = "word ".repeat(60_000);
    const id = await send("/v1/chat/completions", asUser([{ type: "text", text: content }]));
    const prompt = await kept(id);
    expect(prompt).toMatchObject({ is_cut: true, body: null });
    expect(textIn(prompt?.turns).length).toBeLessThan(201_000);
  });

  test("nothing of keys that do not ask for it", async () => {
    expect(await kept(await send("/v1/chat/completions", asUser("Hello"), acme.key))).toBeNull();
  });

  test("nothing lies readable on the disk", async () => {
    await send("/v1/chat/completions", asUser("a-rare-sentence-of-mine"));
    for await (const file of new Bun.Glob("*.db*").scan({ cwd: gateway.home.folder, absolute: true })) {
      const bytes = Buffer.from(await Bun.file(file).arrayBuffer());
      expect(bytes.includes("a-rare-sentence-of-mine")).toBe(false);
    }
  });
});

describe("who reads it", () => {
  const member = (role: "developer" | "viewer" | "billing" | "admin") =>
    userCaller([{ accountId: acme.accountId, role }]);

  test("members with the permission; developers their own keys' alone; operators where they may", async () => {
    const id = await send("/v1/chat/completions", asUser("Hello"));
    const path = `GET /accounts/acme/requests/${id}/prompt`;
    const status = async (caller: Caller) => (await call(path, undefined, caller)).status;
    expect(await status(member("admin"))).toBe(200);
    expect(await status(member("developer"))).toBe(200);
    expect(await status({ ...member("developer"), userId: OTHER } as Caller)).toBe(403);
    for (const role of ["viewer", "billing"] as const) expect(await status(member(role))).toBe(403);
    const operator = userCaller([], true);
    expect(await status(operator)).toBe(403);
    const rule = { forbidden: false, days: null, operators: true };
    expect((await call("PUT /accounts/acme/prompt-rule", rule, operator)).status).toBe(403);
    expect((await call("PUT /accounts/acme/prompt-rule", rule)).status).toBe(200);
    expect(await status(operator)).toBe(200);
    await call("PUT /accounts/acme/prompt-rule", { ...rule, operators: false });
  });

  test("another organisation's owner finds nothing", async () => {
    const id = await send("/v1/chat/completions", asUser("Hello"));
    const other = await gateway.customer({ account: "other" });
    const caller = userCaller([{ accountId: other.accountId, role: "owner" }]);
    expect((await call(`GET /accounts/acme/requests/${id}/prompt`, undefined, caller)).status).toBe(404);
    expect((await call(`GET /accounts/other/requests/${id}/prompt`, undefined, caller)).status).toBe(404);
  });
});

describe("how it ends", () => {
  test("deleted one by one, or all of them", async () => {
    const id = await send("/v1/chat/completions", asUser("Hello"));
    expect((await call(`DELETE /accounts/acme/requests/${id}/prompt`)).status).toBe(200);
    expect(await kept(id)).toBeNull();
    expect((await call(`DELETE /accounts/acme/requests/${id}/prompt`)).status).toBe(404);
    const next = await send("/v1/chat/completions", asUser("Hello"));
    expect((await call("DELETE /accounts/acme/prompts")).body.deleted).toBeGreaterThan(1);
    expect(await kept(next)).toBeNull();
  });

  test("an account forbids it, or keeps it for fewer days", async () => {
    const rule = { forbidden: false, days: 2, operators: false };
    const { body } = await call("PUT /accounts/acme/prompt-rule", rule);
    expect(body).toEqual({ ...rule, operator: { keep: true, days: 10 } });
    const short = await kept(await send("/v1/chat/completions", asUser("Hello")));
    expect(Date.parse(short?.expires_at ?? "") - Date.parse(short?.at ?? "")).toBe(2 * 86_400_000);
    await call("PUT /accounts/acme/prompt-rule", { ...rule, forbidden: true });
    expect(await kept(await send("/v1/chat/completions", asUser("Hello")))).toBeNull();
    await call("PUT /accounts/acme/prompt-rule", { ...rule, days: null });
  });

  test("the operator forbids it", async () => {
    const config = gateway.app.http.config();
    await gateway.app.configure({ ...config, prompts: { keep: false, days: 10 } });
    expect(await kept(await send("/v1/chat/completions", asUser("Hello")))).toBeNull();
    await gateway.app.configure(config);
  });

  test("a key stops asking", async () => {
    const { items } = (await call("GET /accounts/acme/keys")).body as {
      items: { id: string; name: string }[];
    };
    const id = items.find(({ name }) => name === "kept")?.id;
    expect((await call(`PATCH /accounts/acme/keys/${id}`, { keep_prompts: false })).body.keep_prompts).toBe(
      false,
    );
    expect(await kept(await send("/v1/chat/completions", asUser("Hello")))).toBeNull();
    await call(`PATCH /accounts/acme/keys/${id}`, { keep_prompts: true });
  });
});
