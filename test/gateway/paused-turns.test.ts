/** Anthropic pauses turns in which it runs tools itself; clients of other protocols know no pause. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import OpenAI from "openai";
import { type FakeUpstream, type Script, startFakeUpstream } from "../support/fake-upstream.ts";
import { type Customer, startGateway, type TestGateway } from "../support/gateway.ts";
import { json, sse } from "../support/scripts.ts";

let upstream: FakeUpstream;
let gateway: TestGateway;
let customer: Customer;
let openai: OpenAI;

beforeAll(async () => {
  upstream = await startFakeUpstream();
  gateway = await startGateway({
    config: {
      upstreams: [{ id: "claude", provider: "anthropic", base_url: upstream.url, api_key: "k" }],
      models: [
        {
          id: "claude-sonnet-4-5",
          price: { input: "1.00", output: "4.00" },
          targets: [{ upstream: "claude" }],
        },
      ],
    },
  });
  customer = await gateway.customer();
  openai = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: customer.key, maxRetries: 0 });
});
afterEach(() => upstream.reset());
afterAll(async () => {
  await gateway.close();
  await upstream.close();
});

const SEARCHED = { type: "web_search_result", title: "T", url: "https://t.example/", encrypted_content: "e" };

/** Blocks of one turn, as `Message.content` (@anthropic-ai/sdk). */
const asks = (id: string) => ({
  type: "server_tool_use" as const,
  id,
  name: "web_search",
  input: { query: "q" },
});
const finds = (id: string) => ({
  type: "web_search_tool_result" as const,
  tool_use_id: id,
  content: [SEARCHED],
});
const says = (text: string) => ({ type: "text" as const, text, citations: null });

type Block = ReturnType<typeof asks> | ReturnType<typeof finds> | ReturnType<typeof says>;

interface Turn {
  readonly content: readonly Block[];
  readonly stop: string;
  readonly input: number;
  readonly output: number;
}

const usageOf = ({ input, output }: Turn) => ({
  input_tokens: input,
  output_tokens: output,
  server_tool_use: { web_search_requests: 1 },
});

const messageOf = (turn: Turn) => ({
  id: `msg_${turn.input}`,
  type: "message",
  role: "assistant",
  model: "claude-sonnet-4-5",
  content: turn.content,
  stop_reason: turn.stop,
  stop_sequence: null,
  usage: usageOf(turn),
});

function eventsOfBlock(block: Block, index: number): object[] {
  const start = (content_block: object) => ({ type: "content_block_start", index, content_block });
  const delta = (of: object) => ({ type: "content_block_delta", index, delta: of });
  const stop = { type: "content_block_stop", index };
  if (block.type === "text")
    return [start({ ...block, text: "" }), delta({ type: "text_delta", text: block.text }), stop];
  if (block.type === "web_search_tool_result") return [start(block), stop];
  const input = { type: "input_json_delta", partial_json: JSON.stringify(block.input) };
  return [start({ ...block, input: {} }), delta(input), stop];
}

function streamOf(turn: Turn): string[] {
  const message = {
    ...messageOf(turn),
    content: [],
    stop_reason: null,
    usage: { input_tokens: turn.input, output_tokens: 1 },
  };
  const events: object[] = [
    { type: "message_start", message },
    ...turn.content.flatMap(eventsOfBlock),
    {
      type: "message_delta",
      delta: { stop_reason: turn.stop, stop_sequence: null },
      usage: { output_tokens: turn.output, server_tool_use: { web_search_requests: 1 } },
    },
    { type: "message_stop" },
  ];
  return events.map(
    (event) => `event: ${(event as { type: string }).type}\ndata: ${JSON.stringify(event)}\n\n`,
  );
}

const FIRST: Turn = {
  content: [says("Let me look. "), asks("srvtoolu_1")],
  stop: "pause_turn",
  input: 10,
  output: 5,
};
const SECOND: Turn = {
  content: [finds("srvtoolu_1"), asks("srvtoolu_2")],
  stop: "pause_turn",
  input: 20,
  output: 6,
};
const LAST: Turn = { content: [finds("srvtoolu_2"), says("Found.")], stop: "end_turn", input: 30, output: 7 };

const REQUEST = {
  model: "claude-sonnet-4-5",
  input: "Look for it",
  tools: [{ type: "web_search" as const }],
};

/** The body of a request that the upstream saw. */
function sentMessages(at: number): { role: string; content: { type: string }[] }[] {
  return JSON.parse(upstream.seen[at]?.text ?? "{}").messages;
}

/** What was used of three turns, and 18 output tokens at 4 USD a million beside 60 of input at 1. */
async function expectOneCharge(): Promise<void> {
  const [record, ...others] = await gateway.requests(customer);
  expect(others.filter(({ id }) => id === record?.id)).toEqual([]);
  expect(record?.usage).toMatchObject({ input: 60, output: 18, searches: 3 });
  expect(record?.notes.filter((note) => note.includes("asked on"))).toHaveLength(2);
}

function expectAskedOn(): void {
  expect(upstream.seen).toHaveLength(3);
  expect(sentMessages(1).at(-1)).toMatchObject({
    role: "assistant",
    content: FIRST.content.map(({ type }) => ({ type })),
  });
  const all = [...FIRST.content, ...SECOND.content];
  expect(
    sentMessages(2)
      .at(-1)
      ?.content.map(({ type }) => type),
  ).toEqual(all.map(({ type }) => type));
  expect(sentMessages(2)).toHaveLength(2);
  const [asked] = all.filter(({ type }) => type === "server_tool_use");
  expect(sentMessages(2).at(-1)?.content[1]).toEqual(asked as never);
}

describe("a turn that the upstream pauses twice", () => {
  test("is one whole answer of Responses", async () => {
    upstream.answer(...[FIRST, SECOND, LAST].map((turn) => json(messageOf(turn))));
    const response = await openai.responses.create(REQUEST);
    expect(response.status).toBe("completed");
    expect(response.output_text).toBe("Let me look. Found.");
    expect(response.output.filter(({ type }) => type === "web_search_call")).toHaveLength(2);
    expect(response.usage).toMatchObject({ input_tokens: 60, output_tokens: 18 });
    expectAskedOn();
    await expectOneCharge();
  });

  test.each([
    ["event by event", (turn: Turn): Script => sse(...streamOf(turn))],
    ["all at once", (turn: Turn): Script => sse(streamOf(turn).join(""))],
    ["without message_stop", (turn: Turn): Script => sse(...streamOf(turn).slice(0, -1))],
    ["byte by byte", (turn: Turn): Script => sse(...Buffer.from(streamOf(turn).join("")).toString("latin1"))],
  ])("is one stream of Responses: %s", async (_how, script) => {
    upstream.answer(script(FIRST), script(SECOND), script(LAST));
    const stream = openai.responses.stream(REQUEST);
    const types: string[] = [];
    for await (const event of stream) types.push(event.type);
    const response = await stream.finalResponse();
    expect(types.filter((type) => type === "response.created")).toHaveLength(1);
    expect(types.at(-1)).toBe("response.completed");
    expect(response.output_text).toBe("Let me look. Found.");
    expect(response.usage).toMatchObject({ input_tokens: 60, output_tokens: 18 });
    expectAskedOn();
    await expectOneCharge();
  });

  test("is one stream of chat", async () => {
    upstream.answer(...[FIRST, SECOND, LAST].map((turn) => sse(...streamOf(turn))));
    const completion = await openai.chat.completions
      .stream({
        model: REQUEST.model,
        messages: [{ role: "user", content: "Look" }],
        web_search_options: {},
        stream_options: { include_usage: true },
      })
      .finalChatCompletion();
    expect(completion.choices[0]).toMatchObject({
      finish_reason: "stop",
      message: { content: "Let me look. Found." },
    });
    expect(completion.usage).toMatchObject({ prompt_tokens: 60, completion_tokens: 18 });
  });
});

test("a turn without tools of the vendor is not asked on", async () => {
  upstream.answer(json(messageOf({ ...FIRST, content: [says("Hm.")] })));
  const { tools: _none, ...plain } = REQUEST;
  const response = await openai.responses.create(plain);
  expect(response.status).toBe("incomplete");
  expect(upstream.seen).toHaveLength(1);
});

test("after ten times the pause is the client's length stop", async () => {
  upstream.otherwise(json(messageOf({ ...FIRST, content: [says("a")] })));
  const response = await openai.responses.create(REQUEST);
  expect(upstream.seen).toHaveLength(11);
  expect(response).toMatchObject({
    status: "incomplete",
    incomplete_details: { reason: "max_output_tokens" },
  });
  expect(response.output_text).toBe("a".repeat(11));
  const [record] = await gateway.requests(customer);
  expect(record?.usage).toMatchObject({ input: 110, output: 55 });
});

test("an upstream that refuses to go on fails the answer, and nothing is charged", async () => {
  const before = (await gateway.requests(customer)).length;
  upstream.answer(sse(...streamOf(FIRST)), json({ type: "error", error: { type: "overloaded_error" } }, 529));
  const stream = await openai.responses.create({ ...REQUEST, stream: true });
  const events: { type: string }[] = [];
  for await (const event of stream) events.push(event);
  expect(events.at(-1)?.type).toBe("response.failed");
  const records = await gateway.requests(customer);
  expect(records).toHaveLength(before + 1);
  expect(records[0]).toMatchObject({ outcome: "cut_by_upstream", charge_nanos: "0" });
});

test("a client of Anthropic's own protocol is told of the pause", async () => {
  upstream.answer(json(messageOf(FIRST)));
  const response = await fetch(`${gateway.url}/v1/messages`, {
    method: "POST",
    headers: { authorization: `Bearer ${customer.key}` },
    body: JSON.stringify({
      model: REQUEST.model,
      max_tokens: 100,
      messages: [{ role: "user", content: "Look" }],
      tools: [{ type: "web_search_20250305", name: "web_search" }],
    }),
  });
  expect(await response.json()).toMatchObject({ stop_reason: "pause_turn" });
  expect(upstream.seen).toHaveLength(1);
});
