import { countAttempt, countMails, countSignUps } from "./attempts.ts";
import { expired, lookAt, makeChallenge, take } from "./challenges.ts";
import type { PeopleDeps } from "./deps.ts";
import { readEmail } from "./emails.ts";
import { postChanged, postReset } from "./letters.ts";
import { checkPassword, hashPassword } from "./passwords.ts";
import { confirm } from "./sessions.ts";
import type { SignedIn } from "./store.ts";
import type { Origin, User } from "./user.ts";

const PURPOSE = "password_reset";
const RESET_TTL_MS = 60 * 60_000;

/** A link by which the user of an address chooses a new password; the earlier ones are void. */
export async function resetLink(deps: PeopleDeps, { userId }: User): Promise<string> {
  await deps.store.challenges.dropOf(userId, PURPOSE);
  const { token } = await makeChallenge(deps, { purpose: PURPOSE, userId, ttlMs: RESET_TTL_MS });
  return `${deps.consoleUrl()}/reset#${token}`;
}

/** Mails a link where the address has a user; whoever asks is told nothing of that. @throws Refusal (limited) */
export async function forgotPassword(deps: PeopleDeps, address: string, origin: Origin): Promise<void> {
  const email = readEmail(address);
  await countAttempt(deps, countMails(email, origin));
  const work = async () => {
    const user = await deps.store.users.find({ email });
    if (user && user.disabledAt === undefined)
      postReset(deps, email, user.locale, await resetLink(deps, user));
  };
  // Not waited for: how long it takes would tell.
  void work().catch((cause: unknown) =>
    deps.log("error", "a link for a new password could not be made", { cause: String(cause) }),
  );
}

/** Ends all sessions: whoever knew the old password is out. @throws Refusal */
export async function resetPassword(
  deps: PeopleDeps,
  token: string,
  password: string,
  origin: Origin,
): Promise<User> {
  await countAttempt(deps, countSignUps(origin));
  const looked = await lookAt(deps, PURPOSE, token);
  const user =
    looked?.userId === undefined ? undefined : await deps.store.users.find({ userId: looked.userId });
  if (!user || user.disabledAt !== undefined) throw expired();
  checkPassword(password, user.email);
  const passwordHash = await hashPassword(password);
  if (!(await take(deps, PURPOSE, token))) throw expired();
  await deps.store.users.change(user.userId, { passwordHash });
  // The link came by mail: that the address is the user's is proven with it.
  if (user.emailVerifiedAt === undefined)
    await deps.store.users.setEmail(user.userId, user.email, deps.clock.now());
  await deps.store.sessions.endAll(user.userId, undefined);
  postChanged(deps, user.email, user.locale, "password");
  return user;
}

/** Ends all other sessions. @throws Refusal */
export async function changePassword(
  deps: PeopleDeps,
  signedIn: SignedIn,
  old: string | undefined,
  password: string,
): Promise<void> {
  const { user, session } = signedIn;
  await confirm(deps, signedIn, old);
  checkPassword(password, user.email, "new_password");
  await deps.store.users.change(user.userId, { passwordHash: await hashPassword(password) });
  await deps.store.challenges.dropOf(user.userId, PURPOSE);
  await deps.store.sessions.endAll(user.userId, session.sessionId);
  postChanged(deps, user.email, user.locale, "password");
}
