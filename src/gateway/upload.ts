import { audioSeconds } from "../base/audio-seconds.ts";
import type { Deadline, Deadlines } from "../base/deadlines.ts";
import { boundaryOf, FormFault, type FormPart, FormScanner } from "../base/multipart.ts";
import { Spool } from "../base/spool.ts";
import { encodingOf } from "../base/unpack.ts";
import { GatewayError, toGatewayError } from "../core/errors.ts";
import { badField } from "../protocols/fields.ts";
import { clientClosed, isGone, late, tooLarge } from "./read-body.ts";

export interface UploadLimits {
  readonly bytesMax: number;
  readonly deadlineMs: number;
  /** Where what is too much for memory is kept meanwhile. */
  readonly folder: string;
}

export interface UploadBody {
  readonly stream: ReadableStream<Uint8Array>;
  /** Undefined where the client did not say how many there are. */
  readonly length: number | undefined;
}

const MEMORY_BYTES_MAX = 256 * 1024;
const READ_BYTES = 64 * 1024;

/** Fields that Quoin acts on, in the spellings that some parser may take for them. */
const CONTROLLED = ["model", "stream", "response_format", "file"];

function plainName(name: string): string {
  return name
    .toLowerCase()
    .replace(/\[\d*\]$/, "")
    .replaceAll("_", "");
}

/** @throws GatewayError `bad_request` for fields that stand twice or in an odd spelling */
function refuseUnclear(parts: readonly FormPart[]): void {
  const names = parts.map(({ name }) => name);
  for (const [index, name] of names.entries()) {
    const field = CONTROLLED.find((known) => plainName(known) === plainName(name));
    if (field === undefined) continue;
    if (field !== name) throw badField(name.slice(0, 40), `unknown spelling of a field; write "${field}".`);
    if (names.indexOf(name) !== index) throw badField(name, "this field stands twice; send it once.");
    if (field !== "file" && parts[index]?.fileName !== undefined)
      throw badField(name, "must be a plain field, not a file.");
  }
}

function notAForm(): GatewayError {
  const message =
    "The request must be multipart/form-data with a boundary, a file and a model, as the SDKs send it.";
  return new GatewayError("bad_request", message, { param: "content-type" });
}

function toUploadError(fault: unknown): GatewayError {
  if (isGone(fault)) return clientClosed(fault);
  if (!(fault instanceof FormFault)) return toGatewayError(fault);
  return new GatewayError("bad_request", `The form ${fault.message}.`, { cause: fault });
}

/** The bytes of a spool from one position to another, as far as they go. */
async function* slice(spool: Spool, from: number, to: number): AsyncGenerator<Uint8Array> {
  let at = from;
  while (at < to) {
    const bytes = await spool.read(at, Math.min(READ_BYTES, to - at));
    if (bytes.length === 0) return;
    at += bytes.length;
    yield bytes;
  }
}

function streamOf(pieces: AsyncGenerator<Uint8Array>): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await pieces.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      cancel: async () => void (await pieces.return(undefined)),
    },
    { highWaterMark: 0 },
  );
}

async function readAll(spool: Spool, position: number, bytes: number): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of slice(spool, position, position + bytes)) pieces.push(piece);
  return pieces.length === 1 && pieces[0] ? pieces[0] : Buffer.concat(pieces);
}

/**
 * A form with a file, on its way in: what comes is kept, for one target after another to be sent, from memory or
 * from the disk; see docs/decisions/0020-uploads-pass-as-they-come.md.
 */
export class Upload {
  /** Told once when it fails. */
  onFailed: ((error: GatewayError) => void) | undefined;
  /** Resolves when all has come. @throws GatewayError */
  readonly whole: Promise<void>;
  /** The most bytes that it may have. */
  readonly bytesMost: number;
  private readonly spool: Spool;
  private readonly scanner: FormScanner;
  private readonly ends = Promise.withResolvers<void>();
  private readonly waiting = new Map<string, () => void>();
  private readonly deadline: Deadline;
  private closed = false;

  /** @param length bytes, where the client said how many there are */
  constructor(
    private readonly reader: ByteSource,
    boundary: string,
    private readonly length: number | undefined,
    private readonly limits: UploadLimits,
    deadlines: Deadlines,
  ) {
    this.bytesMost = length ?? limits.bytesMax;
    this.spool = new Spool(limits.folder, MEMORY_BYTES_MAX);
    this.scanner = new FormScanner(boundary);
    this.whole = this.ends.promise;
    // Whoever waits for the whole hears of its failure; nobody has to.
    this.whole.catch(() => undefined);
    const { deadlineMs } = limits;
    this.deadline = deadlines.start(deadlineMs, { onLate: () => this.fail(late(deadlineMs)) });
    void this.pump();
  }

  /** The plain fields that have come. */
  fields(): Readonly<Record<string, string>> {
    const plain = this.scanner.parts.filter(({ value }) => value !== undefined);
    return Object.fromEntries(plain.map(({ name, value }) => [name, value ?? ""]));
  }

  /** Resolves when the field is here. @throws GatewayError where the form ends without it or fails. */
  async until(field: string): Promise<void> {
    if (this.find(field)) return;
    const here = new Promise<void>((resolve) => void this.waiting.set(field, resolve));
    await Promise.race([here, this.whole]);
    this.waiting.delete(field);
    if (!this.find(field)) throw badField(field, "this field of the form is required.");
  }

  /** The form with another value of a field, as it comes; it can be read again for another target. */
  bodyWith(field: string, value: string): UploadBody {
    const part = this.find(field);
    if (!part) throw new Error(`the form has no field ${field}`);
    const { spool, length } = this;
    const { valueStart, valueEnd = valueStart } = part;
    const bytes = new TextEncoder().encode(value);
    async function* pieces() {
      yield* slice(spool, 0, valueStart);
      if (bytes.length > 0) yield bytes;
      yield* slice(spool, valueEnd, Number.POSITIVE_INFINITY);
    }
    const grown = bytes.length - (valueEnd - valueStart);
    return { stream: streamOf(pieces()), length: length === undefined ? undefined : length + grown };
  }

  /** Its file: bytes, and seconds by its own header, undefined where that does not say. Waits for all of it. */
  async audio(): Promise<{ readonly bytes: number; readonly seconds: number | undefined }> {
    await this.whole;
    const file = this.scanner.parts.find(({ name }) => name === "file");
    if (file?.valueEnd === undefined) return { bytes: 0, seconds: undefined };
    const { valueStart } = file;
    const bytes = file.valueEnd - valueStart;
    const read = (position: number, length: number) => readAll(this.spool, valueStart + position, length);
    return { bytes, seconds: await audioSeconds({ size: bytes, read }) };
  }

  /** Lets it go, whether it has come or not. */
  close(): void {
    this.closed = true;
    this.deadline.stop();
    this.letGo();
    this.spool.close();
  }

  private find(field: string): FormPart | undefined {
    return this.scanner.parts.find(({ name, value }) => name === field && value !== undefined);
  }

  private async take(chunk: Uint8Array): Promise<void> {
    const { bytesMax } = this.limits;
    if (this.spool.size + chunk.length > bytesMax) throw tooLarge(bytesMax);
    this.scanner.feed(chunk);
    refuseUnclear(this.scanner.parts);
    await this.spool.append(chunk);
    for (const [field, resume] of this.waiting) if (this.find(field)) resume();
  }

  private async pump(): Promise<void> {
    try {
      for (;;) {
        const { done, value } = await this.reader.read();
        if (done) break;
        await this.take(value);
      }
      if (this.closed) return;
      if (!this.scanner.ended) throw new FormFault("ends before its last boundary");
      this.deadline.stop();
      this.spool.end();
      this.ends.resolve();
    } catch (fault) {
      this.fail(fault);
    }
  }

  private fail(fault: unknown): void {
    this.deadline.stop();
    if (this.closed) return;
    const error = toUploadError(fault);
    this.spool.fail(error);
    this.ends.reject(error);
    this.letGo();
    this.onFailed?.(error);
  }

  /** The rest is of no use; its connection may be gone already. */
  private letGo(): void {
    this.reader.cancel().catch(() => undefined);
  }
}

type ByteSource = Pick<ReadableStreamDefaultReader<Uint8Array>, "read" | "cancel">;

/**
 * Begins to take a form with a file.
 * @throws GatewayError `bad_request`, `too_large` for what its headers say already
 */
export function takeUpload(request: Request, limits: UploadLimits, deadlines: Deadlines): Upload {
  const boundary = boundaryOf(request.headers.get("content-type") ?? "");
  if (boundary === undefined || !request.body) throw notAForm();
  if (encodingOf(request.headers) !== undefined) {
    const message = "content-encoding: uploads are read uncompressed only; send it so.";
    throw new GatewayError("bad_request", message, { param: "content-encoding" });
  }
  const said = request.headers.get("content-length");
  const length = said === null ? undefined : Number(said);
  if (length !== undefined && length > limits.bytesMax) throw tooLarge(limits.bytesMax);
  return new Upload(request.body.getReader(), boundary, length, limits, deadlines);
}
