import { newId } from "../../base/id.ts";
import { countAttempt, countProofs, DAY_MS, forgiveAttempts } from "./attempts.ts";
import { keyedHash, newToken } from "./challenges.ts";
import type { PeopleDeps } from "./deps.ts";
import { isPassword } from "./passwords.ts";
import { Refusal } from "./refusal.ts";
import type { SignedIn } from "./store.ts";
import type { Origin, User } from "./user.ts";

/** Unused for so long, a session ends. */
const IDLE_MS = 14 * DAY_MS;
/** However much it is used. */
const SESSION_MS_MAX = 90 * DAY_MS;
/** When a session was last seen is written so often at most. */
const TOUCH_EVERY_MS = 5 * 60_000;
/** A sign-in so long ago stands for the password of those who have none. */
const FRESH_MS = 10 * 60_000;
const USER_AGENT_MAX = 300;

function sessionHash(secret: string, token: string): Uint8Array {
  return keyedHash(secret, "session", token);
}

function shortened({ address, userAgent }: Origin): Origin {
  return { address, userAgent: userAgent?.slice(0, USER_AGENT_MAX) };
}

/** A new session; the token is what the browser keeps, and is not kept here. */
export async function startSession(
  deps: PeopleDeps,
  user: User,
  origin: Origin,
): Promise<{ readonly token: string; readonly sessionId: string }> {
  const now = deps.clock.now();
  const token = newToken();
  const sessionId = newId();
  await deps.store.sessions.add({
    sessionId,
    userId: user.userId,
    hash: sessionHash(deps.secret, token),
    createdAt: now,
    seenAt: now,
    expiresAt: now + IDLE_MS,
    ...shortened(origin),
  });
  return { token, sessionId };
}

/** Who a session's token stands for; undefined where it holds no more. */
export async function findSession(
  deps: PeopleDeps,
  token: string,
  origin: Origin,
): Promise<SignedIn | undefined> {
  const now = deps.clock.now();
  const found = await deps.store.sessions.find(sessionHash(deps.secret, token), now);
  if (!found) return undefined;
  const { session } = found;
  if (now - session.seenAt >= TOUCH_EVERY_MS) {
    const expiresAt = Math.min(now + IDLE_MS, session.createdAt + SESSION_MS_MAX);
    await deps.store.sessions.touch(session.sessionId, shortened(origin), now, expiresAt);
  }
  return found;
}

/** What must be done before the accounts can be used. */
export function missingOf({ policy }: PeopleDeps, user: User): readonly "phone"[] {
  return policy().phone === "required" && user.phone === undefined && !user.operator ? ["phone"] : [];
}

/**
 * Asks whoever holds a session to prove once more who it is, before what could shut its owner out.
 * @throws Refusal (confirm)
 */
export async function confirm(
  deps: PeopleDeps,
  { user, session }: SignedIn,
  password: string | undefined,
): Promise<void> {
  if (user.passwordHash === undefined) {
    if (deps.clock.now() - session.createdAt < FRESH_MS) return;
    throw new Refusal("confirm", "Sign out and in again first: this needs a sign-in of the last 10 minutes.");
  }
  const field = "password";
  if (password === undefined)
    throw new Refusal("confirm", "password: this needs your password; send it along.", { field });
  await countAttempt(deps, countProofs(user.userId));
  if (!(await isPassword(password, user.passwordHash)))
    throw new Refusal("confirm", "password: this is not your password.", { field });
  await forgiveAttempts(deps, countProofs(user.userId));
}
