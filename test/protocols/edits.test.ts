import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { applySplices } from "../../src/base/splice.ts";
import type { Operation, Protocol } from "../../src/core/protocol.ts";
import { CODECS } from "../../src/protocols/codecs.ts";

/** What an upstream that calls the model `model` is sent. */
function sent(protocol: Protocol, text: string, model: string, operation: Operation = "generate"): string {
  const codec = CODECS[protocol];
  const bytes = new TextEncoder().encode(text);
  const head = codec.readHead(JSON.parse(text.replace(/^\uFEFF/, "")), bytes, {
    operation,
    model: "m",
  });
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(
    applySplices(bytes, codec.editRequest(head, bytes, { model })),
  );
}

const ODD =
  '"a":1.0,"b":1e3,"c":9007199254740993,"d":"\\u00e9é\\/","e" : [ ] ,"f":-0,"f":-0,"\\u0067":{"model":"x"}';

const BODIES: Record<Exclude<Protocol, "gemini">, string> = {
  "anthropic-messages": ` {\n "model" :\t"m" , "max_tokens": 5.0,\r\n"messages":[ {"role":"user","content":"model"}],${ODD}}\n`,
  "openai-chat": `{"messages":[{"role":"user","content":"\\"model\\":\\"m\\""}],${ODD},"model":"m"}`,
  "openai-responses": `{"input":"x",${ODD},"model":"m","stream":true}`,
  "openai-completions": `{"prompt":["x"],${ODD},"model":"m", "system": 7}`,
};

describe.each(Object.entries(BODIES) as [Protocol, string][])("%s", (protocol, body) => {
  test("goes as it came where the names are the same", () => {
    expect(sent(protocol, body, "m")).toBe(body);
    expect(sent(protocol, `\uFEFF${body}`, "m")).toBe(`\uFEFF${body}`);
  });

  test("changes in the model's name alone", () => {
    const name = 'vendor/"é';
    expect(sent(protocol, body, name)).toBe(
      body.replace(/("model"\s*:\s*)"m"/, (_, key) => key + JSON.stringify(name)),
    );
  });
});

test("Gemini's body never changes: the model stands in the path", () => {
  const body = `{ "contents" : [],${ODD},"model":"models/m"}`;
  expect(sent("gemini", body, "other")).toBe(body);
});

describe("a request that Gemini wraps for counting names the model as its upstream does", () => {
  const wrapped = (inner: string, key = "generateContentRequest") =>
    `{ "${key}" : { "contents":[], ${ODD}, ${inner} } }`;
  test.each([
    ['"model" : "models/m"', '"model" : "models/v-1"'],
    ['"model":"m"', '"model":"models/v-1"'],
    ['"model":"models/another"', '"model":"models/v-1"'],
    ['"model":"models/v-1"', '"model":"models/v-1"'],
    ['"model":"v-1"', '"model":"v-1"'],
    ['"tools":[{"model":"m"}]', '"tools":[{"model":"m"}]'],
  ])("%s", (inner, expected) => {
    expect(sent("gemini", wrapped(inner), "v-1", "count-tokens")).toBe(wrapped(expected));
    const snake = "generate_content_request";
    expect(sent("gemini", wrapped(inner, snake), "v-1", "count-tokens")).toBe(wrapped(expected, snake));
  });
});

describe("the usage of a chat stream is asked for", () => {
  const around = (options: string) => `{ "messages":[],"stream":true,${options} "model":"m"}`;
  test.each([
    ["", '"stream_options":{"include_usage":true},'],
    ['"stream_options" : null ,', '"stream_options" : {"include_usage":true} ,'],
    ['"stream_options":{},', '"stream_options":{"include_usage":true},'],
    ['"stream_options":{ },', '"stream_options":{"include_usage":true },'],
    ['"stream_options":{"include_usage": false },', '"stream_options":{"include_usage": true },'],
    ['"stream_options":{"include_usage":null},', '"stream_options":{"include_usage":true},'],
    ['"stream_options":{ "x":[1,{}] },', '"stream_options":{"include_usage":true, "x":[1,{}] },'],
    [
      '"stream_options":{"x":1,"include_usage":false,"y":2},',
      '"stream_options":{"x":1,"include_usage":true,"y":2},',
    ],
    ['"stream_options":{"include\\u005fusage":false},', '"stream_options":{"include\\u005fusage":true},'],
  ])("%j", (options, want) => {
    const text = sent("openai-chat", around(options), "m");
    expect(text.replaceAll(" ", "")).toBe(around(want).replaceAll(" ", ""));
    expect(text).toContain(want.trim());
    expect(JSON.parse(text).stream_options.include_usage).toBe(true);
  });

  test.each([
    around('"stream_options":{"include_usage":true},'),
    '{"messages":[],"model":"m"}',
    '{"messages":[],"model":"m","stream":false,"stream_options":{}}',
    '{"messages":[],"model":"m","stream":null}',
  ])("not where it is there, or nothing streams: %s", (text) => {
    expect(sent("openai-chat", text, "m")).toBe(text);
  });

  test("of completions too, whose `system` means nothing", () => {
    const text = '{"prompt":"x","system":"s","stream":true,"model":"m"}';
    expect(sent("openai-completions", text, "m")).toBe(
      text.replace('"model"', '"stream_options":{"include_usage":true},"model"'),
    );
  });
});

describe("a top-level system of chat becomes the first message", () => {
  const spare = fc.constantFrom('"model":"m"', '"user":"}{"', '"stream":true', '"temperature":1.0');
  const space = fc.constantFrom("", " ", "\n\t");
  const messages = fc.constantFrom(
    "[]",
    "[ ]",
    '[{"role":"user","content":"x]"}]',
    '[ {"role":"user","content":[]},{"role":"user","content":"y"} ]',
  );
  const system = fc.constantFrom('"be terse"', '""', '"\\u00e9 \\"]"');

  test("wherever the members stand", () => {
    const members = fc.record({ spare: fc.uniqueArray(spare), messages, system, space });
    fc.assert(
      fc.property(
        members,
        fc.infiniteStream(fc.nat()),
        ({ spare: others, messages: list, system: words, space: gap }, order) => {
          const withModel = others.includes('"model":"m"') ? others : [...others, '"model":"m"'];
          const all = [...withModel, `"messages":${gap}${list}`, `"system"${gap}:${words}`];
          const shuffled = all
            .map((member) => ({ member, at: order.next().value }))
            .sort((a, b) => a.at - b.at)
            .map(({ member }) => member);
          const text = `{${gap}${shuffled.join(`${gap},${gap}`)}${gap}}`;
          const before = JSON.parse(text);
          const after = JSON.parse(sent("openai-chat", text, "n"));
          expect(after).toEqual({
            ...before,
            system: undefined,
            model: "n",
            messages: [{ role: "system", content: before.system }, ...before.messages],
            ...(before.stream ? { stream_options: { include_usage: true } } : {}),
          });
          expect(Object.hasOwn(after, "system")).toBe(false);
        },
      ),
      { numRuns: 300 },
    );
  });

  test("and the rest keeps its bytes", () => {
    expect(sent("openai-chat", '{"system": "s\\u00e9", "messages": [1.0 ], "model":"m"}', "m")).toBe(
      '{"messages": [{"role":"system","content":"s\\u00e9"},1.0 ], "model":"m"}',
    );
    expect(sent("openai-chat", '{"model":"m","messages":[] ,"system":"s"}', "m")).toBe(
      '{"model":"m","messages":[{"role":"system","content":"s"}]}',
    );
  });
});
