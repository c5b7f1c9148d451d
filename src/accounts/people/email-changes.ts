import { countAttempt, countMails, RESEND_MS } from "./attempts.ts";
import { CODE_TTL_MS, expired, makeChallenge, newCode, newToken, proveCode, take } from "./challenges.ts";
import type { PeopleDeps } from "./deps.ts";
import { readEmail } from "./emails.ts";
import { postChanged, postCode, postKnown } from "./letters.ts";
import type { CodeSent } from "./phones.ts";
import { Refusal } from "./refusal.ts";
import { confirm } from "./sessions.ts";
import type { SignedIn } from "./store.ts";
import type { Origin } from "./user.ts";

const PURPOSE = "email_change";

interface Wanted {
  readonly email: string;
  /** The address has a user: no code was sent, and none will do. */
  readonly known: boolean;
}

/** A code to the new address; the answer is the same where it has a user already. @throws Refusal */
export async function startEmailChange(
  deps: PeopleDeps,
  signedIn: SignedIn,
  address: string,
  password: string | undefined,
  origin: Origin,
): Promise<CodeSent> {
  const { userId, locale } = signedIn.user;
  const email = readEmail(address);
  await confirm(deps, signedIn, password);
  await countAttempt(deps, countMails(email, origin));
  const owner = await deps.store.users.find({ email });
  const known = owner !== undefined && owner.userId !== userId;
  const content: Wanted = { email, known };
  const [token, code] = [newToken(), newCode()];
  const terms = { purpose: PURPOSE, userId, content, code, token, ttlMs: CODE_TTL_MS };
  const { expiresAt } = await makeChallenge(deps, terms);
  const link = `${deps.consoleUrl()}/settings/email#${token}.${code}`;
  if (known) postKnown(deps, email, locale);
  else postCode(deps, email, locale, { code, link });
  return { challenge: token, resendAfterMs: RESEND_MS, expiresAt };
}

/** The code proves the new address; the old one is told. @throws Refusal */
export async function finishEmailChange(
  deps: PeopleDeps,
  { user }: SignedIn,
  challenge: string,
  code: string,
): Promise<void> {
  const { userId, content } = await proveCode<Wanted>(deps, PURPOSE, challenge, code);
  if (userId !== user.userId || content.known || !(await take(deps, PURPOSE, challenge)))
    throw expired("code");
  const outcome = await deps.store.users.setEmail(user.userId, content.email, deps.clock.now());
  if (outcome === "taken")
    throw new Refusal("conflict", "email: this address has an account; use another.", { field: "email" });
  if (content.email !== user.email) postChanged(deps, user.email, user.locale, "email");
}
