import type { Caller, TokenCaller } from "./caller.ts";
import type { Role } from "./role.ts";

/** What can be done within one account. */
export const ACCOUNT_PERMISSIONS = [
  "account:read",
  "account:write",
  "audit:read",
  /** Changing, rotating and revoking keys that others made. */
  "keys:manage",
  "keys:read",
  "keys:write",
  "members:read",
  "members:write",
  "models:read",
  /** Making owners, unmaking them, closing the account. */
  "owners:write",
  /** What requests said and were answered, where their key keeps that: of all keys, or of those that one made. */
  "prompts:read",
  "requests:read",
  "tokens:read",
  "tokens:write",
  "usage:read",
  "wallet:read",
  "wallet:write",
] as const;
export type AccountPermission = (typeof ACCOUNT_PERMISSIONS)[number];

/** What only those who run the installation can do. */
export const OPERATOR_PERMISSIONS = [
  "operator:accounts:read",
  "operator:accounts:write",
  "operator:audit:read",
  "operator:charges:read",
  "operator:charges:write",
  "operator:codes:read",
  "operator:codes:write",
  "operator:config:read",
  "operator:config:write",
  "operator:mails:read",
  "operator:mails:write",
  "operator:metrics:read",
  "operator:models:read",
  "operator:models:write",
  "operator:plans:read",
  "operator:plans:write",
  "operator:prices:read",
  "operator:requests:read",
  "operator:tokens:read",
  "operator:tokens:write",
  "operator:upstreams:read",
  "operator:upstreams:write",
] as const;
export type OperatorPermission = (typeof OPERATOR_PERMISSIONS)[number];

export type Permission = AccountPermission | OperatorPermission;

const READS: readonly AccountPermission[] = [
  "account:read",
  "keys:read",
  "members:read",
  "models:read",
  "requests:read",
  "usage:read",
  "wallet:read",
];

const MAY: Readonly<Record<Role, ReadonlySet<AccountPermission>>> = {
  owner: new Set(ACCOUNT_PERMISSIONS),
  admin: new Set(ACCOUNT_PERMISSIONS.filter((permission) => permission !== "owners:write")),
  developer: new Set([...READS, "keys:write", "prompts:read"]),
  billing: new Set([...READS, "wallet:write"]),
  viewer: new Set(READS),
};

/** What a role may do in its account. */
export function permissionsOf(role: Role): ReadonlySet<AccountPermission> {
  return MAY[role];
}

/** Whether a scope is a permission, or a group of them: all that begin with what stands before `:*`. */
export function isScope(text: string): boolean {
  return [...ACCOUNT_PERMISSIONS, ...OPERATOR_PERMISSIONS].some((permission) => covers(text, permission));
}

/** `keys:*` and `*` cover `keys:read`; `*` alone covers nothing of the operator's. */
export function covers(scope: string, permission: Permission): boolean {
  if (scope === permission) return true;
  if (scope === "*") return !permission.startsWith("operator:");
  return scope.endsWith(":*") && permission.startsWith(scope.slice(0, -1));
}

function isAccountPermission(permission: Permission): permission is AccountPermission {
  return !permission.startsWith("operator:");
}

/** unseen: to this caller there is no such account, as if it did not exist. */
export type Judgement = "allowed" | "forbidden" | "unseen";

function judgeToken(token: TokenCaller, permission: Permission, accountId: string | undefined): Judgement {
  if (!token.operator) {
    if (accountId !== undefined && token.accountId !== accountId) return "unseen";
    if (!isAccountPermission(permission)) return "forbidden";
  }
  return token.scopes.some((scope) => covers(scope, permission)) ? "allowed" : "forbidden";
}

/**
 * Whether a caller may do something.
 * @param accountId the account it is about; undefined for what belongs to the installation
 */
export function judge(caller: Caller, permission: Permission, accountId: string | undefined): Judgement {
  if (caller.kind === "token") return judgeToken(caller, permission, accountId);
  if (caller.operator) return "allowed";
  if (!isAccountPermission(permission)) return "forbidden";
  const membership = caller.memberships.find((candidate) => candidate.accountId === accountId);
  if (!membership) return "unseen";
  return MAY[membership.role].has(permission) ? "allowed" : "forbidden";
}
