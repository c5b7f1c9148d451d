import assert from "node:assert/strict";
import { GoogleGenAI } from "@google/genai";
import OpenAI, { toFile } from "openai";
import { check, collect, errorOf } from "./checks.mjs";

const client = new OpenAI();
const google = new GoogleGenAI({});

/** A beep for every word, as the demo speaks. */
async function speak(format, input = "one two three") {
  const response = await client.audio.speech.create({
    model: "tts-1",
    input,
    voice: "alloy",
    response_format: format,
  });
  return Buffer.from(await response.arrayBuffer());
}

await check("embeddings, as the SDK asks by itself and as floats", async () => {
  const ask = { model: "text-embedding-3-small", input: ["one", "two"], dimensions: 12 };
  const packed = await client.embeddings.create(ask);
  const floats = await client.embeddings.create({ ...ask, encoding_format: "float" });
  assert.deepEqual(packed.data, floats.data);
  assert.equal(packed.model, ask.model);
  assert.equal(packed.data[1].embedding.length, 12);
  assert.ok(packed.usage.prompt_tokens > 0 && packed.usage.total_tokens > 0);
});

await check("embeddings in Google's SDK", async () => {
  const { embeddings } = await google.models.embedContent({
    model: "gemini-embedding-001",
    contents: ["one", "two"],
    config: { outputDimensionality: 12 },
  });
  assert.deepEqual(
    embeddings.map(({ values }) => values.length),
    [12, 12],
  );
});

await check("speech, whole and as a stream", async () => {
  const wav = await speak("wav");
  assert.equal(wav.toString("latin1", 0, 4), "RIFF");
  assert.equal(wav.readUInt32LE(40), wav.length - 44);
  assert.equal((await speak(undefined)).readUInt16BE(0) >> 5, 0x7ff);
  const response = await client.audio.speech.create({ model: "tts-1", input: "a b c d", voice: "alloy" });
  const pieces = await collect(response.body);
  assert.ok(pieces.length > 0);
});

await check("transcriptions of every form", async () => {
  const file = await toFile(await speak("wav"), "speech.wav");
  const ask = { file, model: "whisper-1" };
  const plain = await client.audio.transcriptions.create(ask);
  assert.match(plain.text, /1 seconds long/);
  assert.equal(plain.usage.seconds, 1);
  const verbose = await client.audio.transcriptions.create({ ...ask, response_format: "verbose_json" });
  assert.equal(verbose.segments.length, 1);
  const subtitles = await client.audio.transcriptions.create({ ...ask, response_format: "srt" });
  assert.match(subtitles, /00:00:00,000 --> 00:00:01,000/);
  const streamed = await client.audio.transcriptions.create({ ...ask, stream: true });
  const events = await collect(streamed);
  assert.equal(events.at(-1).type, "transcript.text.done");
  const translated = await client.audio.translations.create(ask);
  assert.match(translated.text, /demo/);
});

await check("moderations and images", async () => {
  const { results } = await client.moderations.create({ input: "I will kill you" });
  assert.equal(results[0].flagged, true);
  const { data } = await client.images.generate({ model: "gpt-image-1", prompt: "a cat" });
  assert.equal(Buffer.from(data[0].b64_json, "base64").toString("latin1", 1, 4), "PNG");
});

await check("a model that does something else", async () => {
  const error = await errorOf(() => client.embeddings.create({ model: "tts-1", input: "x" }));
  assert.equal(error.status, 400);
  assert.equal(error.code, "model_not_found");
  assert.match(error.message, /\/v1\/audio\/speech/);
});
