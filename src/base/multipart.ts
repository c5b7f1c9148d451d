/** A part of a multipart body (RFC 7578): what its headers say, and where its value stands in the bytes. */
export interface FormPart {
  readonly name: string;
  /** Undefined: a plain field. */
  readonly fileName: string | undefined;
  readonly valueStart: number;
  /** One past its last byte; undefined until it has come. */
  valueEnd: number | undefined;
  /** Of a plain field, as text, once it is whole. */
  value: string | undefined;
}

/** A body that different parsers might read differently, or that is none. The message has no subject. */
export class FormFault extends Error {}

const CRLF = "\r\n";
const HEADERS_BYTES_MAX = 16 * 1024;
const FIELD_BYTES_MAX = 256 * 1024;
const PARTS_MAX = 1_000;
/** Of a chunk so much is joined with what was left of the one before. */
const SEAM_BYTES = 1_024;

/** The boundary of `multipart/form-data; boundary=…` (RFC 2046 5.1.1); undefined where there is none to go by. */
export function boundaryOf(contentType: string): string | undefined {
  if (!/^multipart\/form-data\s*(;|$)/i.test(contentType)) return undefined;
  const found = [...contentType.matchAll(/;\s*boundary=(?:"([^"]*)"|([^\s;"]+))/gi)];
  const boundary = found[0]?.[1] ?? found[0]?.[2] ?? "";
  return found.length === 1 && /^[\w'()+,./:=? -]{0,69}[\w'()+,./:=?-]$/.test(boundary)
    ? boundary
    : undefined;
}

/** `form-data; name="file"; filename="a.wav"`: the parameters, each once. */
function parametersOf(value: string): Map<string, string> {
  const found = new Map<string, string>();
  const type = /^\s*form-data\s*/i.exec(value);
  if (!type) throw new FormFault("has a part that is not form-data");
  const one = /;\s*([A-Za-z*-]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^\s";]+)\s*/y;
  let at = type[0].length;
  while (at < value.length) {
    one.lastIndex = at;
    const match = one.exec(value);
    const name = match?.[1]?.toLowerCase() ?? "";
    if (!match || found.has(name)) throw new FormFault("has a part whose content-disposition is unclear");
    const text = match[2] ?? "";
    found.set(name, text.startsWith('"') ? text.slice(1, -1).replace(/\\(["\\])/g, "$1") : text);
    at = one.lastIndex;
  }
  return found;
}

const ENCODED = /^content-transfer-encoding\s*:(?!\s*(?:binary|8bit|7bit)\s*$)/i;

function partOf(headers: string, valueStart: number): FormPart {
  const lines = headers === "" ? [] : headers.split(CRLF);
  if (lines.some((line) => /^[ \t]|[\r\n\0]/.test(line) || !line.includes(":")))
    throw new FormFault("has a part with a header that is none");
  if (lines.some((line) => ENCODED.test(line)))
    throw new FormFault("has a part with a content-transfer-encoding; send its bytes as they are");
  const dispositions = lines.filter((line) => /^content-disposition\s*:/i.test(line));
  if (dispositions.length !== 1) throw new FormFault("has a part without one content-disposition");
  const parameters = parametersOf((dispositions[0] ?? "").replace(/^[^:]*:/, ""));
  const name = parameters.get("name");
  if (name === undefined || parameters.has("name*")) throw new FormFault("has a part without a plain name");
  const fileName = parameters.get("filename") ?? parameters.get("filename*");
  return { name, fileName, valueStart, valueEnd: undefined, value: undefined };
}

type State = "start" | "boundary" | "headers" | "value" | "ended";

/**
 * A multipart body read while it comes; keeps no more of it than plain fields and what may be part of a boundary.
 * Strict where parsers differ, so that everybody reads the same parts.
 */
export class FormScanner {
  /** All that have begun, in their order. */
  readonly parts: FormPart[] = [];
  private readonly delimiter: Buffer;
  private state: State = "start";
  /** Bytes that were not judged yet, and where they begin. The body is read as if a line ended before it. */
  private rest: Buffer = Buffer.from(CRLF);
  private offset = -CRLF.length;
  private field: Buffer[] = [];
  private fieldBytes = 0;

  constructor(boundary: string) {
    this.delimiter = Buffer.from(`${CRLF}--${boundary}`);
  }

  /** Whether the last boundary has come. */
  get ended(): boolean {
    return this.state === "ended";
  }

  /** @throws FormFault */
  feed(chunk: Uint8Array): void {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    const seam = Math.min(bytes.length, SEAM_BYTES);
    this.judge(Buffer.concat([this.rest, bytes.subarray(0, seam)]));
    if (seam < bytes.length) {
      const kept = this.rest.length;
      // What is left is nearly always of this chunk: then nothing of the chunk has to be copied.
      this.judge(
        kept <= seam ? bytes.subarray(seam - kept) : Buffer.concat([this.rest, bytes.subarray(seam)]),
      );
    }
    // A copy, so that the chunk itself can go.
    this.rest = Buffer.from(this.rest);
  }

  private judge(bytes: Buffer): void {
    this.rest = bytes;
    let more = true;
    while (more) more = this.step();
  }

  /** Answers whether there may be more to do with the bytes at hand. */
  private step(): boolean {
    switch (this.state) {
      case "start":
        return this.takeStart();
      case "boundary":
        return this.takeBoundary();
      case "headers":
        return this.takeHeaders();
      case "value":
        return this.takeValue();
      case "ended":
        return this.takeEnd();
    }
  }

  private skip(bytes: number): void {
    this.rest = this.rest.subarray(bytes);
    this.offset += bytes;
  }

  private takeStart(): boolean {
    const { rest, delimiter } = this;
    if (rest.length < delimiter.length) return false;
    if (!rest.subarray(0, delimiter.length).equals(delimiter))
      throw new FormFault("does not begin with its boundary");
    this.skip(delimiter.length);
    this.state = "boundary";
    return true;
  }

  private takeBoundary(): boolean {
    if (this.rest.length < 2) return false;
    const next = this.rest.toString("latin1", 0, 2);
    if (next !== CRLF && next !== "--") throw new FormFault("has something behind a boundary");
    this.skip(2);
    this.state = next === CRLF ? "headers" : "ended";
    return true;
  }

  private takeHeaders(): boolean {
    const end = this.rest.indexOf(CRLF + CRLF);
    if ((end < 0 ? this.rest.length : end) > HEADERS_BYTES_MAX)
      throw new FormFault("has a part whose headers are too long");
    if (end < 0) return false;
    if (this.parts.length >= PARTS_MAX) throw new FormFault("has too many parts");
    const headers = this.rest.toString("utf8", 0, end);
    this.skip(end + 2 * CRLF.length);
    this.parts.push(partOf(headers, this.offset));
    this.state = "value";
    return true;
  }

  private takeValue(): boolean {
    const { delimiter } = this;
    const found = this.rest.indexOf(delimiter);
    const end = found < 0 ? Math.max(0, this.rest.length - delimiter.length + 1) : found;
    this.keepField(this.rest.subarray(0, end));
    this.skip(end);
    if (found < 0) return false;
    this.endPart();
    this.skip(delimiter.length);
    this.state = "boundary";
    return true;
  }

  private takeEnd(): boolean {
    if (!CRLF.startsWith(this.rest.toString("latin1", 0, 3)))
      throw new FormFault("goes on behind its last boundary");
    return false;
  }

  private keepField(bytes: Buffer): void {
    const part = this.parts.at(-1);
    if (!part || part.fileName !== undefined || bytes.length === 0) return;
    this.fieldBytes += bytes.length;
    if (this.fieldBytes > FIELD_BYTES_MAX) throw new FormFault("has a field that is too long");
    this.field.push(Buffer.from(bytes));
  }

  private endPart(): void {
    const part = this.parts.at(-1);
    if (!part) return;
    part.valueEnd = this.offset;
    if (part.fileName === undefined) part.value = Buffer.concat(this.field).toString("utf8");
    this.field = [];
    this.fieldBytes = 0;
  }
}
