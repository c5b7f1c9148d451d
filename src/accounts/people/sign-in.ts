import { countAttempt, countOwnSignIns, countProofs, countSignIns, forgiveAttempts } from "./attempts.ts";
import { expired, keyedHash, lookAt, makeChallenge, spendTry, take, wrongCode } from "./challenges.ts";
import { claimOperator } from "./claim.ts";
import type { PeopleDeps } from "./deps.ts";
import { readEmail } from "./emails.ts";
import { isPassword } from "./passwords.ts";
import { Refusal } from "./refusal.ts";
import { startSession } from "./sessions.ts";
import { openTotp } from "./totp.ts";
import type { Origin, User } from "./user.ts";

const PURPOSE = "second_factor";
const SECOND_FACTOR_TTL_MS = 10 * 60_000;

/** Where a sign-in stands. */
export type SignInStep =
  | { readonly kind: "signed_in"; readonly token: string; readonly userId: string }
  | {
      readonly kind: "second_factor";
      readonly challenge: string;
      readonly methods: readonly ("totp" | "recovery_code")[];
      readonly expiresAt: number;
    }
  | {
      readonly kind: "verify_email";
      readonly challenge: string;
      readonly email: string;
      readonly resendAfterMs: number;
      readonly expiresAt: number;
    };

interface Held {
  /** A claim that waits for the second factor. */
  readonly claim?: string | undefined;
}

function wrong(): Refusal {
  return new Refusal(
    "wrong_credentials",
    "The e-mail address or the password is wrong; or this user is disabled.",
  );
}

/** After the first factor: the second where it is on, a session otherwise. @throws Refusal */
export async function goOn(
  deps: PeopleDeps,
  user: User,
  origin: Origin,
  held: Held = {},
): Promise<SignInStep> {
  if (user.disabledAt !== undefined) throw wrong();
  const totp = await deps.store.factors.totp(user.userId);
  if (totp?.confirmedAt === undefined) return await finish(deps, user, origin, held);
  const { token, expiresAt } = await makeChallenge(deps, {
    purpose: PURPOSE,
    userId: user.userId,
    content: held,
    ttlMs: SECOND_FACTOR_TTL_MS,
  });
  const left = await deps.store.factors.recoveryCodesLeft(user.userId);
  return {
    kind: "second_factor",
    challenge: token,
    methods: left > 0 ? ["totp", "recovery_code"] : ["totp"],
    expiresAt,
  };
}

async function finish(deps: PeopleDeps, user: User, origin: Origin, { claim }: Held): Promise<SignInStep> {
  if (claim !== undefined) await claimOperator(deps, claim, user);
  const { token } = await startSession(deps, user, origin);
  return { kind: "signed_in", token, userId: user.userId };
}

/** After a proof that stands for both factors. @throws Refusal */
export async function letIn(deps: PeopleDeps, user: User, origin: Origin): Promise<SignInStep> {
  if (user.disabledAt !== undefined) throw wrong();
  return await finish(deps, user, origin, {});
}

export interface Credentials {
  readonly email: string;
  readonly password: string;
  readonly claim?: string | undefined;
}

/** By password. An unknown address takes as long as a wrong password, and is told the same. @throws Refusal */
export async function signIn(deps: PeopleDeps, given: Credentials, origin: Origin): Promise<SignInStep> {
  const email = readEmail(given.email);
  await countAttempt(deps, countSignIns(email, origin));
  const user = await deps.store.users.find({ email });
  const fits = await isPassword(given.password, user?.passwordHash);
  if (!user || !fits) throw wrong();
  await forgiveAttempts(deps, countOwnSignIns(email, origin));
  return await goOn(deps, user, origin, { claim: given.claim });
}

/** How a recovery code is kept: without what people put between its groups. */
export function recoveryHash(secret: string, userId: string, code: string): Uint8Array {
  return keyedHash(secret, "recovery", `${userId}:${code.toUpperCase().replaceAll(/[^0-9A-Z]/g, "")}`);
}

/** Whether it is a code of the user's app, or a recovery code; each is good once. */
export async function provesFactor(deps: PeopleDeps, userId: string, code: string): Promise<boolean> {
  const { factors } = deps.store;
  const digits = code.replaceAll(/[\s-]/g, "");
  if (!/^\d{6}$/.test(digits))
    return await factors.useRecoveryCode(userId, recoveryHash(deps.secret, userId, code));
  const secret = await openTotp(deps, userId);
  if (secret === undefined) return false;
  const step = await deps.timeCodes.stepOf(secret, digits, deps.clock.now());
  return step !== undefined && (await factors.useStep(userId, step));
}

/** By the code of the second factor. @throws Refusal */
export async function secondFactor(
  deps: PeopleDeps,
  challenge: string,
  code: string,
  origin: Origin,
): Promise<SignInStep> {
  const looked = await lookAt<Held>(deps, PURPOSE, challenge);
  if (looked?.userId === undefined) throw expired("sign-in");
  await countAttempt(deps, countProofs(looked.userId));
  const { triesLeft } = await spendTry<Held>(deps, PURPOSE, challenge);
  if (!(await provesFactor(deps, looked.userId, code))) throw wrongCode(triesLeft);
  const taken = await take<Held>(deps, PURPOSE, challenge);
  const user = taken && (await deps.store.users.find({ userId: looked.userId }));
  if (!user || user.disabledAt !== undefined) throw expired("sign-in");
  await forgiveAttempts(deps, countProofs(user.userId));
  return await finish(deps, user, origin, taken.content);
}
