/** Models of every kind beside text over fake upstreams, with prices that are easy to add up. */
import { UPSTREAM_KEY } from "./config.ts";

interface SideOptions {
  /** A second OpenAI server, for failover. */
  readonly second?: string;
  readonly timeouts?: { first_byte_ms?: number; idle_ms?: number };
}

/** USD per million characters: 15,000 nanos for each. Per minute: 100,000 nanos for a second. */
const SPEECH_PRICE = { characters: "15" };
const MINUTE_PRICE = { minute: "0.006" };
/** 1,000 nanos for a token. */
const TOKEN_PRICE = { input: "1" };

/** @param url of a fake upstream that is asked as OpenAI below /o, as Google below /g */
export function sideConfig(url: string, { second, timeouts = {} }: SideOptions = {}): object {
  const shared = { api_key: UPSTREAM_KEY, timeouts };
  const openai = [{ upstream: "openai", weight: 1_000 }];
  const both = second === undefined ? openai : [...openai, { upstream: "openai-2" }];
  const google = [{ upstream: "google" }];
  return {
    upstreams: [
      { id: "openai", provider: "openai", base_url: `${url}/o/v1`, ...shared },
      { id: "google", provider: "google", base_url: `${url}/g/v1beta`, ...shared },
      ...(second === undefined
        ? []
        : [{ id: "openai-2", provider: "openai", base_url: `${second}/o/v1`, ...shared }]),
    ],
    models: [
      {
        id: "embed-o",
        category: "embedding",
        price: TOKEN_PRICE,
        context_tokens: 8_192,
        targets: named(both, "vendor-embed"),
      },
      {
        id: "embed-g",
        category: "embedding",
        price: TOKEN_PRICE,
        context_tokens: 8_192,
        targets: named(google, "vendor-embed"),
      },
      { id: "voice", category: "speech", price: SPEECH_PRICE, targets: named(both, "vendor-tts") },
      {
        id: "voice-tokens",
        category: "speech",
        price: { input: "1", output: "10" },
        targets: named(both, "vendor-tts"),
      },
      { id: "ear", category: "transcription", price: MINUTE_PRICE, targets: named(both, "vendor-whisper") },
      {
        id: "ear-tokens",
        category: "transcription",
        price: { input: "1", audio_input: "2", output: "4" },
        output_tokens_max: 1_000,
        targets: named(both, "vendor-transcribe"),
      },
      {
        id: "judge",
        category: "safety",
        price: { input: "1", output: "0" },
        endpoints: ["moderations"],
        targets: named(both, "vendor-judge"),
      },
      {
        id: "guard",
        category: "safety",
        price: { input: "1", output: "1" },
        targets: named(both, "vendor-guard"),
      },
      {
        id: "painter",
        category: "image",
        price: { input: "1", output: "0", image: "10" },
        endpoints: ["images"],
        output_tokens_max: 5_000,
        targets: named(both, "vendor-images"),
      },
    ],
    plans: [{ id: "default", key_prefix: "qn_live_" }],
  };
}

function named(targets: readonly object[], model: string): object[] {
  return targets.map((target) => ({ ...target, model }));
}

/** A WAV of silence: 8 kHz, 8 bits, one channel, so that a second is 8,000 bytes. */
export function wavOf(seconds: number): Buffer {
  const bytes = Buffer.alloc(44 + Math.round(seconds * 8_000), 0x80);
  bytes.write("RIFF", 0, "latin1");
  bytes.writeUInt32LE(bytes.length - 8, 4);
  bytes.write("WAVEfmt ", 8, "latin1");
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(1, 22);
  bytes.writeUInt32LE(8_000, 24);
  bytes.writeUInt32LE(8_000, 28);
  bytes.writeUInt16LE(1, 32);
  bytes.writeUInt16LE(8, 34);
  bytes.write("data", 36, "latin1");
  bytes.writeUInt32LE(bytes.length - 44, 40);
  return bytes;
}

export const BOUNDARY = "----quoin-test-boundary";

/** One field or file of a form. */
export type Piece = readonly [name: string, value: string | Uint8Array, fileName?: string];

/** A form as bytes, its parts in this order. */
export function formOf(pieces: readonly Piece[]): Buffer {
  const parts = pieces.map(([name, value, fileName]) => {
    const file = fileName === undefined ? "" : `; filename="${fileName}"\r\nContent-Type: audio/wav`;
    const head = `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"${file}\r\n\r\n`;
    return Buffer.concat([Buffer.from(head), Buffer.from(value as string), Buffer.from("\r\n")]);
  });
  return Buffer.concat([...parts, Buffer.from(`--${BOUNDARY}--\r\n`)]);
}

export const FORM_TYPE = `multipart/form-data; boundary=${BOUNDARY}`;
