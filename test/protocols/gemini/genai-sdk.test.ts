import { describe, expect, test } from "bun:test";
import { type Content, type GenerateContentResponse, GoogleGenAI, Type } from "@google/genai";
import { writeJson } from "../../../src/base/raw-json.ts";
import { GatewayError } from "../../../src/core/errors.ts";
import type { GenerationRequest } from "../../../src/core/generation/request.ts";
import type { StreamPart } from "../../../src/core/generation/stream-part.ts";
import { NO_USAGE } from "../../../src/core/usage.ts";
import { geminiClient } from "../../../src/protocols/gemini/client/client.ts";
import type { WireEvent } from "../../../src/protocols/translation.ts";
import { answerContext, decode, decodeStream, encode, encodeAnswer } from "./harness.ts";

const reason = { unified: "tool", raw: "tool_use" } as const;

/** Claude thinks, says something and calls a tool. */
const PARTS: StreamPart[] = [
  { type: "start", id: "msg_1", model: "claude" },
  { type: "open", index: 0, choice: 0, part: { kind: "reasoning", form: "full" } },
  { type: "text", index: 0, text: "Let me" },
  { type: "text", index: 0, text: " see." },
  { type: "sign", index: 0, signature: { value: "claude-signature", by: "anthropic" } },
  { type: "close", index: 0 },
  { type: "open", index: 1, choice: 0, part: { kind: "text" } },
  { type: "text", index: 1, text: "One " },
  { type: "text", index: 1, text: "moment." },
  { type: "close", index: 1 },
  {
    type: "open",
    index: 2,
    choice: 0,
    part: { kind: "call", callId: "toolu_1", name: "look", form: "json" },
  },
  { type: "input", index: 2, text: '{"at": "北' },
  { type: "input", index: 2, text: '"}' },
  { type: "close", index: 2 },
  { type: "finish", choice: 0, reason },
  { type: "usage", usage: { ...NO_USAGE, input: 10, output: 20, reasoning: 5 } },
  { type: "end" },
];

interface Sent {
  readonly url: string;
  readonly request: GenerationRequest;
}

const sse = (events: readonly WireEvent[]) =>
  events.map(({ data }) => `data: ${writeJson(data)}\r\n\r\n`).join("");

/** The SDK, each of its requests decoded and answered by `answer`. */
function sdk(answer: (request: GenerationRequest) => string, type = "text/event-stream") {
  const sent: Sent[] = [];
  const fetch = async (input: string | URL | Request, init?: RequestInit) => {
    const url = String(input instanceof Request ? input.url : input);
    const body = String(init?.body ?? (input instanceof Request ? await input.text() : ""));
    const [, model = "", action = ""] = /models\/([^:]+):(\w+)/.exec(url) ?? [];
    const operation = action === "countTokens" ? "count-tokens" : "generate";
    const request = decode(body, { operation, model, stream: action.startsWith("stream") });
    sent.push({ url, request });
    return new Response(answer(request), { headers: { "content-type": type } });
  };
  return { ai: new GoogleGenAI({ apiKey: "k", vertexai: false, httpOptions: { fetch } }), sent };
}

const streaming = (parts: readonly StreamPart[] = PARTS) =>
  sdk((request) => sse(encodeAnswer(parts, request)));

async function collect(stream: AsyncIterable<GenerateContentResponse>): Promise<GenerateContentResponse[]> {
  const chunks: GenerateContentResponse[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
}

const partsOf = (chunks: GenerateContentResponse[]) =>
  chunks.flatMap((chunk) => chunk.candidates?.[0]?.content?.parts ?? []);

describe("@google/genai reads our streams", () => {
  test("text, thoughts, the call, the finish and the usage", async () => {
    const { ai, sent } = streaming();
    const chunks = await collect(await ai.models.generateContentStream({ model: "m", contents: "x" }));
    const parts = partsOf(chunks);
    expect(
      parts
        .filter(({ thought }) => thought)
        .map(({ text }) => text)
        .join(""),
    ).toBe("Let me see.");
    expect(
      parts
        .filter(({ thought }) => !thought)
        .map(({ text }) => text ?? "")
        .join(""),
    ).toBe("One moment.");
    expect(chunks.flatMap(({ functionCalls }) => functionCalls ?? [])).toEqual([
      { id: "toolu_1", name: "look", args: { at: "北" } },
    ]);
    expect(
      chunks.map((chunk) => chunk.candidates?.[0]?.finishReason as string | undefined).filter(Boolean),
    ).toEqual(["STOP"]);
    expect(chunks.at(-1)?.usageMetadata).toMatchObject({
      promptTokenCount: 10,
      candidatesTokenCount: 20,
      thoughtsTokenCount: 5,
      totalTokenCount: 35,
    });
    expect(chunks.at(-1)?.modelVersion).toBe("alias");
    expect(sent[0]?.request.stream).toBe(true);
  });

  test("the whole answer is what the stream adds up to", async () => {
    const { ai } = sdk(
      (request) => writeJson(geminiClient.fold(encodeAnswer(PARTS, request))),
      "application/json",
    );
    const answer = await ai.models.generateContent({ model: "m", contents: "x" });
    expect(answer.text).toBe("One moment.");
    expect(answer.functionCalls).toEqual([{ id: "toolu_1", name: "look", args: { at: "北" } }]);
    expect(answer.candidates?.[0]?.content?.parts).toHaveLength(3);
  });

  test("a failure in the middle is thrown", async () => {
    const { ai } = sdk((request) => {
      const begun = PARTS.slice(0, 3).flatMap((part) =>
        geminiClient.openEncoder(answerContext(request)).encode(part),
      );
      return sse([
        ...begun,
        ...geminiClient.openEncoder(answerContext(request)).fail(new GatewayError("overloaded", "busy")),
      ]);
    });
    const stream = await ai.models.generateContentStream({ model: "m", contents: "x" });
    expect(collect(stream)).rejects.toMatchObject({ status: 503 });
  });

  test("a chat sends everything back, the signature with the thinking it signs", async () => {
    const { ai, sent } = streaming();
    const chat = ai.chats.create({ model: "m" });
    await collect(await chat.sendMessageStream({ message: "x" }));
    await collect(
      await chat.sendMessageStream({
        message: [{ functionResponse: { id: "toolu_1", name: "look", response: { output: "a tower" } } }],
      }),
    );
    // It sends every chunk back as a content of its own.
    const turns = sent[1]?.request.turns ?? [];
    const assistant = turns.filter(({ role }) => role === "assistant").flatMap(({ parts }) => parts);
    expect(turns[0]?.parts).toMatchObject([{ text: "x" }]);
    expect(assistant.filter(({ kind }) => kind === "reasoning")).toEqual([
      { kind: "reasoning", text: "Let me see.", signature: { value: "claude-signature", by: "anthropic" } },
    ]);
    expect(assistant.find(({ kind }) => kind === "call")).toMatchObject({
      callId: "toolu_1",
      input: '{"at":"北"}',
    });
    expect(turns.at(-1)?.parts).toMatchObject([
      { kind: "result", callId: "toolu_1", content: [{ text: "a tower" }] },
    ]);
  });
});

describe("requests of @google/genai", () => {
  test("its config in neutral words, and back again as it was", async () => {
    const { ai, sent } = streaming();
    await collect(
      await ai.models.generateContentStream({
        model: "m",
        contents: [
          { role: "user", parts: [{ text: "x" }, { inlineData: { mimeType: "image/png", data: "AA==" } }] },
        ],
        config: {
          systemInstruction: "be brief",
          temperature: 0.5,
          maxOutputTokens: 99,
          stopSequences: ["END"],
          thinkingConfig: { includeThoughts: true, thinkingBudget: 1024 },
          responseMimeType: "application/json",
          responseSchema: { type: Type.OBJECT, properties: { a: { type: Type.STRING, nullable: true } } },
          tools: [{ functionDeclarations: [{ name: "look", parametersJsonSchema: { type: "object" } }] }],
          safetySettings: [],
        },
      }),
    );
    const request = sent[0]?.request;
    expect(request).toMatchObject({
      turns: [{ role: "system", parts: [{ text: "be brief" }] }, { role: "user" }],
      sampling: { temperature: 0.5, stop: ["END"] },
      outputTokensMax: 99,
      reasoning: { mode: "on", budgetTokens: 1024, show: "summary" },
      format: { type: "schema", schema: '{"type":"object","properties":{"a":{"type":["string","null"]}}}' },
      tools: [{ name: "look", schema: '{"type":"object"}' }],
    });
    if (request) expect(encode(request).losses).toEqual([]);
  });

  test("counting tokens", async () => {
    const { ai, sent } = sdk(() => '{"totalTokens":3}', "application/json");
    expect((await ai.models.countTokens({ model: "m", contents: "three words here" })).totalTokens).toBe(3);
    expect(sent[0]?.request.turns).toMatchObject([{ role: "user", parts: [{ text: "three words here" }] }]);
  });
});

test("Gemini through the neutral form is Gemini still", async () => {
  const content = (parts: Content["parts"]) => ({ role: "model", parts });
  const chunks = [
    { candidates: [{ index: 0, content: content([{ text: "think", thought: true }]) }] },
    { candidates: [{ index: 0, content: content([{ text: "He" }]) }] },
    { candidates: [{ index: 0, content: content([{ text: "llo" }]) }] },
    {
      candidates: [
        {
          index: 0,
          content: content([
            { functionCall: { id: "c", name: "f", args: { a: 1 } }, thoughtSignature: "c2ln" },
          ]),
        },
      ],
    },
    {
      candidates: [{ index: 0, content: content([{ text: "" }]), finishReason: "STOP" }],
      usageMetadata: {
        promptTokenCount: 1,
        candidatesTokenCount: 2,
        totalTokenCount: 3,
        promptTokensDetails: [{ modality: "TEXT", tokenCount: 1 }],
      },
    },
  ];
  const names = { modelVersion: "alias", responseId: "0123456789abcdef0123456789abcdef" };
  // The thoughts of Gemini are unsigned: they need no envelope on a call that Google has signed.
  expect(encodeAnswer(decodeStream(chunks)).map(({ data }) => data)).toEqual(
    chunks.map((chunk) => ({ ...chunk, ...names })),
  );
});
