import { countOf } from "../../base/count-of.ts";
import { newId } from "../../base/id.ts";
import type { Role } from "../role.ts";
import { countAttempt, countInvitations, DAY_MS } from "./attempts.ts";
import { keyedHash, newToken } from "./challenges.ts";
import type { PeopleDeps } from "./deps.ts";
import { readEmail } from "./emails.ts";
import { postInvitation } from "./letters.ts";
import { Refusal } from "./refusal.ts";
import type { Invitation, User } from "./user.ts";

const TTL_MS = 7 * DAY_MS;

function invitationHash(secret: string, token: string): Uint8Array {
  return keyedHash(secret, "invitation", token);
}

/** For who was invited; who invites is told how many there are. */
export function noSeat(): Refusal {
  const mend = "ask whoever invited you for another seat, then open the link again";
  return new Refusal("conflict", `All seats of this account's plan are taken; ${mend}.`);
}

/** An address that is invited anew takes the place of its earlier invitation. @throws Refusal */
async function requireSeat({ store, clock }: PeopleDeps, accountId: string, email: string): Promise<void> {
  const now = clock.now();
  const taken = await store.organisations.seats(accountId, now);
  if (!taken) return;
  const { seats, members, invited } = taken;
  const open = await store.organisations.invitations(accountId, now);
  const again = open.some((invitation) => invitation.email === email) ? 1 : 0;
  if (members + invited - again < seats) return;
  const who = `${countOf(members, "member")} and ${countOf(invited, "open invitation")}`;
  const mend = "add a seat on the page Wallet, or remove a member or an invitation first";
  throw new Refusal("conflict", `The plan has ${countOf(seats, "seat")}, taken by ${who}; ${mend}.`);
}

export interface InvitationWish {
  readonly email: string;
  readonly role: Role;
  /** Undefined: into an account of their own. */
  readonly accountId: string | undefined;
  /** How the account is called. */
  readonly accountName: string | undefined;
  /** Undefined: the operator, by a command. */
  readonly inviter: User | undefined;
}

/** Invites an address, by a mail with a link; the link is for commands to print. @throws Refusal */
export async function invite(
  deps: PeopleDeps,
  wish: InvitationWish,
): Promise<Invitation & { readonly link: string }> {
  const { role, accountId, accountName, inviter } = wish;
  const email = readEmail(wish.email);
  if (accountId !== undefined) {
    const members = await deps.store.organisations.members(accountId);
    if (members.some((member) => member.email === email))
      throw new Refusal("conflict", "email: this address is a member already.", { field: "email" });
    await requireSeat(deps, accountId, email);
    await countAttempt(deps, countInvitations(accountId, email));
  }
  const token = newToken();
  const now = deps.clock.now();
  const terms = { invitationId: newId(), accountId, email, role, createdAt: now, expiresAt: now + TTL_MS };
  const hash = invitationHash(deps.secret, token);
  await deps.store.organisations.invite({ ...terms, hash, inviterId: inviter?.userId });
  const link = `${deps.consoleUrl()}/invitation#${token}`;
  const who = inviter && (inviter.displayName || inviter.email);
  postInvitation(deps, email, { inviter: who, account: accountName, link });
  return { ...terms, accountName, invitedBy: inviter?.email, link };
}

/** An invitation that is used at once, by whoever signs up where an account lets everybody in; it has no link. */
export async function inviteNewcomer(
  deps: PeopleDeps,
  wish: { readonly accountId: string; readonly email: string; readonly role: Role },
): Promise<Invitation> {
  const now = deps.clock.now();
  const terms = { ...wish, invitationId: newId(), createdAt: now, expiresAt: now + TTL_MS };
  const hash = invitationHash(deps.secret, newToken());
  await deps.store.organisations.invite({ ...terms, hash, inviterId: undefined });
  return { ...terms, accountName: undefined, invitedBy: undefined };
}

/** The open invitation of a link's token. @throws Refusal */
export async function findInvitation(deps: PeopleDeps, token: string): Promise<Invitation> {
  const hash = invitationHash(deps.secret, token);
  const found = await deps.store.organisations.findInvitation(hash, deps.clock.now());
  if (found) return found;
  throw new Refusal("expired", "This invitation has expired or was used or taken back; ask for another.");
}

/** A user who is signed in becomes a member. @throws Refusal */
export async function acceptInvitation(deps: PeopleDeps, user: User, token: string): Promise<Invitation> {
  const invitation = await findInvitation(deps, token);
  if (invitation.email !== user.email) {
    const why = `This invitation is for ${invitation.email}; sign in with that address, or ask for another invitation.`;
    throw new Refusal("forbidden", why);
  }
  const { invitationId } = invitation;
  const outcome = await deps.store.organisations.accept(invitationId, user.userId, deps.clock.now());
  if (outcome === "accepted") return invitation;
  if (outcome === "full") throw noSeat();
  throw new Refusal("expired", "This invitation was used or taken back; ask for another.");
}
