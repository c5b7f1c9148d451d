import { expect, test } from "bun:test";
import type { Tool } from "../../../src/core/generation/tool.ts";
import type { TargetTraits } from "../../../src/core/generation/traits.ts";
import {
  CHAT,
  CLAUDE,
  call,
  fit,
  GEMINI,
  newLosses,
  RESPONSES,
  requestOf,
  result,
  turn,
} from "../builders.ts";

const SCHEMA = '{"type":"object","properties":{"x":{"type":"number","default":1.0}}}';

function fn(name: string, more: Partial<Tool> = {}): Tool {
  return { name, kind: "function", schema: SCHEMA, at: `tools.${name}`, ...more };
}

function search(type = "web_search", more: Partial<Tool> = {}): Tool {
  const builtin = { protocol: "openai-responses", type, raw: `{"type":"${type}"}`, search: {} } as const;
  return { name: "web_search", kind: "builtin", at: "tools[0]", builtin, ...more };
}

function hosted(
  type: string,
  protocol: "openai-responses" | "anthropic-messages" = "openai-responses",
): Tool {
  return {
    name: type,
    kind: "builtin",
    at: "tools.hosted",
    builtin: { protocol, type, raw: `{"type":"${type}"}` },
  };
}

// https://github.com/cline/cline/issues/11885, https://github.com/jwadow/kiro-gateway/issues/182
test("a name of 68 characters is shortened for OpenAI, and known again", () => {
  const long = `mcp__${"server".repeat(9)}__run_que`;
  expect(long).toHaveLength(68);
  const { request, restore } = fit({ origin: "anthropic-messages", tools: [fn(long)] }, CHAT);
  const wire = request.tools[0]?.name ?? "";
  expect(wire).toMatch(/^mcp__(server)+s?[a-z]*_[0-9a-f]{8}$/);
  expect(wire).toHaveLength(64);
  expect(restore.tools.get(wire)).toEqual({ name: long, form: "json" });
  expect(fit({ origin: "openai-chat", tools: [fn(long)] }, CLAUDE).request.tools[0]?.name).toBe(long);
});

test("the schema's source text goes on untouched, a missing one is an empty object", () => {
  const { request } = fit({ tools: [fn("a"), { name: "b", kind: "function" }] }, CLAUDE);
  expect(request.tools.map(({ schema }) => schema)).toEqual([SCHEMA, '{"type":"object","properties":{}}']);
});

test("namespaces are flattened in tools, calls and the choice, and known again", () => {
  const tool = fn("spawn", { namespace: "multi_agent_v1" });
  const said = turn("assistant", { ...call("c1", "spawn"), namespace: "multi_agent_v1" } as never);
  const told = fit(
    {
      origin: "openai-responses",
      tools: [tool, fn("spawn")],
      turns: [turn("user", "go"), said, turn("tool", result("c1", "ok"))],
      toolChoice: { mode: "one", names: ["multi_agent_v1.spawn"] },
    },
    CLAUDE,
  );
  expect(told.request.tools.map(({ name, namespace }) => [name, namespace])).toEqual([
    ["multi_agent_v1__spawn", undefined],
    ["spawn", undefined],
  ]);
  expect(told.request.turns[1]?.parts[0]).toEqual({
    kind: "call",
    callId: "c1",
    name: "multi_agent_v1__spawn",
    form: "json",
    input: '{"at":1.0}',
  });
  expect(told.request.toolChoice).toEqual({ mode: "one", names: ["multi_agent_v1__spawn"] });
  expect(told.restore.tools.get("multi_agent_v1__spawn")).toEqual({
    name: "spawn",
    namespace: "multi_agent_v1",
    form: "json",
  });
});

// https://github.com/router-for-me/CLIProxyAPI/issues/4414
test("what a namespace is for, and the grammar of a freeform tool in it, is told in the description", () => {
  const tool: Tool = {
    name: "exec",
    namespace: "functions",
    namespaceDescription: "Tools of the host.",
    kind: "freeform",
    description: "Runs JavaScript.",
    grammar: { syntax: "lark", definition: "start: /.+/" },
  };
  const { request, restore } = fit({ origin: "openai-responses", tools: [tool] }, CHAT);
  const [told] = request.tools;
  expect(told?.kind).toBe("function");
  expect(told?.name).toBe("functions__exec");
  expect(told?.description).toContain("Runs JavaScript.\n\n(functions: Tools of the host.)");
  expect(told?.description).toContain("start: /.+/");
  expect(JSON.parse(told?.schema ?? "")).toMatchObject({ required: ["input"] });
  expect(restore.tools.get("functions__exec")).toEqual({
    name: "exec",
    namespace: "functions",
    form: "text",
    grammar: true,
  });
});

// https://github.com/decolua/9router/issues/1371, https://github.com/Wei-Shaw/sub2api/issues/5659
test("apply_patch and its calls become a function with one string, except where freeform tools are known", () => {
  const patch: Tool = { name: "apply_patch", kind: "freeform" };
  const input = '*** Begin Patch\n+"x"\n*** End Patch';
  const said = turn("assistant", { kind: "call", callId: "c", name: "apply_patch", form: "text", input });
  const turns = [turn("user", "go"), said, turn("tool", result("c", "done"))];
  const claude = fit({ origin: "openai-responses", tools: [patch], turns }, CLAUDE).request;
  expect(claude.turns[1]?.parts[0]).toMatchObject({ form: "json", input: JSON.stringify({ input }) });
  const responses = fit({ origin: "openai-chat", tools: [patch], turns }, RESPONSES).request;
  expect(responses.tools[0]).toEqual(patch);
  expect(responses.turns[1]?.parts[0]).toMatchObject({ form: "text", input });
});

// https://github.com/decolua/9router/issues/1592
test("a forced tool is named by its name on the wire", () => {
  const long = "x".repeat(80);
  const told = fit(
    { origin: "anthropic-messages", tools: [fn(long)], toolChoice: { mode: "one", names: [long] } },
    CHAT,
  ).request;
  expect(told.toolChoice?.names).toEqual([told.tools[0]?.name ?? ""]);
});

test("a tool that is declared twice is told once", () => {
  const { request, losses } = fit({ origin: "openai-responses", tools: [fn("a"), fn("a")] }, CLAUDE);
  expect(request.tools).toHaveLength(1);
  expect(losses).toMatchObject([{ action: "dropped", path: "tools.a" }]);
});

test("deferred tools are shown at once, and Claude Code's placeholder not at all", () => {
  const tools = [
    fn("A", { deferred: true }),
    fn("DeferredToolPlaceholder", { deferred: true }),
    fn("ToolSearch"),
  ];
  const { request, losses } = fit({ origin: "anthropic-messages", tools }, CHAT);
  expect(request.tools.map(({ name, deferred }) => [name, deferred])).toEqual([
    ["A", undefined],
    ["ToolSearch", undefined],
  ]);
  expect(losses).toEqual([
    { action: "emulated", path: "tools.A", reason: "a deferred tool is shown at once" },
  ]);
});

const SEARCHING: TargetTraits = { ...GEMINI, webSearch: true };

test.each([
  ["kept where the target has its own", [search(), fn("a")], SEARCHING, ["web_search", "a"]],
  ["dropped elsewhere: Codex offers it with every request", [search(), fn("a")], CLAUDE, ["a"]],
  [
    "dropped where it cannot stand beside functions",
    [search(), fn("a")],
    { ...SEARCHING, searchAlone: true },
    ["a"],
  ],
  ["kept alone", [search()], { ...SEARCHING, searchAlone: true }, ["web_search"]],
  ["other vendors' hosted tools are dropped", [hosted("image_generation"), fn("a")], CLAUDE, ["a"]],
] as const)("a web search is %s", (_what, tools, traits, names) => {
  const { request, losses } = fit({ origin: "openai-responses", tools }, traits);
  expect(request.tools.map(({ name }) => name)).toEqual([...names]);
  expect(losses).toHaveLength(tools.length - names.length);
});

test.each([
  ["forced", { tools: [search(), fn("a")], toolChoice: { mode: "one", names: ["web_search"] } }],
  ["the only tool", { tools: [search()] }],
  [
    "the only one, required of Gemini's client",
    { tools: [search()], origin: "gemini", toolChoice: { mode: "required" } },
  ],
] as const)("a web search that the target lacks is refused where it is %s", (_what, fields) => {
  expect(() => fit({ origin: "openai-responses", ...fields }, CLAUDE)).toThrow(/tools\[0\].*another vendor/);
});

// CLIENTS.md 5: Cline's gemini provider sends `tools: [{googleSearch: {}}]` with every request.
test("Google's search as the only tool is an offer, and is dropped", () => {
  const { request, losses } = fit({ origin: "gemini", tools: [search("googleSearch")] }, CLAUDE);
  expect(request.tools).toEqual([]);
  expect(losses).toMatchObject([{ action: "dropped" }]);
});

function clientRun(type: string, name: string, more: Partial<Tool> = {}): Tool {
  const builtin = {
    protocol: "anthropic-messages",
    type,
    raw: `{"type":"${type}"}`,
    clientRun: true,
  } as const;
  return { name, kind: "builtin", builtin, ...more };
}

test.each([
  ["bash_20250124", "bash", ["command", "restart"]],
  ["text_editor_20250728", "str_replace_based_edit_tool", ["command", "path", "insert_text"]],
  ["text_editor_20241022", "str_replace_editor", ["command", "path", "new_str"]],
  ["memory_20250818", "memory", ["command", "old_path"]],
])("%s is a function: its client takes plain calls back", (type, name, members) => {
  const { request, restore, losses } = fit(
    { origin: "anthropic-messages", tools: [clientRun(type, name)] },
    CHAT,
  );
  const [tool] = request.tools;
  expect(tool).toMatchObject({ kind: "function", name });
  const schema: { properties: object } = JSON.parse(tool?.schema ?? "");
  expect(Object.keys(schema.properties)).toEqual(expect.arrayContaining(members));
  expect(restore.tools.get(name)).toEqual({ name, form: "json" });
  expect(losses).toMatchObject([{ action: "emulated" }]);
});

test("a client-run tool that brings its schema is a function by it; one without any is dropped", () => {
  const builtin = { protocol: "openai-responses", type: "tool_search", raw: "{}", clientRun: true } as const;
  const own: Tool = {
    name: "tool_search",
    kind: "builtin",
    builtin,
    schema: SCHEMA,
    description: "Finds tools.",
  };
  const tools = [own, clientRun("computer_20251124", "computer")];
  const { request, losses, restore } = fit({ origin: "openai-responses", tools }, CLAUDE);
  expect(request.tools).toMatchObject([{ name: "tool_search", kind: "function", schema: SCHEMA }]);
  expect(losses.map(({ action }) => action)).toEqual(["emulated", "dropped"]);
  // Its call goes back in an item of its own.
  expect(restore.tools.get("tool_search")).toMatchObject({ builtin: "tool_search" });
});

test.each([
  ["", "{}"],
  ["[1.0]", '{"value":[1.0]}'],
  ['"text"', '{"value":"text"}'],
  ['{"half": ', '{"_raw":"{\\"half\\": "}'],
  ['{"a": 1.0, "b": 12345678901234567890}', '{"a": 1.0, "b": 12345678901234567890}'],
])("arguments %j are told to Claude as %j", (input, told) => {
  const turns = [
    turn("user", "go"),
    turn("assistant", call("c", "f", input)),
    turn("tool", result("c", "ok")),
  ];
  expect(fit({ turns }, CLAUDE).request.turns[1]?.parts[0]).toMatchObject({ input: told });
  const other = fit({ turns, origin: "gemini" }, CHAT).request.turns[1]?.parts[0];
  expect(other).toMatchObject({ input: input === "" ? "{}" : input });
});

test("the report names fields as the client spells them where a part does not say where it stood", () => {
  const report = newLosses();
  expect(report.losses).toEqual([]);
  const { losses } = fit(
    { ...requestOf({}), origin: "gemini", parallelCalls: false, tools: [fn("a")] },
    CLAUDE,
  );
  expect(losses).toEqual([]);
  const gemini = fit({ origin: "openai-chat", parallelCalls: false, tools: [fn("a")] }, GEMINI);
  expect(gemini.losses).toMatchObject([{ action: "dropped", path: "parallel_tool_calls" }]);
  expect(gemini.request.parallelCalls).toBeUndefined();
});
