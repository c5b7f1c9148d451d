import { type SecretBox, secretBox } from "../base/secret-box.ts";

/** What a box is bound to: it opens in no other row. */
export const place = (table: string, accountId: string, id: string): string => `${table} ${accountId} ${id}`;

/** A key for each account, made of the installation's secret: one account's transcripts open with no other's. */
export const transcriptBoxes =
  (secret: string) =>
  (accountId: string): SecretBox =>
    secretBox(secret, `prompts of ${accountId}`);

/** Conversations repeat themselves: packed they take a fraction. */
export function pack(box: SecretBox, value: object, where: string): Uint8Array {
  return box.seal(Bun.zstdCompressSync(Buffer.from(JSON.stringify(value)), { level: 1 }), where);
}

/** Undefined where the row was sealed with another secret or changed: then it is lost, and counts as absent. */
export function unpack(box: SecretBox, sealed: Uint8Array, where: string): unknown {
  const packed = box.open(sealed, where);
  return packed && JSON.parse(Buffer.from(Bun.zstdDecompressSync(packed)).toString("utf8"));
}
