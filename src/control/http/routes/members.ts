import type { Caller } from "../../../accounts/caller.ts";
import { changeMember, removeMember } from "../../../accounts/people/organisations.ts";
import { judge } from "../../../accounts/permissions.ts";
import type { Awaitable } from "../../../base/awaitable.ts";
import { DONE, IS_DONE } from "../../contract/done.ts";
import { ACCOUNT, MEMBER, MEMBER_CHANGE, NEW_ACCOUNT, NOTHING } from "../../contract/people.ts";
import { ID, PAGE, pageOf } from "../../contract/shapes.ts";
import type { HttpDeps } from "../deps.ts";
import { HttpError } from "../http-error.ts";
import { pageFrom } from "../page.ts";
import { memberView } from "../people-views.ts";
import { areaOf } from "../route.ts";

const area = areaOf("Members");

export function mayMakeOwners(caller: Caller, accountId: string): boolean {
  return judge(caller, "owners:write", accountId) === "allowed";
}

/** Does something with each live key of a member, and forgets what is remembered of it. */
async function changeKeysOf(
  { control }: HttpDeps,
  account: string,
  userId: string,
  change: (keyId: string) => Awaitable<unknown>,
): Promise<void> {
  const keys = await control.accounts.listKeys(account);
  for (const { keyId } of keys.filter((key) => key.userId === userId && key.revokedAt === undefined)) {
    await change(keyId);
    control.forgetKey(keyId);
  }
}

/** What a member's keys were good for ends with the membership. */
function revokeKeysOf(deps: HttpDeps, account: string, userId: string, now: number): Promise<void> {
  return changeKeysOf(deps, account, userId, (keyId) => deps.control.accounts.revokeKey(keyId, now));
}

const role = ({ role, monthly_cap_nanos }: ReturnType<typeof memberView>) => ({ role, monthly_cap_nanos });

export const MEMBER_ROUTES = [
  area.account({
    method: "patch",
    path: "",
    requires: "account:write",
    summary: "Rename an account",
    description: "The name that people see; the one of commands and addresses stays.",
    body: NEW_ACCOUNT,
    answer: ACCOUNT,
    audit: "accounts.rename",
    async handle({ deps, account, body, note }) {
      const { organisations } = deps.control.people.store;
      const { accountId, name } = account;
      const before = await organisations.find(accountId);
      await organisations.rename(accountId, body.display_name);
      note({ target: accountId, before: { display_name: before?.displayName ?? "" }, after: body });
      return { id: accountId, name, display_name: body.display_name };
    },
  }),
  area.account({
    method: "get",
    path: "/members",
    requires: "members:read",
    summary: "Members of an account",
    description: "The first joined first.",
    query: PAGE,
    answer: pageOf(MEMBER),
    async handle({ deps, account, query }) {
      const found = await deps.control.people.store.organisations.members(account.accountId);
      return pageFrom(found, query, { id: ({ userId }) => userId, view: memberView });
    },
  }),
  area.account({
    method: "patch",
    path: "/members/{id}",
    requires: "members:write",
    summary: "Change a member's role or monthly cap",
    description: "Only owners make and unmake owners; an account keeps one.",
    params: { id: ID },
    body: MEMBER_CHANGE,
    answer: MEMBER,
    errors: ["not_found", "last_owner"],
    audit: "members.change",
    async handle({ deps, caller, account: { accountId, name }, params, body, note }) {
      const cap = body.monthly_cap_nanos;
      const change = {
        role: body.role,
        monthlyCapNanos: typeof cap === "string" ? BigInt(cap) : cap,
      };
      const may = mayMakeOwners(caller, accountId);
      const changed = await changeMember(deps.control.people, accountId, params.id, change, may);
      // The cap is remembered with each key.
      const { accounts } = deps.control;
      await changeKeysOf(deps, name, params.id, (keyId) => accounts.announceKey(keyId));
      const [before, after] = [memberView(changed.before), memberView(changed.after)];
      note({ target: params.id, before: role(before), after: role(after) });
      return after;
    },
  }),
  area.account({
    method: "delete",
    path: "/members/{id}",
    requires: "members:write",
    summary: "Remove a member",
    description: "The member's keys in this account are revoked.",
    params: { id: ID },
    answer: DONE,
    errors: ["not_found", "last_owner"],
    audit: "members.remove",
    async handle({ deps, caller, account, params, note, now }) {
      const may = mayMakeOwners(caller, account.accountId);
      const gone = await removeMember(deps.control.people, account.accountId, params.id, may);
      await revokeKeysOf(deps, account.name, params.id, now);
      note({ target: params.id, before: role(memberView(gone)) });
      return IS_DONE;
    },
  }),
  area.account({
    method: "post",
    path: "/leave",
    requires: "account:read",
    summary: "Leave an account",
    description: "The last owner cannot. The keys that one made there are revoked.",
    body: NOTHING,
    answer: DONE,
    errors: ["last_owner", "not_found"],
    audit: "members.leave",
    async handle({ deps, caller, account, note, now }) {
      if (caller.kind !== "user")
        throw new HttpError("forbidden", "A token is no member; revoke it instead.");
      await removeMember(deps.control.people, account.accountId, caller.userId, true);
      await revokeKeysOf(deps, account.name, caller.userId, now);
      note({ target: caller.userId });
      return IS_DONE;
    },
  }),
];
