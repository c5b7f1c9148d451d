import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";

/** Encrypts what lies on disk. What was sealed in one place does not open in another. */
export interface SecretBox {
  /** @param place names the row, tenant included: it is authenticated, not stored */
  seal(plain: Uint8Array, place: string): Uint8Array;
  /** Undefined where the bytes were changed, moved, or sealed with another secret. */
  open(sealed: Uint8Array, place: string): Uint8Array | undefined;
}

const VERSION = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const CIPHER = "aes-256-gcm";

/**
 * A box with a key of its own, derived from the installation's secret (HKDF-SHA-256). AES-256-GCM with random
 * nonces: good for some billions of seals under one secret. Layout: version, nonce, tag, ciphertext.
 * @param purpose names the key; another purpose is another key
 */
export function secretBox(secret: string, purpose: string): SecretBox {
  const key = new Uint8Array(hkdfSync("sha256", secret, "", `quoin ${purpose}`, 32));
  return {
    seal(plain, place) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(CIPHER, key, nonce);
      cipher.setAAD(Buffer.from(place));
      const hidden = [cipher.update(plain), cipher.final()];
      return Buffer.concat([Buffer.from([VERSION]), nonce, cipher.getAuthTag(), ...hidden]);
    },
    open(sealed, place) {
      const begin = 1 + NONCE_BYTES + TAG_BYTES;
      if (sealed.length < begin || sealed[0] !== VERSION) return undefined;
      const decipher = createDecipheriv(CIPHER, key, sealed.subarray(1, 1 + NONCE_BYTES));
      decipher.setAAD(Buffer.from(place));
      decipher.setAuthTag(sealed.subarray(1 + NONCE_BYTES, begin));
      try {
        return Buffer.concat([decipher.update(sealed.subarray(begin)), decipher.final()]);
      } catch {
        return undefined; // The tag does not fit: that is the answer.
      }
    },
  };
}
