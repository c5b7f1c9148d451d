import type { FactorStore, Totp } from "../../accounts/people/store.ts";
import type { Passkey } from "../../accounts/people/user.ts";
import { did, first, idValue, type Runner, rows, type Steps, timeOf } from "./steps.ts";

function* findTotp(userId: string): Steps<Totp | undefined> {
  const row = yield* first<{ sealed: Uint8Array; confirmed_at: bigint | null }>(
    "SELECT sealed, confirmed_at FROM totp WHERE user_id = $1::uuid",
    idValue(userId),
  );
  return row && { sealed: row.sealed, confirmedAt: timeOf(row.confirmed_at) };
}

function* setRecoveryCodes(userId: string, hashes: readonly Uint8Array[]): Steps<void> {
  yield* rows("DELETE FROM recovery_code WHERE user_id = $1::uuid", idValue(userId));
  for (const hash of hashes)
    yield* rows("INSERT INTO recovery_code (user_id, hash) VALUES ($1::uuid, $2)", idValue(userId), hash);
}

function* confirmTotp(userId: string, at: number, recoveryHashes: readonly Uint8Array[]): Steps<boolean> {
  const confirmed = yield* did(
    "UPDATE totp SET confirmed_at = $2::bigint WHERE user_id = $1::uuid AND confirmed_at IS NULL RETURNING 1",
    ...[idValue(userId), at],
  );
  if (confirmed) yield* setRecoveryCodes(userId, recoveryHashes);
  return confirmed;
}

function* removeTotp(userId: string): Steps<void> {
  yield* rows("DELETE FROM totp WHERE user_id = $1::uuid", idValue(userId));
  yield* rows("DELETE FROM recovery_code WHERE user_id = $1::uuid", idValue(userId));
}

function* countRecoveryCodes(userId: string): Steps<number> {
  const found = yield* rows("SELECT 1 FROM recovery_code WHERE user_id = $1::uuid", idValue(userId));
  return found.length;
}

interface StoredPasskey {
  readonly passkey_id: string;
  readonly credential: string;
  readonly user_id: string;
  readonly public_key: Uint8Array;
  readonly counter: bigint;
  readonly transports: string;
  readonly name: string;
  readonly created_at: bigint;
  readonly used_at: bigint | null;
}

const PASSKEYS =
  "SELECT passkey_id, credential, user_id, public_key, counter, transports, name, created_at, used_at FROM passkey";

function passkeyOf(row: StoredPasskey): Passkey {
  return {
    passkeyId: row.passkey_id,
    credential: row.credential,
    userId: row.user_id,
    publicKey: row.public_key,
    counter: Number(row.counter),
    transports: row.transports === "" ? [] : row.transports.split(","),
    name: row.name,
    createdAt: Number(row.created_at),
    usedAt: timeOf(row.used_at),
  };
}

function* insertPasskey(passkey: Passkey): Steps<boolean> {
  const { passkeyId, credential, userId, publicKey, counter, transports, name, createdAt } = passkey;
  return yield* did(
    `INSERT INTO passkey (passkey_id, credential, user_id, public_key, counter, transports, name, created_at)
     VALUES ($1::uuid, $2, $3::uuid, $4, $5::bigint, $6, $7, $8::bigint) ON CONFLICT DO NOTHING RETURNING 1`,
    ...[
      idValue(passkeyId),
      credential,
      idValue(userId),
      publicKey,
      counter,
      transports.join(","),
      name,
      createdAt,
    ],
  );
}

function* passkeysOf(userId: string): Steps<Passkey[]> {
  const found = yield* rows<StoredPasskey>(
    `${PASSKEYS} WHERE user_id = $1::uuid ORDER BY created_at, passkey_id`,
    idValue(userId),
  );
  return found.map(passkeyOf);
}

function* findPasskey(credential: string): Steps<Passkey | undefined> {
  const row = yield* first<StoredPasskey>(`${PASSKEYS} WHERE credential = $1`, credential);
  return row && passkeyOf(row);
}

export function factorStore({ read, write }: Runner): FactorStore {
  return {
    totp: (userId) => read(findTotp(userId)),
    setTotp: (userId, sealed) =>
      write(
        did(
          `INSERT INTO totp (user_id, sealed) VALUES ($1::uuid, $2)
           ON CONFLICT (user_id) DO UPDATE SET sealed = excluded.sealed, last_step = 0
           WHERE totp.confirmed_at IS NULL RETURNING 1`,
          ...[idValue(userId), sealed],
        ),
      ),
    confirmTotp: (...wish) => write(confirmTotp(...wish)),
    removeTotp: (userId) => write(removeTotp(userId)),
    useStep: (userId, step) =>
      write(
        did(
          "UPDATE totp SET last_step = $2::bigint WHERE user_id = $1::uuid AND last_step < $2::bigint RETURNING 1",
          ...[idValue(userId), step],
        ),
      ),
    recoveryCodesLeft: (userId) => read(countRecoveryCodes(userId)),
    setRecoveryCodes: (userId, hashes) => write(setRecoveryCodes(userId, hashes)),
    useRecoveryCode: (userId, hash) =>
      write(
        did(
          "DELETE FROM recovery_code WHERE user_id = $1::uuid AND hash = $2 RETURNING 1",
          ...[idValue(userId), hash],
        ),
      ),
    addPasskey: (passkey) => write(insertPasskey(passkey)),
    passkeys: (userId) => read(passkeysOf(userId)),
    findPasskey: (credential) => read(findPasskey(credential)),
    usePasskey: (passkeyId, counter, at) =>
      write(
        did(
          // Authenticators that do not count say 0 always.
          `UPDATE passkey SET counter = $2::bigint, used_at = $3::bigint WHERE passkey_id = $1::uuid
             AND (counter < $2::bigint OR (counter = 0 AND $2::bigint = 0)) RETURNING 1`,
          ...[idValue(passkeyId), counter, at],
        ),
      ),
    removePasskey: (userId, passkeyId) =>
      write(
        did(
          "DELETE FROM passkey WHERE passkey_id = $1::uuid AND user_id = $2::uuid RETURNING 1",
          ...[idValue(passkeyId), idValue(userId)],
        ),
      ),
  };
}
