import { expect, test } from "bun:test";
import { applySplices } from "../../../src/base/splice.ts";
import { CODECS } from "../../../src/protocols/codecs.ts";
import { sent } from "./bug-tools.ts";
import { lookCall, SENTINEL } from "./bug-words.ts";
import { a, aModel, aUser, c, g, gModel, gUser, r, words } from "./requests/words.ts";
import { seal } from "./translate.ts";

/** Published bugs of other gateways, on the way of a request (PROTOCOLS.md 3); the thread stands in the name. */

const SCHEMA = { type: "object" as const, properties: { at: { type: "string" } } };

test("a thinking block that a Gemini signed is left out for Claude [router-for-me/CLIProxyAPI#1584]", () => {
  const signature = seal([{ value: "Z2Vt", by: "google", model: "gemini-3.5-flash" }]);
  const history = [
    { role: "user" as const, content: "Hi" },
    aModel({ type: "thinking", thinking: "Hm.", signature }, words("Hello")),
    { role: "user" as const, content: "Go on" },
  ];
  const body = sent("anthropic-messages", a({ messages: history }), "claude");
  expect(JSON.parse(body).messages[1].content).toEqual([words("Hello")]);
});

test("a Claude's signature is not copied to a Gemini; its steps get the sentinel [heyhuynhgiabuu/proxypal#146, CLIProxyAPI#994]", () => {
  const body = sent("anthropic-messages", a({ messages: lookCall("toolu_1", "Y2xhdWRl") }), "gemini");
  expect(body).not.toContain("Y2xhdWRl");
  expect(JSON.parse(body).contents[1].parts).toEqual([
    { functionCall: { id: "toolu_1", name: "look", args: {} }, thoughtSignature: SENTINEL },
  ]);
});

test("unsigned thinking and the sentinel are never sent to Claude [CLIProxyAPI#570]", () => {
  const history = [
    gUser({ text: "Hi" }),
    gModel(
      { text: "Hm.", thought: true },
      { functionCall: { id: "f1", name: "look", args: {} }, thoughtSignature: SENTINEL },
    ),
    gUser({ functionResponse: { id: "f1", name: "look", response: { output: "seen" } } }),
  ];
  const body = sent("gemini", g({ contents: history }), "claude");
  expect(body).not.toMatch(/thinking|skip_thought/);
});

test("empty thinking with a signature before a call is replayed as it is [openai/openai-agents-python#4155]", () => {
  const messages = lookCall("toolu_1", "c2ln");
  const body = JSON.parse(sent("anthropic-messages", a({ messages }), "claude"));
  expect(body.messages).toEqual(messages);
});

test("bytes that pass through are the client's own, spaces and escapes too [CLIProxyAPI#2172]", () => {
  const text = '{ "model" :\t"m",\r\n "messages":[ {"role":"user","content":"\\u00e9\\/"} ] , "n": 1.0 }';
  const codec = CODECS["openai-chat"];
  const bytes = new TextEncoder().encode(text);
  const head = codec.readHead(JSON.parse(text), bytes, { operation: "generate" });
  const edited = applySplices(bytes, codec.editRequest(head, bytes, { model: "n" }));
  expect(new TextDecoder().decode(edited)).toBe(text.replace('"m"', '"n"'));
});

test("a result without its call becomes the user's words, with no invented id [CLIProxyAPI#5375]", () => {
  const input = [
    { role: "user" as const, content: "Hi" },
    { type: "function_call_output" as const, call_id: "call_9", output: "seen" },
  ];
  const body = sent("openai-responses", r({ input }), "claude");
  expect(body).not.toMatch(/tool_use_id|tool_result/);
  expect(body).toContain("seen");
});

test("a legal id of a call is not rewritten [CLIProxyAPI#3184]", () => {
  const body = sent("anthropic-messages", a({ messages: lookCall("call_abc") }), "qwen");
  const { messages } = JSON.parse(body);
  expect([messages[1].tool_calls[0].id, messages[2].tool_call_id]).toEqual(["call_abc", "call_abc"]);
});

test("results stand before the words of their turn [CLIProxyAPI#4970]", () => {
  const history = [
    gUser({ text: "Hi" }),
    gModel({ functionCall: { id: "f1", name: "look", args: {} } }),
    gUser({ text: "Wait." }, { functionResponse: { id: "f1", name: "look", response: { output: "seen" } } }),
  ];
  const { messages } = JSON.parse(sent("gemini", g({ contents: history }), "claude"));
  const types = messages[2].content.map(({ type }: { type: string }) => type);
  expect(types).toEqual(["tool_result", "text"]);
});

test("two calls at once are answered in one content of two parts [mlflow/mlflow#25788, maximhq/bifrost#1387, cloudwego/eino-ext#571]", () => {
  const call = (id: string) => ({
    id,
    type: "function" as const,
    function: { name: "look", arguments: "{}" },
  });
  const result = (id: string) => ({ role: "tool" as const, tool_call_id: id, content: "seen" });
  const messages = [
    { role: "user" as const, content: "Hi" },
    { role: "assistant" as const, content: "", tool_calls: [call("c1"), call("c2")] },
    result("c1"),
    result("c2"),
  ];
  const { contents } = JSON.parse(sent("openai-chat", c({ messages }), "gemini"));
  expect(contents).toHaveLength(3);
  expect(contents[2].parts.map(Object.keys)).toEqual([["functionResponse"], ["functionResponse"]]);
});

test("a choice names the tool by its name at the target [decolua/9router#1592]", () => {
  const tools = [{ type: "function" as const, function: { name: "sky.look", parameters: SCHEMA } }];
  const tool_choice = { type: "function" as const, function: { name: "sky.look" } };
  const body = JSON.parse(sent("openai-chat", c({ tools, tool_choice }), "claude"));
  expect(body.tools[0].name).toMatch(/^[a-zA-Z0-9_-]+$/);
  expect(body.tool_choice).toEqual({ type: "tool", name: body.tools[0].name });
});

test("a system turn among the others reaches a Qwen at its place [ollama/ollama#17774, anthropics/claude-code#77698]", () => {
  const messages = [
    { role: "user" as const, content: "Hi" },
    { role: "system" as const, content: "Be brief." },
    { role: "assistant" as const, content: "Hello" },
    { role: "user" as const, content: "Bye" },
  ];
  const body = JSON.parse(sent("anthropic-messages", a({ messages }), "qwen"));
  const roles = body.messages.map(({ role }: { role: string }) => role);
  expect(roles).not.toContain("system");
  expect(JSON.stringify(body.messages.slice(0, roles.indexOf("assistant")))).toContain("Be brief.");
});

test("empty texts are left out for Anthropic [maximhq/bifrost#1189, litellm#23835]", () => {
  const messages = [
    { role: "user" as const, content: [words(""), words("Hi")] },
    { role: "assistant" as const, content: "" },
    { role: "user" as const, content: "Bye" },
  ];
  const body = sent("openai-chat", c({ messages }), "claude");
  expect(body).not.toContain('"text":""');
  expect(body).not.toContain('"content":""');
});

test("DeepSeek gets its reasoning of the first turn back [decolua/9router#1189]", () => {
  const signature = seal([{ value: "", by: "gateway" }]);
  const messages = [
    { role: "user" as const, content: "Hi" },
    aModel(
      { type: "thinking", thinking: "Hm.", signature },
      { type: "tool_use", id: "toolu_1", name: "look", input: {} },
    ),
    aUser({ type: "tool_result", tool_use_id: "toolu_1", content: "seen" }),
  ];
  const asked = a({ max_tokens: 9_000, thinking: { type: "enabled", budget_tokens: 2_000 }, messages });
  const body = JSON.parse(sent("anthropic-messages", asked, "deepseek"));
  expect(body.messages[1].reasoning_content).toBe("Hm.");
});

test("schemas with words that Gemini's old field refuses are taken [CLIProxyAPI#97, QuantumNous/new-api#2624]", () => {
  const schema = {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    type: "object" as const,
    properties: { at: { type: ["string", "null"] } },
    additionalProperties: false,
    propertyNames: { pattern: "^a" },
  };
  const tools = [{ name: "look", input_schema: schema }];
  const [declared] = JSON.parse(sent("anthropic-messages", a({ tools }), "gemini")).tools[0]
    .functionDeclarations;
  expect(declared.parameters).toBeUndefined();
  expect(declared.parametersJsonSchema.properties).toEqual(schema.properties);
});

test("an answer's schema stands where Claude looks for it [Helicone/helicone#5639, NousResearch/hermes-agent#39595]", () => {
  const schema = { ...SCHEMA, required: ["at"], additionalProperties: false };
  const text = { format: { type: "json_schema" as const, name: "place", schema } };
  const body = JSON.parse(sent("openai-responses", r({ text }), "claude"));
  expect(body.output_config.format).toEqual({ type: "json_schema", schema });
});

test("a schema beside thinking forces no tool [vercel/ai#7220]", () => {
  const json_schema = { name: "place", schema: { ...SCHEMA, additionalProperties: false } };
  const asked = c({
    max_tokens: 9_000,
    reasoning_effort: "low",
    response_format: { type: "json_schema", json_schema },
  });
  const body = JSON.parse(sent("openai-chat", asked, "claude"));
  expect(body.thinking.type).toBe("enabled");
  expect(body.tool_choice).toBeUndefined();
  expect(body.tools).toBeUndefined();
});

test("the id of encrypted reasoning is never rewritten [openclaw/openclaw#70654]", () => {
  const id = `rs_${"a".repeat(90)}`;
  const input = [
    { role: "user" as const, content: "Hi" },
    { type: "reasoning" as const, id, summary: [], encrypted_content: "ZW5j" },
    { role: "assistant" as const, content: "Hello" },
    { role: "user" as const, content: "Go on" },
  ];
  const body = JSON.parse(sent("openai-responses", r({ input }), "thinkingResponses"));
  expect(body.input[1]).toEqual(input[1]);
});

test("to four marks of a cache none is added, and their order stays [theopenco/llmgateway#2629, Wei-Shaw/sub2api#176]", () => {
  const mark = (ttl?: "1h") => ({ cache_control: { type: "ephemeral" as const, ...(ttl && { ttl }) } });
  const asked = a({
    system: [{ ...words("One."), ...mark("1h") }],
    messages: [
      aUser({ ...words("Two."), ...mark() }),
      aModel({ ...words("Three."), ...mark() }),
      aUser({ ...words("Four."), ...mark() }),
    ],
  });
  const body = JSON.parse(sent("anthropic-messages", asked, "claude"));
  expect([body.system, body.messages]).toEqual([asked.system, asked.messages]);
});

test("an unknown earlier response is refused, never ignored [ENTERPILOT/GoModel#939, fak#12730]", () => {
  const asked = r({ previous_response_id: "resp_1" });
  expect(() => sent("openai-responses", asked, "claude")).toThrow(/previous_response_id/);
});

test("the grammar of a freeform tool is kept in namespaces and additional tools [CLIProxyAPI#4414]", () => {
  const patch = {
    type: "custom" as const,
    name: "apply_patch",
    format: { type: "grammar" as const, syntax: "lark" as const, definition: "start: /.+/" },
  };
  const tools = [{ type: "namespace" as const, name: "edit", description: "Edits", tools: [patch] }];
  const input = [
    { type: "additional_tools" as const, role: "developer" as const, tools: [{ ...patch, name: "other" }] },
    { role: "user" as const, content: "Hi" },
  ];
  const body = JSON.parse(sent("openai-responses", r({ tools, input }), "qwen"));
  expect(body.tools).toHaveLength(2);
  for (const tool of body.tools) expect(tool.function.description).toContain("start: /.+/");
});
