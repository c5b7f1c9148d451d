import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { generateKeyPairSync } from "node:crypto";
import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";
import { chunkMessage, streamMessage } from "../support/event-stream.ts";
import { type FakeUpstream, type Script, startFakeUpstream } from "../support/fake-upstream.ts";
import { type Customer, startGateway, type TestGateway } from "../support/gateway.ts";
import { json, sse } from "../support/scripts.ts";

const PRICE = { input: "1.00", output: "4.00" };
const CLAUDE = "us.anthropic.claude-sonnet-4-5-20250929-v1:0";

let upstream: FakeUpstream;
let gateway: TestGateway;

function config(url: string): object {
  const { privateKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  });
  const account = (path: string) =>
    JSON.stringify({
      ...{ type: "service_account", client_email: "quoin@project", private_key_id: "k" },
      ...{ private_key: privateKey, token_uri: `${url}${path}` },
    });
  const place = `${url}/v1/projects/p/locations/l`;
  const claude = ["anthropic-messages"];
  const upstreams = [
    { id: "azure", provider: "azure", base_url: `${url}/openai/v1`, api_key: "azure-key" },
    {
      ...{ id: "azure-chat", provider: "azure", base_url: `${url}/openai/v1`, api_key: "azure-key" },
      protocols: ["openai-chat"],
    },
    {
      id: "foundry",
      provider: "azure",
      base_url: `${url}/anthropic`,
      api_key: "azure-key",
      protocols: claude,
    },
    { id: "vertex", provider: "vertex", base_url: place, api_key: account("/token") },
    {
      id: "vertex-claude",
      provider: "vertex",
      base_url: place,
      api_key: account("/token"),
      protocols: claude,
    },
    { id: "withdrawn", provider: "vertex", base_url: place, api_key: account("/refused"), protocols: claude },
    { id: "bedrock", provider: "bedrock", base_url: url, api_key: "bedrock-key" },
  ];
  const model = (id: string, at: string, name: string) => ({
    ...{ id, price: PRICE, context_tokens: 100_000, output_tokens_max: 1_000 },
    targets: [{ upstream: at, model: name }],
  });
  return {
    upstreams,
    models: [
      model("gpt", "azure", "our-deployment"),
      model("gpt-chat", "azure-chat", "our-deployment"),
      model("foundry-claude", "foundry", "claude-sonnet-4-5"),
      model("gemini", "vertex", "gemini-2.5-flash"),
      model("vertex-claude", "vertex-claude", "claude-sonnet-4-5@20250929"),
      model("withdrawn-claude", "withdrawn", "claude-sonnet-4-5@20250929"),
      model("bedrock-claude", "bedrock", CLAUDE),
    ],
    plans: [{ id: "default", key_prefix: "qn_live_" }],
  };
}

beforeAll(async () => {
  upstream = await startFakeUpstream();
  gateway = await startGateway({ config: config(upstream.url) });
});
afterEach(() => {
  upstream.reset();
  gateway.forgiveTargets();
});
afterAll(async () => {
  await gateway.close();
  await upstream.close();
});

/** The token's address is the upstream's, too. */
function answering(script: Script): void {
  upstream.otherwise(async (reply, seen) => {
    if (seen.path === "/token")
      return await json({ access_token: "token-1", expires_in: 3_600 })(reply, seen);
    if (seen.path === "/refused") return await json({ error: "invalid_grant" }, 400)(reply, seen);
    return await script(reply, seen);
  });
}

const openAi = ({ key }: Customer) =>
  new OpenAI({ apiKey: key, baseURL: `${gateway.url}/v1`, maxRetries: 0 });
const anthropic = ({ key }: Customer) => new Anthropic({ apiKey: key, baseURL: gateway.url, maxRetries: 0 });

const ask = (model: string, more: object = {}) => ({
  ...{ model, max_tokens: 50, messages: [{ role: "user" as const, content: "hi" }] },
  ...more,
});

const MESSAGE = {
  ...{ id: "msg_1", type: "message", role: "assistant", model: "claude-sonnet-4-5", stop_sequence: null },
  ...{ content: [{ type: "text", text: "hello" }], stop_reason: "end_turn" },
  usage: { input_tokens: 7, output_tokens: 2 },
};

/** 7 tokens of input at 1,000 nanos, 2 of output at 4,000. */
const CHARGE = "15000";

const EVENTS = [
  {
    type: "message_start",
    message: { ...MESSAGE, content: [], stop_reason: null, usage: { input_tokens: 7, output_tokens: 1 } },
  },
  { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
  { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "hello" } },
  { type: "content_block_stop", index: 0 },
  {
    type: "message_delta",
    delta: { stop_reason: "end_turn", stop_sequence: null },
    usage: { output_tokens: 2 },
  },
  { type: "message_stop", "amazon-bedrock-invocationMetrics": { inputTokenCount: 7 } },
] as const;

/** As Bedrock streams, in pieces that end anywhere. */
function bedrockStream(messages: readonly Uint8Array[], cutAt?: number): Script {
  return async (reply) => {
    await reply.head(200, { "content-type": "application/vnd.amazon.eventstream" });
    const bytes = new Uint8Array(Buffer.concat(messages)).subarray(0, cutAt);
    for (let at = 0; at < bytes.length; at += 100) await reply.write(bytes.subarray(at, at + 100));
    await reply.end();
  };
}

/** What a call of an SDK fails with. */
async function faultOf(asked: PromiseLike<unknown>): Promise<InstanceType<typeof Anthropic.APIError>> {
  try {
    await asked;
  } catch (fault) {
    if (fault instanceof Anthropic.APIError) return fault;
    throw fault;
  }
  throw new Error("it did not fail");
}

async function chargeOf(customer: Customer): Promise<string | undefined> {
  return (await gateway.requests(customer))[0]?.charge_nanos;
}

describe("Azure", () => {
  test("OpenAI's protocol under the name of a deployment, with the key in its own header", async () => {
    const customer = await gateway.customer();
    answering(
      json({
        choices: [{ index: 0, message: { role: "assistant", content: "hello" }, finish_reason: "stop" }],
        usage: { prompt_tokens: 7, completion_tokens: 2 },
      }),
    );
    const answer = await openAi(customer).chat.completions.create(ask("gpt"));
    expect(answer.choices[0]?.message.content).toBe("hello");
    const { path, headers, text } = upstream.last();
    expect([path, headers["api-key"], headers.authorization]).toEqual([
      "/openai/v1/chat/completions",
      "azure-key",
      undefined,
    ]);
    expect(JSON.parse(text).model).toBe("our-deployment");
    expect(await chargeOf(customer)).toBe(CHARGE);
  });

  test("a stream whose first event has filters and no choices, for a client of either protocol", async () => {
    const customer = await gateway.customer();
    const frame = { id: "c", object: "chat.completion.chunk", created: 1, model: "our-deployment" };
    const filters = {
      prompt_index: 0,
      content_filter_results: { hate: { filtered: false, severity: "safe" } },
    };
    const events = [
      { ...frame, id: "", model: "", object: "", choices: [], prompt_filter_results: [filters] },
      { ...frame, choices: [{ index: 0, delta: { role: "assistant", content: "" }, finish_reason: null }] },
      {
        ...frame,
        choices: [{ index: 0, delta: { content: "hello" }, finish_reason: null, content_filter_results: {} }],
      },
      { ...frame, choices: [{ index: 0, delta: {}, finish_reason: "stop" }] },
      { ...frame, choices: [], usage: { prompt_tokens: 7, completion_tokens: 2, total_tokens: 9 } },
    ];
    answering(sse(...events.map((event) => `data: ${JSON.stringify(event)}\n\n`), "data: [DONE]\n\n"));
    let said = "";
    const stream = await openAi(customer).chat.completions.create({ ...ask("gpt-chat"), stream: true });
    for await (const chunk of stream) said += chunk.choices[0]?.delta.content ?? "";
    expect(said).toBe("hello");
    expect(await chargeOf(customer)).toBe(CHARGE);
    const answer = await anthropic(customer).messages.stream(ask("gpt-chat")).finalMessage();
    expect(answer.content).toMatchObject([{ type: "text", text: "hello" }]);
    expect(await chargeOf(customer)).toBe(CHARGE);
  });

  test("Claude in Foundry", async () => {
    const customer = await gateway.customer();
    answering(json(MESSAGE));
    await anthropic(customer).messages.create(ask("foundry-claude"));
    const { path, headers } = upstream.last();
    expect([path, headers["x-api-key"]]).toEqual(["/anthropic/v1/messages", "azure-key"]);
    expect(await chargeOf(customer)).toBe(CHARGE);
  });
});

describe("Vertex AI", () => {
  const PLACE = "/v1/projects/p/locations/l/publishers";

  test("Gemini, with a token that is asked for once", async () => {
    const customer = await gateway.customer();
    const chunk = {
      candidates: [{ content: { role: "model", parts: [{ text: "hello" }] }, finishReason: "STOP" }],
      usageMetadata: { promptTokenCount: 7, candidatesTokenCount: 2 },
    };
    answering(sse(`data: ${JSON.stringify(chunk)}\n\n`));
    const url = `${gateway.url}/v1beta/models/gemini:streamGenerateContent?alt=sse`;
    const body = JSON.stringify({ contents: [{ role: "user", parts: [{ text: "hi" }] }] });
    const answers = await Promise.all(
      [1, 2, 3].map(() => fetch(url, { method: "POST", headers: { "x-goog-api-key": customer.key }, body })),
    );
    for (const answer of answers) expect(await answer.text()).toContain("hello");
    expect(upstream.seen.filter(({ path }) => path === "/token")).toHaveLength(1);
    const { path, headers, text } = upstream.last();
    expect(path).toBe(`${PLACE}/google/models/gemini-2.5-flash:streamGenerateContent?alt=sse`);
    expect([headers.authorization, headers["x-goog-api-key"]]).toEqual(["Bearer token-1", undefined]);
    expect(text).toBe(body);
    expect(await chargeOf(customer)).toBe(CHARGE);
  });

  test("Claude: the model in the path, the version in the body", async () => {
    const customer = await gateway.customer();
    answering(json(MESSAGE));
    const betas = ["interleaved-thinking-2025-05-14", "claude-code-20250219"];
    await anthropic(customer).beta.messages.create({ ...ask("vertex-claude"), betas });
    const { path, headers, text } = upstream.last();
    expect(path).toBe(`${PLACE}/anthropic/models/claude-sonnet-4-5%4020250929:rawPredict`);
    expect(headers["anthropic-version"]).toBeUndefined();
    expect(headers["anthropic-beta"]).toBe("interleaved-thinking-2025-05-14");
    const { anthropic_version, model, ...rest } = JSON.parse(text);
    expect([anthropic_version, model]).toEqual(["vertex-2023-10-16", undefined]);
    expect(rest).toEqual({ max_tokens: 50, messages: [{ role: "user", content: "hi" }] });
    expect(await chargeOf(customer)).toBe(CHARGE);
  });

  test("Google's own errors reach an Anthropic client in its dialect", async () => {
    const customer = await gateway.customer();
    answering(
      json({ error: { code: 400, message: "max_tokens is too large", status: "INVALID_ARGUMENT" } }, 400),
    );
    const fault = await faultOf(anthropic(customer).messages.create(ask("vertex-claude")));
    expect([fault.status, fault.type]).toEqual([400, "invalid_request_error"]);
    expect(fault.message).toContain("max_tokens is too large");
    expect(await chargeOf(customer)).toBe("0");
  });

  test("a credential that Google refuses is the upstream's failure, and costs nothing", async () => {
    const customer = await gateway.customer();
    answering(json(MESSAGE));
    const fault = await faultOf(anthropic(customer).messages.create(ask("withdrawn-claude")));
    expect(fault.status).toBeGreaterThanOrEqual(500);
    expect(fault.message).toContain("credential");
    expect(fault.message).not.toContain("invalid_grant");
    expect(await chargeOf(customer)).toBe("0");
  });
});

describe("Bedrock", () => {
  test("a stream of Claude's comes as Anthropic streams it, and is charged to the nano", async () => {
    const customer = await gateway.customer();
    answering(bedrockStream(EVENTS.map(chunkMessage)));
    const stream = anthropic(customer).beta.messages.stream({
      ...ask("bedrock-claude"),
      betas: ["context-1m-2025-08-07", "oauth-2025-04-20"],
    });
    const answer = await stream.finalMessage();
    expect(answer.content).toMatchObject([{ type: "text", text: "hello" }]);
    expect(answer.model).toBe("bedrock-claude");
    const { path, headers, text } = upstream.last();
    expect(path).toBe(`/model/${encodeURIComponent(CLAUDE)}/invoke-with-response-stream`);
    expect([headers.authorization, headers["anthropic-version"], headers["anthropic-beta"]]).toEqual([
      "Bearer bedrock-key",
      undefined,
      undefined,
    ]);
    expect(JSON.parse(text)).toEqual({
      ...{ anthropic_version: "bedrock-2023-05-31", anthropic_beta: ["context-1m-2025-08-07"] },
      ...{ max_tokens: 50, messages: [{ role: "user", content: "hi" }] },
    });
    expect(await chargeOf(customer)).toBe(CHARGE);
  });

  test("what AWS counts beside it is not the client's to see", async () => {
    const customer = await gateway.customer();
    answering(bedrockStream(EVENTS.map(chunkMessage)));
    const response = await fetch(`${gateway.url}/v1/messages`, {
      method: "POST",
      headers: { "x-api-key": customer.key },
      body: JSON.stringify(ask("bedrock-claude", { stream: true })),
    });
    expect(response.headers.get("content-type")).toContain("text/event-stream");
    const seen = await response.text();
    expect(seen).not.toContain("amazon-bedrock");
    expect([...(seen.match(/^event: .*$/gm) ?? [])]).toEqual(EVENTS.map(({ type }) => `event: ${type}`));
  });

  test("a client of chat is served, too", async () => {
    const customer = await gateway.customer();
    answering(bedrockStream(EVENTS.map(chunkMessage)));
    const stream = await openAi(customer).chat.completions.create({ ...ask("bedrock-claude"), stream: true });
    let said = "";
    for await (const chunk of stream) said += chunk.choices[0]?.delta.content ?? "";
    expect(said).toBe("hello");
    expect(await chargeOf(customer)).toBe(CHARGE);
  });

  test("a whole answer passes", async () => {
    const customer = await gateway.customer();
    answering(json(MESSAGE));
    const answer = await anthropic(customer).messages.create(ask("bedrock-claude"));
    expect(answer.usage).toMatchObject({ input_tokens: 7, output_tokens: 2 });
    expect(upstream.last().path).toBe(`/model/${encodeURIComponent(CLAUDE)}/invoke`);
    expect(await chargeOf(customer)).toBe(CHARGE);
  });

  const EXCEPTION = streamMessage(
    { ":message-type": "exception", ":exception-type": "modelStreamErrorException" },
    '{"message":"the model stopped"}',
  );
  const BROKEN: readonly [what: string, script: Script][] = [
    ["an exception within a stream", bedrockStream([...EVENTS.slice(0, 3).map(chunkMessage), EXCEPTION])],
    ["a stream that ends within a message", bedrockStream(EVENTS.map(chunkMessage), 900)],
    [
      "a stream that is damaged",
      bedrockStream([...EVENTS.slice(0, 3).map(chunkMessage), new Uint8Array(40).fill(7)]),
    ],
  ];
  test.each(BROKEN)("%s is an error to the client, and costs nothing", async (_, script) => {
    const customer = await gateway.customer();
    answering(script);
    const stream = anthropic(customer).messages.stream(ask("bedrock-claude"));
    await expect(stream.finalMessage()).rejects.toThrow(Anthropic.AnthropicError);
    expect(await chargeOf(customer)).toBe("0");
  });

  test("AWS's own refusal is told in Anthropic's words", async () => {
    const customer = await gateway.customer();
    answering(json({ message: "The provided model identifier is invalid." }, 400));
    const fault = await faultOf(anthropic(customer).messages.create(ask("bedrock-claude")));
    expect(fault.status).toBe(400);
    expect(fault.message).toContain("The provided model identifier is invalid.");
  });

  test("tokens are counted here, since it has no counter", async () => {
    const customer = await gateway.customer();
    const { max_tokens: _, ...counted } = ask("bedrock-claude");
    const { input_tokens } = await anthropic(customer).messages.countTokens(counted);
    expect(input_tokens).toBeGreaterThan(0);
    expect(upstream.seen).toEqual([]);
  });

  test("a client that leaves stops the upstream", async () => {
    const customer = await gateway.customer();
    const gone = Promise.withResolvers<void>();
    answering(async (reply, seen) => {
      await reply.head(200, { "content-type": "application/vnd.amazon.eventstream" });
      for (const event of EVENTS.slice(0, 3)) await reply.write(chunkMessage(event));
      while (!seen.closed()) await Bun.sleep(5);
      gone.resolve();
    });
    const stream = anthropic(customer).messages.stream(ask("bedrock-claude"));
    stream.on("text", () => stream.abort());
    await stream.done().catch(() => undefined);
    await gone.promise;
    expect((await gateway.requests(customer))[0]).toMatchObject({ outcome: "cut_by_client" });
  });
});
