import { describe, expect, test } from "bun:test";
import type { GenerateContentResponse } from "@google/genai";
import { writeJson } from "../../../src/base/raw-json.ts";
import { GatewayError } from "../../../src/core/errors.ts";
import type { Signature } from "../../../src/core/generation/node.ts";
import type { FinishReason, PartHead, StreamPart } from "../../../src/core/generation/stream-part.ts";
import { NO_USAGE } from "../../../src/core/usage.ts";
import { geminiClient } from "../../../src/protocols/gemini/client/client.ts";
import { ANSWER_ID, answerContext, decode, encodeAnswer, unseal, wholeAnswer } from "./harness.ts";

const USAGE = { ...NO_USAGE, input: 9, cacheRead: 4, cacheWrite5m: 2, output: 5, reasoning: 7 };
const START: StreamPart = { type: "start", id: "up", model: "up" };

/** A part with these pieces in it; the index is set by `answer`. */
interface Piece {
  readonly part: PartHead;
  readonly inside?: readonly object[];
}

function answer(pieces: readonly Piece[], unified: FinishReason["unified"] = "stop", raw = ""): StreamPart[] {
  const parts = pieces.flatMap(({ part, inside = [] }, index) => [
    { type: "open", index, choice: 0, part },
    ...inside.map((piece) => ({ ...piece, index })),
    { type: "close", index },
  ]) as StreamPart[];
  return [
    START,
    ...parts,
    { type: "finish", choice: 0, reason: { unified, raw } },
    { type: "usage", usage: USAGE },
    { type: "end" },
  ];
}

const text = (...words: string[]): Piece => ({
  part: { kind: "text" },
  inside: words.map((word) => ({ type: "text", text: word })),
});
const thinking = (words: string, signature?: Signature): Piece => ({
  part: { kind: "reasoning", form: "full" },
  inside: [{ type: "text", text: words }, ...(signature ? [{ type: "sign", signature }] : [])],
});
const call = (callId: string, input: string[], signature?: Signature): Piece => ({
  part: { kind: "call", callId, name: "f", form: "json" },
  inside: [
    ...input.map((piece) => ({ type: "input", text: piece })),
    ...(signature ? [{ type: "sign", signature }] : []),
  ],
});

/** Parts of every chunk, the last chunk's candidate too. */
function written(parts: readonly StreamPart[]) {
  const chunks = encodeAnswer(parts).map(({ data }) => data as unknown as GenerateContentResponse);
  return {
    chunks,
    parts: chunks.map(({ candidates }) => candidates?.[0]?.content?.parts),
    last: chunks.at(-1)?.candidates?.[0],
  };
}

const folded = (parts: readonly StreamPart[]) => wholeAnswer(parts) as unknown as GenerateContentResponse;
const foldedParts = (parts: readonly StreamPart[]) =>
  folded(parts).candidates?.[0]?.content?.parts as object[];

describe("a stream of chunks", () => {
  test("text as it comes, the finish and the usage on the last chunk alone", () => {
    const { chunks } = written(answer([text("He", "llo")]));
    const names = { modelVersion: "alias", responseId: ANSWER_ID };
    expect(chunks as object[]).toEqual([
      { candidates: [{ index: 0, content: { role: "model", parts: [{ text: "He" }] } }], ...names },
      { candidates: [{ index: 0, content: { role: "model", parts: [{ text: "llo" }] } }], ...names },
      {
        candidates: [{ index: 0, content: { role: "model", parts: [{ text: "" }] }, finishReason: "STOP" }],
        usageMetadata: {
          promptTokenCount: 15,
          cachedContentTokenCount: 4,
          candidatesTokenCount: 5,
          thoughtsTokenCount: 7,
          totalTokenCount: 27,
          promptTokensDetails: [{ modality: "TEXT", tokenCount: 15 }],
        },
        ...names,
      },
    ]);
  });

  test("a call is one part with its whole arguments and its id", () => {
    expect(written(answer([call("call_77", ['{"a"', ": 1}"])], "tool")).parts).toEqual([
      [{ functionCall: { id: "call_77", name: "f", args: { a: 1 } } }],
      [{ text: "" }],
    ]);
  });

  test("arguments keep their numbers as they were written", () => {
    const encoder = geminiClient.openEncoder(answerContext());
    const [event] = answer([call("c", ['{"a":1.0}'])]).flatMap((part) => encoder.encode(part));
    expect(writeJson(event?.data)).toContain('"args":{"a":1.0}');
  });

  test("thoughts are thought parts, their sections apart", () => {
    const sections: Piece = {
      part: { kind: "reasoning", form: "summary" },
      inside: [0, 0, 1].map((section) => ({ type: "text", text: `${section}`, section })),
    };
    expect(foldedParts(answer([sections, text("x")]))).toEqual([
      { text: "00\n\n1", thought: true },
      { text: "x" },
    ]);
  });

  test("a cut call is left out: no client must run it", () => {
    // https://github.com/0xPlaygrounds/rig/issues/2235
    const { parts, last } = written(answer([call("c", ['{"a":'])], "length"));
    expect([parts, last?.finishReason as string]).toEqual([[[{ text: "" }]], "MAX_TOKENS"]);
  });

  test("a call that is no JSON at all is malformed", () => {
    expect(written(answer([call("c", ["oops"])], "tool")).last?.finishReason as string).toBe(
      "MALFORMED_FUNCTION_CALL",
    );
  });

  test("pictures", () => {
    const image: Piece = {
      part: { kind: "media", media: "image", mime: "image/png", source: { type: "base64", bytes: "AA==" } },
    };
    expect(foldedParts(answer([image]))).toEqual([{ inlineData: { mimeType: "image/png", data: "AA==" } }]);
  });

  test("pings are nothing, for there is no event that Gemini CLI would survive", () => {
    expect(geminiClient.openEncoder(answerContext()).encode({ type: "ping" })).toEqual([]);
  });

  test.each<[FinishReason["unified"], string, string]>([
    ["stop", "end_turn", "STOP"],
    ["stop_sequence", "stop_sequence", "STOP"],
    ["tool", "tool_use", "STOP"],
    ["length", "max_tokens", "MAX_TOKENS"],
    ["context", "model_context_window_exceeded", "MAX_TOKENS"],
    ["refusal", "refusal", "SAFETY"],
    ["filter", "content_filter", "SAFETY"],
    ["filter", "RECITATION", "RECITATION"],
    ["malformed_tool", "UNEXPECTED_TOOL_CALL", "UNEXPECTED_TOOL_CALL"],
    ["pause", "pause_turn", "MAX_TOKENS"],
    ["other", "constructor", "OTHER"],
  ])("%s (%s) is written %s", (unified, raw, finishReason) => {
    expect(written(answer([text("x")], unified, raw)).last?.finishReason as string).toBe(finishReason);
  });

  test("a refused prompt has no candidate", () => {
    const reason = {
      unified: "filter",
      raw: "SAFETY",
      detail: { promptFeedback: { blockReason: "SAFETY" } },
    } as const;
    const events = encodeAnswer([START, { type: "finish", choice: 0, reason }, { type: "end" }]);
    expect(events).toMatchObject([{ data: { promptFeedback: { blockReason: "SAFETY" } } }]);
    expect(Object.keys(events[0]?.data ?? {})).not.toContain("candidates");
  });

  test("several candidates end on one chunk", () => {
    const request = decode({ contents: [], generationConfig: { candidateCount: 2 } });
    const parts = [1, 0].flatMap((choice, index): StreamPart[] => [
      { type: "open", index, choice, part: { kind: "text" } },
      { type: "text", index, text: `${choice}` },
      { type: "close", index },
    ]);
    const reason = { unified: "stop", raw: "" } as const;
    const finish: StreamPart[] = [0, 1].map((choice) => ({ type: "finish", choice, reason }));
    const events = encodeAnswer([START, ...parts, ...finish, { type: "end" }], request);
    expect(events.at(-1)?.data).toMatchObject({
      candidates: [
        { index: 0, finishReason: "STOP" },
        { index: 1, finishReason: "STOP" },
      ],
    });
  });

  test("a failure is a chunk of its own in the dialect", () => {
    const encoder = geminiClient.openEncoder(answerContext());
    expect(encoder.fail(new GatewayError("overloaded", "busy"))).toMatchObject([
      { data: { error: { code: 503, message: "busy", status: "UNAVAILABLE" } } },
    ]);
  });
});

describe("signatures", () => {
  const google: Signature = { value: "c2ln", by: "google" };
  const anthropic: Signature = { value: "sig", by: "anthropic" };
  const carried = (part: object | undefined) =>
    unseal((part as { thoughtSignature?: string })?.thoughtSignature ?? "");

  test("Google's own are bare: on the call, or on an empty text behind the text", () => {
    expect(written(answer([call("c", ["{}"], google)], "tool")).parts[0]).toMatchObject([
      { thoughtSignature: "c2ln" },
    ]);
    const signed: Piece = {
      part: { kind: "text" },
      inside: [
        { type: "text", text: "x" },
        { type: "sign", signature: google },
      ],
    };
    expect(written(answer([signed])).parts).toEqual([
      [{ text: "x" }],
      [{ text: "", thoughtSignature: "c2ln" }],
    ]);
    expect(foldedParts(answer([signed, text("y")]))).toEqual([
      { text: "x", thoughtSignature: "c2ln" },
      { text: "y" },
    ]);
  });

  test("another vendor's travels with its thinking on the call that follows, in base64", () => {
    const [thought, call1, call2] = foldedParts(
      answer([thinking("deep", anthropic), call("a", ["{}"]), call("b", ["{}"])], "tool"),
    );
    expect(thought).toEqual({ text: "deep", thought: true });
    expect(carried(call1)).toEqual([{ ...anthropic, text: "deep" }]);
    expect(call2).not.toHaveProperty("thoughtSignature");
  });

  test("or on the first piece of the text that follows", () => {
    const { parts } = written(answer([thinking("deep", anthropic), text("He", "llo")]));
    expect(carried(parts[1]?.[0])).toEqual([{ ...anthropic, text: "deep" }]);
    expect(parts[2]).toEqual([{ text: "llo" }]);
    expect(foldedParts(answer([thinking("deep", anthropic), text("He", "llo")]))).toMatchObject([
      { thought: true },
      { text: "Hello" },
    ]);
  });

  test("or on the last chunk where nothing follows", () => {
    expect(carried(written(answer([thinking("deep", anthropic)])).last?.content?.parts?.[0])).toMatchObject([
      { by: "anthropic" },
    ]);
  });

  test("thinking without a signature travels on calls only", () => {
    // https://github.com/decolua/9router/issues/1189: DeepSeek wants it back with its calls
    expect(carried(foldedParts(answer([thinking("deep"), text("x"), call("c", ["{}"])], "tool"))[2])).toEqual(
      [{ value: "deep", by: "gateway" }],
    );
    expect(foldedParts(answer([thinking("deep"), text("x")]))).toEqual([
      { text: "deep", thought: true },
      { text: "x" },
    ]);
  });

  test("what was sent comes back as it was, also from a client that drops thoughts", () => {
    const parts = foldedParts(
      answer([thinking("deep", anthropic), text("x"), call("c", ['{"a":1}'])], "tool"),
    );
    for (const history of [parts, parts.filter((part) => !("thought" in part))]) {
      expect(decode({ contents: [{ role: "model", parts: history }] }).turns[0]?.parts).toMatchObject([
        { kind: "reasoning", text: "deep", signature: anthropic },
        { kind: "text", text: "x" },
        { kind: "call", callId: "c", input: '{"a":1}' },
      ]);
    }
  });
});

describe("grounding", () => {
  test("offsets in bytes, pages once", () => {
    const cited: Piece = {
      part: { kind: "text" },
      inside: [
        { type: "text", text: "Ää end" },
        { type: "cite", citation: { url: "https://a.example", title: "A", start: 0, end: 2 } },
        { type: "cite", citation: { url: "https://b.example" } },
      ],
    };
    const search: Piece = {
      part: {
        kind: "search",
        searchId: "s",
        queries: ["q"],
        sources: [{ url: "https://a.example", title: "A" }],
      },
    };
    expect(written(answer([text("¡"), search, cited])).last?.groundingMetadata as object).toEqual({
      webSearchQueries: ["q"],
      groundingChunks: [
        { web: { uri: "https://a.example", title: "A" } },
        { web: { uri: "https://b.example", title: "https://b.example" } },
      ],
      groundingSupports: [
        { segment: { startIndex: 2, endIndex: 6, text: "Ää" }, groundingChunkIndices: [0] },
        { segment: { startIndex: 2, endIndex: 10, text: "Ää end" }, groundingChunkIndices: [1] },
      ],
    });
  });

  test("log probabilities", () => {
    const tokens = [{ token: "a", logprob: -1, top: [{ token: "b", logprob: -2 }] }];
    const { last } = written(
      answer([
        {
          part: { kind: "text" },
          inside: [
            { type: "text", text: "a" },
            { type: "logprobs", tokens },
          ],
        },
      ]),
    );
    expect(last?.logprobsResult).toEqual({
      chosenCandidates: [{ token: "a", logProbability: -1 }],
      topCandidates: [{ candidates: [{ token: "b", logProbability: -2 }] }],
    });
  });
});

describe("a whole answer", () => {
  test("is what the chunks add up to", () => {
    expect(
      wholeAnswer(answer([thinking("t"), text("He", "llo"), call("c", ['{"a":1}'])], "tool")),
    ).toMatchObject({
      candidates: [
        {
          index: 0,
          content: {
            role: "model",
            parts: [
              { text: "t", thought: true },
              { text: "Hello" },
              { functionCall: { id: "c", args: { a: 1 } } },
            ],
          },
          finishReason: "STOP",
        },
      ],
      usageMetadata: { totalTokenCount: 27 },
      modelVersion: "alias",
      responseId: ANSWER_ID,
    });
  });

  test("of nothing has an empty text", () => {
    expect(foldedParts(answer([]))).toEqual([{ text: "" }]);
  });
});
