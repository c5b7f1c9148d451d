import { describe, expect, test } from "bun:test";
import { rawIndex, writeJson } from "../../../src/base/raw-json.ts";
import type { Loss } from "../../../src/core/generation/loss.ts";
import type { GenerationRequest } from "../../../src/core/generation/request.ts";
import type { TargetTraits } from "../../../src/core/generation/traits.ts";
import type { JsonObject } from "../../../src/core/json.ts";
import { anthropicMessagesClient } from "../../../src/protocols/anthropic-messages/client/client.ts";
import { anthropicMessagesUpstream } from "../../../src/protocols/anthropic-messages/upstream/upstream.ts";
import { geminiUpstream } from "../../../src/protocols/gemini/upstream/upstream.ts";
import { openaiChatUpstream } from "../../../src/protocols/openai-chat/upstream/upstream.ts";
import { openaiResponsesUpstream } from "../../../src/protocols/openai-responses/upstream/upstream.ts";
import type { UpstreamCodec, WireEvent } from "../../../src/protocols/translation.ts";
import { newEnvelope } from "../../../src/translation/envelope.ts";
import { fitRequest } from "../../../src/translation/fit/fit-request.ts";
import { runFilters } from "../../../src/translation/part-filter.ts";
import { finishFixer } from "../../../src/translation/restore/finish-fixer.ts";
import { hideReasoning, showsReasoning } from "../../../src/translation/restore/hide-reasoning.ts";
import { legalCallIds } from "../../../src/translation/restore/legal-call-ids.ts";
import { restoreTools } from "../../../src/translation/restore/restore-tools.ts";
import { ANSWER_ID, CLAUDE } from "./contexts.ts";

/** Messages clients in front of other vendors' models: both codecs with all that stands between them. */

const ENVELOPE = newEnvelope(new Uint8Array(32).fill(7));

interface Upstream {
  readonly codec: UpstreamCodec;
  readonly traits: TargetTraits;
}

const BASE: TargetTraits = {
  ...CLAUDE,
  systemAnywhere: false,
  cacheMarks: false,
  webSearch: false,
  efforts: [],
};
const QWEN: Upstream = {
  codec: openaiChatUpstream,
  traits: { ...BASE, protocol: "openai-chat", model: "qwen3", vendor: "vllm-1", thinking: "template" },
};
const GPT: Upstream = {
  codec: openaiResponsesUpstream,
  traits: { ...BASE, protocol: "openai-responses", model: "gpt-5.5", vendor: "openai", thinking: "effort" },
};
const GEMINI: Upstream = {
  codec: geminiUpstream,
  traits: {
    ...BASE,
    protocol: "gemini",
    model: "gemini-3-pro",
    vendor: "google",
    thinking: "level",
    toolNameMax: 64,
  },
};

const ASK = {
  model: "m",
  max_tokens: 1000,
  messages: [{ role: "user", content: "hi" }] as object[],
  tools: [{ name: "Bash", input_schema: { type: "object", properties: {} } }],
  thinking: { type: "adaptive", display: "summarized" },
};

function decode(body: object): GenerationRequest {
  const text = JSON.stringify(body);
  const parsed = JSON.parse(text) as JsonObject;
  const context = { raw: rawIndex(text, parsed), path: { operation: "generate" as const } };
  return anthropicMessagesClient.decodeRequest(parsed, { ...context, unseal: ENVELOPE.unseal });
}

function send(body: object, { codec, traits }: Upstream) {
  const losses: Loss[] = [];
  const report = {
    lose: (action: Loss["action"], path: string, reason: string) =>
      void losses.push({ action, path, reason }),
  };
  const request = decode(body);
  const fitted = fitRequest(request, traits, report);
  const text = writeJson(codec.encodeRequest(fitted.request, { traits, report }));
  return { request, fitted, body: JSON.parse(text), losses };
}

/** What the client gets for the upstream's events; the grammar is asked about each. */
function answer(body: object, upstream: Upstream, events: readonly (object | string)[]): WireEvent[] {
  const { request, fitted } = send(body, upstream);
  const decoder = upstream.codec.openDecoder({
    traits: upstream.traits,
    request: fitted.request,
    answerId: ANSWER_ID,
  });
  const encoder = anthropicMessagesClient.openEncoder({
    answerId: ANSWER_ID,
    model: "m",
    created: 0,
    request,
    seal: ENVELOPE.seal,
  });
  const filters = [
    restoreTools(fitted.restore),
    legalCallIds("anthropic-messages"),
    ...(showsReasoning(request) ? [] : [hideReasoning()]),
    finishFixer(),
  ];
  const read = events.flatMap((event) =>
    decoder.decode({ name: "", data: typeof event === "string" ? event : JSON.stringify(event) }),
  );
  const parts = [...read, ...decoder.end()].flatMap((part) => runFilters(filters, part));
  const wire = parts.flatMap((part) => encoder.encode(part));
  const grammar = anthropicMessagesClient.openGrammar(request);
  const wrong = [...wire.map((event) => grammar.check(event)), grammar.end()];
  expect(wrong.filter((objection) => objection !== undefined)).toEqual([]);
  return wire;
}

const messageOf = (events: readonly WireEvent[]) =>
  JSON.parse(JSON.stringify(anthropicMessagesClient.fold(events)));

const chunk = (delta: object, finish_reason: string | null = null) => ({
  id: "c",
  object: "chat.completion.chunk",
  created: 1,
  model: "qwen3",
  choices: [{ index: 0, delta, finish_reason }],
});
const usageChunk = (usage: object) => ({ ...chunk({}), choices: [], usage });
const call = (index: number, id: string, args: string) => ({
  tool_calls: [{ index, id, type: "function", function: { name: "Bash", arguments: args } }],
});
const more = (index: number, args: string) => ({ tool_calls: [{ index, function: { arguments: args } }] });

describe("chat servers behind a Messages client", () => {
  test("blank lines between calls are no text", () => {
    // sgl-project/sglang#24293, vllm-project/vllm#34887
    const wire = answer(ASK, QWEN, [
      chunk({ role: "assistant", content: "" }),
      chunk(call(0, "call_0", '{"a')),
      chunk(more(0, '":1}')),
      chunk({ content: "\n" }),
      chunk(call(1, "call_1", "{}")),
      chunk({}, "tool_calls"),
      "[DONE]",
    ]);
    expect(messageOf(wire)).toMatchObject({
      stop_reason: "tool_use",
      content: [
        { type: "tool_use", id: "call_0", name: "Bash", input: { a: 1 } },
        { type: "tool_use", id: "call_1", input: {} },
      ],
    });
  });

  test("a stop after a call is tool_use, and an illegal id is made legal for good", () => {
    // BerriAI/litellm#34692, maximhq/bifrost#5097
    const wire = answer(ASK, QWEN, [chunk(call(0, "functions.Bash:0", "{}")), chunk({}, "stop"), "[DONE]"]);
    const message = messageOf(wire);
    expect(message.stop_reason).toBe("tool_use");
    expect(message.content[0].id).toMatch(/^[a-zA-Z0-9_-]+$/);
  });

  test("usage comes after the finish, and cached input is counted apart", () => {
    // QuantumNous/new-api#4395
    const wire = answer(ASK, QWEN, [
      chunk({ content: "a" }),
      chunk({}, "stop"),
      usageChunk({
        prompt_tokens: 15_305,
        completion_tokens: 5,
        prompt_tokens_details: { cached_tokens: 15_104 },
      }),
      "[DONE]",
    ]);
    expect(messageOf(wire).usage).toMatchObject({
      input_tokens: 201,
      cache_read_input_tokens: 15_104,
      output_tokens: 5,
    });
  });

  test("reasoning is a thinking block that comes back to the model that thought it", () => {
    // decolua/9router#1189
    const deepseek: Upstream = {
      codec: openaiChatUpstream,
      traits: {
        ...QWEN.traits,
        model: "deepseek-chat",
        vendor: "deepseek",
        thinking: "switch",
        replayReasoning: "required",
      },
    };
    const wire = answer(ASK, deepseek, [
      chunk({ reasoning_content: "let me" }),
      chunk({ reasoning_content: " see" }),
      chunk(call(0, "call_0", "{}")),
      chunk({}, "tool_calls"),
      "[DONE]",
    ]);
    const { content } = messageOf(wire);
    expect(content).toMatchObject([{ type: "thinking", thinking: "let me see" }, { type: "tool_use" }]);
    const { body } = send(nextTurn(content, "call_0"), deepseek);
    expect(body.messages.find(({ role }: JsonObject) => role === "assistant")).toMatchObject({
      reasoning_content: "let me see",
    });
  });

  test("Claude Code's system messages keep their place", () => {
    // ollama/ollama#17774, anthropics/claude-code#77698
    const messages = [
      ...ASK.messages,
      { role: "system", content: [{ type: "text", text: "The date is known." }] },
    ];
    const { body, losses } = send({ ...ASK, system: "be brief", messages }, QWEN);
    expect(body.messages.map(({ role }: JsonObject) => role)).toEqual(["system", "user"]);
    expect(JSON.stringify(body.messages[1])).toContain("The date is known.");
    expect(losses.map(({ path }) => path)).toContain("messages[1]");
  });

  test("what Claude Code tells Anthropic of itself reaches nobody else", () => {
    const attribution = {
      type: "text",
      text: "x-anthropic-billing-header: cc_version=2.1.329; cc_entrypoint=sdk-cli;",
    };
    const system = [attribution, { type: "text", text: "be brief" }];
    const { body } = send({ ...ASK, system }, QWEN);
    expect(body.messages[0]).toEqual({ role: "system", content: "be brief" });
    const claude = { codec: anthropicMessagesUpstream, traits: CLAUDE };
    expect(send({ ...ASK, system }, claude).body.system).toEqual(system);
  });

  test("an end in mid-text is an error, never an end_turn", () => {
    const wire = answer(ASK, QWEN, [chunk({ content: "a" })]);
    expect(wire.at(-1)).toMatchObject({ name: "error", data: { error: { type: "api_error" } } });
  });
});

/** The client's next request: it sends back what it got, and what the call came to. */
function nextTurn(content: readonly object[], callId: string) {
  const result = { type: "tool_result", tool_use_id: callId, content: "done" };
  const messages = [...ASK.messages, { role: "assistant", content }, { role: "user", content: [result] }];
  return { ...ASK, messages };
}

describe("Gemini behind a Messages client", () => {
  const signature = Buffer.from("a signature of Google's").toString("base64");
  const gemini = (parts: readonly object[], finishReason?: string) => ({
    candidates: [{ index: 0, content: { role: "model", parts }, ...(finishReason ? { finishReason } : {}) }],
    usageMetadata: {
      promptTokenCount: 10,
      candidatesTokenCount: 5,
      thoughtsTokenCount: 3,
      totalTokenCount: 18,
    },
    modelVersion: "gemini-3-pro",
    responseId: "r",
  });
  const functionCall = {
    functionCall: { id: "c1", name: "Bash", args: { a: 1 } },
    thoughtSignature: signature,
  };

  test.each([
    ["with thoughts", [gemini([{ text: "hm", thought: true }]), gemini([functionCall])]],
    ["without", [gemini([functionCall])]],
  ])("a call's signature comes back to it, %s", (_name, events) => {
    const wire = answer(ASK, GEMINI, [...events, gemini([{ text: "" }], "STOP")]);
    const { content, stop_reason, usage } = messageOf(wire);
    expect(stop_reason).toBe("tool_use");
    expect(usage).toMatchObject({ input_tokens: 10, output_tokens: 8 });
    expect(content.map(({ type }: JsonObject) => type)).toEqual(["thinking", "tool_use"]);
    const { body } = send(nextTurn(content, content[1].id), GEMINI);
    const parts = body.contents.flatMap((turn: { parts: JsonObject[] }) => turn.parts);
    expect(parts.find((part: JsonObject) => part.functionCall)).toMatchObject({
      thoughtSignature: signature,
    });
  });

  test("its signature never reaches Anthropic", () => {
    // router-for-me/CLIProxyAPI#1584
    const wire = answer(ASK, GEMINI, [gemini([functionCall]), gemini([{ text: "" }], "STOP")]);
    const { content } = messageOf(wire);
    const claude = { codec: anthropicMessagesUpstream, traits: CLAUDE };
    const { body } = send(nextTurn(content, content[1].id), claude);
    expect(body.messages[1].content).toEqual([content[1]]);
  });
});

test("Claude, told a budget, does not think on from a step of Gemini's", () => {
  // router-for-me/CLIProxyAPI#1078
  const sealed = ENVELOPE.seal([{ value: "GS", by: "google", callId: "c1" }]);
  const thinking = { type: "enabled", budget_tokens: 2048 };
  const step = (...before: readonly object[]) => [
    ...before,
    { type: "tool_use", id: "c1", name: "Bash", input: {} },
  ];
  const claude = { codec: anthropicMessagesUpstream, traits: { ...CLAUDE, thinking: "budget" as const } };
  const sent = (content: readonly object[]) => send({ ...nextTurn(content, "c1"), thinking }, claude);
  const { body, losses } = sent(step({ type: "thinking", thinking: "hm", signature: sealed }));
  expect(body.thinking).toBeUndefined();
  expect(losses.map(({ path }) => path)).toContain("thinking");
  expect(sent(step({ type: "thinking", thinking: "hm", signature: "EqQB" })).body.thinking).toEqual(thinking);
  expect(sent(step()).body.thinking).toEqual(thinking);
});

describe("Responses behind a Messages client", () => {
  const created = {
    type: "response.created",
    response: { id: "resp_1", model: "gpt-5.5", status: "in_progress" },
  };

  test("a failure after a good start is an error of its kind", () => {
    // BerriAI/litellm#39703, #32475
    const wire = answer(ASK, GPT, [
      created,
      {
        type: "response.failed",
        response: {
          id: "resp_1",
          status: "failed",
          error: { code: "insufficient_quota", message: "no quota" },
        },
      },
    ]);
    expect(wire.map(({ name }) => name)).not.toContain("message_stop");
    expect(wire.at(-1)?.name).toBe("error");
  });

  test("encrypted reasoning comes back to the item that it belongs to", () => {
    const reasoning = { type: "reasoning", id: "rs_1", summary: [], encrypted_content: "ENC" };
    const functionCall = {
      type: "function_call",
      id: "fc_1",
      call_id: "call_1",
      name: "Bash",
      arguments: "{}",
    };
    const wire = answer(ASK, GPT, [
      created,
      {
        type: "response.output_item.added",
        output_index: 0,
        item: { ...reasoning, encrypted_content: null },
      },
      { type: "response.output_item.done", output_index: 0, item: reasoning },
      { type: "response.output_item.added", output_index: 1, item: { ...functionCall, arguments: "" } },
      { type: "response.function_call_arguments.delta", output_index: 1, item_id: "fc_1", delta: "{}" },
      { type: "response.output_item.done", output_index: 1, item: functionCall },
      {
        type: "response.completed",
        response: {
          id: "resp_1",
          status: "completed",
          output: [reasoning, functionCall],
          usage: { input_tokens: 1, output_tokens: 2, total_tokens: 3 },
        },
      },
    ]);
    const { content } = messageOf(wire);
    expect(content).toMatchObject([
      { type: "thinking", thinking: "" },
      { type: "tool_use", id: "call_1" },
    ]);
    const { body } = send(nextTurn(content, "call_1"), GPT);
    expect(body.input.find(({ type }: JsonObject) => type === "reasoning")).toMatchObject({
      id: "rs_1",
      encrypted_content: "ENC",
    });
  });
});
