import { nameOfSecret, openRootKey, type SecretSeen, type Secrets, sealRootKey } from "../base/root-key.ts";
import { newSecret, writeSecret } from "../base/secret-file.ts";
import { did, first, type Runner, rows, type Steps } from "./people/steps.ts";

/** The root key, sealed with each secret that opens it. Of those who begin together one is the first. */
export const ROOT_KEYS = (blob: "BLOB" | "bytea", integer: "INTEGER" | "bigint"): string => `
  CREATE TABLE root_key (
    secret_name TEXT PRIMARY KEY,
    sealed ${blob} NOT NULL,
    created_at ${integer} NOT NULL,
    first ${integer} UNIQUE
  )${blob === "BLOB" ? " STRICT" : ""};
`;

interface Stored {
  readonly secret_name: string;
  readonly sealed: Uint8Array;
  readonly created_at: bigint;
}

export interface RootKeyOptions {
  readonly runner: Runner;
  readonly secret: string;
  /** The file of the secret; undefined where the environment has it. */
  readonly file: string | undefined;
  /** What everything was made with where no root key is kept yet; undefined where nothing was made. */
  readonly before: string | undefined;
  /** Whether to begin anew with a secret that opens nothing. */
  readonly mayBeginAnew: boolean;
  readonly now: () => number;
}

function* keep({ secret, before, mayBeginAnew, now }: RootKeyOptions): Steps<Uint8Array | undefined> {
  // In one statement: between two another process may have written the first row.
  const all = yield* rows<Stored>("SELECT secret_name, sealed FROM root_key");
  const own = all.find(({ secret_name }) => secret_name === nameOfSecret(secret));
  if (own) return own.sealed;
  const isAnothers = all.length > 0;
  if (isAnothers && !mayBeginAnew) return undefined;
  if (isAnothers) yield* rows("DELETE FROM root_key");
  const root = (isAnothers ? undefined : before) ?? newSecret();
  yield* rows(
    "INSERT INTO root_key (secret_name, sealed, created_at, first) VALUES ($1, $2, $3::bigint, 1) ON CONFLICT DO NOTHING",
    ...[nameOfSecret(secret), sealRootKey(secret, root), now()],
  );
  return (yield* first<Stored>("SELECT sealed FROM root_key WHERE secret_name = $1", nameOfSecret(secret)))
    ?.sealed;
}

/**
 * The key that everything of an installation is made with, made on its first start.
 * @throws Error where the secret does not open it
 */
export async function findRootKey(options: RootKeyOptions): Promise<string> {
  const sealed = await options.runner.write(keep(options));
  if (sealed) return openRootKey(options.secret, sealed);
  const which = options.file ?? "QUOIN_SECRET";
  const mend = "give back the one before, or begin anew with QUOIN_BEGIN_ANEW=allow";
  throw new Error(
    `${which} differs from what this installation or its other nodes were started with; ${mend}: no key, session, authenticator app or kept conversation works then.`,
  );
}

/** @param root as `findRootKey` answers it */
export function secretsOf({ runner, secret, file, now }: RootKeyOptions, root: string): Secrets {
  let ours = nameOfSecret(secret);

  async function list(): Promise<SecretSeen[]> {
    const found = await runner.read(
      rows<Stored>("SELECT secret_name, created_at FROM root_key ORDER BY created_at DESC, secret_name"),
    );
    return found.map(({ secret_name: name, created_at }) => ({
      ...{ name, since: Number(created_at), isOurs: name === ours },
    }));
  }

  async function admit(next: string): Promise<void> {
    await runner.write(
      did(
        `INSERT INTO root_key (secret_name, sealed, created_at) VALUES ($1, $2, $3::bigint)
         ON CONFLICT (secret_name) DO UPDATE SET created_at = excluded.created_at RETURNING 1`,
        ...[nameOfSecret(next), sealRootKey(next, root), now()],
      ),
    );
  }

  async function retire(): Promise<number> {
    const [newest] = await list();
    if (newest && !newest.isOurs) throw new RangeError("this process was not started with the newest secret");
    const gone = await runner.write(
      rows("DELETE FROM root_key WHERE secret_name <> $1 RETURNING secret_name", ours),
    );
    return gone.length;
  }

  return {
    list,
    async rotate(next) {
      if (next === undefined && file === undefined) throw new RangeError("no secret lies in the home");
      const admitted = next ?? newSecret();
      await admit(admitted);
      if (next !== undefined || file === undefined) return false;
      // Both open it until the file is whole: a crash between leaves one that does.
      writeSecret(file, admitted);
      ours = nameOfSecret(admitted);
      await retire();
      return true;
    },
    retire,
  };
}
