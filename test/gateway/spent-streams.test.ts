/** A stream that has used all that pays for it ends as at its output limit, in every protocol. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import Anthropic from "@anthropic-ai/sdk";
import { GoogleGenAI } from "@google/genai";
import OpenAI from "openai";
import { type FakeUpstream, type Script, startFakeUpstream } from "../support/fake-upstream.ts";
import { type Customer, startGateway, type TestGateway } from "../support/gateway.ts";
import { until } from "../support/until.ts";

let upstream: FakeUpstream;
let gateway: TestGateway;

const PRICE = { input: "1", output: "10" };

beforeAll(async () => {
  upstream = await startFakeUpstream();
  const at = { provider: "openai-compatible", base_url: `${upstream.url}/v1` };
  gateway = await startGateway({
    config: {
      upstreams: [
        { id: "chat", ...at, protocols: ["openai-chat"] },
        { id: "responses", ...at, protocols: ["openai-responses"] },
        { id: "completions", ...at, protocols: ["openai-completions"] },
        { id: "claude", provider: "anthropic", base_url: upstream.url, api_key: "k" },
        { id: "google", provider: "google", base_url: `${upstream.url}/v1beta`, api_key: "k" },
      ],
      models: ["chat", "responses", "completions", "claude", "google"].map((id) => ({
        id,
        price: PRICE,
        targets: [{ upstream: id }],
      })),
    },
  });
});
afterEach(() => upstream.reset());
afterAll(async () => {
  await gateway.close();
  await upstream.close();
});

const WORDS = "An even measure of words that goes on. ".repeat(8);
const event = (data: object) => `data: ${JSON.stringify(data)}\n\n`;
const named = (data: { type: string }) => `event: ${data.type}\n${event(data)}`;

/** What each kind of upstream begins with, and what it would say for ever. */
const ENDLESS: Readonly<Record<string, { readonly head: string; readonly more: string }>> = {
  chat: {
    head: event({
      id: "c",
      object: "chat.completion.chunk",
      created: 1,
      model: "chat",
      choices: [{ index: 0, delta: { role: "assistant", content: "" }, finish_reason: null }],
    }),
    more: event({
      id: "c",
      object: "chat.completion.chunk",
      created: 1,
      model: "chat",
      choices: [{ index: 0, delta: { content: WORDS }, finish_reason: null }],
    }),
  },
  completions: {
    head: event({
      id: "c",
      object: "text_completion",
      created: 1,
      model: "completions",
      choices: [{ index: 0, text: "A", logprobs: null, finish_reason: null }],
    }),
    more: event({
      id: "c",
      object: "text_completion",
      created: 1,
      model: "completions",
      choices: [{ index: 0, text: WORDS, logprobs: null, finish_reason: null }],
    }),
  },
  claude: {
    head:
      named({
        type: "message_start",
        message: {
          id: "msg_1",
          type: "message",
          role: "assistant",
          model: "claude",
          content: [],
          stop_reason: null,
          stop_sequence: null,
          usage: { input_tokens: 9, output_tokens: 1 },
        },
      } as never) +
      named({ type: "content_block_start", index: 0, content_block: { type: "text", text: "" } } as never),
    more: named({
      type: "content_block_delta",
      index: 0,
      delta: { type: "text_delta", text: WORDS },
    } as never),
  },
  responses: {
    head:
      named({
        type: "response.created",
        sequence_number: 0,
        response: {
          id: "resp_1",
          object: "response",
          status: "in_progress",
          created_at: 1,
          model: "responses",
          output: [],
        },
      } as never) +
      named({
        type: "response.output_item.added",
        sequence_number: 1,
        output_index: 0,
        item: { id: "msg_1", type: "message", role: "assistant", status: "in_progress", content: [] },
      } as never) +
      named({
        type: "response.content_part.added",
        sequence_number: 2,
        item_id: "msg_1",
        output_index: 0,
        content_index: 0,
        part: { type: "output_text", text: "", annotations: [] },
      } as never),
    more: named({
      type: "response.output_text.delta",
      sequence_number: 3,
      item_id: "msg_1",
      output_index: 0,
      content_index: 0,
      delta: WORDS,
      logprobs: [],
    } as never),
  },
  google: {
    head: "",
    more: event({
      candidates: [{ index: 0, content: { role: "model", parts: [{ text: WORDS }] } }],
      responseId: "r",
      modelVersion: "google",
    }).replaceAll("\n\n", "\r\n\r\n"),
  },
};

const WRITES = 300;

/** Says more and more, whatever limit it was told, until it is closed. */
function endless(model: string): Script {
  const { head, more } = ENDLESS[model] ?? { head: "", more: "" };
  return async (reply) => {
    await reply.head(200, { "content-type": "text/event-stream" });
    if (head !== "") await reply.write(head);
    for (let index = 0; index < WRITES; index++) {
      if (!(await reply.write(more))) return;
      await Bun.sleep(2);
    }
    await reply.end();
  };
}

/** A balance of 0.012 USD: some 1,200 tokens of answer. */
const LITTLE = "0.012";

async function expectSpent(customer: Customer, text: string): Promise<void> {
  expect(text.length).toBeGreaterThan(1_000);
  expect(text.length).toBeLessThan((WRITES * WORDS.length) / 2);
  const [record] = await gateway.requests(customer);
  expect(record).toMatchObject({ outcome: "finished", usage_source: "estimated" });
  expect(record?.notes.join()).toContain("ended at its output limit");
  const charged = BigInt(record?.charge_nanos ?? "0");
  expect(charged).toBeGreaterThan(2_000_000n);
  expect(gateway.balanceNanos(customer)).toBe(12_000_000n - charged);
  await until("the upstream is let go", () => upstream.last().closed());
}

const MODELS = ["chat", "claude", "responses", "google"];

describe.each(MODELS)("from an upstream of %s", (model) => {
  test("to a client of chat", async () => {
    const customer = await gateway.customer({ usd: LITTLE });
    upstream.answer(endless(model));
    const openai = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: customer.key, maxRetries: 0 });
    const stream = openai.chat.completions.stream({
      model,
      max_tokens: 300,
      messages: [{ role: "user", content: "Go on" }],
      stream_options: { include_usage: true },
    });
    const [choice] = (await stream.finalChatCompletion()).choices;
    expect(choice?.finish_reason).toBe("length");
    expect((await stream.totalUsage()).completion_tokens).toBeGreaterThan(250);
    await expectSpent(customer, choice?.message.content ?? "");
  });

  test("to a client of Messages", async () => {
    const customer = await gateway.customer({ usd: LITTLE });
    upstream.answer(endless(model));
    const anthropic = new Anthropic({ baseURL: gateway.url, apiKey: customer.key, maxRetries: 0 });
    const message = await anthropic.messages
      .stream({ model, max_tokens: 300, messages: [{ role: "user", content: "Go on" }] })
      .finalMessage();
    expect(message.stop_reason).toBe("max_tokens");
    const [block] = message.content;
    await expectSpent(customer, block?.type === "text" ? block.text : "");
  });

  test("to a client of Responses", async () => {
    const customer = await gateway.customer({ usd: LITTLE });
    upstream.answer(endless(model));
    const openai = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: customer.key, maxRetries: 0 });
    const stream = await openai.responses.create({
      model,
      max_output_tokens: 300,
      input: "Go on",
      stream: true,
    });
    let text = "";
    let last: OpenAI.Responses.ResponseStreamEvent | undefined;
    for await (const one of stream) {
      if (one.type === "response.output_text.delta") text += one.delta;
      last = one;
    }
    expect(last).toMatchObject({
      type: "response.incomplete",
      response: { status: "incomplete", incomplete_details: { reason: "max_output_tokens" } },
    });
    await expectSpent(customer, text);
  });

  test("to a client of Gemini", async () => {
    const customer = await gateway.customer({ usd: LITTLE });
    upstream.answer(endless(model));
    const google = new GoogleGenAI({ apiKey: customer.key, httpOptions: { baseUrl: gateway.url } });
    const stream = await google.models.generateContentStream({
      model,
      contents: "Go on",
      config: { maxOutputTokens: 300 },
    });
    let text = "";
    let reason: string | undefined;
    for await (const chunk of stream) {
      text += chunk.text ?? "";
      reason = chunk.candidates?.[0]?.finishReason ?? reason;
    }
    expect(reason).toBe("MAX_TOKENS");
    await expectSpent(customer, text);
  });
});

test("to a client of Completions", async () => {
  const customer = await gateway.customer({ usd: LITTLE });
  upstream.answer(endless("completions"));
  const openai = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: customer.key, maxRetries: 0 });
  const stream = await openai.completions.create({
    model: "completions",
    max_tokens: 300,
    prompt: "Go on",
    stream: true,
  });
  let text = "";
  let reason: string | undefined;
  for await (const chunk of stream) {
    text += chunk.choices[0]?.text ?? "";
    reason = chunk.choices[0]?.finish_reason ?? reason;
  }
  expect(reason).toBe("length");
  await expectSpent(customer, text);
});
