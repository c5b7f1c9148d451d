import { DAY_MS } from "./attempts.ts";
import { expired, lookAt, makeChallenge, take } from "./challenges.ts";
import type { PeopleDeps } from "./deps.ts";
import type { User } from "./user.ts";

const PURPOSE = "claim";

export interface ClaimLink {
  readonly link: string;
  readonly expiresAt: number;
}

/** A link that makes whoever opens it an operator: good once, for a day. */
export async function newClaim(deps: PeopleDeps): Promise<ClaimLink> {
  const { token, expiresAt } = await makeChallenge(deps, { purpose: PURPOSE, ttlMs: DAY_MS });
  return { link: `${deps.consoleUrl()}/claim#${token}`, expiresAt };
}

/** The hash by which a sign-up takes the claim with it. @throws Refusal where it does not hold */
export async function findClaim(deps: PeopleDeps, token: string): Promise<Uint8Array> {
  const found = await lookAt(deps, PURPOSE, token);
  if (!found) throw expired("claim link (quoin claim prints another)");
  return found.hash;
}

/** Makes a user an operator. @throws Refusal where the claim does not hold */
export async function claimOperator(deps: PeopleDeps, token: string, user: User): Promise<User> {
  if (!(await take(deps, PURPOSE, token))) throw expired("claim link (quoin claim prints another)");
  await deps.store.users.change(user.userId, { operator: true });
  return { ...user, operator: true };
}
