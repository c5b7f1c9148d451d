import { newId } from "../../base/id.ts";
import { countAttempt, countMails, countTexts, countTrials, RESEND_MS } from "./attempts.ts";
import { CODE_TTL_MS, expired, makeChallenge, newCode, proveCode } from "./challenges.ts";
import type { PeopleDeps, TrialPolicy } from "./deps.ts";
import { readEmail } from "./emails.ts";
import { postTrialCode } from "./letters.ts";
import { type CodeSent, phoneOf, textOrRefuse } from "./phones.ts";
import { Refusal } from "./refusal.ts";
import { accountName } from "./sign-up.ts";
import { trialTargets } from "./trial-targets.ts";
import type { Origin } from "./user.ts";

const PURPOSE = "trial";

/** What a visitor says of themselves: one of both, as the policy asks. */
export interface TrialWish {
  readonly email: string | undefined;
  readonly phone: string | undefined;
  readonly locale: string | undefined;
}

/** What was proven by a code. */
type Proven = Partial<Record<"email" | "phone", string>>;

/** An account for a trial key. */
export interface OpenedTrial {
  readonly accountId: string;
  readonly name: string;
  readonly planId: string;
}

/** @throws Refusal where there are no trial keys */
function trialPolicy(deps: PeopleDeps): TrialPolicy {
  const { trial } = deps.policy();
  if (trial) return trial;
  throw new Refusal("closed", "Trial keys are not given out here; sign up, or ask the operator for a key.");
}

function given(field: "email" | "phone", value: string | undefined): string {
  if (value !== undefined) return value;
  const what = field === "email" ? "e-mail address" : "phone number";
  throw new Refusal("invalid", `${field}: a trial key needs your ${what}; send it.`, { field });
}

async function codeByMail(deps: PeopleDeps, wish: TrialWish, origin: Origin): Promise<CodeSent> {
  const email = readEmail(given("email", wish.email));
  await countAttempt(deps, countMails(email, origin));
  const code = newCode();
  const made = await makeChallenge(deps, { purpose: PURPOSE, content: { email }, code, ttlMs: CODE_TTL_MS });
  postTrialCode(deps, email, wish.locale, code);
  return { challenge: made.token, resendAfterMs: RESEND_MS, expiresAt: made.expiresAt };
}

async function codeByText(deps: PeopleDeps, wish: TrialWish, origin: Origin): Promise<CodeSent> {
  const { e164: phone, country } = await phoneOf(deps, given("phone", wish.phone));
  await countAttempt(deps, countTexts(phone, country, deps.policy().countryMessagesPerHour, origin));
  const code = newCode();
  const made = await makeChallenge(deps, { purpose: PURPOSE, content: { phone }, code, ttlMs: CODE_TTL_MS });
  await textOrRefuse(deps, phone, wish.locale, code);
  return { challenge: made.token, resendAfterMs: RESEND_MS, expiresAt: made.expiresAt };
}

/** Sends a code, also where there was a key already: only who has the address learns of that. @throws Refusal */
export async function sendTrialCode(deps: PeopleDeps, wish: TrialWish, origin: Origin): Promise<CodeSent> {
  const { verify } = trialPolicy(deps);
  if (verify === "email") return await codeByMail(deps, wish, origin);
  if (verify === "phone") return await codeByText(deps, wish, origin);
  throw new Refusal("invalid", "No code is needed here; ask for the key itself.");
}

async function prove(deps: PeopleDeps, challenge: string | undefined, code: string | undefined) {
  if (challenge === undefined || code === undefined)
    throw new Refusal(
      "invalid",
      "code: a trial key needs the code that was sent to you; send it with its challenge.",
      {
        field: "code",
      },
    );
  return await proveCode<Proven>(deps, PURPOSE, challenge, code);
}

/** The user who has what was proven. */
async function ownerOf({ store }: PeopleDeps, { email, phone }: Proven): Promise<string | undefined> {
  const key = email === undefined ? phone !== undefined && { phone } : { email };
  const user = key ? await store.users.find(key) : undefined;
  const proven = email === undefined ? user?.phoneVerifiedAt : user?.emailVerifiedAt;
  return proven === undefined ? undefined : user?.userId;
}

function taken({ email }: Proven): Refusal {
  const what = email === undefined ? "number" : "address";
  const mend = "one is all there is. Sign up with it to see that key's account, or ask the operator for more";
  return new Refusal("conflict", `This ${what} had its trial key already; ${mend}.`);
}

/**
 * The account of a trial key, made now: for what the code proves, or for anybody where nothing is to be proven.
 * @throws Refusal
 */
export async function openTrial(
  deps: PeopleDeps,
  answer: { readonly challenge: string | undefined; readonly code: string | undefined },
  origin: Origin,
): Promise<OpenedTrial> {
  const { verify, planId, perAddressPerDay } = trialPolicy(deps);
  const proof = verify === "none" ? undefined : await prove(deps, answer.challenge, answer.code);
  const proven = proof?.content ?? {};
  await countAttempt(deps, countTrials(perAddressPerDay, origin));
  const local = proven.email?.split("@")[0] ?? "trial";
  const account = {
    accountId: newId(),
    walletId: newId(),
    name: accountName(local),
    displayName: local,
    planId,
  };
  const outcome = await deps.store.users.openTrial({
    account,
    targets: trialTargets(deps.secret, proven.email, proven.phone),
    proofs: proof ? [proof.hash] : [],
    ownerId: await ownerOf(deps, proven),
    at: deps.clock.now(),
  });
  if (outcome === "taken") throw taken(proven);
  if (outcome === "used") throw expired("code");
  return account;
}
