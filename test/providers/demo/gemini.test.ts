import { afterAll, expect, test } from "bun:test";
import {
  ApiError,
  FunctionCallingConfigMode,
  type GenerateContentParameters,
  type GenerateContentResponse,
  type Part,
} from "@google/genai";
import { askDemo, serveDemo } from "./serve-demo.ts";

const demo = serveDemo();
afterAll(() => demo.close());

const WEATHER = {
  name: "get_weather",
  parametersJsonSchema: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
};
const CLOCK = { name: "get_time" };
const tools = [{ functionDeclarations: [WEATHER, CLOCK] }];

const ask = (
  contents: string,
  config: GenerateContentParameters["config"] = {},
): GenerateContentParameters => ({
  model: "gemini-demo",
  contents,
  config,
});

test("an answer says what it is, names the model and repeats the user", async () => {
  const response = await demo.google.models.generateContent(ask("hello there"));
  expect(response.text).toMatch(/Quoin's demo upstream.*gemini-demo.*hello there/s);
  expect(response.modelVersion).toBe("gemini-demo");
  expect(response.candidates?.[0]).toMatchObject({
    index: 0,
    finishReason: "STOP",
    content: { role: "model" },
  });
  const { promptTokenCount = 0, candidatesTokenCount = 0, totalTokenCount } = response.usageMetadata ?? {};
  expect(promptTokenCount).toBe(2 + 3);
  expect(totalTokenCount).toBe(promptTokenCount + candidatesTokenCount);
});

const REQUESTS: Record<string, GenerateContentParameters> = {
  text: ask("hello 👍🏽 北京"),
  "a tool": ask("use get_weather", { tools }),
  "two tools": ask("get_weather and get_time", { tools }),
  thoughts: ask("hm", { thinkingConfig: { includeThoughts: true } }),
  "three candidates": ask("hi", { candidateCount: 3 }),
  "a limit": ask("hi", { maxOutputTokens: 7 }),
  "a stop sequence": ask("hi", { stopSequences: ["demo"] }),
  JSON: ask("hi", { responseMimeType: "application/json", responseJsonSchema: WEATHER.parametersJsonSchema }),
};

/** What each candidate says: neighbouring texts of one kind joined, calls without their ids. */
function spoken(chunks: readonly GenerateContentResponse[]) {
  const candidates = new Map<number, { parts: Part[]; finishReason?: unknown }>();
  for (const { index = 0, content, finishReason } of chunks.flatMap((chunk) => chunk.candidates ?? [])) {
    const candidate = candidates.get(index) ?? { parts: [] };
    candidates.set(index, candidate);
    for (const part of content?.parts ?? []) addPart(candidate.parts, part);
    if (finishReason) candidate.finishReason = finishReason;
  }
  return [...candidates.values()];
}

function addPart(parts: Part[], { text, thought = false, functionCall }: Part): void {
  const last = parts.at(-1);
  if (functionCall)
    parts.push({ functionCall: { name: functionCall.name ?? "", args: functionCall.args ?? {} } });
  else if (last?.text !== undefined && last.thought === thought) last.text += text;
  else if (text) parts.push({ text, thought });
}

test.each(Object.entries(REQUESTS))("the stream of %s adds up to the whole answer", async (_, request) => {
  const whole = await demo.google.models.generateContent(request);
  const chunks = await Array.fromAsync(await demo.google.models.generateContentStream(request));
  expect(spoken(chunks)).toEqual(spoken([whole]));
  expect(chunks.at(-1)?.usageMetadata).toEqual(whole.usageMetadata as never);
  expect(chunks.slice(0, -1).some((chunk) => chunk.candidates?.[0]?.finishReason)).toBe(false);
  expect(new Set(chunks.map(({ responseId }) => responseId)).size).toBe(1);
});

test("frames are data alone, with Google's line ends", async () => {
  const body = { contents: [{ parts: [{ text: "hi" }] }] };
  const text = await (await askDemo("gemini", body, { stream: true })).text();
  expect(text.endsWith("\r\n\r\n")).toBe(true);
  for (const frame of text.split("\r\n\r\n").slice(0, -1))
    expect(frame).toMatch(/^data: \{"candidates":.*\}$/);
});

test("a tool loop ends with the tool's result told", async () => {
  const first = await demo.google.models.generateContent(ask('get_weather of "Paris"', { tools }));
  const [call] = first.functionCalls ?? [];
  expect(call).toMatchObject({ id: expect.any(String), name: "get_weather", args: { city: "Paris" } });
  const contents = [
    { role: "user", parts: [{ text: 'get_weather of "Paris"' }] },
    { role: "model", parts: first.candidates?.[0]?.content?.parts ?? [] },
    {
      role: "user",
      parts: [{ functionResponse: { name: "get_weather", response: { output: "21 degrees" } } }],
    },
  ];
  const second = await demo.google.models.generateContent({ ...ask(""), contents, config: { tools } });
  expect(second.text).toMatch(/get_weather answered: “.*21 degrees/);
});

test("a tool can be forced", async () => {
  const { ANY } = FunctionCallingConfigMode;
  const functionCallingConfig = { mode: ANY, allowedFunctionNames: ["get_time"] };
  const response = await demo.google.models.generateContent(
    ask("hi", { tools, toolConfig: { functionCallingConfig } }),
  );
  expect(response.functionCalls).toMatchObject([{ name: "get_time", args: {} }]);
});

test("thoughts are told apart from the answer and counted apart", async () => {
  const { candidates, usageMetadata } = await demo.google.models.generateContent(
    ask("hm", { thinkingConfig: { includeThoughts: true } }),
  );
  expect(candidates?.[0]?.content?.parts?.[0]).toMatchObject({ thought: true, text: expect.any(String) });
  const { promptTokenCount = 0, candidatesTokenCount = 0, thoughtsTokenCount = 0 } = usageMetadata ?? {};
  expect(thoughtsTokenCount).toBeGreaterThan(5);
  expect(usageMetadata?.totalTokenCount).toBe(promptTokenCount + candidatesTokenCount + thoughtsTokenCount);
});

test("countTokens counts what an answer is charged for", async () => {
  const { totalTokens } = await demo.google.models.countTokens({
    model: "gemini-demo",
    contents: "hello there",
  });
  expect(totalTokens).toBe(2 + 3);
});

test.each([
  ["contents", {}],
  ["contents", { contents: [] }],
  ["contents", { contents: "hi" }],
  ["contents[0].parts[0]", { contents: [{ parts: ["hi"] }] }],
  [
    "generationConfig.maxOutputTokens",
    { contents: [{ parts: [] }], generationConfig: { maxOutputTokens: "x" } },
  ],
  ["generationConfig.candidateCount", { contents: [{ parts: [] }], generationConfig: { candidateCount: 9 } }],
  ["tools", { contents: [{ parts: [] }], tools: "all" }],
])("a 400 names %s", async (field, body) => {
  const response = await askDemo("gemini", body);
  expect(response.status).toBe(400);
  expect(await response.json()).toEqual({
    error: { code: 400, message: expect.stringContaining(`"${field}" `), status: "INVALID_ARGUMENT" },
  });
});

test("the SDK throws its own error", async () => {
  const asked = demo.google.models.generateContent(ask("hi", { candidateCount: 9 }));
  expect(await asked.then(null, (thrown) => thrown)).toBeInstanceOf(ApiError);
});
