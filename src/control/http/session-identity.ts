import type { PeopleDeps } from "../../accounts/people/deps.ts";
import { findSession, missingOf } from "../../accounts/people/sessions.ts";
import type { SignedIn } from "../../accounts/people/store.ts";
import type { Origin } from "../../accounts/people/user.ts";
import type { Identify } from "./deps.ts";
import { HttpError } from "./http-error.ts";

const COOKIE = "quoin_session";
const COOKIE_S = 90 * 86_400;

/** The value of a cookie that a request carries. */
export function cookieOf({ headers }: Request, name: string): string | undefined {
  for (const pair of (headers.get("cookie") ?? "").split(";")) {
    const [key, value] = pair.trim().split("=", 2);
    if (key === name && value !== undefined && value !== "") return value;
  }
  return undefined;
}

/** A cookie that no script can read and no other site's writes carry along. */
export function cookieText(
  { consoleUrl }: PeopleDeps,
  { name, value, path, ageS }: { name: string; value: string; path: string; ageS: number },
): string {
  const secure = consoleUrl().startsWith("https:") ? "; Secure" : "";
  return `${name}=${value}; Path=${path}; Max-Age=${ageS}; HttpOnly; SameSite=Lax${secure}`;
}

/** The cookie that keeps a session; without a token it takes it away. */
export function sessionCookie(deps: PeopleDeps, token: string | undefined): string {
  const kept = token === undefined ? { value: "", ageS: 0 } : { value: token, ageS: COOKIE_S };
  return cookieText(deps, { name: COOKIE, path: "/console", ...kept });
}

export function originOf(request: Request, address: string | undefined): Origin {
  return { address, userAgent: request.headers.get("user-agent") ?? undefined };
}

/** Who is signed in; undefined where nobody is. */
async function signedInOf(
  deps: PeopleDeps,
  request: Request,
  address: string | undefined,
): Promise<SignedIn | undefined> {
  const token = cookieOf(request, COOKIE);
  return token === undefined ? undefined : await findSession(deps, token, originOf(request, address));
}

/**
 * Knows callers by their sessions. A session that holds no more counts as none, so that one can sign in again. Who
 * must verify a phone number first sees no account until then.
 */
export function sessionIdentity(deps: PeopleDeps): Identify {
  return async (request, address) => {
    const found = await signedInOf(deps, request, address);
    if (!found) return undefined;
    const { user, session, accounts } = found;
    const memberships = missingOf(deps, user).length > 0 ? [] : accounts;
    const { userId, operator } = user;
    return {
      kind: "user",
      userId,
      sessionId: session.sessionId,
      operator,
      memberships: memberships.map(({ accountId, role }) => ({ accountId, role })),
    };
  };
}

/** @throws HttpError where nobody is signed in */
export async function requireSignedIn(
  deps: PeopleDeps,
  request: Request,
  address: string | undefined,
): Promise<SignedIn> {
  const found = await signedInOf(deps, request, address);
  if (found) return found;
  throw new HttpError("unauthenticated", "Sign in first: the session has ended.");
}
