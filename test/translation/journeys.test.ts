import { expect, test } from "bun:test";
import { rawIndex } from "../../src/base/raw-json.ts";
import type { TargetTraits } from "../../src/core/generation/traits.ts";
import { asList, asObject, type JsonObject } from "../../src/core/json.ts";
import type { Protocol } from "../../src/core/protocol.ts";
import type { WireEvent } from "../../src/protocols/translation.ts";
import { translateEnd, translateEvent } from "../../src/translation/answer-translator.ts";
import { newEnvelope } from "../../src/translation/envelope.ts";
import { translateRequest } from "../../src/translation/translate-request.ts";
import { TRANSLATORS } from "../../src/translation/translators.ts";
import { CHAT, CLAUDE, DEEPSEEK, GEMINI, newLosses, RESPONSES, STRICT_CHAT } from "./builders.ts";

const envelope = newEnvelope(new Uint8Array(32));

/** One request of a client at a target; then the target's answer, event by event, as the client gets it. */
function journey(origin: Protocol, body: JsonObject, traits: TargetTraits) {
  const text = JSON.stringify(body);
  const parsed: JsonObject = JSON.parse(text);
  const path = { operation: "generate", model: "m", stream: true } as const;
  const request = TRANSLATORS[origin].client.decodeRequest(parsed, {
    raw: rawIndex(text, parsed),
    path,
    unseal: envelope.unseal,
  });
  const report = newLosses();
  const facts = { answerId: "a".repeat(32), model: "m", created: 1, seal: envelope.seal };
  const { body: told, translator } = translateRequest(request, traits, facts, report);
  return {
    told: JSON.parse(told) as JsonObject,
    losses: report.losses,
    translator,
    /** @param answer the upstream's `data:`, an object or a text, `event:` from its type */
    answer(...answer: readonly (JsonObject | string)[]): { events: WireEvent[]; whole: JsonObject } {
      const events: WireEvent[] = [];
      for (const each of answer) {
        const data = typeof each === "string" ? each : JSON.stringify(each);
        const event = typeof each === "string" ? "" : String(each.type ?? "");
        const { now, held } = translateEvent(translator, { name: event, data });
        events.push(...now, ...held);
      }
      const { now, held } = translateEnd(translator);
      events.push(...now, ...held);
      expect(translator.failure).toBeUndefined();
      return { events, whole: TRANSLATORS[origin].client.fold(events) };
    },
  };
}

function claudeCall(id: string, name: string, ...json: readonly string[]): JsonObject[] {
  return [
    {
      type: "message_start",
      message: {
        id: "msg_1",
        model: "c",
        role: "assistant",
        content: [],
        usage: { input_tokens: 5, output_tokens: 1 },
      },
    },
    { type: "content_block_start", index: 0, content_block: { type: "tool_use", id, name, input: {} } },
    ...json.map((partial_json) => ({
      type: "content_block_delta",
      index: 0,
      delta: { type: "input_json_delta", partial_json },
    })),
    { type: "content_block_stop", index: 0 },
    {
      type: "message_delta",
      delta: { stop_reason: "tool_use", stop_sequence: null },
      usage: { output_tokens: 9 },
    },
    { type: "message_stop" },
  ];
}

function chatChunk(delta: JsonObject, finish_reason: string | null = null): JsonObject {
  return {
    id: "c1",
    object: "chat.completion.chunk",
    created: 1,
    model: "x",
    choices: [{ index: 0, delta, finish_reason }],
  };
}

const CODEX = {
  model: "m",
  stream: true,
  store: false,
  include: ["reasoning.encrypted_content"],
  input: [
    {
      type: "additional_tools",
      role: "developer",
      tools: [
        {
          type: "namespace",
          name: "functions",
          tools: [
            {
              type: "custom",
              name: "exec",
              format: { type: "grammar", syntax: "lark", definition: "start: /.+/" },
            },
          ],
        },
      ],
    },
    { type: "message", role: "user", content: [{ type: "input_text", text: "go" }] },
  ],
};

// https://github.com/decolua/9router/issues/1371, https://github.com/Wei-Shaw/sub2api/issues/3390
test("Codex at Claude: its freeform tool is a function there, and its call comes back as plain text", () => {
  const { told, answer } = journey("openai-responses", CODEX, CLAUDE);
  expect(told.tools).toMatchObject([{ name: "functions__exec", input_schema: { required: ["input"] } }]);
  const { events, whole } = answer(
    ...claudeCall("toolu_1", "functions__exec", '{"in', 'put": "ls(\\"a\\")\\', 'n"}'),
  );
  const call = {
    type: "custom_tool_call",
    call_id: "toolu_1",
    name: "exec",
    namespace: "functions",
    input: 'ls("a")\n',
  };
  expect(whole.output).toMatchObject([call]);
  const deltas = events.flatMap(({ data }) =>
    asObject(data)?.type === "response.custom_tool_call_input.delta" ? [asObject(data)?.delta] : [],
  );
  expect(deltas.length).toBeGreaterThan(1);
});

test("Codex at DeepSeek: the second turn has the call, its result and the reasoning", () => {
  const first = journey("openai-responses", { ...CODEX, reasoning: { summary: "auto" } }, DEEPSEEK);
  const { whole } = first.answer(
    chatChunk({ role: "assistant", content: null, reasoning_content: "be" }),
    chatChunk({ reasoning_content: "cause" }),
    chatChunk({
      tool_calls: [
        {
          index: 0,
          id: "call_1",
          type: "function",
          function: { name: "functions__exec", arguments: '{"input":"ls()"}' },
        },
      ],
    }),
    chatChunk({}, "tool_calls"),
    "[DONE]",
  );
  const output = asList(whole.output);
  const result = { type: "custom_tool_call_output", call_id: "call_1", output: "a.txt" };
  const second = journey(
    "openai-responses",
    { ...CODEX, input: [...CODEX.input, ...output, result] },
    DEEPSEEK,
  );
  expect(asList(second.told.messages).slice(1)).toMatchObject([
    {
      role: "assistant",
      reasoning_content: "because",
      tool_calls: [{ id: "call_1", function: { name: "functions__exec", arguments: '{"input":"ls()"}' } }],
    },
    { role: "tool", tool_call_id: "call_1", content: "a.txt" },
  ]);
});

const CLAUDE_CODE = {
  model: "m",
  max_tokens: 32_000,
  stream: true,
  thinking: { type: "enabled", budget_tokens: 31_999 },
  tools: [{ name: `mcp__${"server".repeat(11)}__run`, input_schema: { type: "object", properties: {} } }],
  messages: [{ role: "user", content: "go" }],
};
const LONG = CLAUDE_CODE.tools[0]?.name ?? "";

function gemini(parts: readonly JsonObject[], finishReason?: string): JsonObject {
  const candidate = {
    index: 0,
    content: { role: "model", parts },
    ...(finishReason ? { finishReason } : {}),
  };
  return {
    candidates: [candidate],
    modelVersion: "g",
    responseId: "r",
    usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 4 },
  };
}

// PROTOCOLS.md 1.5c; https://github.com/envoyproxy/ai-gateway/issues/2399
test("Claude Code at Gemini and back: the call's signature rides in a thinking block, and dies on the way to Claude", () => {
  const first = journey("anthropic-messages", CLAUDE_CODE, GEMINI);
  const { whole } = first.answer(
    gemini([{ functionCall: { id: "f1", name: LONG, args: {} }, thoughtSignature: "U0lH" }]),
    gemini([{ text: "" }], "STOP"),
  );
  expect(whole.stop_reason).toBe("tool_use");
  const content = asList(whole.content);
  expect(content).toMatchObject([
    { type: "thinking", thinking: "" },
    { type: "tool_use", id: "f1", name: LONG },
  ]);
  const messages = [
    ...CLAUDE_CODE.messages,
    { role: "assistant", content },
    { role: "user", content: [{ type: "tool_result", tool_use_id: "f1", content: "ok" }] },
  ];
  const again = journey("anthropic-messages", { ...CLAUDE_CODE, messages }, GEMINI);
  expect(asObject(asList(again.told.contents)[1])?.parts).toMatchObject([
    { functionCall: { id: "f1" }, thoughtSignature: "U0lH" },
  ]);
  const claude = journey("anthropic-messages", { ...CLAUDE_CODE, messages }, CLAUDE);
  const { type, id } = { type: "tool_use", id: "f1" };
  expect(asObject(asList(claude.told.messages)[1])?.content).toEqual([{ type, id, name: LONG, input: {} }]);
});

// https://github.com/cline/cline/issues/11885, https://github.com/BerriAI/litellm/issues/34718
test("Claude Code at OpenAI: a long name is short there and long again here, a stop after a call is a call", () => {
  const { told, answer } = journey("anthropic-messages", CLAUDE_CODE, CHAT);
  const wire = String(asObject(asObject(asList(told.tools)[0])?.function)?.name);
  expect(wire).toHaveLength(64);
  const { whole } = answer(
    chatChunk({
      tool_calls: [
        { index: 0, id: "functions.Bash:0", type: "function", function: { name: wire, arguments: "{}" } },
      ],
    }),
    chatChunk({}, "stop"),
    {
      id: "c1",
      object: "chat.completion.chunk",
      choices: [],
      usage: { prompt_tokens: 10, completion_tokens: 2 },
    },
    "[DONE]",
  );
  expect(whole).toMatchObject({ stop_reason: "tool_use", usage: { input_tokens: 10 } });
  // https://github.com/maximhq/bifrost/issues/5097
  expect(whole.content).toMatchObject([
    { name: LONG, id: expect.stringMatching(/^functions_Bash_0_[0-9a-f]{8}$/) },
  ]);
});

test("a stop sequence at an upstream that knows none ends the answer, and the upstream is to be cancelled", () => {
  const body = {
    model: "m",
    max_tokens: 50,
    stream: true,
    stop_sequences: ["END"],
    messages: [{ role: "user", content: "go" }],
  };
  const { told, losses, translator } = journey("anthropic-messages", body, {
    ...RESPONSES,
    vendor: "vllm-1",
  });
  expect(JSON.stringify(told)).not.toContain("END");
  expect(losses).toMatchObject([{ action: "emulated", path: "stop_sequences" }]);
  const message = { type: "message", id: "msg_1", role: "assistant", content: [] };
  const feed = (data: JsonObject) =>
    translateEvent(translator, { name: String(data.type), data: JSON.stringify(data) });
  feed({ type: "response.created", response: { id: "resp_1", model: "x" } });
  feed({ type: "response.output_item.added", output_index: 0, item: message });
  feed({
    type: "response.content_part.added",
    output_index: 0,
    content_index: 0,
    item_id: "msg_1",
    part: { type: "output_text", text: "" },
  });
  for (const delta of ["one E", "ND two", "three"])
    feed({ type: "response.output_text.delta", output_index: 0, content_index: 0, item_id: "msg_1", delta });
  expect(translator.cutShort()).toBe(true);
  const { held } = translateEnd(translator);
  expect(translator.phase).toBe("ended");
  expect(held.map(({ data }) => data)).toMatchObject([
    { type: "message_delta", delta: { stop_reason: "stop_sequence", stop_sequence: "END" } },
    { type: "message_stop" },
  ]);
});

test("tags of thinking in a chat server's text are thinking to Claude Code", () => {
  const { answer } = journey("anthropic-messages", CLAUDE_CODE, { ...STRICT_CHAT, thinkTags: true });
  const { whole } = answer(
    chatChunk({ role: "assistant", content: "<th" }),
    chatChunk({ content: "ink>\nhm</thi" }),
    chatChunk({ content: "nk>\n\nYes." }),
    chatChunk({}, "stop"),
    "[DONE]",
  );
  expect(whole.content).toMatchObject([
    { type: "thinking", thinking: "hm" },
    { type: "text", text: "Yes." },
  ]);
});

test("thinking that Codex did not ask to see comes back to DeepSeek all the same", () => {
  const call = {
    id: "call_1",
    type: "function",
    function: { name: "functions__exec", arguments: '{"input":"ls()"}' },
  };
  const { whole } = journey("openai-responses", CODEX, DEEPSEEK).answer(
    chatChunk({ role: "assistant", content: null, reasoning_content: "because" }),
    chatChunk({ tool_calls: [{ index: 0, ...call }] }),
    chatChunk({}, "tool_calls"),
    "[DONE]",
  );
  expect(JSON.stringify(whole)).not.toContain("because");
  const result = { type: "custom_tool_call_output", call_id: "call_1", output: "a.txt" };
  const input = [...CODEX.input, ...asList(whole.output), result];
  const second = journey("openai-responses", { ...CODEX, input }, DEEPSEEK);
  expect(asList(second.told.messages)[1]).toMatchObject({ reasoning_content: "because" });
});

test("thinking that Claude Code did not ask to see comes back to DeepSeek all the same", () => {
  const body = { ...CLAUDE_CODE, thinking: { type: "adaptive", display: "omitted" } };
  const { whole, events } = journey("anthropic-messages", body, DEEPSEEK).answer(
    chatChunk({ role: "assistant", content: null, reasoning_content: "because" }),
    chatChunk({
      tool_calls: [{ index: 0, id: "call_1", type: "function", function: { name: "f", arguments: "{}" } }],
    }),
    chatChunk({}, "tool_calls"),
    "[DONE]",
  );
  expect(JSON.stringify(events)).not.toContain("because");
  const messages = [
    ...CLAUDE_CODE.messages,
    { role: "assistant", content: whole.content },
    { role: "user", content: [{ type: "tool_result", tool_use_id: "call_1", content: "ok" }] },
  ];
  const second = journey("anthropic-messages", { ...body, messages }, DEEPSEEK);
  expect(asList(second.told.messages)[1]).toMatchObject({ reasoning_content: "because" });
});

test("thinking that Gemini CLI did not ask to see comes back to DeepSeek all the same", () => {
  const body = {
    contents: [{ role: "user", parts: [{ text: "go" }] }],
    tools: [{ functionDeclarations: [{ name: "f", parametersJsonSchema: { type: "object" } }] }],
  };
  const { whole, events } = journey("gemini", body, DEEPSEEK).answer(
    chatChunk({ role: "assistant", content: null, reasoning_content: "because" }),
    chatChunk({
      tool_calls: [{ index: 0, id: "call_1", type: "function", function: { name: "f", arguments: "{}" } }],
    }),
    chatChunk({}, "tool_calls"),
    "[DONE]",
  );
  expect(JSON.stringify(events)).not.toContain("because");
  const content = asObject(asObject(asList(whole.candidates)[0])?.content);
  const contents = [
    ...body.contents,
    content,
    { role: "user", parts: [{ functionResponse: { id: "call_1", name: "f", response: { output: "ok" } } }] },
  ];
  const second = journey("gemini", { ...body, contents }, DEEPSEEK);
  expect(asList(second.told.messages)[1]).toMatchObject({ reasoning_content: "because" });
});
