import { secretBox } from "./secret-box.ts";

/** One of the secrets that open the root key; the secret itself is not kept. */
export interface SecretSeen {
  /** 16 hexadecimal digits, made of the secret by a keyed hash. */
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly since: number;
  /** Whether this process was started with it. */
  readonly isOurs: boolean;
}

/** The secrets of an installation, which open its root key. */
export interface Secrets {
  /** The newest first. */
  list(): Promise<SecretSeen[]>;
  /**
   * From now on this one opens the root key, too. Undefined: one is made, written into the home, and alone good.
   * @returns whether it lies in the home
   * @throws RangeError where none is given and none lies in the home
   */
  rotate(next: string | undefined): Promise<boolean>;
  /**
   * From now on only this process's secret opens it.
   * @returns how many others did
   * @throws RangeError where a newer one than this process's does
   */
  retire(): Promise<number>;
}

export function nameOfSecret(secret: string): string {
  return new Bun.CryptoHasher("sha256", secret).update("name of this secret").digest("hex").slice(0, 16);
}

const boxOf = (secret: string) => secretBox(secret, "root key");

export function sealRootKey(secret: string, root: string): Uint8Array {
  return boxOf(secret).seal(new TextEncoder().encode(root), nameOfSecret(secret));
}

/** @throws Error where the row was changed */
export function openRootKey(secret: string, sealed: Uint8Array): string {
  const plain = boxOf(secret).open(sealed, nameOfSecret(secret));
  if (plain) return new TextDecoder().decode(plain);
  throw new Error("The root key in the database is damaged; restore the database from a backup.");
}
