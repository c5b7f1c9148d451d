import { createHmac, timingSafeEqual } from "node:crypto";
import type { Signature } from "../core/generation/node.ts";

/**
 * Opaque state of one vendor's models on its way through another vendor's protocol, in a string that a
 * client sends back untouched: `qn1.<header>.<values>.<mark>`, each base64url. The header says whose each
 * value is; the mark (8 bytes of an HMAC) that we made it. Nothing in it is secret: the values are opaque.
 */
export interface Envelope {
  /** The same signatures give the same text: a prompt's cache depends on it. */
  seal(signatures: readonly Signature[]): string;
  /** For places that must hold base64 (Gemini's `thoughtSignature`). */
  sealBase64(signatures: readonly Signature[]): string;
  /** What was sealed, bare or in base64 of either alphabet; undefined for what we did not make, or was changed. */
  unseal(text: string): readonly Signature[] | undefined;
}

const TAG = "qn1.";
/** How base64 of `qn1.` begins; the fifth digit holds six bits of the dot alone. */
const TAG_BASE64 = Buffer.from(TAG).toString("base64").slice(0, 5);
const MARK_BYTES = 8;

/** The bytes by which a body that holds an envelope is known; an envelope is always a whole JSON string. */
export const foreignEnvelopeMarkers: readonly Uint8Array[] = [TAG, TAG_BASE64].map((text) =>
  new TextEncoder().encode(`"${text}`),
);

/**
 * A signature's header: all but the value, whose length in bytes is `n`, and the thinking that goes with it
 * (`t`, its length). Short names, since clients carry it.
 */
interface Head {
  readonly n: number;
  readonly t?: number | undefined;
  readonly by: string;
  readonly m?: string | undefined;
  readonly s?: string | undefined;
  readonly i?: string | undefined;
  readonly c?: string | undefined;
  readonly r?: true | undefined;
}

/** @param secret at least 16 bytes, the same on every node */
export function newEnvelope(secret: Uint8Array): Envelope {
  const key = createHmac("sha256", secret).update("quoin envelope of opaque state 1").digest();
  const seal = (signatures: readonly Signature[]) => {
    const body = `${TAG}${headerOf(signatures)}.${valuesOf(signatures)}`;
    return `${body}.${markOf(key, body)}`;
  };
  return {
    seal,
    sealBase64: (signatures) => Buffer.from(seal(signatures)).toString("base64"),
    unseal(text) {
      const bare = bareOf(text);
      return bare === undefined ? undefined : open(key, bare);
    },
  };
}

function bareOf(text: string): string | undefined {
  if (text.startsWith(TAG)) return text;
  return text.startsWith(TAG_BASE64) ? Buffer.from(text, "base64").toString("latin1") : undefined;
}

function markOf(key: Buffer, body: string): string {
  return createHmac("sha256", key).update(body).digest().subarray(0, MARK_BYTES).toString("base64url");
}

function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function headerOf(signatures: readonly Signature[]): string {
  const heads = signatures.map(
    ({ value, by, model, scope, itemId, callId, redacted, text }): Head => ({
      n: Buffer.byteLength(value),
      t: text === undefined ? undefined : Buffer.byteLength(text),
      by,
      m: model,
      s: scope,
      i: itemId,
      c: callId,
      r: redacted ? true : undefined,
    }),
  );
  return Buffer.from(JSON.stringify(heads)).toString("base64url");
}

function valuesOf(signatures: readonly Signature[]): string {
  return Buffer.from(signatures.map(({ value, text = "" }) => value + text).join("")).toString("base64url");
}

function open(key: Buffer, text: string): readonly Signature[] | undefined {
  const end = text.lastIndexOf(".");
  const body = text.slice(0, end);
  // Compared as text: base64url of the same bytes can be written in several ways.
  if (!isSame(text.slice(end + 1), markOf(key, body))) return undefined;
  const [, header = "", values = ""] = body.split(".");
  return signaturesOf(header, Buffer.from(values, "base64url"));
}

/** The mark was ours, so the shape is. */
function signaturesOf(header: string, values: Buffer): Signature[] {
  const heads: readonly Head[] = JSON.parse(Buffer.from(header, "base64url").toString());
  let from = 0;
  return heads.map((head) => {
    const [value, text] = [head.n, head.t ?? 0].map((bytes) => {
      from += bytes;
      return values.subarray(from - bytes, from).toString();
    });
    return signatureOf(head, value ?? "", text ?? "");
  });
}

function signatureOf({ by, m, s, i, c, r, t }: Head, value: string, text: string): Signature {
  return {
    value,
    by,
    ...(m === undefined ? {} : { model: m }),
    ...(s === undefined ? {} : { scope: s }),
    ...(i === undefined ? {} : { itemId: i }),
    ...(c === undefined ? {} : { callId: c }),
    ...(r === undefined ? {} : { redacted: r }),
    ...(t === undefined ? {} : { text }),
  };
}
