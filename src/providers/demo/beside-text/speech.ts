import type { JsonObject } from "../../../core/json.ts";
import { plainEvent } from "../demo-answer.ts";
import { checkFields, numberOf, requireField, textOf } from "../fields.ts";
import { DemoRefusal } from "../refusal.ts";
import { BEEP_MP3 } from "./beep-mp3.ts";
import { flacFrame, flacHead } from "./flac.ts";

/** As OpenAI's `pcm`: 24 kHz, one channel, 16 bits, little end first. */
const RATE = 24_000;
const SAMPLE_BYTES = 2;
/** A word and the pause behind it: 288 ms, as long as twelve frames of MP3. */
const WORD_SAMPLES = 6_912;
const BEEP_SAMPLES = 4_608;
const LOUDNESS = 9_000;
/** A hundredth of a second to come and to go, so that nothing clicks. */
const FADE_SAMPLES = 240;

/** A word as a beep; each voice has a pitch of its own. */
function beep(hertz: number): Int16Array {
  const samples = new Int16Array(WORD_SAMPLES);
  for (let at = 0; at < BEEP_SAMPLES; at++) {
    const fade = Math.min(1, at / FADE_SAMPLES, (BEEP_SAMPLES - at) / FADE_SAMPLES);
    samples[at] = Math.round(LOUDNESS * fade * Math.sin((2 * Math.PI * hertz * at) / RATE));
  }
  return samples;
}

function hertzOf(voice: string): number {
  let sum = 0;
  for (let at = 0; at < voice.length; at++) sum += voice.charCodeAt(at);
  return 330 + (sum % 12) * 40;
}

/** A WAV header; the length is known, since every word is as long. */
function wavHead(samples: number): Uint8Array {
  const bytes = Buffer.alloc(44);
  const length = samples * SAMPLE_BYTES;
  bytes.write("RIFF", 0, "latin1");
  bytes.writeUInt32LE(36 + length, 4);
  bytes.write("WAVEfmt ", 8, "latin1");
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(1, 22);
  bytes.writeUInt32LE(RATE, 24);
  bytes.writeUInt32LE(RATE * SAMPLE_BYTES, 28);
  bytes.writeUInt16LE(SAMPLE_BYTES, 32);
  bytes.writeUInt16LE(8 * SAMPLE_BYTES, 34);
  bytes.write("data", 36, "latin1");
  bytes.writeUInt32LE(length, 40);
  return bytes;
}

interface Format {
  readonly type: string;
  readonly pieces: (words: number, hertz: number) => Generator<Uint8Array>;
}

function bytesOf(samples: Int16Array): Uint8Array {
  return new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
}

function* repeated(words: number, piece: Uint8Array): Generator<Uint8Array> {
  for (let word = 0; word < words; word++) yield piece;
}

const FORMATS: Readonly<Record<string, Format>> = {
  mp3: { type: "audio/mpeg", pieces: (words) => repeated(words, BEEP_MP3) },
  pcm: { type: "audio/pcm", pieces: (words, hertz) => repeated(words, bytesOf(beep(hertz))) },
  wav: {
    type: "audio/wav",
    *pieces(words, hertz) {
      yield wavHead(words * WORD_SAMPLES);
      yield* repeated(words, bytesOf(beep(hertz)));
    },
  },
  flac: {
    type: "audio/flac",
    *pieces(words, hertz) {
      const samples = beep(hertz);
      yield flacHead({ rate: RATE, samples: words * WORD_SAMPLES, blockSamples: WORD_SAMPLES });
      for (let word = 0; word < words; word++) yield flacFrame(samples, word);
    },
  },
};

const FORMAT_DEFAULT = "mp3";
const TEXT_LENGTH_MAX = 100_000;

function formatOf(body: JsonObject): Format {
  const name = body.response_format ?? FORMAT_DEFAULT;
  const format = typeof name === "string" && Object.hasOwn(FORMATS, name) ? FORMATS[name] : undefined;
  if (format) return format;
  const wanted = Object.keys(FORMATS).join(", ");
  throw new DemoRefusal(
    "unsupported",
    "response_format",
    `must be one of ${wanted}: the demo has no other encoder.`,
  );
}

export interface DemoSpeech {
  readonly type: string;
  readonly pieces: Iterator<Uint8Array>;
}

/** Tokens of audio in a second, as OpenAI counts them. */
const TOKENS_PER_SECOND = 20;

/** The audio as events, the last with what was used (openai, `stream_format: "sse"`). */
function* events(pieces: Generator<Uint8Array>, words: number, inputTokens: number): Generator<Uint8Array> {
  const encoder = new TextEncoder();
  for (const piece of pieces) {
    const audio = Buffer.from(piece).toString("base64");
    yield encoder.encode(plainEvent({ type: "speech.audio.delta", audio }));
  }
  const output = Math.ceil((words * WORD_SAMPLES * TOKENS_PER_SECOND) / RATE);
  const usage = { input_tokens: inputTokens, output_tokens: output, total_tokens: inputTokens + output };
  yield encoder.encode(plainEvent({ type: "speech.audio.done", usage }));
}

/**
 * Speaks a text as a beep for every word: real audio, of the length that the text would have, that says nothing.
 * @throws DemoRefusal for what OpenAI would refuse, and for formats that the demo cannot encode.
 */
export function demoSpeech(body: JsonObject, countTokens: (text: string) => number): DemoSpeech {
  requireField(body, "input", "send the text to speak");
  requireField(body, "voice", "name a voice such as alloy");
  checkFields(body, { input: "text", response_format: "text", speed: "number", stream_format: "text" });
  const input = textOf(body.input);
  if (input.length > TEXT_LENGTH_MAX)
    throw new DemoRefusal("wrong_value", "input", `must have at most ${TEXT_LENGTH_MAX} characters.`);
  const format = formatOf(body);
  const speed = numberOf(body.speed) ?? 1;
  if (speed < 0.25 || speed > 4) throw new DemoRefusal("wrong_value", "speed", "must be from 0.25 to 4.");
  const words = Math.max(1, Math.round(input.split(/\s+/).filter((word) => word !== "").length / speed));
  const pieces = format.pieces(words, hertzOf(typeof body.voice === "string" ? body.voice : ""));
  if (body.stream_format !== "sse") return { type: format.type, pieces };
  return { type: "text/event-stream; charset=utf-8", pieces: events(pieces, words, countTokens(input)) };
}
