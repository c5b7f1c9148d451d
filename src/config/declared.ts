import type { Awaitable } from "../base/awaitable.ts";

export const DECLARED_KINDS = ["upstream", "model", "plan"] as const;
/** What operators may declare in the console besides quoin.yaml. */
export type DeclaredKind = (typeof DECLARED_KINDS)[number];

/** Something that was declared in the console, as it lies at rest. */
export interface DeclaredRow {
  readonly kind: DeclaredKind;
  readonly id: string;
  /** JSON of the fields as quoin.yaml spells them, without the credentials. */
  readonly content: string;
  /** An upstream's credentials, see `sealCredentials`; undefined: it has none. */
  readonly sealed: Uint8Array | undefined;
  /** Milliseconds since the epoch. */
  readonly updatedAt: number;
  /** As the audit names callers. */
  readonly updatedBy: string;
}

/** Keeps what was declared in the console. Each change is told to the other nodes of the database. */
export interface DeclaredStore {
  /** In the order in which they were last changed. */
  list(): Awaitable<DeclaredRow[]>;
  /** False where there is one of this kind and id already. */
  add(row: DeclaredRow): Awaitable<boolean>;
  /** False where it is not the one of `wasUpdatedAt` any more. */
  change(row: DeclaredRow, wasUpdatedAt: number): Awaitable<boolean>;
  /** False where there is none. */
  remove(kind: DeclaredKind, id: string): Awaitable<boolean>;
}
