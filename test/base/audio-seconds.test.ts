/** Lengths as containers tell them, and how far they are believed. */
import { describe, expect, test } from "bun:test";
import { audioSeconds } from "../../src/base/audio-seconds.ts";
import { demoSpeech } from "../../src/providers/demo/beside-text/speech.ts";
import { wavOf } from "../support/beside-text.ts";

/** Also counts what is read: never a whole file. */
async function secondsOf(bytes: Uint8Array): Promise<number | undefined> {
  let read = 0;
  const seconds = await audioSeconds({
    size: bytes.length,
    read: async (position, length) => {
      const piece = bytes.subarray(position, position + length);
      read += piece.length;
      return piece;
    },
  });
  expect(read).toBeLessThanOrEqual(256 * 1024);
  return seconds;
}

function spoken(format: string, words: number): Buffer {
  const input = Array.from({ length: words }, () => "word").join(" ");
  const { pieces } = demoSpeech({ input, voice: "a", response_format: format }, () => 0);
  return Buffer.concat([...{ [Symbol.iterator]: () => pieces }]);
}

const WORD_SECONDS = 0.288;

describe("audio that the demo speaks", () => {
  test.each(["wav", "flac", "mp3"])("%s", async (format) => {
    expect(await secondsOf(spoken(format, 10))).toBeCloseTo(10 * WORD_SECONDS, 3);
    expect(await secondsOf(spoken(format, 400))).toBeCloseTo(400 * WORD_SECONDS, 3);
  });
});

const u32 = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};
const box = (name: string, ...content: readonly Uint8Array[]) => {
  const body = Buffer.concat(content);
  return Buffer.concat([u32(8 + body.length), Buffer.from(name, "latin1"), body]);
};

const mvhd = (scale: number, duration: number) =>
  box("mvhd", Buffer.alloc(12), u32(scale), u32(duration), Buffer.alloc(80));
const ftyp = box("ftyp", Buffer.from("M4A \0\0\0\0", "latin1"));

/** One page of Ogg with that position. */
function page(granule: bigint, content: Uint8Array): Buffer {
  const head = Buffer.alloc(27);
  head.write("OggS", 0, "latin1");
  head.writeBigInt64LE(granule, 6);
  return Buffer.concat([head, content]);
}

const opusHead = Buffer.concat([
  Buffer.from("OpusHead\x01\x01", "latin1"),
  Buffer.from([0x38, 0x01]),
  Buffer.alloc(7),
]);
const vorbisHead = Buffer.concat([
  Buffer.from("\x01vorbis", "latin1"),
  Buffer.alloc(4),
  Buffer.from([1]),
  Buffer.from([0x44, 0xac, 0, 0]),
  Buffer.alloc(13),
]);

describe("containers by hand", () => {
  test.each([
    ["WAV", wavOf(3), 3],
    ["WAV whose header lies about its length", Buffer.concat([wavOf(1), Buffer.alloc(8_000)]), 2],
    [
      "M4A, moov first",
      Buffer.concat([ftyp, box("moov", mvhd(1_000, 12_500)), box("mdat", Buffer.alloc(90_000))]),
      12.5,
    ],
    [
      "M4A, moov last",
      Buffer.concat([
        ftyp,
        box("mdat", Buffer.alloc(90_000)),
        box("moov", box("udta"), mvhd(44_100, 441_000)),
      ]),
      10,
    ],
    [
      "Opus",
      Buffer.concat([page(0n, opusHead), Buffer.alloc(200_000, 7), page(480_312n, Buffer.alloc(100))]),
      10,
    ],
    ["Vorbis", Buffer.concat([page(0n, vorbisHead), page(441_000n, Buffer.alloc(100))]), 10],
    [
      "MP3 behind a tag",
      Buffer.concat([
        Buffer.from("ID3\x04\0\0\0\0\x07\x68", "latin1"),
        Buffer.alloc(1_000),
        spoken("mp3", 10),
      ]),
      2.88,
    ],
  ])("%s", async (_, bytes, seconds) => {
    expect(await secondsOf(bytes)).toBeCloseTo(seconds, 3);
  });

  test("a claim that the bytes deny is not believed", async () => {
    // A megabyte of MP4 that says it has a second.
    const long = Buffer.concat([ftyp, box("moov", mvhd(1_000, 1_000)), box("mdat", Buffer.alloc(1_048_576))]);
    expect(await secondsOf(long)).toBeGreaterThan(15);
    const flac = spoken("flac", 10);
    flac.writeUInt32BE(1, 22);
    expect(await secondsOf(flac)).toBeGreaterThan(2.5);
  });

  test.each([
    ["nothing", new Uint8Array(0)],
    ["a byte", Uint8Array.from([0xff])],
    ["text", Buffer.from("hello, this is no audio at all")],
    ["raw samples", Buffer.alloc(10_000)],
    ["a RIFF without data", Buffer.from("RIFF\0\0\0\0WAVEfmt ", "latin1")],
    ["an MP4 without moov", Buffer.concat([ftyp, box("mdat", Buffer.alloc(100))])],
    ["an Ogg of something else", page(100n, Buffer.alloc(100))],
    ["WebM", Buffer.from([0x1a, 0x45, 0xdf, 0xa3, 0, 0, 0, 0])],
  ])("%s says nothing", async (_, bytes) => {
    expect(await secondsOf(bytes)).toBeUndefined();
  });

  test("damaged ones never throw", async () => {
    const whole = [
      wavOf(0.1),
      spoken("flac", 2),
      spoken("mp3", 2),
      Buffer.concat([ftyp, box("moov", mvhd(1, 1))]),
      page(9n, opusHead),
    ];
    for (const bytes of whole)
      for (let at = 0; at < Math.min(bytes.length, 120); at++) {
        const damaged = Buffer.from(bytes);
        damaged[at] = (damaged[at] ?? 0) ^ 0xff;
        const seconds = await secondsOf(damaged);
        expect(seconds === undefined || (seconds > 0 && Number.isFinite(seconds))).toBe(true);
        await secondsOf(bytes.subarray(0, at));
      }
  });
});
