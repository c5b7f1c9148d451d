import type { NewSession, SessionStore, SignedIn } from "../../accounts/people/store.ts";
import type { Origin, Session } from "../../accounts/people/user.ts";
import { accountsOf } from "./organisation-store.ts";
import { did, first, idOrNull, idValue, type Runner, rows, type Steps } from "./steps.ts";
import { type StoredUser, USER_COLUMNS, userOf } from "./user-rows.ts";

interface StoredSession {
  readonly session_id: string;
  readonly user_id: string;
  readonly began_at: bigint;
  readonly seen_at: bigint;
  readonly expires_at: bigint;
  readonly address: string | null;
  readonly user_agent: string | null;
}

const COLUMNS =
  "s.session_id, s.user_id, s.created_at AS began_at, s.seen_at, s.expires_at, s.address, s.user_agent";

function sessionOf(row: StoredSession): Session {
  return {
    sessionId: row.session_id,
    userId: row.user_id,
    createdAt: Number(row.began_at),
    seenAt: Number(row.seen_at),
    expiresAt: Number(row.expires_at),
    address: row.address ?? undefined,
    userAgent: row.user_agent ?? undefined,
  };
}

function* insertSession(session: NewSession): Steps<void> {
  yield* rows(
    `INSERT INTO session (session_id, hash, user_id, created_at, seen_at, expires_at, address, user_agent)
     VALUES ($1::uuid, $2, $3::uuid, $4::bigint, $5::bigint, $6::bigint, $7, $8)`,
    idValue(session.sessionId),
    session.hash,
    idValue(session.userId),
    session.createdAt,
    session.seenAt,
    session.expiresAt,
    session.address ?? null,
    session.userAgent ?? null,
  );
}

function* findSession(hash: Uint8Array, now: number): Steps<SignedIn | undefined> {
  const row = yield* first<StoredSession & StoredUser>(
    `SELECT ${COLUMNS}, ${USER_COLUMNS} FROM session s JOIN users u ON u.user_id = s.user_id
     WHERE s.hash = $1 AND s.expires_at > $2::bigint AND u.disabled_at IS NULL`,
    ...[hash, now],
  );
  if (!row) return undefined;
  return { session: sessionOf(row), user: userOf(row), accounts: yield* accountsOf(row.user_id) };
}

function* touch(sessionId: string, origin: Origin, seenAt: number, expiresAt: number): Steps<void> {
  const { address = null, userAgent = null } = origin;
  yield* rows(
    `UPDATE session SET seen_at = $2::bigint, expires_at = $3::bigint, address = $4, user_agent = $5
     WHERE session_id = $1::uuid`,
    ...[idValue(sessionId), seenAt, expiresAt, address, userAgent],
  );
}

function* listSessions(userId: string, now: number): Steps<Session[]> {
  const found = yield* rows<StoredSession>(
    `SELECT ${COLUMNS} FROM session s WHERE s.user_id = $1::uuid AND s.expires_at > $2::bigint
     ORDER BY s.seen_at DESC, s.session_id DESC`,
    ...[idValue(userId), now],
  );
  return found.map(sessionOf);
}

function* endAll(userId: string, exceptId: string | undefined): Steps<number> {
  const ended = yield* rows(
    "DELETE FROM session WHERE user_id = $1::uuid AND ($2::uuid IS NULL OR session_id <> $2::uuid) RETURNING 1",
    ...[idValue(userId), idOrNull(exceptId)],
  );
  return ended.length;
}

export function sessionStore({ read, write }: Runner): SessionStore {
  return {
    add: (session) => write(insertSession(session)),
    find: (hash, now) => read(findSession(hash, now)),
    touch: (...seen) => write(touch(...seen)),
    list: (userId, now) => read(listSessions(userId, now)),
    end: (userId, sessionId) =>
      write(
        did(
          "DELETE FROM session WHERE session_id = $1::uuid AND user_id = $2::uuid RETURNING 1",
          ...[idValue(sessionId), idValue(userId)],
        ),
      ),
    endAll: (userId, exceptId) => write(endAll(userId, exceptId)),
  };
}
