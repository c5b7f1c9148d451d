import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { JsonObject } from "../../../src/core/json.ts";
import { BODIES } from "./bodies.ts";
import { decode, encode, OPENAI } from "./contexts.ts";

/** What the upstream gets: the same, under its own name of the model. */
function passed(body: JsonObject): JsonObject {
  return { ...body, model: OPENAI.model };
}

describe("a request that stays in the protocol is written as it was", () => {
  test.each(BODIES)("%s", (_name, body) => {
    const { body: written, losses } = encode(decode(body));
    expect(written).toEqual(passed(body));
    expect(losses).toEqual([]);
  });

  // https://github.com/router-for-me/CLIProxyAPI/issues/2172
  test("numbers, escapes and the order of keys stay as they were written", () => {
    const schema =
      '{"type":"object","properties":{"b":{"default":1.0},"a":{"maximum":12345678901234567890}}}';
    const item = '{"type":"function_call","call_id":"c","name":"f","arguments":"{\\"a\\": 1.0}", "x":1e3}';
    const text = `{"model":"m","input":[ ${item} ],"tools":[{"type":"function","name":"f","parameters":${schema}, "strict":null}],"odd":{"n":1.0,"u":"\\u00e9"}}`;
    const written = encode(decode(text)).text;
    expect(written).toContain(schema);
    expect(written).toContain(item);
    expect(written).toContain('{"n":1.0,"u":"\\u00e9"}');
  });

  const scalar = fc.oneof(fc.constant(null), fc.boolean(), fc.integer(), fc.string());
  const loose = fc.dictionary(
    fc.string().filter((key) => key !== "__proto__"),
    scalar,
  );
  const partArb = fc.oneof(
    fc.record({ type: fc.constant("input_text"), text: fc.string() }),
    fc.record({ type: fc.constant("input_image"), image_url: fc.webUrl(), detail: fc.constant("auto") }),
    fc.record({ type: fc.constant("odd_part"), value: loose }),
  );
  const itemArb = fc.oneof(
    fc.record(
      {
        type: fc.constant("message"),
        role: fc.constantFrom("user", "system", "developer", "assistant"),
        content: fc.oneof(fc.string(), fc.array(partArb, { maxLength: 3 })),
        id: fc.string(),
        extra: loose,
      },
      { requiredKeys: ["role", "content"] },
    ),
    fc.record(
      {
        type: fc.constant("function_call"),
        call_id: fc.string(),
        name: fc.string(),
        arguments: fc.string(),
        namespace: fc.option(fc.string()),
        id: fc.option(fc.string()),
      },
      { requiredKeys: ["type", "call_id", "name", "arguments"] },
    ),
    fc.record({ type: fc.constant("function_call_output"), call_id: fc.string(), output: fc.string() }),
    fc.record(
      {
        type: fc.constant("reasoning"),
        id: fc.string(),
        summary: fc.array(fc.record({ type: fc.constant("summary_text"), text: fc.string() })),
        content: fc.constant(null),
        encrypted_content: fc.option(fc.string()),
      },
      { requiredKeys: ["type", "summary"] },
    ),
    fc.record({
      type: fc.constant("additional_tools"),
      tools: fc.constant([{ type: "mcp", server_label: "s" }]),
    }),
    fc.record({ type: fc.constantFrom("new_call", "new_output", "mcp_call"), value: loose }),
  );
  const bodyArb = fc.record(
    {
      model: fc.constant("m"),
      stream: fc.boolean(),
      instructions: fc.option(fc.string()),
      input: fc.oneof(fc.string(), fc.array(itemArb, { maxLength: 8 })),
      temperature: fc.option(fc.double({ min: 0, max: 2, noNaN: true })),
      max_output_tokens: fc.option(fc.integer({ min: 1, max: 1000 })),
      reasoning: fc.option(fc.record({ effort: fc.option(fc.string()), summary: fc.option(fc.string()) })),
      text: fc.option(fc.record({ verbosity: fc.option(fc.string()) })),
      metadata: fc.option(loose),
      novel: loose,
    },
    { requiredKeys: ["model"] },
  );

  test("whatever it holds", () => {
    fc.assert(
      fc.property(bodyArb, (body) => {
        const text = JSON.stringify(body);
        expect(encode(decode(text)).body).toEqual(passed(JSON.parse(text)));
      }),
      { numRuns: 300 },
    );
  });
});

test("what the gateway changes is written anew, the rest as it was", () => {
  const request = decode({
    model: "m",
    input: "hi",
    max_output_tokens: 500,
    reasoning: { effort: "high", context: "all_turns" },
    temperature: 1,
  });
  const { body } = encode({
    ...request,
    outputTokensMax: 100,
    sampling: {},
    reasoning: { mode: "on", effort: "low" },
  });
  expect(body).toEqual({
    model: OPENAI.model,
    input: "hi",
    max_output_tokens: 100,
    reasoning: { effort: "low", context: "all_turns" },
  });
});
