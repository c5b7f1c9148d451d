import { expect, test } from "bun:test";
import fc from "fast-check";
import { GatewayError } from "../../../src/core/errors.ts";
import type { Signature } from "../../../src/core/generation/node.ts";
import type { GenerationRequest } from "../../../src/core/generation/request.ts";
import type { FinishReason, StreamPart } from "../../../src/core/generation/stream-part.ts";
import { NO_USAGE } from "../../../src/core/usage.ts";
import { finishFixer } from "../../../src/translation/restore/finish-fixer.ts";
import { hideReasoning, showsReasoning } from "../../../src/translation/restore/hide-reasoning.ts";
import { legalCallIds } from "../../../src/translation/restore/legal-call-ids.ts";
import { thinkSplitter } from "../../../src/translation/restore/think-splitter.ts";
import { disorder, gather, requestOf, run } from "../builders.ts";
import {
  callHead,
  close,
  END,
  finish,
  input,
  open,
  pieces,
  START,
  TEXT,
  THOUGHT,
  text,
  textPart,
} from "./parts.ts";

const USAGE: StreamPart = { type: "usage", usage: NO_USAGE };
const CALL = [open(0, callHead("c", "f")), input(0, "{}"), close(0)];

function finishes(parts: readonly StreamPart[]): FinishReason["unified"][] {
  return run(finishFixer(), parts).flatMap((part) => (part.type === "finish" ? [part.reason.unified] : []));
}

test.each<[string, StreamPart[], FinishReason["unified"]]>([
  // https://github.com/BerriAI/litellm/issues/34718, https://github.com/envoyproxy/ai-gateway/issues/2399
  ["a stop after a call is a call", [...CALL, finish("stop")], "tool"],
  // https://github.com/NousResearch/hermes-agent/issues/43478
  ["a limit after a call is a limit", [...CALL, finish("length")], "length"],
  ["a filter after a call is a filter", [...CALL, finish("filter")], "filter"],
  // https://github.com/router-for-me/CLIProxyAPI/issues/3799
  ["a call without a call is a stop", [...textPart(0, ["hi"]), finish("tool")], "stop"],
  // https://github.com/QuantumNous/new-api/issues/378
  ["the last of several counts", [...textPart(0, ["hi"]), finish("stop"), finish("length")], "length"],
  ["one before the call", [finish("stop"), ...CALL], "tool"],
  ["none at all", [...CALL], "tool"],
])("%s", (_what, parts, expected) => {
  expect(finishes([START, ...parts, USAGE, END])).toEqual([expected]);
  expect(finishes([START, USAGE, ...parts, END])).toEqual([expected]);
});

test("each choice has its own finish, once, before the usage; a failure has none", () => {
  const parts = [
    START,
    ...textPart(0, ["a"], 0),
    ...CALL.map((part) => ("choice" in part ? { ...part, choice: 1, index: 1 } : { ...part, index: 1 })),
  ] as StreamPart[];
  const told = run(finishFixer(), [
    ...parts,
    finish("stop", 0),
    finish("stop", 1),
    USAGE,
    finish("stop", 0),
    USAGE,
    END,
  ]);
  expect(
    told
      .slice(parts.length)
      .map((part) => (part.type === "finish" ? `${part.choice} ${part.reason.unified}` : part.type)),
  ).toEqual(["0 stop", "1 tool", "usage", "usage", "end"]);
  const fail: StreamPart = { type: "fail", error: new GatewayError("overloaded", "no") };
  expect(run(finishFixer(), [START, finish("stop"), fail])).toEqual([START, fail]);
});

test("call ids are legal and unique in the answer, and signatures follow them", () => {
  const signature: Signature = { value: "s", by: "google", callId: "functions.Bash:0" };
  const given: StreamPart[] = [
    open(0, callHead("functions.Bash:0", "Bash")),
    { type: "sign", index: 0, signature },
    close(0),
    open(1, callHead("call_1", "Bash")),
    close(1),
    open(2, callHead("call_1", "Bash")),
    close(2),
  ];
  const told = run(legalCallIds("anthropic-messages"), given);
  const ids = told.flatMap((part) =>
    part.type === "open" && part.part.kind === "call" ? [part.part.callId] : [],
  );
  expect(ids[0]).toMatch(/^functions_Bash_0_[0-9a-f]{8}$/);
  expect(ids[1]).toBe("call_1");
  expect(ids[2]).toMatch(/^call_1_[0-9a-f]{8}$/);
  expect(told[1]).toEqual({ type: "sign", index: 0, signature: { ...signature, callId: ids[0] ?? "" } });
  expect(run(legalCallIds("anthropic-messages"), given)).toEqual(told);
});

test("ids for chat clients have at most 40 characters", () => {
  const id = "toolu_".padEnd(45, "x");
  const head = (protocol: "openai-chat" | "gemini") =>
    run(legalCallIds(protocol), [open(0, callHead(id, "f"))])[0];
  expect(JSON.stringify(head("gemini"))).toContain(`"${id}"`);
  expect(head("openai-chat")).toMatchObject({
    part: { callId: expect.stringMatching(/^toolu_x{25}_[0-9a-f]{8}$/) },
  });
});

/** What the splitter makes of a text, told from the whole. */
function splitWhole(whole: string): { kind: string; text: string }[] {
  const begun = /^\s*<think>\n?/.exec(whole);
  if (!begun) return [{ kind: "text", text: whole }];
  const rest = whole.slice(begun[0].length);
  const end = rest.indexOf("</think>");
  if (end < 0) return [{ kind: "reasoning", text: rest }];
  const words = rest.slice(end + "</think>".length).trimStart();
  const thought = { kind: "reasoning", text: rest.slice(0, end) };
  return words === "" ? [thought] : [thought, { kind: "text", text: words }];
}

const thinking = fc
  .array(fc.constantFrom("<think>", "</think>", "<", "/think>", "<th", "\n", " ", "word", "北"), {
    maxLength: 10,
  })
  .map((words) => words.join(""));

test("thinking in tags is split off, wherever the stream is cut", () => {
  fc.assert(
    fc.property(thinking, fc.boolean(), fc.array(fc.nat(99), { maxLength: 8 }), (body, tagged, places) => {
      const whole = tagged ? `<think>${body}` : body;
      const given = [
        ...textPart(0, pieces(whole, places)),
        open(1, callHead("c", "f")),
        input(1, "{}"),
        close(1),
      ];
      const told = run(thinkSplitter(), given);
      expect(disorder(told)).toBeUndefined();
      const gathered = gather(told);
      expect(gathered.slice(0, -1)).toEqual(splitWhole(whole));
      expect(gathered.at(-1)).toEqual({ kind: "call", text: "{}" });
    }),
  );
});

test("tags behind the first word are words, an unfinished thought is a thought", () => {
  const split = (whole: string) => gather(run(thinkSplitter(), textPart(0, [whole])));
  expect(split("Write <think>x</think>.")).toEqual([{ kind: "text", text: "Write <think>x</think>." }]);
  expect(split("<think>never ends")).toEqual([{ kind: "reasoning", text: "never ends" }]);
  expect(split("<thinking>")).toEqual([{ kind: "text", text: "<thinking>" }]);
  expect(split("")).toEqual([{ kind: "text", text: "" }]);
});

test("words are relayed as they come", () => {
  const filter = thinkSplitter();
  expect(run(filter, [open(0, TEXT), text(0, "\n<thi")])).toEqual([]);
  expect(run(filter, [text(0, "nk>hm")])).toEqual([open(0, THOUGHT), text(0, "hm")]);
  expect(run(filter, [text(0, " so</th")])).toEqual([text(0, " so")]);
  expect(run(filter, [text(0, "ink>\n\nYes")])).toEqual([close(0), open(1, TEXT), text(1, "Yes")]);
  expect(run(filter, [text(0, "!"), close(0)])).toEqual([text(1, "!"), close(1)]);
});

const HIDDEN = [
  START,
  open(0, THOUGHT),
  text(0, "secret"),
  { type: "text", index: 0, text: "more", section: 1 } as StreamPart,
  close(0),
  open(1, TEXT),
  text(1, "hi"),
  close(1),
  END,
];
const SIGNED: Signature = { value: "sig", by: "anthropic" };

function hidden(fields: Partial<GenerationRequest>, parts: readonly StreamPart[] = HIDDEN): StreamPart[] {
  const told = showsReasoning(requestOf(fields)) ? [...parts] : run(hideReasoning(), parts);
  expect(disorder(told)).toBeUndefined();
  return told;
}

test("hidden reasoning leaves its signature, with the words where it signs them, or our own with its words", () => {
  const fields = { origin: "anthropic-messages", reasoning: { mode: "auto", show: "none" } } as const;
  const signedBy = (signature: Signature) =>
    hidden(fields, HIDDEN.toSpliced(4, 0, { type: "sign", index: 0, signature }));
  const [, opened, sign, closed, ...rest] = signedBy({ ...SIGNED, by: "google" });
  expect([opened, sign, closed]).toEqual([
    open(0, THOUGHT),
    { type: "sign", index: 0, signature: { ...SIGNED, by: "google" } },
    close(0),
  ]);
  expect(rest).toEqual([open(1, TEXT), text(1, "hi"), close(1), END]);
  const ofTheWords: Signature = { ...SIGNED, text: "secret\n\nmore" };
  expect(signedBy(SIGNED)[2]).toEqual({ type: "sign", index: 0, signature: ofTheWords });
  const ours: Signature = { value: "secret\n\nmore", by: "gateway" };
  expect(hidden(fields)[2]).toEqual({ type: "sign", index: 0, signature: ours });
});

test("a thought without words and signature is gone, and the indexes close up", () => {
  const empty = HIDDEN.toSpliced(2, 2);
  const told = hidden({ origin: "gemini", reasoning: { show: "none" } }, empty);
  expect(told).toEqual([START, open(0, TEXT), text(0, "hi"), close(0), END]);
});

test.each<[Partial<GenerationRequest>, boolean]>([
  [{ origin: "openai-chat" }, true],
  [{ origin: "openai-chat", reasoning: { show: "none" } }, false],
  [{ origin: "anthropic-messages" }, false],
  [{ origin: "anthropic-messages", reasoning: { mode: "on", budgetTokens: 2_000 } }, true],
  [{ origin: "anthropic-messages", reasoning: { mode: "off" } }, false],
  [{ origin: "openai-responses", reasoning: { effort: "high" } }, false],
  [{ origin: "openai-responses", reasoning: { show: "summary" } }, true],
  [{ origin: "gemini" }, false],
  [{ origin: "openai-completions" }, false],
])("%j is shown reasoning: %p", (fields, shown) => {
  expect(JSON.stringify(hidden(fields).filter(({ type }) => type === "text")).includes("secret")).toBe(shown);
});
