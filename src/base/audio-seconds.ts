/** A file that can be read anywhere. */
export interface AudioFile {
  /** Bytes. */
  readonly size: number;
  read(position: number, bytes: number): Promise<Uint8Array>;
}

/** Reads a container's own words on its length; undefined where it has none that can be believed. */
type Reading = (file: AudioFile, head: DataView) => Promise<number | undefined> | number | undefined;

const HEAD_BYTES = 64 * 1024;
const TAIL_BYTES = 64 * 1024;
/** A second in Ogg or MP4 has fewer: a file that claims to be shorter is not believed. */
const BYTES_PER_SECOND_MOST = 65_536;

function ascii(view: DataView, at: number, length: number): string {
  if (at < 0 || at + length > view.byteLength) return "";
  return Buffer.from(view.buffer, view.byteOffset + at, length).toString("latin1");
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** RIFF/WAVE: the bytes that are really there, at the rate that the format says. */
const wav: Reading = ({ size }, head) => {
  let byteRate = 0;
  for (let at = 12; at + 8 <= head.byteLength; ) {
    const length = head.getUint32(at + 4, true);
    const chunk = ascii(head, at, 4);
    if (chunk === "fmt " && at + 24 <= head.byteLength) {
      const blockBytes = head.getUint16(at + 20, true);
      const rate = head.getUint32(at + 12, true);
      // Of compressed forms a block is no frame: their byte rate is what there is.
      byteRate = head.getUint16(at + 8, true) === 1 ? blockBytes * rate : head.getUint32(at + 16, true);
    }
    if (chunk === "data") return byteRate > 0 ? (size - at - 8) / byteRate : undefined;
    at += 8 + length + (length % 2);
  }
  return undefined;
};

/** FLAC: STREAMINFO has the rate in 20 bits and the samples in 36. */
const flac: Reading = ({ size }, head) => {
  if (head.byteLength < 26) return undefined;
  const rate = (head.getUint32(18) >>> 12) & 0xfffff;
  const samples = (head.getUint8(21) & 0x0f) * 2 ** 32 + head.getUint32(22);
  const channels = ((head.getUint8(20) >>> 1) & 7) + 1;
  const bits = (((head.getUint8(20) & 1) << 4) | (head.getUint8(21) >>> 4)) + 1;
  if (rate === 0 || samples === 0) return undefined;
  // No frame is much longer than its samples unpacked: what claims to be shorter is not believed.
  return Math.max(samples / rate, size / ((rate * channels * bits) / 8) / 1.1);
};

/** Ogg: the last page's position in samples, of 48 kHz where Opus is inside, less what is skipped at the start. */
const ogg: Reading = async (file, head) => {
  const opus = Buffer.from(head.buffer, head.byteOffset, Math.min(head.byteLength, 512)).indexOf("OpusHead");
  const vorbis = Buffer.from(head.buffer, head.byteOffset, Math.min(head.byteLength, 512)).indexOf(
    "\x01vorbis",
  );
  const rate = opus >= 0 ? 48_000 : vorbis >= 0 ? head.getUint32(vorbis + 12, true) : 0;
  if (rate === 0) return undefined;
  const skipped = opus >= 0 ? head.getUint16(opus + 10, true) : 0;
  const from = Math.max(0, file.size - TAIL_BYTES);
  const tail = await file.read(from, TAIL_BYTES);
  const at = Buffer.from(tail.buffer, tail.byteOffset, tail.byteLength).lastIndexOf("OggS");
  if (at < 0 || at + 14 > tail.byteLength) return undefined;
  const samples = Number(viewOf(tail).getBigInt64(at + 6, true)) - skipped;
  return samples > 0 ? Math.max(samples / rate, file.size / BYTES_PER_SECOND_MOST) : undefined;
};

const MP3_KBPS = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0];
const MP3_KBPS_LOW = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0];
const MP3_RATES = [44_100, 48_000, 32_000, 0];

interface Mp3Frame {
  readonly bitsPerSecond: number;
  readonly rate: number;
  readonly samples: number;
  /** Where a Xing or Info header stands behind the frame's. */
  readonly xingAt: number;
}

/** MPEG 1, 2 or 2.5, layer III. */
function mp3Frame(head: DataView, at: number): Mp3Frame | undefined {
  if (at + 4 > head.byteLength) return undefined;
  const bits = head.getUint32(at);
  const version = (bits >>> 19) & 3;
  if (bits >>> 21 !== 0x7ff || version === 1 || ((bits >>> 17) & 3) !== 1) return undefined;
  const first = version === 3;
  const kbps = (first ? MP3_KBPS : MP3_KBPS_LOW)[(bits >>> 12) & 15] ?? 0;
  const rate = (MP3_RATES[(bits >>> 10) & 3] ?? 0) / (first ? 1 : version === 2 ? 2 : 4);
  if (kbps === 0 || rate === 0) return undefined;
  const mono = ((bits >>> 6) & 3) === 3;
  const side = first ? (mono ? 17 : 32) : mono ? 9 : 17;
  return { bitsPerSecond: kbps * 1000, rate, samples: first ? 1152 : 576, xingAt: at + 4 + side };
}

/** Past an ID3v2 tag, whose size is written in sevens of bits. */
function id3End(head: DataView): number {
  if (ascii(head, 0, 3) !== "ID3" || head.byteLength < 10) return 0;
  return 10 + [6, 7, 8, 9].reduce((size, at) => size * 128 + (head.getUint8(at) & 127), 0);
}

const mp3: Reading = async (file, whole) => {
  const start = id3End(whole);
  const head = start === 0 ? whole : viewOf(await file.read(start, 4_096));
  const frame = mp3Frame(head, 0);
  if (!frame) return undefined;
  const bytes = file.size - start;
  const constant = (bytes * 8) / frame.bitsPerSecond;
  const xing = ascii(head, frame.xingAt, 4);
  const counted = (xing === "Xing" || xing === "Info") && (head.getUint32(frame.xingAt + 4) & 1) === 1;
  if (!counted) return constant;
  const seconds = (head.getUint32(frame.xingAt + 8) * frame.samples) / frame.rate;
  // Layer III ends at 320 kbit/s: what claims to be shorter than that makes it is not believed.
  return Math.max(seconds, (bytes * 8) / 320_000);
};

const BOXES_MAX = 64;

/** The payload of the first box of a name between two positions of an ISO base media file. */
async function findBox(file: AudioFile, name: string, from: number, to: number) {
  let at = from;
  for (let boxes = 0; boxes < BOXES_MAX && at + 8 <= to; boxes++) {
    const head = viewOf(await file.read(at, 16));
    if (head.byteLength < 8) return undefined;
    const short = head.getUint32(0);
    const large = short === 1 && head.byteLength === 16;
    const size = large ? Number(head.getBigUint64(8)) : short === 0 ? to - at : short;
    if (ascii(head, 4, 4) === name) return { start: at + (large ? 16 : 8), end: Math.min(to, at + size) };
    if (size < 8) return undefined;
    at += size;
  }
  return undefined;
}

/** MP4 and M4A: `moov/mvhd` has duration and timescale. */
const mp4: Reading = async (file) => {
  const moov = await findBox(file, "moov", 0, file.size);
  const mvhd = moov && (await findBox(file, "mvhd", moov.start, moov.end));
  if (!mvhd) return undefined;
  const view = viewOf(await file.read(mvhd.start, 32));
  if (view.byteLength < 32) return undefined;
  const long = view.getUint8(0) === 1;
  const scale = view.getUint32(long ? 20 : 12);
  const duration = long ? Number(view.getBigUint64(24)) : view.getUint32(16);
  if (scale === 0 || duration === 0) return undefined;
  return Math.max(duration / scale, file.size / BYTES_PER_SECOND_MOST);
};

function readingOf(head: DataView): Reading | undefined {
  if (ascii(head, 0, 4) === "RIFF" && ascii(head, 8, 4) === "WAVE") return wav;
  if (ascii(head, 0, 4) === "fLaC") return flac;
  if (ascii(head, 0, 4) === "OggS") return ogg;
  if (ascii(head, 4, 4) === "ftyp") return mp4;
  return ascii(head, 0, 3) === "ID3" || mp3Frame(head, 0) ? mp3 : undefined;
}

async function believed(file: AudioFile, head: DataView): Promise<number | undefined> {
  try {
    return await readingOf(head)?.(file, head);
  } catch (fault) {
    // A header that ends before its fields do says nothing.
    if (fault instanceof RangeError) return undefined;
    throw fault;
  }
}

/**
 * How long audio is in seconds, read from its container's header (WAV, FLAC, Ogg, MP3, MP4): a few small reads,
 * whatever the file's size. Undefined for other formats and for headers that say nothing. A file is never taken
 * for shorter than its bytes can be.
 */
export async function audioSeconds(file: AudioFile): Promise<number | undefined> {
  const head = viewOf(await file.read(0, Math.min(HEAD_BYTES, file.size)));
  const seconds = await believed(file, head);
  return seconds !== undefined && Number.isFinite(seconds) && seconds > 0 ? seconds : undefined;
}
