/** FLAC without compression (RFC 9639): every frame holds its samples as they are. One channel of 16 bits. */
interface FlacFacts {
  /** Samples in a second. */
  readonly rate: number;
  readonly samples: number;
  readonly blockSamples: number;
}

const BITS = 16;

/** `fLaC` and the one metadata block that there must be; no checksum of the samples is given (zero). */
export function flacHead({ rate, samples, blockSamples }: FlacFacts): Uint8Array {
  const bytes = Buffer.alloc(42);
  bytes.write("fLaC", 0, "latin1");
  bytes[4] = 0x80;
  bytes[7] = 34;
  bytes.writeUInt16BE(blockSamples, 8);
  bytes.writeUInt16BE(blockSamples, 10);
  const facts = (BigInt(rate) << 44n) | (BigInt(BITS - 1) << 36n) | BigInt(samples);
  bytes.writeBigUInt64BE(facts, 18);
  return bytes;
}

/** A cyclic checksum of `width` bits over bytes, highest bit first, beginning with zero. */
function checksum(bytes: Uint8Array, width: 8 | 16, polynomial: number): number {
  const top = 1 << (width - 1);
  const mask = width === 8 ? 0xff : 0xffff;
  let sum = 0;
  for (const byte of bytes) {
    sum ^= byte << (width - 8);
    for (let bit = 0; bit < 8; bit++) sum = (sum & top ? (sum << 1) ^ polynomial : sum << 1) & mask;
  }
  return sum;
}

/** A frame's number as UTF-8 writes one; up to 2^16. */
function utf8Number(value: number): number[] {
  if (value < 0x80) return [value];
  if (value < 0x800) return [0xc0 | (value >> 6), 0x80 | (value & 0x3f)];
  return [0xe0 | (value >> 12), 0x80 | ((value >> 6) & 0x3f), 0x80 | (value & 0x3f)];
}

const CRC8 = 0x07;
const CRC16 = 0x8005;
/** Block size in 16 bits at the end of the header, rate from the head, one channel, 16 bits. */
const FRAME_START = [0xff, 0xf8, 0x70, 0x08];
const VERBATIM = 0x02;

/** One frame of these samples, the `index`th of the stream. */
export function flacFrame(samples: Int16Array, index: number): Uint8Array {
  const size = samples.length - 1;
  const header = Buffer.from([...FRAME_START, ...utf8Number(index), size >> 8, size & 0xff]);
  const body = Buffer.alloc(1 + samples.length * 2);
  body[0] = VERBATIM;
  for (let at = 0; at < samples.length; at++) body.writeInt16BE(samples[at] ?? 0, 1 + at * 2);
  const frame = Buffer.concat([header, Buffer.from([checksum(header, 8, CRC8)]), body]);
  const sum = checksum(frame, 16, CRC16);
  return Buffer.concat([frame, Buffer.from([sum >> 8, sum & 0xff])]);
}
