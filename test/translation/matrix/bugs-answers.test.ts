import { expect, test } from "bun:test";
import { asObject } from "../../../src/core/json.ts";
import { anthropic, aText, aTool } from "./answers/anthropic.ts";
import { LONG_TOOL } from "./answers/asks.ts";
import { CHAT_USAGE, cCall, chat, chunk, delta } from "./answers/chat.ts";
import { gCall, gemini, geminiChunk } from "./answers/gemini.ts";
import { numbered, rCall, responseOf, responses, rText } from "./answers/responses.ts";
import { frames, sse } from "./answers/sse.ts";
import { answered, eventsIn, sent, streamed } from "./bug-tools.ts";
import { feedOnly } from "./feed.ts";
import { a, aModel, aUser, r } from "./requests/words.ts";

/** Published bugs of other gateways, on the way of an answer (PROTOCOLS.md 3); the thread stands in the name. */

const calling = (id: string, index = 0, input = "{}", name = "look") =>
  delta({ tool_calls: [{ index, id, type: "function", function: { name, arguments: input } }] });

/** A chat stream of these chunks. */
const chatStream = (chunks: object[], finish: "stop" | "tool_calls" = "tool_calls") =>
  frames([
    delta({ role: "assistant", content: "" }),
    ...chunks,
    delta({}, finish),
    chunk([], CHAT_USAGE),
    "[DONE]",
  ]);

const stream = (wire: { stream?: string }) => wire.stream ?? "";
const whole = (wire: { whole?: string }) => wire.whole ?? "";

test("a long signature of a Gemini's call makes no long id, and comes back to Gemini [BerriAI/litellm#41534, #18160]", () => {
  const signature = Buffer.from("s".repeat(900)).toString("base64");
  const answer = JSON.parse(
    answered("gemini", whole(gemini([gCall("f1", "look", {}, signature)])), "openai-responses"),
  );
  const [call] = answer.output.filter(({ type }: { type: string }) => type === "function_call");
  expect(call.call_id.length).toBeLessThanOrEqual(64);
  expect(call.call_id).not.toContain("__thought__");
  const result = { type: "function_call_output" as const, call_id: call.call_id, output: "seen" };
  const input = [{ role: "user" as const, content: "Hi" }, ...answer.output, result];
  expect(sent("openai-responses", r({ input }), "gemini")).toContain(signature);
  const { messages } = JSON.parse(sent("openai-responses", r({ input }), "chat"));
  expect(messages[1].tool_calls[0].id.length).toBeLessThanOrEqual(40);
});

test("an upstream's id that Anthropic refuses is legal for its client, and pairs when it comes back [maximhq/bifrost#5097, CommandCodeAI/command-code#323]", () => {
  const text = stream(chat({ tool_calls: [cCall("functions.Bash:0", "look", "{}")] }));
  const [start] = eventsIn(streamed("chat", text, "anthropic-messages").text).filter(
    ({ type }) => type === "content_block_start",
  );
  const id = String(asObject(start?.content_block)?.id);
  expect(id).toMatch(/^[a-zA-Z0-9_-]+$/);
  const messages = [
    { role: "user" as const, content: "Hi" },
    aModel({ type: "tool_use", id, name: "look", input: {} }),
    aUser({ type: "tool_result", tool_use_id: id, content: "seen" }),
  ];
  const body = JSON.parse(sent("anthropic-messages", a({ messages }), "chat"));
  expect(body.messages[2].tool_call_id).toBe(body.messages[1].tool_calls[0].id);
});

test("two calls are blocks 0 and 1 [BerriAI/litellm#15307]", () => {
  const text = chatStream([calling("c1", 0), calling("c2", 1)]);
  const starts = eventsIn(streamed("chat", text, "anthropic-messages").text).filter(
    ({ type }) => type === "content_block_start",
  );
  expect(starts.map(({ index }) => index)).toEqual([0, 1]);
});

test("a line break between calls is no text in a call's block [sgl-project/sglang#24293]", () => {
  const text = chatStream([calling("c1", 0), delta({ content: "\n" }), calling("c2", 1)]);
  expect(streamed("chat", text, "anthropic-messages").text).not.toContain("text_delta");
});

test("arguments that begin with the name add up to JSON [vllm-project/vllm#34887, agentjido/req_llm#801]", () => {
  const text = chatStream([
    calling("c1", 0, '{"'),
    delta({ tool_calls: [{ index: 0, function: { arguments: 'at":"N"}' } }] }),
  ]);
  const parts = eventsIn(streamed("chat", text, "anthropic-messages").text).flatMap(({ delta }) => {
    const piece = (delta as { partial_json?: string } | undefined)?.partial_json;
    return piece === undefined ? [] : [piece];
  });
  expect(JSON.parse(parts.join(""))).toEqual({ at: "N" });
});

test("long arguments are not held back until their end [CLIProxyAPI#4727]", () => {
  const text = stream(anthropic([aTool("toolu_1", "look", { at: "x".repeat(5_000) })], { stop: "tool_use" }));
  const untilStop = text.slice(0, text.indexOf("event: content_block_stop"));
  expect(feedOnly("claude", untilStop, "openai-chat")).toContain('"arguments":"');
});

test("stop after a call is tool_use, whole and streamed [BerriAI/litellm#34692]", () => {
  const wire = chat({ tool_calls: [cCall("c1", "look", "{}")] }, { finish: "stop" });
  expect(streamed("chat", stream(wire), "anthropic-messages").text).toContain('"stop_reason":"tool_use"');
  expect(JSON.parse(answered("chat", whole(wire), "anthropic-messages")).stop_reason).toBe("tool_use");
});

test("STOP in a later chunk than the call is tool_calls [envoyproxy/ai-gateway#2399]", () => {
  const text = frames([geminiChunk([gCall("f1", "look", {})]), geminiChunk([{ text: "" }], "STOP")]);
  expect(streamed("gemini", text, "openai-chat").text).toContain('"finish_reason":"tool_calls"');
});

test("of a finishReason on every chunk one is told, the last [QuantumNous/new-api#378]", () => {
  const text = frames([geminiChunk([{ text: "Hel" }], "STOP"), geminiChunk([{ text: "lo" }], "STOP")]);
  const reasons = streamed("gemini", text, "openai-chat").text.match(/"finish_reason":"\w+"/g);
  expect(reasons).toEqual(['"finish_reason":"stop"']);
});

test("cached input is not counted twice [QuantumNous/new-api#4395, #5850, OmniRoute#9657]", () => {
  const usage = {
    prompt_tokens: 15_305,
    completion_tokens: 5,
    total_tokens: 15_310,
    prompt_tokens_details: { cached_tokens: 15_104 },
  };
  const answer = JSON.parse(
    answered("chat", whole(chat({ content: "Hi" }, { usage })), "anthropic-messages"),
  );
  expect(answer.usage).toMatchObject({ input_tokens: 201, cache_read_input_tokens: 15_104 });
});

test("response.failed under 200 is an error event, and no end [BerriAI/litellm#39703, #32475]", () => {
  const failed = { code: "insufficient_quota" as "server_error", message: "You exceeded your quota" };
  const events = numbered([{ type: "response.failed", response: responseOf([], { failed }) }]);
  const { text, failure } = streamed("responses", sse(events), "anthropic-messages");
  expect(text).toContain("event: error");
  expect(text).not.toMatch(/message_stop|end_turn/);
  expect(failure?.kind).toMatch(/rate_limit|upstream_error/);
});

test("a stream that ends in the middle is told as a failure [CLIProxyAPI#3055]", () => {
  const text = stream(anthropic([aText("Hello there")])).split("event: content_block_stop")[0] ?? "";
  const responsesText = streamed("claude", text, "openai-responses").text;
  expect(responsesText).toContain("response.failed");
  expect(responsesText).not.toContain("invalid_request_error");
  const chatText = streamed("claude", text, "openai-chat").text;
  expect(chatText).toContain('data: {"error":');
  expect(chatText).not.toMatch(/"finish_reason":"|\[DONE\]|invalid_request_error/);
});

test("response.done is response.completed [jlcodes99/cockpit-tools#2328]", () => {
  const text = stream(responses([rText("Hello")])).replaceAll("response.completed", "response.done");
  expect(streamed("responses", text, "openai-chat").whole).toBe(true);
});

test("a finished call is told in full, the same at its end and in the whole [CLIProxyAPI#1004, #4622]", () => {
  const text = stream(anthropic([aTool("toolu_1", "look", { at: "N" })], { stop: "tool_use" }));
  const events = eventsIn(streamed("claude", text, "openai-responses").text);
  const done = events.find(({ type }) => type === "response.output_item.done")?.item as object;
  const completed = events.find(({ type }) => type === "response.completed")?.response as {
    output: object[];
  };
  expect(done).toMatchObject({
    type: "function_call",
    name: "look",
    call_id: "toolu_1",
    arguments: '{"at":"N"}',
  });
  expect(completed.output).toEqual([done]);
});

test("an empty last output is made again of its items [CLIProxyAPI#2610, sipeed/picoclaw#2437]", () => {
  const text = stream(responses([rText("Hello"), rCall("c1", "look", "{}")], { hollow: true }));
  const chatText = streamed("responses", text, "openai-chat").text;
  expect(chatText).toContain('"name":"look"');
  expect(chatText).toContain('"finish_reason":"tool_calls"');
});

test("a freeform tool's input comes back as text, not as a function's arguments [decolua/9router#1371, Wei-Shaw/sub2api#5659, #3390, CLIProxyAPI#5753]", () => {
  const input = '*** Begin Patch\n+"é"\n*** End Patch';
  const upstreams = [
    ["qwen", chat({ tool_calls: [cCall("c1", "patch", JSON.stringify({ input }))] })],
    ["claude", anthropic([aTool("toolu_1", "patch", { input })], { stop: "tool_use" })],
  ] as const;
  for (const [target, wire] of upstreams) {
    const { output } = JSON.parse(answered(target, whole(wire), "openai-responses", "freeform"));
    expect(output[0]).toMatchObject({ type: "custom_tool_call", name: "patch", input });
    expect(streamed(target, stream(wire), "openai-responses", "freeform").text).toContain(
      "response.custom_tool_call_input.delta",
    );
  }
});

test("a character that the network cuts stays whole [musistudio/claude-code-router#1672, api7/aisix#111]", () => {
  const text = stream(chat({ content: "北京" }));
  const bytes = new TextEncoder().encode(text);
  for (let at = 1; at < bytes.length; at++) {
    const read = feedOnly("chat", [bytes.subarray(0, at), bytes.subarray(at)], "anthropic-messages");
    expect(read).toContain("北京");
    expect(read).not.toContain("\ufffd");
  }
});

test("a name of 68 characters is short for OpenAI, and itself for the client [cline/cline#11885, jwadow/kiro-gateway#182]", () => {
  expect(LONG_TOOL.length).toBeGreaterThan(64);
  const tools = [{ name: LONG_TOOL, input_schema: { type: "object" as const } }];
  const { name } = JSON.parse(sent("anthropic-messages", a({ tools }), "chat")).tools[0].function;
  expect(name.length).toBeLessThanOrEqual(64);
  const answer = answered(
    "chat",
    whole(chat({ tool_calls: [cCall("c1", name, "{}")] })),
    "anthropic-messages",
    "long",
  );
  expect(JSON.parse(answer).content[0].name).toBe(LONG_TOOL);
});
