import { countAttempt, countTexts, RESEND_MS } from "./attempts.ts";
import { CODE_TTL_MS, keyedHash, makeChallenge, newCode, proveCode, take } from "./challenges.ts";
import type { PeopleDeps, PhoneNumber } from "./deps.ts";
import { textCode } from "./letters.ts";
import { Refusal } from "./refusal.ts";
import type { TrialCredit } from "./store.ts";
import type { Origin, User } from "./user.ts";

const PURPOSE = "phone";
export const PHONE_PROOF = "phone_proof";
const PROOF_TTL_MS = 60 * 60_000;

/** What can be proven by a code that was sent. */
export interface CodeSent {
  readonly challenge: string;
  readonly resendAfterMs: number;
  readonly expiresAt: number;
}

export interface PhoneContent {
  readonly phone: string;
}

/** A number of a country that is taken. @throws Refusal */
export async function phoneOf(
  deps: PeopleDeps,
  text: string,
): Promise<PhoneNumber & { readonly country: string }> {
  const { countriesAllow, countriesDeny } = deps.policy();
  const field = "phone";
  const found = await deps.readPhone(text);
  if (!found)
    throw new Refusal(
      "invalid",
      "phone: this is no phone number; write it with its country, such as +49 151 23456789.",
      { field },
    );
  const { e164, country = "" } = found;
  if (countriesDeny.includes(country) || (countriesAllow && !countriesAllow.includes(country)))
    throw new Refusal("invalid", "phone: numbers of this country are not taken here; use another.", {
      field,
    });
  return { e164, country };
}

/** Sends a code to a number, whoever has it: the answer does not tell. @throws Refusal */
export async function sendPhoneCode(
  deps: PeopleDeps,
  text: string,
  origin: Origin,
  user?: User | undefined,
  locale?: string | undefined,
): Promise<CodeSent> {
  const field = "phone";
  if (deps.policy().phone === "off")
    throw new Refusal("invalid", "phone: numbers are not asked for here; leave it out.", { field });
  const { e164, country } = await phoneOf(deps, text);
  await countAttempt(deps, countTexts(e164, country, deps.policy().countryMessagesPerHour, origin));
  const code = newCode();
  const content: PhoneContent = { phone: e164 };
  const { token, expiresAt } = await makeChallenge(deps, {
    purpose: PURPOSE,
    userId: user?.userId,
    content,
    code,
    ttlMs: CODE_TTL_MS,
  });
  await textOrRefuse(deps, e164, user?.locale ?? locale, code);
  return { challenge: token, resendAfterMs: RESEND_MS, expiresAt };
}

/** @throws Refusal where the message was not taken */
export async function textOrRefuse(
  deps: PeopleDeps,
  e164: string,
  locale: string | undefined,
  code: string,
): Promise<void> {
  try {
    await textCode(deps, e164, locale, code);
  } catch (cause) {
    deps.log("error", "a text message was not taken by its sender", { cause: String(cause) });
    throw new Refusal("unavailable", "The message could not be sent; try again in a minute.", {
      retryAfterMs: RESEND_MS,
    });
  }
}

/** The number that a code was sent to. Of two who give the code at once one gets it. @throws Refusal */
async function provePhone(
  deps: PeopleDeps,
  challenge: string,
  code: string,
  userId: string | undefined,
): Promise<string> {
  const { content, userId: owner } = await proveCode<PhoneContent>(deps, PURPOSE, challenge, code);
  if (owner !== userId || !(await take(deps, PURPOSE, challenge)))
    throw new Refusal("expired", "This code was used already; ask for another.");
  return content.phone;
}

/** Before there is a user: a proof that a sign-up takes. @throws Refusal */
export async function verifyPhone(
  deps: PeopleDeps,
  challenge: string,
  code: string,
): Promise<{ readonly phone: string; readonly proof: string }> {
  const phone = await provePhone(deps, challenge, code, undefined);
  const content: PhoneContent = { phone };
  const { token } = await makeChallenge(deps, { purpose: PHONE_PROOF, content, ttlMs: PROOF_TTL_MS });
  return { phone, proof: token };
}

/** The credit that a verified address, and number where there is one, bring; undefined: none is due yet. */
export function trialOf(deps: PeopleDeps, email: string, phone: string | undefined): TrialCredit | undefined {
  const { creditNanos: nanos, phone: rule } = deps.policy();
  if (nanos <= 0n || (rule === "required" && phone === undefined)) return undefined;
  // One mailbox has many addresses: what stands behind a plus is the owner's choice.
  const mailbox = email.replace(/\+[^@]*(?=@)/, "");
  const named = [`email:${mailbox}`, ...(phone === undefined ? [] : [`phone:${phone}`])];
  return { nanos, targets: named.map((name) => keyedHash(deps.secret, "trial", name)) };
}

/** A user's own number; brings the trial credit where it waited for that. @throws Refusal */
export async function verifyOwnPhone(
  deps: PeopleDeps,
  user: User,
  challenge: string,
  code: string,
): Promise<void> {
  const phone = await provePhone(deps, challenge, code, user.userId);
  const waited = deps.policy().phone === "required" && user.phone === undefined;
  const trial = waited && user.emailVerifiedAt !== undefined ? trialOf(deps, user.email, phone) : undefined;
  const outcome = await deps.store.users.setPhone(user.userId, phone, deps.clock.now(), trial);
  if (outcome.kind === "taken")
    throw new Refusal("conflict", "phone: another user has this number; use another.", { field: "phone" });
  if (outcome.credited !== undefined) await deps.recall(outcome.credited);
}
