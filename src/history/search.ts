import type { Outcome, RequestRecord } from "../core/request-record.ts";
import { upstreamOf } from "../core/request-record.ts";

/** Which requests; what is left out does not matter. */
export interface RequestFilter {
  readonly accountId?: string | undefined;
  /** Arrival in milliseconds since the epoch: `from` or later, before `to`. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly model?: string | undefined;
  readonly keyId?: string | undefined;
  readonly userId?: string | undefined;
  readonly project?: string | undefined;
  /** The first digit of the status. */
  readonly statusClass?: number | undefined;
  readonly outcome?: Outcome | undefined;
  readonly protocol?: RequestRecord["protocol"] | undefined;
  /** A program's name, with any version or with this one (`codex`, `codex/0.9`). */
  readonly client?: string | undefined;
  /** Where the answer came from, or the last that was tried. */
  readonly upstream?: string | undefined;
}

export interface RequestSearch extends RequestFilter {
  readonly limit: number;
  /** `nextCursor` of the page before. */
  readonly cursor?: string | undefined;
}

/** Newest first. There may be fewer than asked for although there are more: as long as there is a cursor, go on. */
export interface RequestPage {
  readonly records: readonly RequestRecord[];
  readonly nextCursor: string | undefined;
}

/** A client's name without its version. */
export function programOf(client: string): string {
  const slash = client.indexOf("/");
  return slash < 0 ? client : client.slice(0, slash);
}

const same = <T>(wanted: T | undefined, is: T): boolean => wanted === undefined || wanted === is;

/** Whether a record is one of those asked for. */
export function matches(filter: RequestFilter, record: RequestRecord): boolean {
  const { client, from = 0, to = Number.POSITIVE_INFINITY } = filter;
  return (
    same(filter.accountId, record.accountId) &&
    same(filter.model, record.model) &&
    same(filter.keyId, record.keyId) &&
    same<string | undefined>(filter.userId, record.userId) &&
    same<string | undefined>(filter.project, record.project) &&
    same(filter.statusClass, Math.floor(record.status / 100)) &&
    same(filter.outcome, record.outcome) &&
    same(filter.protocol, record.protocol) &&
    (client === undefined || record.client === client || programOf(record.client) === client) &&
    (filter.upstream === undefined || filter.upstream === upstreamOf(record)) &&
    record.at >= from &&
    record.at < to
  );
}

/** Whether a filter finds only what went wrong. */
export function isFaulty({ statusClass = 2, outcome = "finished" }: RequestFilter): boolean {
  return statusClass >= 4 || outcome !== "finished";
}
