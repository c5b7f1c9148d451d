// What the Vercel AI SDK has beside text, before the demo: embeddings of three providers, speech, transcription.
import assert from "node:assert/strict";
import { createGoogleGenerativeAI } from "@ai-sdk/google";
import { createOpenAI } from "@ai-sdk/openai";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import {
  embed,
  embedMany,
  experimental_generateSpeech as generateSpeech,
  experimental_transcribe as transcribe,
} from "ai";

const { QUOIN_URL, QUOIN_KEY: apiKey } = process.env;
globalThis.AI_SDK_LOG_WARNINGS = false;
const openai = createOpenAI({ baseURL: `${QUOIN_URL}/v1`, apiKey });
const google = createGoogleGenerativeAI({ baseURL: `${QUOIN_URL}/v1beta`, apiKey });
const compatible = createOpenAICompatible({ name: "quoin", baseURL: `${QUOIN_URL}/v1`, apiKey });

const MODELS = [
  openai.embedding("text-embedding-3-small"),
  google.textEmbeddingModel("gemini-embedding-001"),
  compatible.textEmbeddingModel("text-embedding-3-small"),
];

for (const model of MODELS) {
  const { embedding } = await embed({ model, value: "one" });
  const { embeddings } = await embedMany({ model, values: ["one", "two"] });
  assert.equal(embedding.length, 1536);
  assert.deepEqual(embeddings[0], embedding);
  assert.equal(embeddings.length, 2);
}

const { audio } = await generateSpeech({
  model: openai.speech("tts-1"),
  text: "one two three",
  outputFormat: "wav",
});
assert.equal(Buffer.from(audio.uint8Array).toString("latin1", 0, 4), "RIFF");

const { text } = await transcribe({ model: openai.transcription("whisper-1"), audio: audio.uint8Array });
assert.match(text, /1 seconds long/);
