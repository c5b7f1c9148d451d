import { expect, test } from "bun:test";
import type { MediaPart, Part, Turn } from "../../../src/core/generation/request.ts";
import type { TargetTraits } from "../../../src/core/generation/traits.ts";
import {
  CHAT,
  CLAUDE,
  call,
  fit,
  GEMINI,
  NEW_CLAUDE,
  OLD_GEMINI,
  RESPONSES,
  result,
  STRICT_CHAT,
  sketch,
  turn,
} from "../builders.ts";

function told(traits: TargetTraits, ...turns: readonly Turn[]): string[] {
  const origin = traits.protocol === "openai-responses" ? "openai-chat" : "openai-responses";
  return sketch(fit({ origin, turns }, traits).request.turns);
}

const image: MediaPart = {
  kind: "media",
  media: "image",
  mime: "image/png",
  source: { type: "base64", bytes: "iVBORw0KGgo=" },
};

test("turns of one role are joined for Claude and Gemini, and stay apart for OpenAI", () => {
  const turns = [turn("user", "a"), turn("user", "b"), turn("assistant", "c"), turn("assistant", "d")];
  for (const traits of [CLAUDE, GEMINI, STRICT_CHAT])
    expect(told(traits, ...turns)).toEqual(["user: a | b", "assistant: c | d"]);
  expect(told(CHAT, ...turns)).toEqual(["user: a", "user: b", "assistant: c | d"]);
  expect(told(RESPONSES, ...turns)).toEqual(["user: a", "user: b", "assistant: c", "assistant: d"]);
});

// https://github.com/router-for-me/CLIProxyAPI/issues/4970
test("results come before the words of their user turn", () => {
  const turns = [
    turn("user", "go"),
    turn("assistant", call("c1")),
    turn("user", "and quickly", result("c1", "ok")),
  ];
  expect(told(CLAUDE, ...turns).at(-1)).toBe("user: result c1 [ok] | and quickly");
  expect(told(CHAT, ...turns).slice(-2)).toEqual(["tool: result c1 [ok]", "user: and quickly"]);
});

// https://github.com/mlflow/mlflow/issues/25788, https://github.com/maximhq/bifrost/issues/1387
test("two parallel calls have two results in one turn, in the order of the calls, and no word between", () => {
  const turns = [
    turn("user", "go"),
    turn("assistant", call("c1"), call("c2", "find")),
    turn("tool", result("c2", "two")),
    turn("tool", result("c1", "one")),
  ];
  const { request } = fit({ turns }, GEMINI);
  expect(sketch(request.turns).at(-1)).toBe("user: result c1 [one] | result c2 [two]");
  expect(request.turns.at(-1)?.parts).toMatchObject([{ name: "look" }, { name: "find" }]);
  expect(told(CHAT, ...turns).slice(-2)).toEqual(["tool: result c1 [one]", "tool: result c2 [two]"]);
});

test("items of one step become one turn, steps stay apart", () => {
  const turns = [
    turn("user", "go"),
    turn("assistant", { kind: "reasoning", text: "hm", signature: { value: "s", by: "anthropic" } }),
    turn("assistant", "first"),
    turn("assistant", call("c1")),
    turn("tool", result("c1", "one")),
    turn("assistant", call("c2")),
    turn("tool", result("c2", "two")),
  ];
  expect(told(CLAUDE, ...turns)).toEqual([
    "user: go",
    "assistant: thought hm | first | call c1 look",
    "user: result c1 [one]",
    "assistant: call c2 look",
    "user: result c2 [two]",
  ]);
});

test("a late result is brought to its call, an id that comes again answers the newer call", () => {
  const turns = [
    turn("user", "go"),
    turn("assistant", call("c1"), call("c2")),
    turn("tool", result("c1", "one")),
    turn("user", "wait"),
    turn("tool", result("c2", "two")),
    turn("assistant", call("c1")),
    turn("tool", result("c1", "again")),
  ];
  expect(told(CLAUDE, ...turns)).toEqual([
    "user: go",
    "assistant: call c1 look | call c2 look",
    "user: result c1 [one] | result c2 [two] | wait",
    "assistant: call c1 look",
    "user: result c1 [again]",
  ]);
});

// https://github.com/router-for-me/CLIProxyAPI/issues/5375
test("a result without its call is the user's text", () => {
  const orphan: Part = { ...(result("gone", "42") as Part & { kind: "result" }), name: "sum" };
  const { request, losses } = fit({ turns: [turn("user", "go"), turn("tool", orphan)] }, CLAUDE);
  expect(sketch(request.turns)).toEqual(["user: go | Result of an earlier tool call, sum (gone): | 42"]);
  expect(losses).toMatchObject([{ action: "emulated", path: "messages" }]);
});

test.each([CLAUDE, CHAT, GEMINI])("a call without a result is refused, and named", (traits) => {
  const asked = { ...call("c9"), at: "input[1]" };
  const lost = [turn("user", "go"), turn("assistant", asked), turn("user", "and?")];
  const last = [turn("user", "go"), turn("assistant", asked)];
  for (const turns of [lost, last]) {
    expect(() => fit({ origin: "openai-responses", turns }, traits)).toThrow(
      'input[1]: the call "c9" has no result',
    );
  }
});

// https://github.com/maximhq/bifrost/issues/5097
test("an id that the target refuses is changed on the call and on its result", () => {
  const turns = [
    turn("user", "go"),
    turn("assistant", call("functions.Bash:0")),
    turn("tool", result("functions.Bash:0", "ok")),
  ];
  const { request, restore } = fit({ turns }, CLAUDE);
  const [wire = "", original] = [...restore.callIds][0] ?? [];
  expect(original).toBe("functions.Bash:0");
  expect(sketch(request.turns).slice(1)).toEqual([
    `assistant: call ${wire} look`,
    `user: result ${wire} [ok]`,
  ]);
  const mistral = fit({ origin: "anthropic-messages", turns }, { ...CHAT, callIdMax: 9 });
  expect([...mistral.restore.callIds.keys()][0]).toMatch(/^[0-9a-zA-Z]{9}$/);
});

test("developer is system where it is unknown", () => {
  const turns = [turn("developer", "be brief"), turn("user", "go")];
  expect(told(CHAT, ...turns)[0]).toBe("developer: be brief");
  expect(told(CLAUDE, ...turns)[0]).toBe("system: be brief");
  expect(told({ ...CHAT, developerRole: false }, ...turns)[0]).toBe("system: be brief");
});

// https://github.com/ollama/ollama/issues/17774, https://github.com/anthropics/claude-code/issues/77698
test("a system turn in mid-conversation stays at its place, as a reminder where it may not stand", () => {
  const turns = [
    turn("system", "top"),
    turn("system", "more"),
    turn("user", "go"),
    turn("system", "now"),
    turn("assistant", "ok"),
    turn("user", "on"),
  ];
  const reminded = "<system-reminder>\nnow\n</system-reminder>";
  for (const traits of [CLAUDE, GEMINI, STRICT_CHAT]) {
    const said = told(traits, ...turns);
    expect(said).toEqual(["system: top | more", `user: go | ${reminded}`, "assistant: ok", "user: on"]);
  }
  expect(told(NEW_CLAUDE, ...turns)).toEqual([
    "system: top | more",
    "user: go",
    "system: now",
    "assistant: ok",
    "user: on",
  ]);
  expect(told(CHAT, ...turns)[3]).toBe("system: now");
  expect(told({ ...CHAT, systemAnywhere: false }, ...turns)).toEqual([
    "system: top | more",
    "user: go",
    `user: ${reminded}`,
    "assistant: ok",
    "user: on",
  ]);
});

test.each<[string, readonly Turn[], string[]]>([
  ["at the end", [turn("user", "a"), turn("system", "s")], ["user: a", "system: s"]],
  [
    "two of them",
    [turn("user", "a"), turn("system", "s"), turn("system", "t")],
    ["user: a", "system: s | t"],
  ],
  [
    "before a user turn",
    [turn("user", "a"), turn("system", "s"), turn("user", "b")],
    ["user: a | <system-reminder>\ns\n</system-reminder> | b"],
  ],
  [
    "behind an assistant turn",
    [turn("user", "a"), turn("assistant", "b"), turn("system", "s")],
    ["user: a", "assistant: b", "user: <system-reminder>\ns\n</system-reminder>"],
  ],
  [
    "between a call and its result",
    [turn("user", "a"), turn("assistant", call("c")), turn("system", "s"), turn("tool", result("c", "r"))],
    ["user: a", "assistant: call c look", "user: result c [r]", "system: s"],
  ],
])("newer Claudes take a system turn where their rules allow it: %s", (_where, turns, expected) => {
  expect(told(NEW_CLAUDE, ...turns)).toEqual(expected);
});

// https://github.com/NousResearch/hermes-agent/issues/77134
test("a conversation that does not begin with the user is given a beginning with words", () => {
  const turns = [turn("system", "s"), turn("assistant", "hello")];
  for (const traits of [CLAUDE, GEMINI, STRICT_CHAT]) {
    const [, first = ""] = told(traits, ...turns);
    expect(first).toMatch(/^user: \S/);
  }
  expect(told(CHAT, ...turns)).toEqual(["system: s", "assistant: hello"]);
  expect(told(CLAUDE, turn("system", "s"))).toHaveLength(2);
});

// https://github.com/maximhq/bifrost/issues/1189, https://github.com/BerriAI/litellm/issues/23835
test("text without words is left out for Claude, and results are kept without it", () => {
  const turns = [
    turn("user", "", " \n", "go"),
    turn("assistant", " ", call("c")),
    turn("tool", result("c", "")),
    turn("assistant", ""),
  ];
  expect(told(CLAUDE, ...turns)).toEqual(["user: go", "assistant: call c look", "user: result c []"]);
  expect(told(GEMINI, ...turns)).toEqual([
    "user:  \n | go",
    "assistant:   | call c look",
    "user: result c []",
  ]);
});

test("white space at the end of what Claude is to go on with is cut", () => {
  expect(told(CLAUDE, turn("user", "go"), turn("assistant", "I am \n"))[1]).toBe("assistant: I am");
  expect(told(GEMINI, turn("user", "go"), turn("assistant", "I am \n"))[1]).toBe("assistant: I am \n");
});

// https://github.com/BerriAI/litellm/issues/34462, https://github.com/router-for-me/CLIProxyAPI/issues/4737
test("media of results is shown in a user turn behind the whole run of results, for chat and older Geminis", () => {
  const turns = [
    turn("user", "go"),
    turn("assistant", call("c1"), call("c2")),
    turn("tool", result("c1", "a picture", image)),
    turn("tool", result("c2", "text")),
    turn("user", "well?"),
  ];
  const shown = "From the tool `look` (call c1): | <image>";
  const pointer = "(image: see the user's next message)";
  expect(told(CHAT, ...turns).slice(2)).toEqual([
    `tool: result c1 [a picture | ${pointer}]`,
    "tool: result c2 [text]",
    `user: ${shown}`,
    "user: well?",
  ]);
  const old = `user: result c1 [a picture | ${pointer}] | result c2 [text] | ${shown} | well?`;
  expect(told(OLD_GEMINI, ...turns).at(-1)).toBe(old);
  for (const traits of [CLAUDE, GEMINI])
    expect(told(traits, ...turns).at(-1)).toBe(
      "user: result c1 [a picture | <image>] | result c2 [text] | well?",
    );
});

test("media that the model made is shown as the user's behind the turn, except to Gemini", () => {
  const turns = [
    turn("user", "draw"),
    turn("assistant", "here", image, call("c")),
    turn("tool", result("c", "ok")),
    turn("assistant", "done"),
  ];
  expect(told(CLAUDE, ...turns).slice(1)).toEqual([
    "assistant: here | call c look",
    "user: result c [ok] | Made by the assistant: | <image>",
    "assistant: done",
  ]);
  expect(told(GEMINI, ...turns)[1]).toBe("assistant: here | <image> | call c look");
});

test("a failed call says so in words where there is no flag for it", () => {
  const failed = (text: string): Part => ({
    ...(result("c", text) as Part & { kind: "result" }),
    failed: true,
  });
  const of = (text: string, traits: TargetTraits) =>
    told(traits, turn("user", "go"), turn("assistant", call("c")), turn("tool", failed(text))).at(-1);
  expect(of("no such file", CHAT)).toBe("tool: result c [[tool error] no such file]");
  expect(of("Error: no such file", CHAT)).toBe("tool: result c [Error: no such file]");
  expect(of("<tool_use_error>no</tool_use_error>", RESPONSES)).toBe(
    "tool: result c [<tool_use_error>no</tool_use_error>]",
  );
  expect(of("no such file", CLAUDE)).toBe("user: result c [no such file]");
});

test("opaque parts: words become text, traces go, content is refused", () => {
  const opaque = (type: string, raw: object): Part => ({
    kind: "opaque",
    protocol: "anthropic-messages",
    type,
    raw: JSON.stringify(raw),
    at: `at.${type}`,
  });
  const fitted = (...turns: Turn[]) => fit({ origin: "anthropic-messages", turns }, CHAT);
  const found = opaque("search_result", {
    title: "T",
    source: "https://e.x",
    content: [{ type: "text", text: "words" }],
  });
  expect(sketch(fitted(turn("user", found)).request.turns)).toEqual(["user: T\nhttps://e.x\n\nwords"]);
  const known = fitted(
    turn("user", "go"),
    turn("assistant", call("c", "ToolSearch")),
    turn("user", result("c", opaque("tool_reference", { tool_name: "Grep" }))),
  );
  expect(sketch(known.request.turns).at(-1)).toBe("tool: result c [The tool Grep can be called now.]");
  const trace = fitted(
    turn("user", "go"),
    turn("assistant", opaque("code_execution_tool_result", {}), "done"),
  );
  expect(sketch(trace.request.turns)).toEqual(["user: go", "assistant: done"]);
  expect(trace.losses).toMatchObject([{ action: "dropped", path: "at.code_execution_tool_result" }]);
  expect(() => fitted(turn("user", opaque("container_upload", {})))).toThrow("at.container_upload: ");
  const sealed = turn("assistant", { ...opaque("compaction", { encrypted_content: "x" }) });
  expect(() => fitted(turn("user", "go"), sealed)).toThrow("at.compaction: ");
  const told = fitted(turn("user", "go"), turn("assistant", opaque("compaction", { content: "Summary." })));
  expect(sketch(told.request.turns)[1]).toBe("assistant: Summary.");
});

// https://github.com/anthropics/claude-code/issues/68900
test("Claude Code's accounting line, which changes with every request, is not told to other vendors", () => {
  const turns = [
    turn("system", "x-anthropic-billing-header: cc_version=1; cch=2", "You are"),
    turn("user", "go"),
  ];
  const { request, losses } = fit({ origin: "anthropic-messages", turns }, CHAT);
  expect(sketch(request.turns)).toEqual(["system: You are", "user: go"]);
  expect(losses).toEqual([]);
});

test("searches that another vendor made are left out of the history", () => {
  const search: Part = { kind: "search", searchId: "ws", queries: ["q"], sources: [] };
  const { request, losses } = fit(
    { origin: "openai-responses", turns: [turn("user", "go"), turn("assistant", search, "so")] },
    CLAUDE,
  );
  expect(sketch(request.turns)).toEqual(["user: go", "assistant: so"]);
  expect(losses).toHaveLength(1);
});
