import type { DeclaredKind, DeclaredRow, DeclaredStore } from "../../config/declared.ts";
import { did, type Runner, rows, type Steps } from "../people/steps.ts";

interface Stored {
  readonly kind: DeclaredKind;
  readonly id: string;
  readonly content: string;
  readonly sealed: Uint8Array | null;
  readonly updated_at: bigint;
  readonly updated_by: string;
}

function* list(): Steps<DeclaredRow[]> {
  const found = yield* rows<Stored>("SELECT * FROM declared ORDER BY updated_at, kind, id");
  return found.map(({ kind, id, content, sealed, updated_at, updated_by }) => ({
    ...{ kind, id, content, sealed: sealed ?? undefined },
    updatedAt: Number(updated_at),
    updatedBy: updated_by,
  }));
}

function add({ kind, id, content, sealed, updatedAt, updatedBy }: DeclaredRow): Steps<boolean> {
  return did(
    `INSERT INTO declared (kind, id, content, sealed, updated_at, updated_by)
     VALUES ($1, $2, $3, $4, $5::bigint, $6) ON CONFLICT DO NOTHING RETURNING 1`,
    ...[kind, id, content, sealed ?? null, updatedAt, updatedBy],
  );
}

function change(row: DeclaredRow, wasUpdatedAt: number): Steps<boolean> {
  const { kind, id, content, sealed, updatedAt, updatedBy } = row;
  return did(
    `UPDATE declared SET content = $3, sealed = $4, updated_at = $5::bigint, updated_by = $6
     WHERE kind = $1 AND id = $2 AND updated_at = $7::bigint RETURNING 1`,
    ...[kind, id, content, sealed ?? null, updatedAt, updatedBy, wasUpdatedAt],
  );
}

function remove(kind: DeclaredKind, id: string): Steps<boolean> {
  return did("DELETE FROM declared WHERE kind = $1 AND id = $2 RETURNING 1", kind, id);
}

/** @param tell statements that tell other nodes of the database; none where there are none */
export function declaredStore({ read, write }: Runner, tell: readonly string[]): DeclaredStore {
  function* told(steps: Steps<boolean>): Steps<boolean> {
    const done = yield* steps;
    if (done) for (const text of tell) yield* rows(text);
    return done;
  }
  return {
    list: () => read(list()),
    add: (row) => write(told(add(row))),
    change: (...changed) => write(told(change(...changed))),
    remove: (...which) => write(told(remove(...which))),
  };
}
