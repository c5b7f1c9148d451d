import type {
  AcceptOutcome,
  MemberChange,
  MemberOutcome,
  NewInvitation,
  OrganisationStore,
} from "../../accounts/people/store.ts";
import type { Invitation, Member, OwnAccount } from "../../accounts/people/user.ts";
import type { Role } from "../../accounts/role.ts";
import { insertAccount } from "./new-account.ts";
import { isFull, seatsOf } from "./seats.ts";
import { did, first, idOrNull, idValue, type Runner, rows, type Steps } from "./steps.ts";

interface StoredMember {
  readonly account_id: string;
  readonly user_id: string;
  readonly email: string;
  readonly user_name: string;
  readonly account_name: string;
  readonly account_display_name: string | null;
  readonly role: Role;
  readonly monthly_cap: bigint | null;
  readonly created_at: bigint;
}

const MEMBERS = `SELECT m.account_id, m.user_id, u.email, u.display_name AS user_name, a.name AS account_name,
    a.display_name AS account_display_name, m.role, m.monthly_cap, m.created_at
  FROM member m JOIN users u ON u.user_id = m.user_id JOIN account a ON a.account_id = m.account_id`;

function memberOf(row: StoredMember): Member {
  return {
    accountId: row.account_id,
    userId: row.user_id,
    email: row.email,
    displayName: row.user_name,
    role: row.role,
    monthlyCapNanos: row.monthly_cap ?? undefined,
    joinedAt: Number(row.created_at),
  };
}

/** The accounts of a user, the first joined first. */
export function* accountsOf(userId: string): Steps<OwnAccount[]> {
  const found = yield* rows<StoredMember>(
    `${MEMBERS} WHERE m.user_id = $1::uuid ORDER BY m.created_at, m.account_id`,
    idValue(userId),
  );
  return found.map((row) => ({
    accountId: row.account_id,
    name: row.account_name,
    displayName: row.account_display_name ?? row.account_name,
    role: row.role,
    monthlyCapNanos: row.monthly_cap ?? undefined,
  }));
}

interface StoredInvitation {
  readonly invitation_id: string;
  readonly account_id: string | null;
  readonly account_name: string | null;
  readonly email: string;
  readonly role: Role;
  readonly invited_by: string | null;
  readonly created_at: bigint;
  readonly expires_at: bigint;
}

const INVITATIONS = `SELECT i.invitation_id, i.account_id, coalesce(a.display_name, a.name) AS account_name, i.email,
    i.role, u.email AS invited_by, i.created_at, i.expires_at
  FROM invitation i LEFT JOIN account a ON a.account_id = i.account_id
  LEFT JOIN users u ON u.user_id = i.invited_by
  WHERE i.accepted_at IS NULL AND i.revoked_at IS NULL`;

function invitationOf(row: StoredInvitation): Invitation {
  return {
    invitationId: row.invitation_id,
    accountId: row.account_id ?? undefined,
    accountName: row.account_name ?? undefined,
    email: row.email,
    role: row.role,
    invitedBy: row.invited_by ?? undefined,
    createdAt: Number(row.created_at),
    expiresAt: Number(row.expires_at),
  };
}

function* insertInvitation(invitation: NewInvitation): Steps<void> {
  const { invitationId, accountId, email, role, hash, inviterId, createdAt, expiresAt } = invitation;
  // An address has one open invitation to an account: the newest.
  yield* rows(
    `UPDATE invitation SET revoked_at = $3::bigint WHERE email = $1 AND accepted_at IS NULL AND revoked_at IS NULL
       AND (account_id = $2::uuid OR (account_id IS NULL AND $2::uuid IS NULL))`,
    ...[email, idOrNull(accountId), createdAt],
  );
  yield* rows(
    `INSERT INTO invitation (invitation_id, account_id, email, role, hash, invited_by, created_at, expires_at)
     VALUES ($1::uuid, $2::uuid, $3, $4, $5, $6::uuid, $7::bigint, $8::bigint)`,
    ...[
      idValue(invitationId),
      idOrNull(accountId),
      email,
      role,
      hash,
      idOrNull(inviterId),
      createdAt,
      expiresAt,
    ],
  );
}

function* openInvitations(accountId: string | undefined, now: number): Steps<Invitation[]> {
  const found = yield* rows<StoredInvitation>(
    `${INVITATIONS} AND (i.account_id = $1::uuid OR (i.account_id IS NULL AND $1::uuid IS NULL))
       AND i.expires_at > $2::bigint ORDER BY i.invitation_id DESC`,
    ...[idOrNull(accountId), now],
  );
  return found.map(invitationOf);
}

function* findInvitation(hash: Uint8Array, now: number): Steps<Invitation | undefined> {
  const row = yield* first<StoredInvitation>(
    `${INVITATIONS} AND i.hash = $1 AND i.expires_at > $2::bigint`,
    ...[hash, now],
  );
  return row && invitationOf(row);
}

/** One of all that accept it; somebody who is a member already keeps the role. */
export function* acceptInvitation(invitationId: string, userId: string, at: number): Steps<AcceptOutcome> {
  const open = yield* first<{ account_id: string | null }>(
    "SELECT account_id FROM invitation WHERE invitation_id = $1::uuid",
    idValue(invitationId),
  );
  if (open?.account_id && (yield* isFull(open.account_id, userId, at))) return "full";
  const row = yield* first<{ account_id: string | null; role: Role }>(
    `UPDATE invitation SET accepted_at = $2::bigint WHERE invitation_id = $1::uuid
       AND accepted_at IS NULL AND revoked_at IS NULL AND expires_at > $2::bigint RETURNING account_id, role`,
    ...[idValue(invitationId), at],
  );
  if (!row) return "used";
  if (row.account_id !== null) {
    yield* rows(
      `INSERT INTO member (account_id, user_id, role, created_at) VALUES ($1::uuid, $2::uuid, $3, $4::bigint)
       ON CONFLICT DO NOTHING`,
      ...[idValue(row.account_id), idValue(userId), row.role, at],
    );
  }
  return "accepted";
}

/** What would become of an account without its owner; the account's row is locked until it is done. */
function* guardOwner(accountId: string, userId: string, keeps: boolean): Steps<MemberOutcome> {
  yield* rows("SELECT 1 FROM account WHERE account_id = $1::uuid FOR UPDATE", idValue(accountId));
  const found = yield* rows<{ user_id: string; role: Role }>(
    "SELECT user_id, role FROM member WHERE account_id = $1::uuid",
    idValue(accountId),
  );
  if (!found.some((member) => member.user_id === userId)) return "unknown";
  const others = found.some((member) => member.role === "owner" && member.user_id !== userId);
  const isOwner = found.some((member) => member.role === "owner" && member.user_id === userId);
  return isOwner && !others && !keeps ? "last_owner" : "done";
}

function* changeMember(accountId: string, userId: string, change: MemberChange): Steps<MemberOutcome> {
  const { role, monthlyCapNanos } = change;
  const outcome = yield* guardOwner(accountId, userId, role === undefined || role === "owner");
  if (outcome !== "done") return outcome;
  const ids = [idValue(accountId), idValue(userId)] as const;
  const where = "WHERE account_id = $1::uuid AND user_id = $2::uuid";
  if (role !== undefined) yield* rows(`UPDATE member SET role = $3 ${where}`, ...ids, role);
  if (monthlyCapNanos !== undefined)
    yield* rows(`UPDATE member SET monthly_cap = $3::bigint ${where}`, ...ids, monthlyCapNanos);
  return "done";
}

function* removeMember(accountId: string, userId: string): Steps<MemberOutcome> {
  const outcome = yield* guardOwner(accountId, userId, false);
  if (outcome !== "done") return outcome;
  yield* rows(
    "DELETE FROM member WHERE account_id = $1::uuid AND user_id = $2::uuid",
    ...[idValue(accountId), idValue(userId)],
  );
  return "done";
}

function* findAccount(
  accountId: string,
): Steps<Pick<OwnAccount, "accountId" | "name" | "displayName"> | undefined> {
  const row = yield* first<{ name: string; display_name: string | null }>(
    "SELECT name, display_name FROM account WHERE account_id = $1::uuid",
    idValue(accountId),
  );
  return row && { accountId, name: row.name, displayName: row.display_name ?? row.name };
}

function* membersOf(accountId: string): Steps<Member[]> {
  const found = yield* rows<StoredMember>(
    `${MEMBERS} WHERE m.account_id = $1::uuid ORDER BY m.created_at, m.user_id`,
    idValue(accountId),
  );
  return found.map(memberOf);
}

export function organisationStore({ read, write }: Runner): OrganisationStore {
  return {
    create: (account, ownerId, at) => write(insertAccount(account, ownerId, at)),
    rename: (accountId, displayName) =>
      write(
        did(
          "UPDATE account SET display_name = $2 WHERE account_id = $1::uuid RETURNING 1",
          ...[idValue(accountId), displayName],
        ),
      ),
    find: (accountId) => read(findAccount(accountId)),
    members: (accountId) => read(membersOf(accountId)),
    changeMember: (...wish) => write(changeMember(...wish)),
    removeMember: (...wish) => write(removeMember(...wish)),
    invite: (invitation) => write(insertInvitation(invitation)),
    invitations: (accountId, now) => read(openInvitations(accountId, now)),
    findInvitation: (hash, now) => read(findInvitation(hash, now)),
    revokeInvitation: (accountId, invitationId, at) =>
      write(
        did(
          `UPDATE invitation SET revoked_at = $3::bigint WHERE invitation_id = $1::uuid AND accepted_at IS NULL
             AND revoked_at IS NULL AND (account_id = $2::uuid OR (account_id IS NULL AND $2::uuid IS NULL))
           RETURNING 1`,
          ...[idValue(invitationId), idOrNull(accountId), at],
        ),
      ),
    seats: (accountId, now) => read(seatsOf(accountId, now)),
    accept: (...wish) => write(acceptInvitation(...wish)),
  };
}
