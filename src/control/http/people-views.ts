import type { z } from "@hono/zod-openapi";
import type { PeopleDeps } from "../../accounts/people/deps.ts";
import type { CodeSent } from "../../accounts/people/phones.ts";
import { missingOf } from "../../accounts/people/sessions.ts";
import type { SignInStep } from "../../accounts/people/sign-in.ts";
import type { SignedIn } from "../../accounts/people/store.ts";
import type { Invitation, Member, OwnAccount, Passkey, Session } from "../../accounts/people/user.ts";
import type { INVITATION, ME, MEMBER, PASSKEY, SESSION, SIGN_IN } from "../contract/people.ts";
import { HttpError } from "./http-error.ts";
import { sessionCookie } from "./session-identity.ts";

const iso = (at: number): string => new Date(at).toISOString();

export function accountView({ accountId, name, displayName, role, monthlyCapNanos }: OwnAccount) {
  const monthly_cap_nanos = monthlyCapNanos?.toString() ?? null;
  return { id: accountId, name, display_name: displayName, role, monthly_cap_nanos };
}

export async function meView(
  deps: PeopleDeps,
  { user, session, accounts }: SignedIn,
): Promise<z.infer<typeof ME>> {
  const { factors, users } = deps.store;
  const { organisation } = deps;
  const totp = await factors.totp(user.userId);
  return {
    user: {
      id: user.userId,
      email: user.email,
      email_verified: user.emailVerifiedAt !== undefined,
      phone: user.phone ?? null,
      display_name: user.displayName,
      locale: user.locale ?? null,
      operator: user.operator && !organisation,
      has_password: user.passwordHash !== undefined,
      totp: totp?.confirmedAt !== undefined,
      recovery_codes_left: await factors.recoveryCodesLeft(user.userId),
      passkeys: (await factors.passkeys(user.userId)).length,
      identities: await users.identities(user.userId),
      created_at: iso(user.createdAt),
    },
    session: {
      id: session.sessionId,
      created_at: iso(session.createdAt),
      expires_at: iso(session.expiresAt),
    },
    accounts: accounts
      .filter(({ accountId }) => !organisation || organisation.accountId === accountId)
      .map(accountView),
    missing: [...missingOf(deps, user)],
  };
}

export function codeSentView({ challenge, resendAfterMs, expiresAt }: CodeSent) {
  return { challenge, resend_after_s: resendAfterMs / 1000, expires_at: iso(expiresAt) };
}

/** Where a sign-in stands; where it is done the browser gets its cookie. */
export async function signInView(
  deps: PeopleDeps,
  step: SignInStep,
  find: (token: string) => Promise<SignedIn | undefined>,
  headers: Headers,
): Promise<z.infer<typeof SIGN_IN>> {
  if (step.kind === "verify_email")
    return { status: "verify_email", email: step.email, ...codeSentView(step) };
  if (step.kind === "second_factor")
    return {
      status: "second_factor",
      challenge: step.challenge,
      methods: [...step.methods],
      expires_at: iso(step.expiresAt),
    };
  const signedIn = await find(step.token);
  if (!signedIn) throw new HttpError("failed", "The session was made and is not there; sign in again.");
  headers.append("set-cookie", sessionCookie(deps, step.token));
  return { status: "signed_in", me: await meView(deps, signedIn) };
}

export function sessionView(session: Session, currentId: string): z.infer<typeof SESSION> {
  return {
    id: session.sessionId,
    current: session.sessionId === currentId,
    address: session.address ?? null,
    user_agent: session.userAgent ?? null,
    created_at: iso(session.createdAt),
    seen_at: iso(session.seenAt),
    expires_at: iso(session.expiresAt),
  };
}

export function passkeyView({ passkeyId, name, createdAt, usedAt }: Passkey): z.infer<typeof PASSKEY> {
  const used_at = usedAt === undefined ? null : iso(usedAt);
  return { id: passkeyId, name, created_at: iso(createdAt), used_at };
}

export function memberView(member: Member): z.infer<typeof MEMBER> {
  return {
    user_id: member.userId,
    email: member.email,
    display_name: member.displayName,
    role: member.role,
    monthly_cap_nanos: member.monthlyCapNanos?.toString() ?? null,
    joined_at: iso(member.joinedAt),
  };
}

export function invitationView(invitation: Invitation): z.infer<typeof INVITATION> {
  return {
    id: invitation.invitationId,
    email: invitation.email,
    role: invitation.role,
    invited_by: invitation.invitedBy ?? null,
    created_at: iso(invitation.createdAt),
    expires_at: iso(invitation.expiresAt),
  };
}
