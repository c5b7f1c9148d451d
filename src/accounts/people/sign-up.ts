import { randomBase62 } from "../../base/base62.ts";
import { newId } from "../../base/id.ts";
import { countAttempt, countMails, countSignUps, RESEND_MS } from "./attempts.ts";
import {
  CODE_TTL_MS,
  expired,
  lookAt,
  makeChallenge,
  newCode,
  newToken,
  proveCode,
  renewCode,
} from "./challenges.ts";
import { findClaim } from "./claim.ts";
import type { PeopleDeps } from "./deps.ts";
import { readEmail } from "./emails.ts";
import { findInvitation, inviteNewcomer, noSeat } from "./invitations.ts";
import { postCode, postKnown } from "./letters.ts";
import { checkPassword, hashPassword } from "./passwords.ts";
import { type CodeSent, PHONE_PROOF, type PhoneContent, trialOf } from "./phones.ts";
import { Refusal } from "./refusal.ts";
import { goOn, type SignInStep } from "./sign-in.ts";
import type { NewAccount, SignUp } from "./store.ts";
import { trialTargets } from "./trial-targets.ts";
import type { Invitation, OauthProvider, Origin, User } from "./user.ts";

const PURPOSE = "sign_up";

export interface SignUpWish {
  readonly email: string;
  readonly password: string;
  readonly displayName: string;
  readonly locale: string | undefined;
  readonly phoneProof: string | undefined;
  /** The token of the invitation's link. */
  readonly invitation: string | undefined;
  /** The token of the claim's link. */
  readonly claim: string | undefined;
}

/** A sign-up that waits for its e-mail code; what is sealed in its challenge. */
interface Pending {
  readonly email: string;
  readonly passwordHash: string;
  readonly displayName: string;
  readonly locale: string | undefined;
  readonly phoneProof: string | undefined;
  /** The address has a user: no code was sent, and none will do. */
  readonly known: boolean;
}

/** A person that is let in, proven by whatever the hashes in `proofs` stand for. */
export interface Newcomer {
  readonly email: string;
  readonly emailVerified: boolean;
  readonly passwordHash: string | undefined;
  readonly displayName: string;
  readonly locale: string | undefined;
  readonly phone: string | undefined;
  readonly proofs: readonly Uint8Array[];
  readonly invitation: Invitation | undefined;
  readonly operator: boolean;
  readonly identity: { readonly provider: OauthProvider; readonly subject: string } | undefined;
}

/** `ann.lee@example.com` → `ann.lee-x7k2q9`: a name of its own in commands and addresses. */
export function accountName(wanted: string): string {
  const plain = wanted
    .toLowerCase()
    .normalize("NFKD")
    .replaceAll(/\p{M}/gu, "")
    .replaceAll(/[^a-z0-9._-]+/g, "-")
    .replaceAll(/^[-._]+|[-._]+$/g, "");
  return `${plain.slice(0, 40) || "account"}-${randomBase62(6).toLowerCase()}`;
}

/** @throws Refusal where nobody new is let in this way */
export function requireOpen(deps: PeopleDeps, invitation: Invitation | undefined): void {
  const { mode } = deps.policy();
  if (mode === "open" || (mode === "invitation" && invitation)) return;
  const why =
    mode === "closed"
      ? "Nobody new can sign up here; ask whoever runs this service."
      : "Signing up needs an invitation here; ask whoever runs this service, or a member of an organisation, for one.";
  throw new Refusal("closed", why);
}

function newAccount(deps: PeopleDeps, person: Newcomer): NewAccount | undefined {
  if (person.invitation?.accountId !== undefined) return undefined;
  const local = person.email.split("@")[0] ?? "";
  return {
    accountId: newId(),
    walletId: newId(),
    name: accountName(local),
    displayName: person.displayName || local,
    planId: deps.policy().planId,
    trial: person.emailVerified ? trialOf(deps, person.email, person.phone) : undefined,
  };
}

/**
 * What a newcomer is invited into. At an account's own domain that is the account, where it lets everybody in by an
 * invitation that is made here. @throws Refusal
 */
async function invitationFor(deps: PeopleDeps, person: Newcomer): Promise<Invitation | undefined> {
  const { organisation } = deps;
  const { invitation, email } = person;
  if (!organisation || person.operator) return invitation;
  const { accountId, joinRole } = organisation;
  if (invitation?.accountId === accountId) return invitation;
  if (invitation || joinRole === undefined)
    throw new Refusal("closed", "This address is one organisation's own; ask its owner for an invitation.");
  return await inviteNewcomer(deps, { accountId, email, role: joinRole });
}

/** Everything of a new user at once. @throws Refusal */
export async function admit(deps: PeopleDeps, newcomer: Newcomer, origin: Origin): Promise<SignInStep> {
  const person = { ...newcomer, invitation: await invitationFor(deps, newcomer) };
  const now = deps.clock.now();
  const user: User = {
    userId: newId(),
    email: person.email,
    emailVerifiedAt: person.emailVerified ? now : undefined,
    passwordHash: person.passwordHash,
    phone: person.phone,
    phoneVerifiedAt: person.phone === undefined ? undefined : now,
    displayName: person.displayName,
    locale: person.locale,
    operator: person.operator,
    createdAt: now,
    disabledAt: undefined,
  };
  const { proofs, identity, invitation } = person;
  const wish: SignUp = {
    user,
    proofs,
    account: newAccount(deps, person),
    invitationId: invitation?.invitationId,
    identity,
    trialAccounts: trialTargets(deps.secret, person.emailVerified ? person.email : undefined, person.phone),
  };
  const outcome = await deps.store.users.signUp(wish);
  if (outcome === "made") return await goOn(deps, user, origin);
  if (outcome === "used") throw expired("step of the sign-up");
  if (outcome === "full") throw noSeat();
  const field = outcome === "email_taken" ? "email" : "phone_proof";
  const what = outcome === "email_taken" ? "This address has an account" : "Another user has this number";
  throw new Refusal("conflict", `${what}; sign in instead.`, { field });
}

/** The verified number of a proof, and the hash that it is consumed by. @throws Refusal */
async function readProof(deps: PeopleDeps, proof: string | undefined, required: boolean) {
  const field = "phone_proof";
  if (proof === undefined) {
    if (!required) return { phone: undefined, hashes: [] };
    throw new Refusal("invalid", "phone_proof: verify a phone number first.", { field });
  }
  const found = await lookAt<PhoneContent>(deps, PHONE_PROOF, proof);
  if (found) return { phone: found.content.phone, hashes: [found.hash] };
  throw new Refusal("invalid", "phone_proof: it has expired; verify the phone number again.", { field });
}

/**
 * The first step of a sign-up. Who proves the address by an invitation, or the right by a claim, is in at once;
 * all others get a code by mail, known addresses a mail that says so, and the answer is the same.
 * @throws Refusal
 */
export async function signUp(deps: PeopleDeps, wish: SignUpWish, origin: Origin): Promise<SignInStep> {
  const email = readEmail(wish.email);
  const invitation = wish.invitation === undefined ? undefined : await findInvitation(deps, wish.invitation);
  if (wish.claim === undefined) requireOpen(deps, invitation);
  checkPassword(wish.password, email);
  const claimHash = wish.claim === undefined ? [] : [await findClaim(deps, wish.claim)];
  const isOperator = claimHash.length > 0;
  const { phone, hashes } = await readProof(
    deps,
    wish.phoneProof,
    deps.policy().phone === "required" && !isOperator,
  );
  await countAttempt(deps, countSignUps(origin));
  const invited = invitation?.email === email;
  if (invitation && !invited && !isOperator) throw otherAddress();
  const { displayName, locale } = wish;
  if (!invited && !isOperator) return await askForCode(deps, { ...wish, email }, origin);
  const person = { email, displayName, locale, phone, invitation: invited ? invitation : undefined };
  const passwordHash = await hashPassword(wish.password);
  const proofs = [...hashes, ...claimHash];
  const rest = { emailVerified: invited, passwordHash, proofs, operator: isOperator, identity: undefined };
  return await admit(deps, { ...person, ...rest }, origin);
}

function otherAddress(): Refusal {
  const why = "This invitation is for another e-mail address; use that one, or ask for another invitation.";
  return new Refusal("forbidden", why, { field: "email" });
}

function linkOf(deps: PeopleDeps, challenge: string, code: string): string {
  return `${deps.consoleUrl()}/verify#${challenge}.${code}`;
}

async function askForCode(deps: PeopleDeps, wish: SignUpWish, origin: Origin): Promise<SignInStep> {
  const { email, displayName, locale, phoneProof } = wish;
  await countAttempt(deps, countMails(email, origin));
  const passwordHash = await hashPassword(wish.password);
  const known = (await deps.store.users.find({ email })) !== undefined;
  const content: Pending = { email, passwordHash, displayName, locale, phoneProof, known };
  const [token, code] = [newToken(), newCode()];
  const { expiresAt } = await makeChallenge(deps, {
    purpose: PURPOSE,
    content,
    code,
    token,
    ttlMs: CODE_TTL_MS,
  });
  if (known) postKnown(deps, email, locale);
  else postCode(deps, email, locale, { code, link: linkOf(deps, token, code) });
  return { kind: "verify_email", challenge: token, email, resendAfterMs: RESEND_MS, expiresAt };
}

/** Another code to the address of a sign-up. @throws Refusal */
export async function resendCode(deps: PeopleDeps, challenge: string, origin: Origin): Promise<CodeSent> {
  const found = await lookAt<Pending>(deps, PURPOSE, challenge);
  if (!found) throw expired("sign-up");
  const { email, locale, known } = found.content;
  await countAttempt(deps, countMails(email, origin));
  const code = newCode();
  if (!(await renewCode(deps, PURPOSE, challenge, code))) throw expired("sign-up");
  if (known) postKnown(deps, email, locale);
  else postCode(deps, email, locale, { code, link: linkOf(deps, challenge, code) });
  return { challenge, resendAfterMs: RESEND_MS, expiresAt: deps.clock.now() + CODE_TTL_MS };
}

/** The last step of a sign-up: the code proves the address, and the user is made. @throws Refusal */
export async function verifyEmail(
  deps: PeopleDeps,
  challenge: string,
  code: string,
  origin: Origin,
): Promise<SignInStep> {
  const { hash, content } = await proveCode<Pending>(deps, PURPOSE, challenge, code);
  if (content.known) throw expired("code");
  requireOpen(deps, undefined);
  const { email, passwordHash, displayName, locale, phoneProof } = content;
  const { phone, hashes } = await readProof(deps, phoneProof, deps.policy().phone === "required");
  const person = { email, emailVerified: true, passwordHash, displayName, locale, phone };
  const rest = { proofs: [hash, ...hashes], invitation: undefined, operator: false, identity: undefined };
  return await admit(deps, { ...person, ...rest }, origin);
}
