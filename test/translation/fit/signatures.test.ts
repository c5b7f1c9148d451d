import { expect, test } from "bun:test";
import type { Signature } from "../../../src/core/generation/node.ts";
import type { Part } from "../../../src/core/generation/request.ts";
import type { TargetTraits } from "../../../src/core/generation/traits.ts";
import { GEMINI_SENTINEL } from "../../../src/translation/fit/steps.ts";
import {
  CHAT,
  CLAUDE,
  call,
  DEEPSEEK,
  fit,
  GEMINI,
  OLD_GEMINI,
  RESPONSES,
  result,
  STRICT_CHAT,
  sketch,
  turn,
} from "../builders.ts";

const BY_CLAUDE: Signature = { value: "sig-a", by: "anthropic" };
const BY_GOOGLE: Signature = { value: "sig-g", by: "google" };
const BY_US: Signature = { value: "", by: "gateway" };

function thought(text: string, signature?: Signature): Part {
  return { kind: "reasoning", text, at: "at.thought", ...(signature ? { signature } : {}) };
}

function signed(part: Part, signature: Signature): Part {
  return { ...part, at: "at.call", signature };
}

/** A step: a thought, a call, and its result. */
function step(thinking: Part | undefined, ...calls: readonly Part[]) {
  const results = calls.map((part) => (part.kind === "call" ? result(part.callId, "ok") : part));
  return [
    turn("user", "go"),
    turn("assistant", ...(thinking ? [thinking] : []), ...calls),
    turn("tool", ...results),
  ];
}

function assistant(
  traits: TargetTraits,
  origin: TargetTraits["protocol"],
  ...turns: ReturnType<typeof step>
) {
  const { request, losses } = fit({ origin, turns }, traits);
  return { parts: request.turns.find(({ role }) => role === "assistant")?.parts ?? [], losses };
}

// https://github.com/openai/openai-agents-python/issues/4155
test("Claude's own thinking goes back to Claude as it was, be it empty or redacted", () => {
  for (const own of [
    thought("hm", BY_CLAUDE),
    thought("", BY_CLAUDE),
    thought("", { ...BY_CLAUDE, redacted: true }),
  ]) {
    const { parts, losses } = assistant(CLAUDE, "openai-chat", ...step(own, call("c")));
    expect(parts[0]).toEqual(own);
    expect(losses).toEqual([]);
  }
});

test("thinking of Claude's that its client never saw goes back in the words that were signed", () => {
  const unseen = thought("", { ...BY_CLAUDE, text: "hm" });
  const { parts } = assistant(CLAUDE, "openai-responses", ...step(unseen, call("c")));
  expect(parts[0]).toEqual(thought("hm", BY_CLAUDE));
});

// https://github.com/router-for-me/CLIProxyAPI/issues/1584, https://github.com/router-for-me/CLIProxyAPI/issues/570
test.each<[string, Part]>([
  ["Gemini's", thought("hm", BY_GOOGLE)],
  ["unsigned", thought("hm")],
  ["a chat server's", thought("hm", BY_US)],
])("%s thinking is not sent to Claude", (_whose, part) => {
  const { parts, losses } = assistant(CLAUDE, "gemini", ...step(part, call("c")));
  expect(parts.map(({ kind }) => kind)).toEqual(["call"]);
  expect(losses).toMatchObject([{ action: "dropped", path: "at.thought" }]);
});

// https://github.com/router-for-me/CLIProxyAPI/issues/994, https://github.com/heyhuynhgiabuu/proxypal/issues/146
test("to Gemini 3 goes no signature of Claude's, but Google's word for calls of others, on the first of a step", () => {
  const turns = step(thought("hm", BY_CLAUDE), signed(call("c1"), BY_CLAUDE), call("c2"));
  const { parts, losses } = assistant(GEMINI, "anthropic-messages", ...turns);
  expect(parts).toMatchObject([
    { kind: "call", signature: { value: GEMINI_SENTINEL, by: "google" } },
    { kind: "call" },
  ]);
  expect(parts[1]?.signature).toBeUndefined();
  expect(losses.map(({ path }) => path)).toEqual(["at.thought", "at.call"]);
  const older = assistant(OLD_GEMINI, "anthropic-messages", ...turns);
  expect(older.parts.map(({ signature }) => signature)).toEqual([undefined, undefined]);
});

test("every step of a history has Google's word, steps with Gemini's own signature keep it", () => {
  const turns = [
    ...step(undefined, signed(call("c1"), BY_GOOGLE), call("c2")),
    ...step(undefined, call("c3")).slice(1),
  ];
  const { request } = fit({ turns }, GEMINI);
  const calls = request.turns.flatMap(({ parts }) => parts.filter(({ kind }) => kind === "call"));
  expect(calls.map(({ signature }) => signature?.value)).toEqual(["sig-g", undefined, GEMINI_SENTINEL]);
});

test("Google's word is never told to Claude, and a 2.5's signature is not told to a 3", () => {
  const word: Signature = { value: GEMINI_SENTINEL, by: "google" };
  const claude = assistant(CLAUDE, "gemini", ...step(undefined, signed(call("c"), word)));
  expect(claude.parts[0]?.signature).toBeUndefined();
  const older: Signature = { ...BY_GOOGLE, model: "gemini-2.5-pro" };
  const gemini = assistant(GEMINI, "openai-chat", ...step(undefined, signed(call("c"), older)));
  expect(gemini.parts[0]?.signature?.value).toBe(GEMINI_SENTINEL);
});

// PROTOCOLS.md 1.5c: a thinking block's envelope carries the call's signature.
test("a call's signature that travelled in a thinking block goes back to its call", () => {
  const carried: Signature = { ...BY_GOOGLE, callId: "c1" };
  const { parts } = assistant(GEMINI, "anthropic-messages", ...step(thought("", carried), call("c1")));
  expect(parts).toMatchObject([{ kind: "call", signature: carried }]);
  const claude = assistant(CLAUDE, "openai-chat", ...step(thought("hm", carried), call("c1")));
  expect(claude.parts.map(({ kind }) => kind)).toEqual(["call"]);
});

test("OpenAI's encrypted reasoning goes back to the account that made it only", () => {
  const own: Signature = { value: "enc", by: "openai", scope: "scope-1", itemId: "rs_1" };
  const part = (signature: Signature): Part => ({ ...thought("", signature), id: "rs_1" });
  const same = assistant(RESPONSES, "anthropic-messages", ...step(part(own), call("c")));
  // https://github.com/openclaw/openclaw/issues/70654
  expect(same.parts[0]).toMatchObject({ id: "rs_1", signature: own });
  // https://github.com/openai/codex/issues/8145
  const other = assistant(
    RESPONSES,
    "anthropic-messages",
    ...step(part({ ...own, scope: "else" }), call("c")),
  );
  expect(other.parts.map(({ kind }) => kind)).toEqual(["call"]);
});

// https://github.com/decolua/9router/issues/1189
test("DeepSeek gets its reasoning back in steps that call", () => {
  const { parts, losses } = assistant(
    DEEPSEEK,
    "anthropic-messages",
    ...step(thought("because", BY_US), call("c")),
  );
  expect(parts.slice(0, 1)).toEqual([{ kind: "reasoning", text: "because", at: "at.thought" }]);
  expect(losses).toEqual([]);
  const foreign = assistant(DEEPSEEK, "anthropic-messages", ...step(thought("hm", BY_CLAUDE), call("c")));
  expect(foreign.parts[0]).toMatchObject({ kind: "reasoning", text: "hm" });
  expect(foreign.parts[0]?.signature).toBeUndefined();
});

test("DeepSeek gets an empty field where nobody has its reasoning any more, never made-up words", () => {
  const { parts } = assistant(DEEPSEEK, "anthropic-messages", ...step(undefined, call("c")));
  expect(parts[0]).toEqual({ kind: "reasoning", text: "" });
  const off = fit(
    { origin: "gemini", turns: step(undefined, call("c")), reasoning: { mode: "off" } },
    DEEPSEEK,
  );
  expect(sketch(off.request.turns)[1]).toBe("assistant: call c look");
});

test("reasoning that was hidden from the client comes back out of our envelope", () => {
  const hidden = thought("", { value: "because", by: "gateway" });
  const { parts } = assistant(DEEPSEEK, "openai-responses", ...step(hidden, call("c")));
  expect(parts[0]).toEqual({ kind: "reasoning", text: "because", at: "at.thought" });
});

test.each([
  ["optional", thought("own"), ["reasoning", "call"], 0],
  ["optional", thought("own", BY_US), ["reasoning", "call"], 0],
  ["optional", thought("hm", BY_CLAUDE), ["call"], 1],
  ["required", thought("hm", BY_CLAUDE), ["reasoning", "call"], 0],
  ["forbidden", thought("own", BY_US), ["call"], 0],
] as const)("a chat server with replay %s gets of %j: %j", (replayReasoning, part, kinds, lost) => {
  const traits = { ...STRICT_CHAT, replayReasoning };
  const { parts, losses } = assistant(traits, "anthropic-messages", ...step(part, call("c")));
  expect(parts.map(({ kind }) => kind)).toEqual([...kinds]);
  expect(losses).toHaveLength(lost);
});

test("a summary is the reasoning where there is no other text", () => {
  const part: Part = { kind: "reasoning", text: "", summary: ["one", "two"], id: "rs_1" };
  const { parts } = assistant(DEEPSEEK, "openai-responses", ...step(part, call("c")));
  expect(parts[0]).toEqual({ kind: "reasoning", text: "one\n\ntwo" });
});

// https://github.com/BerriAI/litellm/issues/26916
test("reasoning never becomes visible text", () => {
  for (const traits of [CHAT, CLAUDE, GEMINI, RESPONSES, DEEPSEEK]) {
    const origin = traits.protocol === "anthropic-messages" ? "gemini" : "anthropic-messages";
    const turns = [
      turn("user", "go"),
      turn("assistant", thought("secret", { value: "x", by: "else" }), "said"),
    ];
    const texts = fit({ origin, turns }, traits).request.turns.flatMap(({ parts }) =>
      parts.filter(({ kind }) => kind === "text"),
    );
    expect(JSON.stringify(texts)).not.toContain("secret");
  }
});

test("between peers of one protocol nothing changes but opaque state of others", () => {
  const turns = [
    turn("user", ""),
    turn(
      "assistant",
      thought("own", BY_CLAUDE),
      thought("bare"),
      thought("foreign", BY_GOOGLE),
      thought("", { ...BY_GOOGLE, callId: "c:1" }),
      call("c:1"),
    ),
    turn("user", "no result"),
  ];
  const fields = { origin: "anthropic-messages", turns, sampling: { temperature: 2, stop: ["x"] } } as const;
  const { request, restore, stops } = fit(fields, CLAUDE);
  expect(sketch(request.turns)).toEqual([
    "user: ",
    "assistant: thought own | thought bare | call c:1 look",
    "user: no result",
  ]);
  expect(request.turns[1]?.parts[0]).toBe(turns[1]?.parts[0] as Part);
  expect(request.turns[1]?.parts.at(-1)?.signature).toBeUndefined();
  expect(request.sampling).toBe(fields.sampling);
  expect([restore.tools.size, restore.callIds.size, stops.length]).toEqual([0, 0, 0]);
});

test("thoughts that nobody signed are told to be left out for Gemini once, in the request after their answer", () => {
  const said = (text: string, at: string): Part => ({ kind: "reasoning", text, at });
  const [one, two] = [said("first", "at.one"), said("second", "at.two")];
  const told = (...turns: ReturnType<typeof step>) =>
    fit({ origin: "openai-chat", turns }, GEMINI).losses.map(({ path }) => path);
  const first = [turn("user", "go"), turn("assistant", one, "a")];
  expect(told(...first, turn("user", "on"))).toEqual(["at.one"]);
  expect(told(...first, turn("user", "on"), turn("assistant", two, "b"), turn("user", "on"))).toEqual([
    "at.two",
  ]);
  // What another vendor signed is lost to it in every request.
  const foreign = [turn("user", "go"), turn("assistant", thought("hm", BY_CLAUDE), "a")];
  expect(told(...foreign, turn("user", "on"), turn("assistant", "b"), turn("user", "on"))).toEqual([
    "at.thought",
  ]);
});
