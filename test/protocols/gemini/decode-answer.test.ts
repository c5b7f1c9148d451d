import { describe, expect, test } from "bun:test";
import type { StreamPart } from "../../../src/core/generation/stream-part.ts";
import { geminiUpstream } from "../../../src/protocols/gemini/upstream/upstream.ts";
import { ANSWER_ID, decodeStream, decodeWhole } from "./harness.ts";

const chunk = (parts: object[], more: object = {}) => ({
  candidates: [{ index: 0, content: { role: "model", parts }, ...more }],
});
const END = chunk([{ text: "" }], { finishReason: "STOP" });
const googles = (value: string) => ({ value, by: "google", model: "gemini-3.8-flash" });

/** A short form of parts: what opens and what is in it. */
function told(parts: readonly StreamPart[]): string[] {
  const list: string[] = [];
  for (const part of parts) {
    if (part.type === "open") list.push(`${part.part.kind} `);
    else if (part.type === "text" || part.type === "input") list[list.length - 1] += part.text;
    else if (part.type === "sign") list.push(`${list.pop()?.trimEnd()} #${part.signature.value}`);
    else if (part.type === "finish") list.push(`= ${part.reason.unified}`);
    else if (part.type === "fail") list.push(`! ${part.error.kind}`);
  }
  return list.map((line) => line.trimEnd());
}

/** The order that every decoder keeps. */
function expectOrder(parts: readonly StreamPart[]): void {
  expect(parts[0]?.type).toBe("start");
  let [next, open] = [0, -1];
  for (const part of parts) {
    if (part.type === "open") {
      expect([part.index, open]).toEqual([next++, -1]);
      open = part.index;
    } else if ("index" in part) {
      expect(part.index).toBe(open);
      if (part.type === "close") open = -1;
    } else if (part.type === "finish" || part.type === "end") expect(open).toBe(-1);
  }
  expect(["end", "fail"]).toContain(parts.at(-1)?.type ?? "");
}

function stream(...chunks: (object | string)[]): string[] {
  const parts = decodeStream(chunks);
  expectOrder(parts);
  return told(parts);
}

describe("parts of an answer", () => {
  test("text in pieces is one part; thoughts are another", () => {
    expect(
      stream(
        chunk([{ text: "I", thought: true }]),
        chunk([{ text: " think", thought: true }]),
        chunk([{ text: "He" }]),
        chunk([{ text: "llo" }]),
        END,
      ),
    ).toEqual(["reasoning I think", "text Hello", "= stop"]);
  });

  test("a signed text without thought is text; what follows a signature is a part of its own", () => {
    // https://github.com/aaif-goose/goose/pull/7204
    expect(stream(chunk([{ text: "a", thoughtSignature: "c2ln" }]), chunk([{ text: "b" }]), END)).toEqual([
      "text a #c2ln",
      "text b",
      "= stop",
    ]);
  });

  test("a signature on an empty text at the end belongs to the text", () => {
    // https://github.com/vercel/ai/issues/12402
    expect(
      stream(
        chunk([{ text: "a" }]),
        chunk([{ text: "", thoughtSignature: "c2ln" }], { finishReason: "STOP" }),
      ),
    ).toEqual(["text a #c2ln", "= stop"]);
  });

  test("after thoughts alone it is an empty text of its own", () => {
    expect(
      stream(
        chunk([{ text: "t", thought: true }]),
        chunk([{ text: "", thoughtSignature: "c2ln" }], { finishReason: "STOP" }),
      ),
    ).toEqual(["reasoning t", "text #c2ln", "= stop"]);
  });

  test("a signature in pieces is one", () => {
    // https://github.com/vertesia/llumiverse/pull/470
    const call = { functionCall: { id: "c", name: "f", args: { a: 1 } } };
    expect(
      stream(chunk([{ ...call, thoughtSignature: "c2" }]), chunk([{ ...call, thoughtSignature: "ln" }]), END),
    ).toEqual(['call {"a":1} #c2ln', "= tool"]);
    expect(
      stream(
        chunk([{ text: "a", thoughtSignature: "c2" }]),
        chunk([{ text: "", thoughtSignature: "ln" }]),
        END,
      ),
    ).toEqual(["text a #c2ln", "= stop"]);
  });

  test("parallel calls: the first alone is signed", () => {
    const parts = [
      { functionCall: { name: "f", args: { a: 1 } }, thoughtSignature: "c2ln" },
      { functionCall: { name: "g" } },
    ];
    expect(stream(chunk(parts), END)).toEqual(['call {"a":1} #c2ln', "call {}", "= tool"]);
  });

  test("arguments are kept as they were written", () => {
    const data =
      '{"candidates":[{"content":{"parts":[{"functionCall":{"name":"f","args":{"a": 1.0, "b":12345678901234567890}}}]},"finishReason":"STOP"}]}';
    expect(stream(data)).toEqual(['call {"a": 1.0, "b":12345678901234567890}', "= tool"]);
  });

  test("ids that are missing or stand twice are minted from the answer's", () => {
    const calls = ["", "x", "x"].map((id) => ({ functionCall: { ...(id ? { id } : {}), name: "f" } }));
    const separate = [calls[0], { text: "a" }, calls[1], { text: "b" }, calls[2]] as object[];
    const ids = decodeStream([chunk(separate), END]).flatMap((part) =>
      part.type === "open" && part.part.kind === "call" ? [part.part.callId] : [],
    );
    expect(ids).toEqual([`call_${ANSWER_ID.slice(0, 24)}_0`, "x", `call_${ANSWER_ID.slice(0, 24)}_2`]);
    for (const id of ids) expect(id.length).toBeLessThanOrEqual(40);
  });

  test("pictures, and what only Gemini has", () => {
    const parts = decodeStream([
      chunk([
        { inlineData: { mimeType: "image/png", data: "AA==" }, thoughtSignature: "c2ln" },
        { executableCode: { code: "1" } },
      ]),
      END,
    ]);
    expect(parts.flatMap((part) => (part.type === "open" ? [part.part] : []))).toEqual([
      { kind: "media", media: "image", mime: "image/png", source: { type: "base64", bytes: "AA==" } },
      { kind: "opaque", protocol: "gemini", type: "executableCode", raw: '{"executableCode":{"code":"1"}}' },
    ]);
    expect(parts).toContainEqual({ type: "sign", index: 0, signature: googles("c2ln") });
  });

  test("a draft picture, made while thinking, is Gemini's own affair", () => {
    const draft = { inlineData: { mimeType: "image/png", data: "AA==" }, thought: true };
    expect(decodeStream([chunk([draft]), END])[1]).toMatchObject({
      part: { kind: "opaque", raw: JSON.stringify(draft) },
    });
  });

  test("candidates by their index", () => {
    const both = {
      candidates: [1, 0].map((index) => ({
        index,
        content: { parts: [{ text: `${index}` }] },
        finishReason: "STOP",
      })),
    };
    const parts = decodeStream([both]);
    expect(parts.filter(({ type }) => type === "open")).toMatchObject([
      { index: 0, choice: 1 },
      { index: 1, choice: 0 },
    ]);
    expect(parts.filter(({ type }) => type === "finish")).toMatchObject([{ choice: 0 }, { choice: 1 }]);
  });
});

describe("ends", () => {
  test("STOP in a later chunk than the call is a tool stop", () => {
    // https://github.com/envoyproxy/ai-gateway/issues/2399
    expect(stream(chunk([{ functionCall: { name: "f" } }]), END)).toEqual(["call {}", "= tool"]);
  });

  test("a finishReason on every chunk: one finish, at the end", () => {
    // https://github.com/QuantumNous/new-api/issues/378
    expect(
      stream(
        chunk([{ text: "a" }], { finishReason: "STOP" }),
        chunk([{ text: "b" }], { finishReason: "MAX_TOKENS" }),
      ),
    ).toEqual(["text ab", "= length"]);
  });

  test("a call does not turn a cut answer into a tool stop", () => {
    // https://github.com/NousResearch/hermes-agent/issues/43478
    expect(stream(chunk([{ functionCall: { name: "f" } }], { finishReason: "MAX_TOKENS" }))).toEqual([
      "call {}",
      "= length",
    ]);
  });

  test.each([
    ["STOP", "stop"],
    ["stop", "stop"],
    ["MAX_TOKENS", "length"],
    ["SAFETY", "filter"],
    ["RECITATION", "filter"],
    ["IMAGE_SAFETY", "filter"],
    ["MALFORMED_FUNCTION_CALL", "malformed_tool"],
    ["UNEXPECTED_TOOL_CALL", "malformed_tool"],
    ["OTHER", "other"],
    ["constructor", "stop"],
    ["SOMETHING_NEW", "stop"],
  ])("%s is %s", (finishReason, unified) => {
    const parts = decodeStream([chunk([{ text: "a" }], { finishReason, finishMessage: "m" })]);
    expect(parts).toContainEqual({
      type: "finish",
      choice: 0,
      reason: { unified, raw: finishReason, detail: { finishMessage: "m" } },
    } as StreamPart);
  });

  test("a refused prompt is a filter, not a failure", () => {
    const parts = decodeStream([
      { promptFeedback: { blockReason: "SAFETY" }, usageMetadata: { promptTokenCount: 3 } },
    ]);
    expect(parts.map(({ type }) => type)).toEqual(["start", "usage", "finish", "end"]);
    expect(parts[2]).toMatchObject({ reason: { unified: "filter", raw: "SAFETY" } });
  });

  test.each<[string, (object | string)[], string]>([
    ["no finish", [chunk([{ text: "a" }])], "upstream_error"],
    [
      "one of two candidates finished",
      [{ candidates: [{ index: 0, finishReason: "STOP" }, { index: 1 }] }],
      "upstream_error",
    ],
    ["nothing at all", [], "upstream_error"],
    ["usage alone", [{ usageMetadata: {} }], "upstream_error"],
    ["half a chunk", ['{"candidates":[', END], "upstream_error"],
    ["an error", [{ error: { code: 429, status: "RESOURCE_EXHAUSTED", message: "x" } }, END], "rate_limit"],
    ["an error in a list", ['[{"error":{"code":503,"status":"UNAVAILABLE"}}]'], "overloaded"],
  ])("%s is a failure, never a stop", (_, chunks, kind) => {
    // https://github.com/router-for-me/CLIProxyAPI/issues/3055
    const parts = decodeStream(chunks);
    expect(parts[0]?.type).toBe("start");
    const list = told(parts);
    expect(list.at(-1)).toBe(`! ${kind}`);
    expect(list.filter((line) => line.startsWith("="))).toEqual([]);
  });

  test("a stray [DONE] and empty events are passed over", () => {
    expect(stream(chunk([{ text: "a" }]), "", END, "[DONE]")).toEqual(["text a", "= stop"]);
  });
});

describe("usage", () => {
  test("thoughts are apart, tool use is input", () => {
    const usageMetadata = {
      promptTokenCount: 10,
      cachedContentTokenCount: 4,
      candidatesTokenCount: 5,
      thoughtsTokenCount: 7,
      toolUsePromptTokenCount: 3,
      totalTokenCount: 25,
    };
    const parts = decodeStream([{ ...END, usageMetadata }]);
    expect(parts.find(({ type }) => type === "usage")).toMatchObject({
      usage: { input: 9, cacheRead: 4, output: 5, reasoning: 7 },
    });
  });
});

describe("grounding", () => {
  const groundingMetadata = {
    webSearchQueries: ["q"],
    groundingChunks: [
      { web: { uri: "https://a.example", title: "A" } },
      { web: { uri: "https://b.example" } },
      {},
    ],
    groundingSupports: [
      { segment: { startIndex: 0, endIndex: 3, text: "Ää" }, groundingChunkIndices: [0, 2] },
      { segment: { startIndex: 5, endIndex: 8, text: "end" }, groundingChunkIndices: [1] },
    ],
  };

  test("byte offsets become units of the text, and the search is told", () => {
    const parts = decodeStream([
      chunk([{ text: "Ää " }]),
      chunk([{ text: "end" }], { finishReason: "STOP", groundingMetadata }),
    ]);
    expectOrder(parts);
    expect(parts.flatMap((part) => (part.type === "cite" ? [part.citation] : []))).toEqual([
      { url: "https://a.example", title: "A", citedText: "Ää", start: 0, end: 2 },
      { url: "https://b.example", citedText: "end", start: 3, end: 6 },
    ]);
    expect(
      parts.flatMap((part) => (part.type === "open" && part.part.kind === "search" ? [part.part] : [])),
    ).toMatchObject([
      { queries: ["q"], sources: [{ url: "https://a.example", title: "A" }, { url: "https://b.example" }] },
    ]);
  });

  test("places count from the start of the part that is cited", () => {
    const parts = decodeStream([
      chunk([{ text: "Ää ", thoughtSignature: "YQ==" }]),
      chunk([{ text: "end" }], { finishReason: "STOP", groundingMetadata }),
    ]);
    expect(parts.flatMap((part) => (part.type === "cite" ? [part] : []))).toMatchObject([
      { index: 1, citation: { url: "https://a.example" } },
      { index: 1, citation: { start: 0, end: 3 } },
    ]);
  });

  test("citations of what is quoted", () => {
    const citationMetadata = {
      citations: [{ startIndex: 0, endIndex: 2, uri: "https://c.example", license: "mit" }],
    };
    expect(
      decodeStream([chunk([{ text: "abc" }], { finishReason: "STOP", citationMetadata })]),
    ).toContainEqual({
      type: "cite",
      index: 0,
      citation: { url: "https://c.example", start: 0, end: 2, extensions: { gemini: { license: "mit" } } },
    });
  });
});

test("log probabilities", () => {
  const token = (name: string) => ({ token: name, logProbability: -0.5, tokenId: 1 });
  const logprobsResult = {
    chosenCandidates: [token("a")],
    topCandidates: [{ candidates: [token("a"), token("b")] }],
  };
  expect(decodeStream([chunk([{ text: "a" }], { logprobsResult, finishReason: "STOP" })])).toContainEqual({
    type: "logprobs",
    index: 0,
    tokens: [
      {
        token: "a",
        logprob: -0.5,
        top: [
          { token: "a", logprob: -0.5 },
          { token: "b", logprob: -0.5 },
        ],
      },
    ],
  });
});

describe("whole answers", () => {
  const answer = {
    ...chunk([{ text: "t", thought: true }, { text: "a" }, { functionCall: { name: "f" } }], {
      finishReason: "STOP",
    }),
    responseId: "r",
    modelVersion: "v",
    usageMetadata: {},
  };

  test("are the parts that their stream would have had", () => {
    const parts = decodeWhole(answer);
    expectOrder(parts);
    expect(parts[0]).toEqual({ type: "start", id: "r", model: "v" });
    expect(told(parts)).toEqual(["reasoning t", "text a", "call {}", "= tool"]);
    expect(parts).toEqual(decodeStream([answer]));
  });

  test("may be the list of a stream's chunks, for servers that do not know alt=sse", () => {
    expect(told(decodeWhole([chunk([{ text: "a" }]), END]))).toEqual(["text a", "= stop"]);
  });

  test("may be an error under a good status", () => {
    expect(told(decodeWhole({ error: { code: 500, message: "x", status: "INTERNAL" } }))).toEqual([
      "! upstream_error",
    ]);
  });
});

describe("refusals", () => {
  const refusal = (status: number, body: unknown) => {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    const object =
      typeof body === "object" && !Array.isArray(body) ? (body as Record<string, unknown>) : undefined;
    return geminiUpstream.decodeError(status, object, text);
  };

  test.each<[number, unknown, string]>([
    [400, { error: { code: 400, message: "bad", status: "INVALID_ARGUMENT" } }, "bad_request"],
    [400, [{ error: { code: 400, message: "bad", status: "INVALID_ARGUMENT" } }], "bad_request"],
    [
      400,
      {
        error: {
          code: 400,
          status: "INVALID_ARGUMENT",
          message: "API key not valid.",
          details: [{ reason: "API_KEY_INVALID" }],
        },
      },
      "upstream_error",
    ],
    [403, { error: { code: 403, status: "PERMISSION_DENIED", message: "x" } }, "upstream_error"],
    [
      400,
      { error: { code: 400, status: "FAILED_PRECONDITION", message: "User location is not supported" } },
      "upstream_error",
    ],
    [404, { error: { code: 404, status: "NOT_FOUND", message: "models/x is not found" } }, "upstream_error"],
    [429, "<html>", "rate_limit"],
    [500, "", "upstream_error"],
    [503, { error: { status: "UNAVAILABLE" } }, "overloaded"],
    [504, { error: "late" }, "upstream_timeout"],
  ])("%d %j is %s", (status, body, kind) => {
    expect(refusal(status, body).kind).toBe(kind as never);
  });

  test("the wait that Google asks for is told", () => {
    // https://github.com/securo/securo/issues/884: the list comes from the OpenAI-compatible endpoint
    const details = [{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "34.5s" }];
    expect(refusal(429, [{ error: { code: 429, status: "RESOURCE_EXHAUSTED", details } }]).retryAfterMs).toBe(
      34_500,
    );
  });

  test("too long a prompt is told in the words that Claude Code compacts on", () => {
    const message = "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).";
    const error = refusal(400, { error: { code: 400, status: "INVALID_ARGUMENT", message } });
    expect([error.kind, error.message]).toEqual([
      "context_length",
      "prompt is too long: 1200000 tokens > 1048576 maximum",
    ]);
  });

  test("our own credential is not the client's to mend", () => {
    const error = refusal(401, { error: { message: "bad key AIza", status: "UNAUTHENTICATED" } });
    expect(error.message).not.toContain("AIza");
  });
});
