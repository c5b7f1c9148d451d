import { expect } from "bun:test";
import { type Ask, ask, askAs, expectRefusal, expectStatus } from "./ask.ts";
import { chat, completion } from "./qubittron-errors.ts";
import type { World } from "./world.ts";

const WORDS = { model: "kokoro-82m", input: "Good morning, Ottawa.", voice: "alloy", response_format: "wav" };

const SPEECH_PATH = "/api/v1/tts/text_to_audio";

/** A WAV comes back, charged by the character. */
export async function speaks(world: World): Promise<void> {
  const customer = await world.customer();
  const question = { key: customer.key, path: SPEECH_PATH, body: WORDS };
  const got = await ask(world.gateway, question);
  expectStatus(got, 200);
  expect(got.headers.get("content-type")).toContain("audio/");
  expect(got.text).toStartWith("RIFF");
  const [row] = await world.gateway.requests(customer);
  // 0.80 USD per million characters.
  expect(row?.charge_nanos).toBe(String(WORDS.input.length * 800));
  expectStatus(await ask(world.gateway, { ...question, path: "/v1/audio/speech" }), 200);
}

/** The right endpoint is named. */
export async function wrongEndpoint(world: World, questions: readonly Ask[]): Promise<void> {
  for (const question of questions) {
    const got = await askAs(world, undefined, question);
    expectRefusal(got, 400, { type: "invalid_request_error", code: "model_not_found" });
    expect(got.error.message).toContain("/v1/audio/");
  }
}

export const AUDIO_ASKED_FOR_TEXT = [
  chat({ model: "kokoro-82m" }),
  chat({ model: "whisper-large-v3" }),
  completion({ model: "kokoro-82m" }),
];

export const AUDIO_AT_COMPLETIONS = [
  completion({ model: "kokoro-82m" }),
  completion({ model: "whisper-large-v3" }),
];

const MIB = 1024 * 1024;

function upload(world: World, key: string, bytes: number): Promise<Response> {
  const form = new FormData();
  form.append("model", "whisper-large-v3");
  form.append("file", new Blob([new Uint8Array(bytes)]), "long.wav");
  return fetch(`${world.gateway.url}/v1/audio/transcriptions`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}` },
    body: form,
  });
}

export async function tooLarge(world: World): Promise<void> {
  const customer = await world.customer();
  const response = await upload(world, customer.key, 25 * MIB + 1);
  expect(response.status).toBe(413);
  const { error } = (await response.json()) as { error: object };
  expect(error).toMatchObject({ type: "invalid_request_error", code: "request_entity_too_large" });
  const rows = await world.gateway.requests(customer);
  expect(rows.map(({ charge_nanos }) => charge_nanos)).toEqual(["0"]);
}
