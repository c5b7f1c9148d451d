import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
  verify,
} from "node:crypto";
import { canonicalJson } from "../base/canonical-json.ts";

/** A public key as it is published: a JSON Web Key of Ed25519 (RFC 8037). */
export interface PublicReceiptKey {
  readonly kid: string;
  readonly kty: "OKP";
  readonly crv: "Ed25519";
  readonly x: string;
}

/** What a customer keeps: the receipt, and who vouches for it. */
export interface SignedReceipt {
  readonly receipt: object;
  readonly signature: { readonly alg: "Ed25519"; readonly kid: string; readonly value: string };
}

export interface NewReceiptKey {
  readonly publicKey: PublicReceiptKey;
  /** PKCS#8. Secret. */
  readonly privateKey: Uint8Array;
}

export function newReceiptKey(): NewReceiptKey {
  const pair = generateKeyPairSync("ed25519");
  const { x = "" } = pair.publicKey.export({ format: "jwk" });
  const kid = createHash("sha256").update(Buffer.from(x, "base64url")).digest("hex").slice(0, 16);
  return {
    publicKey: { kid, kty: "OKP", crv: "Ed25519", x },
    privateKey: new Uint8Array(pair.privateKey.export({ format: "der", type: "pkcs8" })),
  };
}

/** Signs the canonical JSON of the receipt; the same receipt gives the same signature. */
export function signReceipt(receipt: object, kid: string, privateKey: Uint8Array): SignedReceipt {
  const key = createPrivateKey({ key: Buffer.from(privateKey), format: "der", type: "pkcs8" });
  const value = sign(null, Buffer.from(canonicalJson(receipt)), key).toString("base64url");
  return { receipt, signature: { alg: "Ed25519", kid, value } };
}

/** Whether this key signed exactly this receipt. False too where the signature or the key is damaged. */
export function isSignedBy(
  { receipt, signature }: SignedReceipt,
  { kty, crv, x }: PublicReceiptKey,
): boolean {
  try {
    const key = createPublicKey({ key: { kty, crv, x }, format: "jwk" });
    return verify(null, Buffer.from(canonicalJson(receipt)), key, Buffer.from(signature.value, "base64url"));
  } catch {
    return false; // A key or signature that cannot be read vouches for nothing.
  }
}
