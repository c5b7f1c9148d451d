import { expect, test } from "bun:test";
import type { CacheMark } from "../../../src/core/generation/node.ts";
import type { Part, Turn } from "../../../src/core/generation/request.ts";
import type { Tool } from "../../../src/core/generation/tool.ts";
import type { TargetTraits } from "../../../src/core/generation/traits.ts";
import { CHAT, CLAUDE, call, fit, RESPONSES, result, STRICT_CHAT, turn } from "../builders.ts";

const TOOL: Tool = { name: "f", kind: "function" };
const MARKING: TargetTraits = { ...CHAT, cacheMarks: true };

function marked(text: string, ttl?: CacheMark["ttl"]): Part {
  return { kind: "text", text, cache: ttl ? { ttl } : {} };
}

/** What carries a mark, in order. */
function marks(
  traits: TargetTraits,
  origin: "openai-chat" | "anthropic-messages",
  turns: readonly Turn[],
  tools: readonly Tool[] = [],
) {
  const { request, losses } = fit({ origin, turns, tools }, traits);
  expect(losses).toEqual([]);
  const nodes = [...request.tools, ...request.turns.flatMap(({ parts }) => parts)];
  return nodes.flatMap(({ cache, ...node }) => {
    if (!cache) return [];
    const name =
      "text" in node ? node.text : "callId" in node ? node.callId : "name" in node ? node.name : "";
    return [cache.ttl ? `${name} ${cache.ttl}` : name];
  });
}

test("of more marks than four the last are kept", () => {
  const turns = [
    turn("system", marked("s")),
    turn("user", marked("a"), marked("b"), marked("c"), marked("d")),
  ];
  expect(marks(CLAUDE, "openai-chat", turns)).toEqual(["a", "b", "c", "d"]);
});

// https://github.com/theopenco/llmgateway/issues/2629, https://github.com/Wei-Shaw/sub2api/issues/176
test("marks that live longer come first: behind a short one a long one is short", () => {
  const turns = [
    turn("system", marked("s", "1h")),
    turn("user", marked("a", "1h"), marked("b"), marked("c", "1h")),
  ];
  expect(marks(CLAUDE, "openai-chat", turns)).toEqual(["s 1h", "a 1h", "b", "c"]);
});

test("nothing is added where the caller set a mark, nor to a single question", () => {
  const gone = [turn("user", "a"), turn("assistant", call("c1", "f")), turn("tool", result("c1", "ok"))];
  expect(marks(CLAUDE, "openai-chat", [turn("system", marked("s")), ...gone], [TOOL])).toEqual(["s"]);
  expect(marks(CLAUDE, "openai-chat", [turn("system", "s"), turn("user", "a")], [TOOL])).toEqual([]);
  expect(
    marks(CLAUDE, "openai-chat", [turn("user", "a"), turn("assistant", "b"), turn("user", "c")]),
  ).toEqual([]);
});

test("an agent whose protocol needs no marks gets the four of Claude's own agents", () => {
  const gone = [
    turn("system", "s"),
    turn("user", "a"),
    turn("assistant", call("c1", "f")),
    turn("tool", result("c1", "ok")),
  ];
  expect(marks(CLAUDE, "openai-chat", gone, [TOOL])).toEqual(["f", "s", "a", "c1"]);
});

test("OpenAI's marks stand on parts of content, and say no time", () => {
  const inner = { ...(result("c1", "ok") as Part & { kind: "result" }), cache: {} };
  const turns = [
    turn("user", marked("a", "1h")),
    turn("assistant", call("c1", "f")),
    turn("user", inner, marked("b")),
  ];
  expect(marks(MARKING, "anthropic-messages", turns, [{ ...TOOL, cache: {} }])).toEqual(["a", "b"]);
  expect(marks({ ...RESPONSES, cacheMarks: true }, "anthropic-messages", turns)).toEqual(["a", "b"]);
  expect(marks(STRICT_CHAT, "anthropic-messages", turns)).toEqual([]);
});

test("a mark inside a result, or of a whole turn, is on the part that ends there", () => {
  const turns = [
    { ...turn("user", "x", "a"), cache: {} },
    turn("assistant", call("c1", "f")),
    turn("tool", result("c1", "no", marked("end"))),
  ];
  expect(marks(CLAUDE, "openai-chat", turns)).toEqual(["a", "c1"]);
});
