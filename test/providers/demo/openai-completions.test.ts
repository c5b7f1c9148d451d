import { afterAll, expect, test } from "bun:test";
import OpenAI from "openai";
import type { CompletionCreateParamsNonStreaming } from "openai/resources/completions";
import { lasting, serveDemo } from "./serve-demo.ts";

const demo = serveDemo();
afterAll(() => demo.close());

type Request = Omit<CompletionCreateParamsNonStreaming, "stream">;

const ask = (more: Partial<Request> = {}): Request => ({ model: "gpt-demo", prompt: "hello there", ...more });

test("an answer says that it is a demo within the sixteen tokens that are the default", async () => {
  const { object, choices, usage } = await demo.openai.completions.create(ask());
  expect(object).toBe("text_completion");
  expect(choices).toEqual([
    { index: 0, text: expect.stringContaining("demo"), logprobs: null, finish_reason: "length" },
  ]);
  expect(usage).toMatchObject({ prompt_tokens: 2 + 3, completion_tokens: 16, total_tokens: 21 });
});

test("with room for it, the prompt is repeated", async () => {
  const { choices } = await demo.openai.completions.create(ask({ max_tokens: 500 }));
  expect(choices[0]).toMatchObject({ finish_reason: "stop", text: expect.stringContaining("hello there") });
});

test("choices are numbered by prompt, then by choice", async () => {
  const prompt = ["alpha", "beta"];
  const { choices, usage } = await demo.openai.completions.create(ask({ prompt, n: 2, max_tokens: 500 }));
  expect(choices.map(({ index }) => index)).toEqual([0, 1, 2, 3]);
  for (const { index, text } of choices) {
    expect(text).toContain(`“${prompt[Math.floor(index / 2)]}”`);
    expect(text).toContain(`(Choice ${(index % 2) + 1} of 2.)`);
  }
  const single = await demo.openai.completions.create(ask({ prompt: "alpha" }));
  const other = await demo.openai.completions.create(ask({ prompt: "beta" }));
  expect(usage?.prompt_tokens).toBe((single.usage?.prompt_tokens ?? 0) + (other.usage?.prompt_tokens ?? 0));
});

test("echo puts the prompt before the text, outside the limit", async () => {
  const plain = await demo.openai.completions.create(ask({ max_tokens: 5 }));
  const echoed = await demo.openai.completions.create(ask({ max_tokens: 5, echo: true }));
  expect(echoed.choices[0]?.text).toBe(`hello there${plain.choices[0]?.text}`);
  expect(echoed.usage).toEqual(plain.usage as never);
  const nothing = await demo.openai.completions.create(ask({ max_tokens: 0, echo: true }));
  expect(nothing.choices[0]?.text).toBe("hello there");
});

test("prompts may be token ids of o200k_base", async () => {
  const { encode } = await import("gpt-tokenizer/encoding/o200k_base");
  const ids = encode("hello there");
  for (const prompt of [ids, [ids]]) {
    const { choices } = await demo.openai.completions.create(ask({ prompt, echo: true, max_tokens: 0 }));
    expect(choices[0]?.text).toBe("hello there");
  }
});

test.each<[string, Request]>([
  ["text", ask({ max_tokens: 500 })],
  ["several prompts and choices", ask({ prompt: ["a", "b"], n: 2, max_tokens: 100, echo: true })],
  ["a stop sequence", ask({ stop: ["upstream", "zzz"] })],
])("the stream of %s adds up to the whole answer", async (_, request) => {
  const whole = await demo.openai.completions.create(request);
  const stream_options = { include_usage: true };
  const chunks = await Array.fromAsync(
    await demo.openai.completions.create({ ...request, stream: true, stream_options }),
  );
  expect(new Set(chunks.map(({ id, created, object }) => `${id} ${created} ${object}`)).size).toBe(1);
  const choices = whole.choices.map(({ index }) => {
    const mine = chunks.flatMap((chunk) => chunk.choices).filter((choice) => choice.index === index);
    const text = mine.map((choice) => choice.text).join("");
    return { index, text, logprobs: null, finish_reason: mine.at(-1)?.finish_reason };
  });
  expect<unknown>(choices).toEqual(whole.choices);
  expect(lasting(chunks.at(-1))).toMatchObject({ choices: [], usage: lasting(whole.usage) });
});

test.each([
  ["prompt", {}],
  ["prompt", { prompt: [] }],
  ["prompt", { prompt: { text: "hi" } }],
  ["prompt", { prompt: [-1] }],
  ["prompt", { prompt: Array(65).fill("a") }],
  ["n", { prompt: "hi", n: 1e9 }],
  ["max_tokens", { prompt: "hi", max_tokens: 1.5 }],
  ["echo", { prompt: "hi", echo: "yes" }],
])("a 400 names %s", async (field, body) => {
  const error = await demo.openai.post("/completions", { body: { model: "gpt-demo", ...body } }).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof OpenAI.BadRequestError)) throw new Error(`not refused: ${error}`);
  expect(error.param).toBe(field);
});
