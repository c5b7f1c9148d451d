import { secretBox } from "../base/secret-box.ts";

/** Fields as quoin.yaml spells them, not checked yet. */
export type Fields = Readonly<Record<string, unknown>>;

/** What of an upstream is secret: headers carry tokens as often as the key does. */
export interface Credentials {
  readonly api_key?: unknown;
  readonly headers?: unknown;
}

/** Parts what may be shown from what may not. */
export function splitCredentials(fields: Fields): { content: Fields; credentials: Credentials } {
  const { api_key, headers, ...content } = fields;
  const credentials = {
    ...(api_key !== undefined && { api_key }),
    ...(headers !== undefined && { headers }),
  };
  return { content, credentials };
}

const boxOf = (secret: string) => secretBox(secret, "declared credentials");

/** Undefined where there is nothing to hide. */
export function sealCredentials(
  secret: string,
  upstreamId: string,
  credentials: Credentials,
): Uint8Array | undefined {
  if (Object.keys(credentials).length === 0) return undefined;
  return boxOf(secret).seal(new TextEncoder().encode(JSON.stringify(credentials)), upstreamId);
}

/** Undefined where they were sealed with another secret, or for another upstream. */
export function openCredentials(
  secret: string,
  upstreamId: string,
  sealed: Uint8Array | undefined,
): Credentials | undefined {
  if (!sealed) return {};
  const plain = boxOf(secret).open(sealed, upstreamId);
  return plain && JSON.parse(new TextDecoder().decode(plain));
}
