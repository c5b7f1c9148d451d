import { keyedHash } from "./challenges.ts";

/** What trial accounts are claimed under: an address, a number, or both; each must be proven. */
export function trialTargets(
  secret: string,
  email: string | undefined,
  phone: string | undefined,
): Uint8Array[] {
  const named = [email && `email:${email}`, phone && `phone:${phone}`].filter((name) => name !== undefined);
  return named.map((name) => keyedHash(secret, "trial account", name));
}
