import { z } from "zod";
import { newClaim } from "../accounts/people/claim.ts";
import { invite } from "../accounts/people/invitations.ts";
import { resetLink } from "../accounts/people/password-changes.ts";
import { Refusal } from "../accounts/people/refusal.ts";
import type { User } from "../accounts/people/user.ts";
import { CommandError, type ControlDeps, LIMIT, NO_ARGS, operation } from "./operation.ts";

const EMAIL = z.string().min(3).max(254);
const WHO = z.strictObject({ email: EMAIL });

const iso = (at: number | undefined) => (at === undefined ? null : new Date(at).toISOString());

async function userOf({ people }: ControlDeps, email: string): Promise<User> {
  const user = await people.store.users.find({ email: email.trim().toLowerCase() });
  if (user) return user;
  throw new CommandError(`There is no user ${email}; quoin users list shows them.`, "not_found");
}

async function userView({ people }: ControlDeps, user: User): Promise<object> {
  const totp = await people.store.factors.totp(user.userId);
  return {
    id: user.userId,
    email: user.email,
    display_name: user.displayName,
    phone: user.phone ?? null,
    operator: user.operator,
    totp: totp?.confirmedAt !== undefined,
    created_at: iso(user.createdAt),
    disabled_at: iso(user.disabledAt),
  };
}

async function changed(
  deps: ControlDeps,
  email: string,
  change: Partial<Pick<User, "operator" | "disabledAt">>,
) {
  const user = await userOf(deps, email);
  await deps.people.store.users.change(user.userId, change);
  return await userView(deps, await userOf(deps, email));
}

/** Those who sign in, for those who sit at the machine. */
export const PEOPLE_OPERATIONS = {
  "users.claim": operation(NO_ARGS, async ({ people }) => {
    const { link, expiresAt } = await newClaim(people);
    return { link, expires_at: iso(expiresAt) };
  }),
  "users.list": operation(
    z.strictObject({ text: z.string().max(100).optional(), limit: LIMIT }),
    async (deps, asked) => {
      const found = await deps.people.store.users.list(asked);
      return { users: await Promise.all(found.map((user) => userView(deps, user))) };
    },
  ),
  "users.operator": operation(
    z.strictObject({ email: EMAIL, off: z.boolean().default(false) }),
    (deps, { email, off }) => changed(deps, email, { operator: !off }),
  ),
  "users.disable": operation(WHO, async (deps, { email }) => {
    const view = await changed(deps, email, { disabledAt: deps.clock.now() });
    await deps.people.store.sessions.endAll((await userOf(deps, email)).userId, undefined);
    return view;
  }),
  "users.enable": operation(WHO, (deps, { email }) => changed(deps, email, { disabledAt: undefined })),
  "users.reset-password": operation(WHO, async (deps, { email }) => ({
    link: await resetLink(deps.people, await userOf(deps, email)),
  })),
  "users.reset-second-factor": operation(WHO, async (deps, { email }) => {
    const user = await userOf(deps, email);
    await deps.people.store.factors.removeTotp(user.userId);
    return await userView(deps, user);
  }),
  "users.invite": operation(WHO, async ({ people }, { email }) => {
    const own = { accountId: undefined, accountName: undefined, inviter: undefined };
    try {
      const { link, expiresAt } = await invite(people, { email, role: "owner", ...own });
      return { email, link, expires_at: iso(expiresAt) };
    } catch (thrown) {
      if (thrown instanceof Refusal) throw new CommandError(thrown.message);
      throw thrown;
    }
  }),
};
