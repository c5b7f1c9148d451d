import type { Awaitable } from "../base/awaitable.ts";

/** Who did something: `user:…`, `token:…`, or `command` for what was typed on the machine itself. */
export interface AuditRow {
  readonly auditId: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly actor: string;
  /** Where the actor's request came from; empty where that is not known. */
  readonly address: string;
  /** Such as `keys.create`. */
  readonly action: string;
  /** The account that it belongs to; undefined: the installation. */
  readonly accountId: string | undefined;
  /** The id of what was changed; empty where there is none. */
  readonly target: string;
  /** What it was and became, in JSON, without secrets; undefined: nothing worth keeping. */
  readonly before: string | undefined;
  readonly after: string | undefined;
}

export interface AuditFilter {
  /** Undefined: of all. */
  readonly accountId?: string | undefined;
  readonly actor?: string | undefined;
  readonly action?: string | undefined;
  /** Rows older than the one of this id. */
  readonly beforeId?: string | undefined;
  readonly limit: number;
}

/** What was changed, by whom. Rows are added and never changed. */
export interface AuditStore {
  /** Durable when it is done. */
  add(row: AuditRow): Awaitable<void>;
  /** The newest first. */
  list(filter: AuditFilter): Awaitable<AuditRow[]>;
}
