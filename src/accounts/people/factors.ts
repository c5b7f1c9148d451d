import { newId } from "../../base/id.ts";
import { countAttempt, countProofs, forgiveAttempts } from "./attempts.ts";
import { makeChallenge, take } from "./challenges.ts";
import type { PeopleDeps } from "./deps.ts";
import { postChanged } from "./letters.ts";
import type { PasskeySite } from "./passkey-ceremonies.ts";
import { Refusal } from "./refusal.ts";
import { confirm } from "./sessions.ts";
import { letIn, provesFactor, recoveryHash, type SignInStep } from "./sign-in.ts";
import type { SignedIn } from "./store.ts";
import { openTotp, sealTotp } from "./totp.ts";
import type { Origin, Passkey } from "./user.ts";

const RECOVERY_CODES = 10;
/** Crockford's base 32: no I, L, O or U. */
const LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** `7Q2MD-4KX9A`: 50 random bits. */
function newRecoveryCode(): string {
  const letters = Array.from(crypto.getRandomValues(new Uint8Array(10)), (byte) => LETTERS[byte % 32]).join(
    "",
  );
  return `${letters.slice(0, 5)}-${letters.slice(5)}`;
}

function newRecoveryCodes({ secret }: PeopleDeps, userId: string) {
  const codes = Array.from({ length: RECOVERY_CODES }, newRecoveryCode);
  return { codes, hashes: codes.map((code) => recoveryHash(secret, userId, code)) };
}

function wrong(): Refusal {
  const why = "code: this is not the code of now; check that the clock of the app is right.";
  return new Refusal("wrong_code", why, { field: "code" });
}

/** The secret for an authenticator app; nothing is asked for until a code confirms it. @throws Refusal */
export async function startTotp(deps: PeopleDeps, signedIn: SignedIn, password: string | undefined) {
  await confirm(deps, signedIn, password);
  const { userId, email } = signedIn.user;
  const secret = await deps.timeCodes.newSecret();
  if (!(await deps.store.factors.setTotp(userId, sealTotp(deps, userId, secret))))
    throw new Refusal("conflict", "An authenticator app is set up already; turn it off first.");
  return { secret, uri: await deps.timeCodes.uri(deps.brand(), email, secret) };
}

/** Turns the app on; answers recovery codes, which are shown once. @throws Refusal */
export async function confirmTotp(deps: PeopleDeps, { user }: SignedIn, code: string): Promise<string[]> {
  const { userId } = user;
  await countAttempt(deps, countProofs(userId));
  const secret = await openTotp(deps, userId);
  const step = secret && (await deps.timeCodes.stepOf(secret, code.replaceAll(/\s/g, ""), deps.clock.now()));
  if (typeof step !== "number" || !(await deps.store.factors.useStep(userId, step))) throw wrong();
  const { codes, hashes } = newRecoveryCodes(deps, userId);
  if (!(await deps.store.factors.confirmTotp(userId, deps.clock.now(), hashes)))
    throw new Refusal("conflict", "The authenticator app is on already.");
  await forgiveAttempts(deps, countProofs(userId));
  postChanged(deps, user.email, user.locale, "totp_on");
  return codes;
}

/** @throws Refusal */
export async function turnTotpOff(
  deps: PeopleDeps,
  signedIn: SignedIn,
  password: string | undefined,
  code: string,
): Promise<void> {
  const { user } = signedIn;
  await confirm(deps, signedIn, password);
  await countAttempt(deps, countProofs(user.userId));
  if (!(await provesFactor(deps, user.userId, code))) throw wrong();
  await deps.store.factors.removeTotp(user.userId);
  postChanged(deps, user.email, user.locale, "totp_off");
}

/** New recovery codes in place of the old ones. @throws Refusal */
export async function renewRecoveryCodes(
  deps: PeopleDeps,
  signedIn: SignedIn,
  password: string | undefined,
): Promise<string[]> {
  const { userId } = signedIn.user;
  await confirm(deps, signedIn, password);
  const totp = await deps.store.factors.totp(userId);
  if (totp?.confirmedAt === undefined)
    throw new Refusal("conflict", "Recovery codes stand in for an authenticator app; set one up first.");
  const { codes, hashes } = newRecoveryCodes(deps, userId);
  await deps.store.factors.setRecoveryCodes(userId, hashes);
  return codes;
}

const REGISTER = "passkey_register";
const SIGN_IN = "passkey_sign_in";
const CEREMONY_TTL_MS = 5 * 60_000;
const PASSKEYS_MAX = 20;

interface Ceremony {
  readonly challenge: string;
}

/** What a browser is asked, and the challenge that its answer comes back with. */
export interface PasskeyQuestion {
  readonly challenge: string;
  readonly options: object;
}

function siteOf({ consoleUrl, brand }: PeopleDeps): PasskeySite {
  const { hostname, origin } = new URL(consoleUrl());
  return { name: brand(), rpId: hostname, origin };
}

function unproven(): Refusal {
  return new Refusal("wrong_credentials", "The passkey was not accepted; try again, or sign in otherwise.");
}

/** @throws Refusal */
export async function startPasskey(
  deps: PeopleDeps,
  signedIn: SignedIn,
  password: string | undefined,
): Promise<PasskeyQuestion> {
  await confirm(deps, signedIn, password);
  const { user } = signedIn;
  const known = await deps.store.factors.passkeys(user.userId);
  if (known.length >= PASSKEYS_MAX)
    throw new Refusal("conflict", `There are ${PASSKEYS_MAX} passkeys; remove one first.`);
  const { options, challenge } = await deps.passkeys.startRegistration(siteOf(deps), user, known);
  const content: Ceremony = { challenge };
  const terms = { purpose: REGISTER, userId: user.userId, content, ttlMs: CEREMONY_TTL_MS };
  return { challenge: (await makeChallenge(deps, terms)).token, options };
}

/** @throws Refusal */
export async function addPasskey(
  deps: PeopleDeps,
  { user }: SignedIn,
  challenge: string,
  name: string,
  response: unknown,
): Promise<Passkey> {
  const taken = await take<Ceremony>(deps, REGISTER, challenge);
  if (taken?.userId !== user.userId) throw unproven();
  const made = await deps.passkeys.finishRegistration(siteOf(deps), taken.content.challenge, response);
  if (!made) throw unproven();
  const { userId } = user;
  const passkey = {
    ...made,
    passkeyId: newId(),
    userId,
    name,
    createdAt: deps.clock.now(),
    usedAt: undefined,
  };
  if (!(await deps.store.factors.addPasskey(passkey)))
    throw new Refusal("conflict", "This passkey is registered already.");
  postChanged(deps, user.email, user.locale, "passkey");
  return passkey;
}

export async function askForPasskey(deps: PeopleDeps): Promise<PasskeyQuestion> {
  const { options, challenge } = await deps.passkeys.startSignIn(siteOf(deps));
  const content: Ceremony = { challenge };
  const { token } = await makeChallenge(deps, { purpose: SIGN_IN, content, ttlMs: CEREMONY_TTL_MS });
  return { challenge: token, options };
}

/** A passkey is what one has and what one is or knows: it stands for both factors. @throws Refusal */
export async function signInByPasskey(
  deps: PeopleDeps,
  challenge: string,
  response: { readonly id: string },
  origin: Origin,
): Promise<SignInStep> {
  const taken = await take<Ceremony>(deps, SIGN_IN, challenge);
  const passkey = taken && (await deps.store.factors.findPasskey(response.id));
  if (!passkey) throw unproven();
  const { challenge: asked } = taken.content;
  const counter = await deps.passkeys.finishSignIn(siteOf(deps), asked, response, passkey);
  if (counter === undefined) throw unproven();
  if (!(await deps.store.factors.usePasskey(passkey.passkeyId, counter, deps.clock.now()))) throw unproven();
  const user = await deps.store.users.find({ userId: passkey.userId });
  if (!user) throw unproven();
  return await letIn(deps, user, origin);
}
