import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { PLAIN } from "../support/config.ts";
import { CHAT, chatBody, type MoneyBench, STREAM, startMoneyBench } from "../support/money-bench.ts";
import { post, rawClient } from "../support/raw-client.ts";
import { pausedSse, silence, sse } from "../support/scripts.ts";
import { SAMPLES } from "../support/streams.ts";
import { until } from "../support/until.ts";

let bench: MoneyBench;
let upstream: MoneyBench["upstream"];
let gateway: MoneyBench["gateway"];
let only: MoneyBench["only"];

beforeAll(async () => {
  bench = await startMoneyBench();
  ({ upstream, gateway, only } = bench);
});
afterEach(() => bench.reset());
afterAll(() => bench.close());

describe("a client that leaves", () => {
  test("before the head: nothing is charged, the upstream let go", async () => {
    const customer = await gateway.customer();
    upstream.answer(silence);
    const client = await rawClient(gateway.port);
    client.send(post("/v1/chat/completions", customer.key, chatBody()));
    await until("the request at the upstream", () => upstream.seen.length === 1);
    client.kill();
    await until("the upstream's close", () => upstream.last().closed());
    expect(await only(customer)).toMatchObject({ outcome: "failed", status: 499, charge_nanos: "0" });
  });

  test("with half a body: nothing is sent on", async () => {
    const customer = await gateway.customer();
    const client = await rawClient(gateway.port);
    client.send(post("/v1/chat/completions", customer.key, chatBody()).slice(0, -10));
    await until("the request's start", () => gateway.app.gateway.running.size === 1);
    client.kill();
    expect(await only(customer)).toMatchObject({ outcome: "failed", status: 499, charge_nanos: "0" });
    expect(upstream.seen).toHaveLength(0);
  });

  test.each(["reset", "close"] as const)(
    "in mid-stream (%s): input and what was relayed, at once",
    async (how) => {
      const customer = await gateway.customer();
      const said = "x".repeat(800);
      const { script } = pausedSse(`data: {"choices":[{"delta":{"content":"${said}"}}]}\n\n`);
      upstream.answer(script);
      const client = await rawClient(gateway.port);
      const body = chatBody(PLAIN, STREAM);
      client.send(post("/v1/chat/completions", customer.key, body));
      await client.sees(said);
      if (how === "reset") client.kill();
      else client.socket.destroy();
      await until("the upstream's close", () => upstream.last().closed(), 1_000);
      const record = await only(customer);
      expect(record).toMatchObject({ outcome: "cut_by_client", usage_source: "estimated", status: 200 });
      const input = Math.ceil(body.length / 3.5);
      expect(record.usage).toMatchObject({ input, output: 200 });
      expect(record.charge_nanos).toBe(String(BigInt(input) * 1_000n + 200n * 4_000n));
    },
  );

  test("in mid-stream, with a report from before: what came later counts too", async () => {
    const customer = await gateway.customer();
    const first =
      '{"candidates":[{"content":{"parts":[{"text":"a"}]}}],"usageMetadata":{"promptTokenCount":50,"candidatesTokenCount":1}}';
    const later = `{"candidates":[{"content":{"parts":[{"text":"${"y".repeat(400)}"}]}}]}`;
    const { script, more } = pausedSse(`data: ${first}\r\n\r\n`);
    upstream.answer(script);
    const client = await rawClient(gateway.port);
    client.send(
      post(`/v1beta/models/${PLAIN}:streamGenerateContent?alt=sse`, customer.key, '{"contents":[]}'),
    );
    await more(`data: ${later}\r\n\r\n`);
    await client.sees("yyyy");
    client.kill();
    const record = await only(customer);
    expect(record).toMatchObject({ outcome: "cut_by_client", usage_source: "estimated" });
    expect(record.usage).toMatchObject({ input: 50, output: Math.ceil(401 / 4) });
  });

  const lastOf = (protocol: "openai-chat" | "gemini" | "anthropic-messages") => {
    const { events, heldFrom } = SAMPLES[protocol](PLAIN, "\n");
    return { early: events.slice(0, heldFrom).join(""), held: events[heldFrom] ?? "" };
  };
  test.each([
    [
      "chat's usage",
      chatBody(PLAIN, STREAM),
      "/v1/chat/completions",
      lastOf("openai-chat").early,
      '"prompt_tokens":',
    ],
    [
      "Gemini's last event",
      '{"contents":[]}',
      `/v1beta/models/${PLAIN}:streamGenerateContent?alt=sse`,
      lastOf("gemini").early + lastOf("gemini").held,
      "thoughtSignature",
    ],
    [
      "Anthropic's stop reason",
      `{"model":"${PLAIN}","max_tokens":200,"messages":[],"stream":true}`,
      "/v1/messages",
      lastOf("anthropic-messages").early + lastOf("anthropic-messages").held,
      '"index":2}',
    ],
  ])("behind %s, but before the end: it is cut, and charged once", async (_, body, path, events, seen) => {
    const customer = await gateway.customer();
    upstream.answer(pausedSse(events).script);
    const client = await rawClient(gateway.port);
    client.send(post(path, customer.key, body));
    await client.sees(seen);
    client.kill();
    const { outcome, charge_nanos } = await only(customer);
    expect(outcome).toBe("cut_by_client");
    expect(BigInt(charge_nanos)).toBeGreaterThan(0n);
    expect(gateway.log.filter(({ level }) => level === "error")).toEqual([]);
  });

  test("that is only slow is no fault of the upstream's: its stream ends well", async () => {
    const customer = await gateway.customer();
    const filler = `data: {"choices":[{"delta":{"content":"${"z".repeat(60_000)}"}}]}\n\n`;
    upstream.answer(sse(...Array.from({ length: 200 }, () => filler), ...CHAT.events));
    const client = await rawClient(gateway.port);
    client.send(post("/v1/chat/completions", customer.key, chatBody(PLAIN, STREAM)));
    await client.answer();
    client.socket.pause();
    // Longer than the upstream may be silent.
    await Bun.sleep(1_000);
    client.socket.resume();
    await client.sees("data: [DONE]");
    expect(await only(customer)).toMatchObject({ outcome: "finished" });
    client.kill();
  });
});
