import { describe, expect, test } from "bun:test";
import { geminiClient } from "../../../src/protocols/gemini/client/client.ts";
import type { WireEvent } from "../../../src/protocols/translation.ts";
import { decode } from "./harness.ts";

const NAMES = { responseId: "r", modelVersion: "m" };
const piece = (part: object, more: object = {}, index = 0): WireEvent => ({
  data: { candidates: [{ index, content: { role: "model", parts: [part] }, ...more }], ...NAMES },
});
const usageMetadata = {
  promptTokenCount: 2,
  candidatesTokenCount: 3,
  thoughtsTokenCount: 1,
  totalTokenCount: 6,
};
const LAST: WireEvent = {
  data: { ...(piece({ text: "" }, { finishReason: "STOP" }).data as object), usageMetadata },
};
const ERROR: WireEvent = { data: { error: { code: 500, message: "x", status: "INTERNAL" } } };

/** What is wrong with a stream, if anything. */
function judge(...events: WireEvent[]): string | undefined {
  const grammar = geminiClient.openGrammar(decode({ contents: [] }));
  for (const event of events) {
    const wrong = grammar.check(event);
    if (wrong !== undefined) return wrong;
  }
  return grammar.end();
}

describe("streams in order", () => {
  test.each<[string, WireEvent[]]>([
    ["text", [piece({ text: "a" }), LAST]],
    ["a call", [piece({ functionCall: { id: "c", name: "f", args: {} }, thoughtSignature: "c2ln" }), LAST]],
    ["a signed empty text", [piece({ text: "", thoughtSignature: "c2ln" }), LAST]],
    ["a refused prompt", [{ data: { promptFeedback: { blockReason: "SAFETY" }, usageMetadata, ...NAMES } }]],
    ["an error after text", [piece({ text: "a" }), ERROR]],
  ])("%s", (_, events) => {
    expect(judge(...events)).toBeUndefined();
  });
});

describe("damaged streams, and what they do to clients (PROTOCOLS.md 2.4, 1.10)", () => {
  test.each<[string, WireEvent[]]>([
    ["no finish: Gemini CLI sends the request four times", [piece({ text: "a" })]],
    ["nothing at all", []],
    ["an event line: the genai SDK loses the chunk", [{ name: "message", ...piece({ text: "a" }) }, LAST]],
    ["[DONE]: the genai SDK takes it for JSON", [LAST, { data: "[DONE]" }]],
    ["[DONE] alone", [{ data: "[DONE]" }]],
    ["two finishes", [piece({ text: "a" }, { finishReason: "STOP" }), LAST]],
    ["a chunk after the last one", [LAST, piece({ text: "a" })]],
    ["a chunk after an error", [ERROR, LAST]],
    ["an empty text in the middle: the history becomes invalid", [piece({ text: "" }), LAST]],
    ["an empty part", [piece({}), piece({ text: "" }), LAST]],
    ["a call without an id", [piece({ functionCall: { name: "f", args: {} } }), LAST]],
    ["a call without a name", [piece({ functionCall: { id: "c", args: {} } }), LAST]],
    ["arguments as text", [piece({ functionCall: { id: "c", name: "f", args: "{}" } }), LAST]],
    ["an envelope that is no base64", [piece({ text: "a", thoughtSignature: "qn1.a.b" }), LAST]],
    [
      "a part with two contents",
      [piece({ text: "a", functionCall: { id: "c", name: "f", args: {} } }), LAST],
    ],
    ["a foreign finish", [piece({ text: "a" }, { finishReason: "end_turn" })]],
    ["a last chunk without usage", [piece({ text: "a" }, { finishReason: "STOP" })]],
    [
      "thoughts counted among the candidates",
      [{ data: { ...(LAST.data as object), usageMetadata: { ...usageMetadata, totalTokenCount: 5 } } }],
    ],
    ["a candidate nobody asked for", [piece({ text: "a" }, {}, 1), LAST]],
    [
      "another role",
      [{ data: { candidates: [{ index: 0, content: { role: "assistant", parts: [] } }], ...NAMES } }, LAST],
    ],
    ["a chunk without names", [{ data: { candidates: [] } }, LAST]],
    [
      "chunks of two answers",
      [piece({ text: "a" }), { data: { ...(LAST.data as object), responseId: "other" } }],
    ],
    ["an error without a status", [{ data: { error: { message: "x" } } }]],
  ])("%s", (_, events) => {
    expect(judge(...events)).toBeString();
  });

  test("a last chunk that leaves a candidate unfinished", () => {
    const grammar = geminiClient.openGrammar(
      decode({ contents: [], generationConfig: { candidateCount: 2 } }),
    );
    expect(grammar.check(piece({ text: "a" }, {}, 1))).toBeUndefined();
    expect(grammar.check(LAST)).toBeString();
  });
});
