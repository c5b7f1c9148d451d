/** The demo beside text, through the official SDKs: what a first start without any upstream answers. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { GoogleGenAI } from "@google/genai";
import OpenAI, { BadRequestError, NotFoundError, toFile } from "openai";
import { audioSeconds } from "../../../src/base/audio-seconds.ts";
import { wavOf } from "../../support/beside-text.ts";
import { type Customer, startGateway, type TestGateway } from "../../support/gateway.ts";

let gateway: TestGateway;
let customer: Customer;
let openai: OpenAI;

beforeAll(async () => {
  gateway = await startGateway({ config: "{}", env: { QUOIN_DISCOVER: "env" } });
  customer = await gateway.customer();
  openai = new OpenAI({ apiKey: customer.key, baseURL: `${gateway.url}/v1`, maxRetries: 0 });
});
afterAll(() => gateway.close());

async function errorOf(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
  } catch (error) {
    return error;
  }
  throw new Error("the call succeeded");
}

describe("embeddings", () => {
  const embed = async (input: string | string[], dimensions = 256) => {
    const { data } = await openai.embeddings.create({ model: "text-embedding-3-small", input, dimensions });
    return data.map(({ embedding }) => embedding);
  };
  const likeness = (one: number[] = [], other: number[] = []) =>
    one.reduce((sum, value, at) => sum + value * (other[at] ?? 0), 0);

  test("are the same for the same text, of the length asked for, and of length one", async () => {
    const [one] = await embed("the same text", 64);
    expect(await embed("the same text", 64)).toEqual([one ?? []]);
    expect(one).toHaveLength(64);
    expect(likeness(one, one)).toBeCloseTo(1, 5);
    const { data, usage } = await openai.embeddings.create({ model: "text-embedding-3-large", input: "x" });
    expect(data[0]?.embedding).toHaveLength(1_536);
    expect(usage.prompt_tokens).toBe(1);
  });

  test("are near where words are shared", async () => {
    const [cats, cat, stocks] = await embed([
      "a cat sat on the mat",
      "the cat on a mat",
      "quarterly revenue",
    ]);
    expect(likeness(cats, cat)).toBeGreaterThan(0.7);
    expect(likeness(cats, stocks)).toBeLessThan(0.3);
  });

  test("base64 and floats are the same numbers", async () => {
    const [packed] = await embed("x", 8);
    const floats = await openai.embeddings.create({
      model: "text-embedding-3-small",
      input: "x",
      dimensions: 8,
      encoding_format: "float",
    });
    expect(floats.data[0]?.embedding).toEqual(packed ?? []);
  });

  test("Google's SDK gets them in its own form", async () => {
    const genai = new GoogleGenAI({ apiKey: customer.key, httpOptions: { baseUrl: gateway.url } });
    const { embeddings } = await genai.models.embedContent({
      model: "gemini-embedding-001",
      contents: ["one", "two"],
      config: { outputDimensionality: 5 },
    });
    expect(embeddings?.map(({ values }) => values?.length)).toEqual([5, 5]);
  });
});

describe("speech", () => {
  const speak = (response_format: "mp3" | "wav" | "pcm" | "flac" | "opus", input = "one two three") =>
    openai.audio.speech.create({ model: "tts-1", input, voice: "alloy", response_format });

  test.each([
    ["mp3", "audio/mpeg"],
    ["wav", "audio/wav"],
    ["flac", "audio/flac"],
  ] as const)("%s is real audio of three words", async (format, type) => {
    const response = await speak(format);
    expect(response.headers.get("content-type")).toBe(type);
    const bytes = new Uint8Array(await response.arrayBuffer());
    const read = async (position: number, length: number) => bytes.subarray(position, position + length);
    expect(await audioSeconds({ size: bytes.length, read })).toBeCloseTo(3 * 0.288, 3);
  });

  test("pcm is 24,000 samples of 16 bits a second, and sounds", async () => {
    const bytes = Buffer.from(await (await speak("pcm")).arrayBuffer());
    expect(bytes.length).toBe(3 * 6_912 * 2);
    const loudest = Math.max(
      ...Array.from({ length: bytes.length / 2 }, (_, at) => bytes.readInt16LE(at * 2)),
    );
    expect(loudest).toBeGreaterThan(5_000);
  });

  test("a format that it cannot encode is a clear 400", async () => {
    const error = await errorOf(speak("opus"));
    expect(error).toBeInstanceOf(BadRequestError);
    expect((error as BadRequestError).message).toContain("must be one of mp3, pcm, wav, flac");
  });

  test("events with the usage at their end", async () => {
    const response = await openai.audio.speech.create({
      model: "gpt-4o-mini-tts",
      input: "one two",
      voice: "alloy",
      stream_format: "sse",
    });
    const events = (await response.text()).trim().split("\n\n");
    expect(events).toHaveLength(3);
    expect(JSON.parse(events[2]?.slice(6) ?? "")).toMatchObject({
      type: "speech.audio.done",
      usage: { input_tokens: 2 },
    });
  });
});

describe("transcription", () => {
  const file = () => toFile(wavOf(2.5), "a.wav");

  test.each(["json", "text", "srt", "vtt", "verbose_json"] as const)("%s", async (response_format) => {
    const answer = await openai.audio.transcriptions.create({
      model: "whisper-1",
      file: await file(),
      response_format,
    });
    expect(JSON.stringify(answer)).toContain("20044 bytes of audio, 3 seconds long");
    const [request] = await gateway.requests(customer);
    expect(request).toMatchObject({ usage: { seconds: 3 }, charge_nanos: "300000" });
  });

  test("streamed", async () => {
    const stream = await openai.audio.transcriptions.create({
      model: "gpt-4o-transcribe",
      file: await file(),
      stream: true,
    });
    let text = "";
    let done = "";
    for await (const event of stream) {
      if (event.type === "transcript.text.delta") text += event.delta;
      if (event.type === "transcript.text.done") done = event.text;
    }
    expect(text).toBe(done);
  });

  test("translated", async () => {
    const { text } = await openai.audio.translations.create({ model: "whisper-1", file: await file() });
    expect(text).toContain("does not hear");
  });

  test("without a file it is a clear 400", async () => {
    const body = new FormData();
    body.set("model", "whisper-1");
    const response = await fetch(`${gateway.url}/v1/audio/transcriptions`, {
      method: "POST",
      headers: { authorization: `Bearer ${customer.key}` },
      body,
    });
    expect([response.status, await response.json()]).toMatchObject([400, { error: { param: "file" } }]);
  });
});

test("moderations go by words", async () => {
  const answer = await openai.moderations.create({ input: ["have a nice day", "I will kill you"] });
  expect(answer.results.map(({ flagged }) => flagged)).toEqual([false, true]);
  expect(answer.results[1]?.categories.violence).toBe(true);
  expect(answer.results[1]?.category_scores.violence).toBeGreaterThan(0.5);
});

test("images are small PNGs", async () => {
  const { data } = await openai.images.generate({ model: "gpt-image-1", prompt: "a sunset", n: 2 });
  const pictures = (data ?? []).map(({ b64_json }) => Buffer.from(b64_json ?? "", "base64"));
  expect(pictures).toHaveLength(2);
  for (const picture of pictures) expect(picture.toString("latin1", 1, 4)).toBe("PNG");
});

test("every kind can be tested by the operator", async () => {
  for (const model of [
    "demo-embedding",
    "demo-speech",
    "demo-transcription",
    "demo-moderation",
    "demo-rerank",
    "demo-image",
  ]) {
    const { targets } = (await gateway.operate("models.test", { model })) as { targets: object[] };
    expect(targets).toMatchObject([{ ok: true, status: 200 }]);
  }
});

test("a model that there is not is 404, one that does something else 400", async () => {
  const unknown = await errorOf(openai.embeddings.create({ model: "nobody", input: "x" }));
  expect(unknown).toBeInstanceOf(NotFoundError);
  const wrong = await errorOf(openai.embeddings.create({ model: "tts-1", input: "x" }));
  expect(wrong).toMatchObject({ status: 400, code: "model_not_found" });
});
