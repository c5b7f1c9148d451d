import { expect, test } from "bun:test";
import fc from "fast-check";
import { PROTOCOLS, type Protocol } from "../../../src/core/protocol.ts";
import { askDemo } from "./serve-demo.ts";

/** What an answer, and what an error, always holds: enough for the vendor's SDK to read it. */
const ANSWER: Record<Protocol, object> = {
  "anthropic-messages": { type: "message", content: expect.any(Array), usage: expect.any(Object) },
  "openai-chat": { object: "chat.completion", choices: expect.any(Array), usage: expect.any(Object) },
  "openai-responses": { object: "response", output: expect.any(Array), usage: expect.any(Object) },
  "openai-completions": { object: "text_completion", choices: expect.any(Array), usage: expect.any(Object) },
  gemini: { candidates: expect.any(Array), usageMetadata: expect.any(Object) },
};
const OPENAI_ERROR = { error: { type: "invalid_request_error", message: expect.any(String) } };
const ERROR: Record<Protocol, object> = {
  "anthropic-messages": { type: "error", ...OPENAI_ERROR },
  "openai-chat": OPENAI_ERROR,
  "openai-responses": OPENAI_ERROR,
  "openai-completions": OPENAI_ERROR,
  gemini: { error: { code: 400, status: "INVALID_ARGUMENT", message: expect.any(String) } },
};

async function expectVendorShape(protocol: Protocol, body: unknown): Promise<boolean> {
  const whole = await askDemo(protocol, body);
  const isAnswer = whole.status === 200;
  if (!isAnswer) expect(whole.status).toBe(400);
  expect(await whole.json()).toMatchObject((isAnswer ? ANSWER : ERROR)[protocol]);
  const streamed = await askDemo(protocol, body, { stream: true });
  expect(streamed.status).toBe(whole.status);
  expect((await streamed.text()).length).toBeGreaterThan(10);
  return isAnswer;
}

test.each(PROTOCOLS)("%s: any JSON gets an answer or an error in the vendor's shape", async (protocol) => {
  const body = fc.jsonValue({ maxDepth: 4 });
  await fc.assert(
    fc.asyncProperty(body, async (value) => {
      await expectVendorShape(protocol, value);
    }),
    { numRuns: 60 },
  );
});

/** A field's right value most of the time, anything now and then. */
const mostly = (right: fc.Arbitrary<unknown>) =>
  fc.oneof({ arbitrary: right, weight: 12 }, { arbitrary: fc.jsonValue({ maxDepth: 2 }), weight: 1 });

const NAME = fc.constantFrom("get_weather", "constructor", "__proto__", "", "a b");
const said = mostly(
  fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom("call get_weather", "use a tool")),
);
const part = fc.record(
  {
    type: mostly(fc.constantFrom("text", "tool_use", "tool_result", "image", "function_call", "toString")),
    text: said,
    id: mostly(NAME),
    name: mostly(NAME),
    content: said,
    input: fc.jsonValue({ maxDepth: 2 }),
    functionCall: mostly(fc.record({ name: NAME })),
    functionResponse: mostly(fc.record({ name: NAME, response: fc.jsonValue() })),
  },
  { requiredKeys: ["type"] },
);
const content = mostly(fc.oneof(said, fc.array(mostly(part), { maxLength: 3 })));
const message = fc.record(
  { role: mostly(fc.constantFrom("user", "assistant", "tool", "system", "model")), content, parts: content },
  { requiredKeys: ["role", "content"] },
);
const messages = mostly(fc.array(mostly(message), { minLength: 1, maxLength: 4 }));
const schema = fc.jsonValue({ maxDepth: 3 });
const tool = fc.record(
  {
    type: mostly(fc.constantFrom("function", "custom", "namespace")),
    name: mostly(NAME),
    input_schema: mostly(fc.constant({ type: "object" })),
    function: mostly(fc.record({ name: NAME, parameters: schema })),
    functionDeclarations: mostly(fc.array(fc.record({ name: NAME, parameters: schema }), { maxLength: 2 })),
    tools: mostly(fc.constant([{ type: "function", name: "inner" }])),
  },
  { requiredKeys: [] },
);
const request = fc.record(
  {
    messages,
    input: messages,
    contents: messages,
    prompt: mostly(fc.oneof(fc.string(), fc.array(fc.string(), { minLength: 1, maxLength: 3 }))),
    max_tokens: mostly(fc.integer({ min: 1, max: 300 })),
    max_output_tokens: mostly(fc.integer({ min: 1, max: 300 })),
    tools: mostly(fc.array(mostly(tool), { maxLength: 3 })),
    tool_choice: mostly(
      fc.constantFrom<unknown>("required", { type: "any" }, { type: "tool", name: "toString" }),
    ),
    stop: mostly(fc.array(fc.string(), { maxLength: 2 })),
    n: mostly(fc.integer({ min: 1, max: 3 })),
    echo: mostly(fc.boolean()),
    thinking: mostly(fc.constant({ type: "adaptive" })),
    reasoning: mostly(fc.constant({ effort: "low", summary: "auto" })),
    reasoning_effort: mostly(fc.constant("low")),
    response_format: mostly(
      fc.record({ type: fc.constant("json_schema"), json_schema: fc.record({ schema }) }),
    ),
    text: mostly(fc.record({ format: fc.record({ type: fc.constant("json_schema"), schema }) })),
    generationConfig: mostly(fc.record({ responseSchema: schema, candidateCount: fc.constant(2) })),
    stream_options: mostly(fc.constant({ include_usage: true })),
  },
  { requiredKeys: ["messages", "input", "contents", "prompt", "max_tokens"] },
);

test.each(PROTOCOLS)("%s: so does a request with a field gone wrong", async (protocol) => {
  let answers = 0;
  await fc.assert(
    fc.asyncProperty(request, async (body) => {
      if (await expectVendorShape(protocol, body)) answers++;
    }),
    { numRuns: 150 },
  );
  expect(answers).toBeGreaterThan(0);
});

const DEEP = 100_000;

test.each([
  ["", "The body is not JSON"],
  ["{", "The body is not JSON"],
  ["[]", "The body must be a JSON object"],
  ["null", "The body must be a JSON object"],
  [`{"a":${"[".repeat(DEEP)}${"]".repeat(DEEP)}}`, "nests deeper"],
  [`{"a":${'{"a":'.repeat(DEEP)}`, "nests deeper"],
  [`{"a":"${'\\"'.repeat(500_000)}`, "The body is not JSON"],
])("a body that is no request is refused: %#", async (body, problem) => {
  for (const protocol of PROTOCOLS) {
    const startedAt = performance.now();
    const response = await askDemo(protocol, body);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { message: expect.stringContaining(problem) } });
    expect(performance.now() - startedAt).toBeLessThan(1000);
  }
});

test("brackets in strings are not levels", async () => {
  const content = '[{"\\'.repeat(1000);
  const response = await askDemo("openai-chat", { messages: [{ role: "user", content }] });
  expect(response.status).toBe(200);
});
