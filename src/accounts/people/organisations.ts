import { newId } from "../../base/id.ts";
import type { Role } from "../role.ts";
import type { PeopleDeps } from "./deps.ts";
import { Refusal } from "./refusal.ts";
import { accountName } from "./sign-up.ts";
import type { MemberChange, MemberOutcome } from "./store.ts";
import type { Member, OwnAccount, User } from "./user.ts";

const ACCOUNTS_MAX = 20;

/** Another account of a user's own, with an empty wallet. @throws Refusal */
export async function createAccount(
  deps: PeopleDeps,
  user: User,
  displayName: string,
  owned: number,
): Promise<OwnAccount> {
  if (deps.organisation)
    throw new Refusal(
      "forbidden",
      "This address belongs to one organisation; others are made at the service's own.",
    );
  if (owned >= ACCOUNTS_MAX)
    throw new Refusal("conflict", `You are in ${ACCOUNTS_MAX} accounts; leave one first.`);
  const account = {
    accountId: newId(),
    walletId: newId(),
    name: accountName(displayName),
    displayName,
    planId: deps.policy().planId,
    trial: undefined,
  };
  await deps.store.organisations.create(account, user.userId, deps.clock.now());
  const { accountId, name } = account;
  return { accountId, name, displayName, role: "owner", monthlyCapNanos: undefined };
}

function checkOutcome(outcome: MemberOutcome): void {
  if (outcome === "unknown")
    throw new Refusal("not_found", "There is no such member; the list of members shows them.");
  if (outcome === "last_owner")
    throw new Refusal("last_owner", "An account needs an owner; make somebody else one first.");
}

async function memberOf(deps: PeopleDeps, accountId: string, userId: string): Promise<Member> {
  const members = await deps.store.organisations.members(accountId);
  const member = members.find((candidate) => candidate.userId === userId);
  checkOutcome(member ? "done" : "unknown");
  if (!member) throw new Error("a member that was there is not");
  return member;
}

/** @throws Refusal where somebody who may not make owners touches one */
export function guardOwners(roles: readonly (Role | undefined)[], mayMakeOwners: boolean): void {
  if (mayMakeOwners || !roles.includes("owner")) return;
  throw new Refusal("forbidden", "Only an owner makes and unmakes owners; ask one.", { field: "role" });
}

/** Answers the member before and after. @throws Refusal */
export async function changeMember(
  deps: PeopleDeps,
  accountId: string,
  userId: string,
  change: MemberChange,
  mayMakeOwners: boolean,
): Promise<{ readonly before: Member; readonly after: Member }> {
  const before = await memberOf(deps, accountId, userId);
  if (change.role !== undefined && change.role !== before.role)
    guardOwners([before.role, change.role], mayMakeOwners);
  checkOutcome(await deps.store.organisations.changeMember(accountId, userId, change));
  return { before, after: await memberOf(deps, accountId, userId) };
}

/** @throws Refusal */
export async function removeMember(
  deps: PeopleDeps,
  accountId: string,
  userId: string,
  mayMakeOwners: boolean,
): Promise<Member> {
  const member = await memberOf(deps, accountId, userId);
  guardOwners([member.role], mayMakeOwners);
  checkOutcome(await deps.store.organisations.removeMember(accountId, userId));
  return member;
}
