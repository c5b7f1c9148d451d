import type { Awaitable } from "../base/awaitable.ts";

/** What there are many of, by id, in a list of quoin.yaml. */
export const LISTED_KINDS = ["upstream", "model", "plan"] as const;
export type ListedKind = (typeof LISTED_KINDS)[number];

export const DECLARED_KINDS = [...LISTED_KINDS, "setting"] as const;
/** What operators may declare in the console besides quoin.yaml; a setting is one of its sections. */
export type DeclaredKind = (typeof DECLARED_KINDS)[number];

/** Sections of quoin.yaml that are plain lists; declared in the console they are `{NAME: [...]}`. */
const LIST_SECTIONS = ["hosts", "regions", "currencies", "accounts", "trusted_proxies"] as const;
type ListSection = (typeof LIST_SECTIONS)[number];

/** The sections of quoin.yaml that may be declared in the console; a setting's id is one of them. */
export const SETTING_IDS = ["brand", "signup", "catalogue", "prompts", "errors", ...LIST_SECTIONS] as const;
export type SettingId = (typeof SETTING_IDS)[number];

export const isListSection = (text: string): text is ListSection =>
  (LIST_SECTIONS as readonly string[]).includes(text);

export const isSettingId = (text: string): text is SettingId =>
  (SETTING_IDS as readonly string[]).includes(text);

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
