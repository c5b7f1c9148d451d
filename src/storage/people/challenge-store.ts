import type { AttemptRule, Challenge, ChallengeStore } from "../../accounts/people/store.ts";
import { did, first, idOrNull, idValue, type Runner, rows, type Steps } from "./steps.ts";

interface StoredChallenge {
  readonly purpose: string;
  readonly user_id: string | null;
  readonly code_hash: Uint8Array | null;
  readonly tries_left: bigint;
  readonly content: Uint8Array | null;
  readonly sent_at: bigint;
  readonly expires_at: bigint;
}

const COLUMNS = "purpose, user_id, code_hash, tries_left, content, sent_at, expires_at";
const WHERE = "WHERE hash = $1 AND purpose = $2 AND expires_at > $3::bigint";

function challengeOf(row: StoredChallenge): Challenge {
  return {
    purpose: row.purpose,
    userId: row.user_id ?? undefined,
    codeHash: row.code_hash ?? undefined,
    triesLeft: Number(row.tries_left),
    content: row.content ?? undefined,
    sentAt: Number(row.sent_at),
    expiresAt: Number(row.expires_at),
  };
}

function* one(text: string, hash: Uint8Array, purpose: string, now: number): Steps<Challenge | undefined> {
  const row = yield* first<StoredChallenge>(text, hash, purpose, now);
  return row && challengeOf(row);
}

function* insertChallenge(hash: Uint8Array, challenge: Challenge): Steps<void> {
  const { purpose, userId, codeHash, triesLeft, content, sentAt, expiresAt } = challenge;
  yield* rows(
    `INSERT INTO challenge (hash, purpose, user_id, code_hash, tries_left, content, sent_at, expires_at)
     VALUES ($1, $2, $3::uuid, $4, $5::bigint, $6, $7::bigint, $8::bigint)`,
    ...[hash, purpose, idOrNull(userId), codeHash ?? null, triesLeft, content ?? null, sentAt, expiresAt],
  );
}

/** Each target once, always in the same order: two that count the same targets wait, and never for each other. */
function targetsOf(rules: readonly Pick<AttemptRule, "kind" | "target">[]) {
  const byName = new Map(rules.map((rule) => [`${rule.kind} ${rule.target.toHex()}`, rule]));
  return [...byName].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, rule]) => rule);
}

function* waitMs({ kind, target, windowMs, max }: AttemptRule, now: number): Steps<number> {
  const oldest = yield* first<{ at: bigint }>(
    "SELECT at FROM attempt WHERE kind = $1 AND target = $2 ORDER BY at DESC LIMIT 1 OFFSET $3::int",
    ...[kind, target, max - 1],
  );
  return oldest ? Math.max(0, Number(oldest.at) + windowMs - now) : 0;
}

function* attempt(rules: readonly AttemptRule[], now: number): Steps<number> {
  const targets = targetsOf(rules);
  for (const hash of [...new Set(targets.map(({ target }) => target.toHex()))].toSorted()) {
    yield* rows(
      `INSERT INTO attempt_target (target, at) VALUES ($1, $2::bigint)
       ON CONFLICT (target) DO UPDATE SET at = excluded.at`,
      ...[Uint8Array.fromHex(hash), now],
    );
  }
  let longestMs = 0;
  for (const rule of rules) longestMs = Math.max(longestMs, yield* waitMs(rule, now));
  if (longestMs > 0) return longestMs;
  for (const { kind, target } of targets)
    yield* rows("INSERT INTO attempt (kind, target, at) VALUES ($1, $2, $3::bigint)", kind, target, now);
  return 0;
}

function* forgive(rules: readonly Pick<AttemptRule, "kind" | "target">[]): Steps<void> {
  for (const { kind, target } of targetsOf(rules))
    yield* rows("DELETE FROM attempt WHERE kind = $1 AND target = $2", kind, target);
}

function* sweep(now: number, attemptsBefore: number): Steps<void> {
  yield* rows("DELETE FROM challenge WHERE expires_at <= $1::bigint", now);
  yield* rows("DELETE FROM session WHERE expires_at <= $1::bigint", now);
  yield* rows("DELETE FROM attempt WHERE at < $1::bigint", attemptsBefore);
  yield* rows("DELETE FROM attempt_target WHERE at < $1::bigint", attemptsBefore);
}

export function challengeStore({ read, write }: Runner): ChallengeStore {
  return {
    add: (hash, challenge) => write(insertChallenge(hash, challenge)),
    find: (...key) => read(one(`SELECT ${COLUMNS} FROM challenge ${WHERE}`, ...key)),
    spendTry: (...key) =>
      write(
        one(
          `UPDATE challenge SET tries_left = tries_left - 1 ${WHERE} AND tries_left > 0 RETURNING ${COLUMNS}`,
          ...key,
        ),
      ),
    take: (...key) => write(one(`DELETE FROM challenge ${WHERE} RETURNING ${COLUMNS}`, ...key)),
    renew: (hash, codeHash, tries, sentAt, expiresAt) =>
      write(
        did(
          `UPDATE challenge SET code_hash = $2, tries_left = $3::bigint, sent_at = $4::bigint, expires_at = $5::bigint
           WHERE hash = $1 RETURNING 1`,
          ...[hash, codeHash, tries, sentAt, expiresAt],
        ),
      ),
    dropOf: (userId, purpose) =>
      write(
        (function* () {
          yield* rows(
            "DELETE FROM challenge WHERE user_id = $1::uuid AND purpose = $2",
            ...[idValue(userId), purpose],
          );
        })(),
      ),
    attempt: (rules, now) => write(attempt(rules, now)),
    forgive: (rules) => write(forgive(rules)),
    sweep: (now, attemptsBefore) => write(sweep(now, attemptsBefore)),
  };
}
