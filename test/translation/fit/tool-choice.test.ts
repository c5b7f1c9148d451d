import { expect, test } from "bun:test";
import type { Reasoning } from "../../../src/core/generation/request.ts";
import type { Tool, ToolChoice } from "../../../src/core/generation/tool.ts";
import { CHAT, CLAUDE, fit, GEMINI, NEW_CLAUDE, RESPONSES, STRICT_CHAT, sketch } from "../builders.ts";

const TOOLS: Tool[] = ["a", "b", "c"].map((name) => ({ name, kind: "function" }));
const THINKS: Reasoning = { mode: "on", effort: "high" };

test.each<[ToolChoice, typeof CLAUDE, ToolChoice, string]>([
  [{ mode: "auto" }, CLAUDE, { mode: "auto" }, "abc"],
  [{ mode: "none" }, CLAUDE, { mode: "none" }, "abc"],
  [{ mode: "required" }, CLAUDE, { mode: "required" }, "abc"],
  [{ mode: "one", names: ["b"] }, GEMINI, { mode: "one", names: ["b"] }, "abc"],
  [{ mode: "some", names: ["a", "b"] }, CLAUDE, { mode: "auto" }, "ab"],
  [{ mode: "some", names: ["a"], required: true }, CLAUDE, { mode: "required" }, "a"],
  [{ mode: "some", names: ["a"], required: true }, STRICT_CHAT, { mode: "required" }, "a"],
  [{ mode: "some", names: ["a"] }, GEMINI, { mode: "some", names: ["a"] }, "abc"],
  [{ mode: "some", names: ["a"] }, RESPONSES, { mode: "some", names: ["a"] }, "abc"],
])("%j is told to a target as the target can be told", (toolChoice, traits, told, tools) => {
  const origin = traits.protocol === "gemini" ? "openai-chat" : "gemini";
  const { request } = fit({ origin, toolChoice, tools: TOOLS }, traits);
  expect(request.toolChoice).toEqual(told);
  expect(request.tools.map(({ name }) => name).join("")).toBe(tools);
});

test("a choice without tools is no choice; a forced one is refused", () => {
  expect(fit({ toolChoice: { mode: "auto" } }, CLAUDE).request.toolChoice).toBeUndefined();
  expect(() => fit({ toolChoice: { mode: "required" } }, CLAUDE)).toThrow(/^tool_choice: .*declare it/);
  const gone: ToolChoice = { mode: "one", names: ["z"] };
  expect(() => fit({ toolChoice: gone, tools: TOOLS }, CLAUDE)).toThrow(/^tool_choice: .*declare it/);
});

test("a search that is chosen stays chosen where that can be said", () => {
  const builtin = { protocol: "openai-responses", type: "web_search", raw: "{}", search: {} } as const;
  const tools: Tool[] = [...TOOLS, { name: "web_search", kind: "builtin", builtin }];
  const toolChoice: ToolChoice = { mode: "one", names: ["web_search"] };
  const told = (traits: typeof CLAUDE) =>
    fit({ origin: "openai-responses", tools, toolChoice }, { ...traits, webSearch: true });
  expect(told(CLAUDE).request.toolChoice).toEqual(toolChoice);
  expect(told(GEMINI).request.toolChoice).toEqual({ mode: "auto" });
  expect(told(GEMINI).losses).toMatchObject([{ action: "changed", path: "tool_choice" }]);
  const some: ToolChoice = { mode: "some", names: ["a", "web_search"], required: true };
  const gemini = fit({ origin: "openai-responses", tools, toolChoice: some }, { ...GEMINI, webSearch: true });
  expect(gemini.request.toolChoice).toEqual({ mode: "some", names: ["a"], required: true });
});

// https://github.com/vercel/ai/issues/7220
test.each([
  [{ mode: "one", names: ["b"] } as ToolChoice, "the tool `b`"],
  [{ mode: "required" } as ToolChoice, "one of the tools"],
  [{ mode: "some", names: ["a", "c"], required: true } as ToolChoice, "one of the tools"],
])("thinking forbids Claude a forced call: %j is asked for in words", (toolChoice, words) => {
  for (const traits of [CLAUDE, NEW_CLAUDE]) {
    const { request, losses } = fit({ tools: TOOLS, toolChoice, reasoning: THINKS }, traits);
    expect(request.toolChoice).toEqual({ mode: "auto" });
    expect(sketch(request.turns).join("\n")).toContain(words);
    expect(losses).toContainEqual(expect.objectContaining({ path: "tool_choice", action: "emulated" }));
  }
});

test("without thinking a forced call stays forced; so does it at others with thinking", () => {
  const toolChoice: ToolChoice = { mode: "required" };
  expect(fit({ tools: TOOLS, toolChoice }, CLAUDE).request.toolChoice).toEqual(toolChoice);
  const off = fit({ tools: TOOLS, toolChoice, reasoning: { mode: "off" } }, NEW_CLAUDE);
  expect(off.request.toolChoice).toEqual(toolChoice);
  const chat = fit({ origin: "gemini", tools: TOOLS, toolChoice, reasoning: THINKS }, CHAT);
  expect(chat.request.toolChoice).toEqual(toolChoice);
});
