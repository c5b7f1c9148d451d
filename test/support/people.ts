import { newId } from "../../src/base/id.ts";
import type { TestGateway } from "./gateway.ts";

/** A member and an open invitation of an account that has none. */
export async function seedPeople(
  { home }: TestGateway,
  accountId: string,
): Promise<{ readonly userId: string; readonly invitationId: string }> {
  const { users, organisations } = home.people;
  const now = Date.now();
  const invite = async (email: string) => {
    const invitationId = newId();
    const hash = crypto.getRandomValues(new Uint8Array(32));
    const terms = { accountId, email, role: "owner" as const, hash, inviterId: undefined };
    await organisations.invite({ invitationId, ...terms, createdAt: now, expiresAt: now + 60_000 });
    return invitationId;
  };
  const userId = newId();
  const none = { passwordHash: undefined, phone: undefined, phoneVerifiedAt: undefined, locale: undefined };
  const times = { emailVerifiedAt: now, createdAt: now, disabledAt: undefined };
  const user = {
    userId,
    email: `${userId}@example.com`,
    displayName: "",
    operator: false,
    ...none,
    ...times,
  };
  const invitationId = await invite(user.email);
  await users.signUp({ user, proofs: [], account: undefined, invitationId, identity: undefined });
  return { userId, invitationId: await invite("invited@example.com") };
}
