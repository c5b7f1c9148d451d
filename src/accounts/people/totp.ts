import { secretBox } from "../../base/secret-box.ts";
import type { PeopleDeps } from "./deps.ts";

/** Seals the secret of an authenticator app for the store. */
export function sealTotp({ secret }: PeopleDeps, userId: string, totpSecret: string): Uint8Array {
  return secretBox(secret, "totp").seal(new TextEncoder().encode(totpSecret), userId);
}

/** The secret of a user's app, confirmed or not; undefined where there is none. @throws Error where it cannot be opened */
export async function openTotp(deps: PeopleDeps, userId: string): Promise<string | undefined> {
  const totp = await deps.store.factors.totp(userId);
  if (!totp) return undefined;
  const plain = secretBox(deps.secret, "totp").open(totp.sealed, userId);
  if (plain) return new TextDecoder().decode(plain);
  throw new Error("the secret of an authenticator app cannot be opened; was QUOIN_SECRET changed?");
}
