import type {
  SignUp,
  SignUpOutcome,
  TrialAccount,
  UserChange,
  UserKey,
  UserStore,
  UsersAsked,
} from "../../accounts/people/store.ts";
import type { OauthProvider, User } from "../../accounts/people/user.ts";
import { adoptTrialAccounts, grantTrial, insertAccount, insertTrialAccount } from "./new-account.ts";
import { acceptInvitation } from "./organisation-store.ts";
import {
  did,
  first,
  idOrNull,
  idValue,
  type Runner,
  rows,
  type Steps,
  UniqueTaken,
  type Value,
} from "./steps.ts";
import { type StoredUser, USER_COLUMNS, userOf } from "./user-rows.ts";

const SELECT = `SELECT ${USER_COLUMNS} FROM users u`;

function* findUser(key: UserKey): Steps<User | undefined> {
  const [where, value]: [string, Value] =
    "userId" in key
      ? ["u.user_id = $1::uuid", idValue(key.userId)]
      : "email" in key
        ? ["u.email = $1", key.email]
        : ["u.phone = $1", key.phone];
  const row = yield* first<StoredUser>(`${SELECT} WHERE ${where}`, value);
  return row && userOf(row);
}

/** `%` and `_` in what somebody looks for are meant as they are. */
function part(text: string | undefined): string | null {
  return text === undefined ? null : `%${text.toLowerCase().replaceAll(/[\\%_]/g, "\\$&")}%`;
}

function* listUsers({ text, beforeId, limit }: UsersAsked): Steps<User[]> {
  const found = yield* rows<StoredUser>(
    `${SELECT} WHERE ($1::text IS NULL OR u.email LIKE $1::text ESCAPE '\\'
         OR lower(u.display_name) LIKE $1::text ESCAPE '\\')
       AND ($2::uuid IS NULL OR u.user_id < $2::uuid)
     ORDER BY u.user_id DESC LIMIT $3::int`,
    ...[part(text), idOrNull(beforeId), limit],
  );
  return found.map(userOf);
}

function* insertUser(user: User): Steps<boolean> {
  return yield* did(
    `INSERT INTO users (user_id, email, email_verified_at, password_hash, phone, phone_verified_at, display_name,
       locale, operator, created_at)
     VALUES ($1::uuid, $2, $3::bigint, $4, $5, $6::bigint, $7, $8, $9::bigint, $10::bigint)
     ON CONFLICT DO NOTHING RETURNING 1`,
    idValue(user.userId),
    user.email,
    user.emailVerifiedAt ?? null,
    user.passwordHash ?? null,
    user.phone ?? null,
    user.phoneVerifiedAt ?? null,
    user.displayName,
    user.locale ?? null,
    user.operator ? 1 : 0,
    user.createdAt,
  );
}

/** What stands in the way of all the rest. */
class Refused<Outcome extends string> extends Error {
  readonly outcome: Outcome;
  constructor(outcome: Outcome) {
    super(outcome);
    this.outcome = outcome;
  }
}

function* insertIdentity(
  provider: OauthProvider,
  subject: string,
  userId: string,
  at: number,
): Steps<boolean> {
  return yield* did(
    `INSERT INTO oauth_identity (provider, subject, user_id, created_at) VALUES ($1, $2, $3::uuid, $4::bigint)
     ON CONFLICT DO NOTHING RETURNING 1`,
    ...[provider, subject, idValue(userId), at],
  );
}

function* consume(proofs: readonly Uint8Array[]): Steps<void> {
  for (const hash of proofs.toSorted(Buffer.compare))
    if (!(yield* did("DELETE FROM challenge WHERE hash = $1 RETURNING 1", hash))) throw new Refused("used");
}

/** Everything or nothing: what refuses undoes what was done before it. */
function* signUp(wish: SignUp): Steps<SignUpOutcome> {
  const { user, proofs, account, invitationId, identity, trialAccounts = [] } = wish;
  yield* consume(proofs);
  const { userId, createdAt: at } = user;
  if (!(yield* insertUser(user)))
    throw new Refused((yield* findUser({ email: user.email })) ? "email_taken" : "phone_taken");
  if (account) yield* insertAccount(account, userId, at);
  if (invitationId !== undefined) {
    const accepted = yield* acceptInvitation(invitationId, userId, at);
    if (accepted !== "accepted") throw new Refused(accepted);
  }
  if (identity && !(yield* insertIdentity(identity.provider, identity.subject, userId, at)))
    throw new Refused("used");
  yield* adoptTrialAccounts(trialAccounts, userId, at);
  return "made";
}

function* openTrial(trial: TrialAccount): Steps<"made"> {
  yield* consume(trial.proofs);
  if (!(yield* insertTrialAccount(trial))) throw new Refused("taken");
  return "made";
}

async function orOutcome<Outcome extends string>(work: () => Outcome | Promise<Outcome>): Promise<Outcome> {
  try {
    return await work();
  } catch (thrown) {
    if (thrown instanceof Refused) return thrown.outcome;
    throw thrown;
  }
}

/** Two who take the same in the same moment: the one who is later is told what one who comes later is told. */
async function orTaken<Outcome, Taken>(
  work: () => Outcome | Promise<Outcome>,
  taken: Taken,
): Promise<Outcome | Taken> {
  try {
    return await work();
  } catch (thrown) {
    if (thrown instanceof UniqueTaken) return taken;
    throw thrown;
  }
}

const CHANGED = {
  displayName: "display_name = $?",
  locale: "locale = $?",
  passwordHash: "password_hash = $?",
  operator: "operator = $?::bigint",
  disabledAt: "disabled_at = $?::bigint",
} satisfies Record<keyof UserChange, string>;

function* changeUser(userId: string, change: UserChange): Steps<boolean> {
  const sets: string[] = [];
  const values: Value[] = [idValue(userId)];
  for (const [name, text] of Object.entries(CHANGED)) {
    if (!Object.hasOwn(change, name)) continue;
    const value = change[name as keyof UserChange];
    values.push(typeof value === "boolean" ? Number(value) : (value ?? null));
    sets.push(text.replace("?", String(values.length)));
  }
  if (sets.length === 0) return (yield* findUser({ userId })) !== undefined;
  return yield* did(`UPDATE users SET ${sets.join(", ")} WHERE user_id = $1::uuid RETURNING 1`, ...values);
}

function* setEmail(userId: string, email: string, at: number): Steps<"set" | "taken"> {
  const done = yield* did(
    `UPDATE users SET email = $2, email_verified_at = $3::bigint WHERE user_id = $1::uuid
       AND NOT EXISTS (SELECT 1 FROM users o WHERE o.email = $2 AND o.user_id <> $1::uuid) RETURNING 1`,
    ...[idValue(userId), email, at],
  );
  return done ? "set" : "taken";
}

function* ownWallet(userId: string): Steps<string | undefined> {
  const row = yield* first<{ wallet_id: string }>(
    `SELECT w.wallet_id FROM member m JOIN wallet w ON w.account_id = m.account_id AND w.currency = 'USD'
     WHERE m.user_id = $1::uuid AND m.role = 'owner' ORDER BY m.created_at, m.account_id LIMIT 1`,
    idValue(userId),
  );
  return row?.wallet_id;
}

function* setPhone(
  ...[userId, phone, at, trial]: Parameters<UserStore["setPhone"]>
): Steps<{ kind: "set"; credited: string | undefined } | { kind: "taken" }> {
  const done = yield* did(
    `UPDATE users SET phone = $2, phone_verified_at = $3::bigint WHERE user_id = $1::uuid
       AND NOT EXISTS (SELECT 1 FROM users o WHERE o.phone = $2 AND o.user_id <> $1::uuid) RETURNING 1`,
    ...[idValue(userId), phone, at],
  );
  if (!done) return { kind: "taken" };
  const walletId = trial && (yield* ownWallet(userId));
  const credited = walletId !== undefined && (yield* grantTrial(walletId, trial, at));
  return { kind: "set", credited: credited ? walletId : undefined };
}

function* identitiesOf(userId: string): Steps<OauthProvider[]> {
  const found = yield* rows<{ provider: OauthProvider }>(
    "SELECT provider FROM oauth_identity WHERE user_id = $1::uuid ORDER BY provider",
    idValue(userId),
  );
  return found.map(({ provider }) => provider);
}

function* findIdentity(provider: OauthProvider, subject: string): Steps<User | undefined> {
  const row = yield* first<StoredUser>(
    `${SELECT} JOIN oauth_identity i ON i.user_id = u.user_id WHERE i.provider = $1 AND i.subject = $2`,
    ...[provider, subject],
  );
  return row && userOf(row);
}

export function userStore({ read, write }: Runner): UserStore {
  return {
    signUp: (wish) => orOutcome(async () => await write(signUp(wish))),
    openTrial: (trial) => orOutcome<"made" | "taken" | "used">(async () => await write(openTrial(trial))),
    find: (key) => read(findUser(key)),
    list: (asked) => read(listUsers(asked)),
    change: (userId, change) => write(changeUser(userId, change)),
    setEmail: (...wish) => orTaken(() => write(setEmail(...wish)), "taken"),
    setPhone: (...wish) => orTaken(() => write(setPhone(...wish)), { kind: "taken" }),
    hasOperator: () => read(did("SELECT 1 FROM users WHERE operator = 1 LIMIT 1")),
    identities: (userId) => read(identitiesOf(userId)),
    findIdentity: (provider, subject) => read(findIdentity(provider, subject)),
    addIdentity: (...wish) => write(insertIdentity(...wish)),
    removeIdentity: (userId, provider) =>
      write(
        did(
          "DELETE FROM oauth_identity WHERE user_id = $1::uuid AND provider = $2 RETURNING 1",
          ...[idValue(userId), provider],
        ),
      ),
  };
}
