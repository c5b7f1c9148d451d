import type { Awaitable } from "../base/awaitable.ts";
import { leastId, timeOfId } from "../base/id.ts";
import type { RequestRecord } from "../core/request-record.ts";
import { type FacetMask, marksWantedBy, maskOf, STRETCH_MS } from "./facets.ts";
import { matches, type RequestFilter, type RequestPage, type RequestSearch } from "./search.ts";
import { BUCKET_MS } from "./usage.ts";

/** Requests whose id is `from` or greater and less than `to`, of one account or all, that may be meant. */
export interface Range {
  readonly accountId: string | undefined;
  readonly from: string;
  readonly to: string;
  readonly mask: FacetMask;
}

/** Ids from one (included) to another. */
export interface Interval {
  readonly from: string;
  readonly to: string;
}

/** What a search asks of a store of records. Everything is newest first. */
export interface RequestIndex {
  scan(range: Range, limit: number): Awaitable<RequestRecord[]>;
  /** The same in some intervals of the range, which are in order and do not overlap. */
  scanIntervals(range: Range, intervals: readonly Interval[], limit: number): Awaitable<RequestRecord[]>;
  /** Starts of the stretches with all of these marks, the newest of those that begin from a time on and before another. */
  marked(marks: readonly number[], from: number, before: number, limit: number): Awaitable<number[]>;
  /** Starts of the hours in which the filter's account has such requests, likewise. */
  hoursOf(filter: RequestFilter, from: number, before: number, limit: number): Awaitable<number[]>;
}

/** Ids are made a moment before or after the time in the record is read. */
const SKEW_MS = 1_000;
/** Stretches looked at together: few first, since what is not rare is in most of them. */
const STRETCHES = [8, 64, 128] as const;
/** What one call may look at; beyond it the page ends early, with a cursor. */
const STRETCHES_MAX = 2_048;
/** When something was found, it is shown after this long, and the rest is the next page's. */
const LOOK_MS = 60;

/** How the stretches that matter are known. */
interface Guide {
  readonly widthMs: number;
  starts(from: number, before: number, limit: number): Awaitable<readonly number[]>;
}

/** Undefined where the whole range is walked. */
function guideOf(index: RequestIndex, filter: RequestFilter, mask: FacetMask): Guide | undefined {
  if (mask.what === 0 && mask.who === 0) return undefined;
  if (filter.accountId !== undefined) return guideOfAccount(index, filter);
  const marks = marksWantedBy(filter);
  if (marks.length === 0) return undefined;
  return {
    widthMs: STRETCH_MS,
    starts: (from, before, limit) => index.marked(marks, from, before, limit),
  };
}

/** Hours looked through for marks in one go. */
const HOURS = 24;

/**
 * Hours in which the account has such requests, by its sums; these do not tell one status or outcome from another, so
 * where those are asked for, the stretches within these hours in which anybody has such.
 */
function guideOfAccount(index: RequestIndex, filter: RequestFilter): Guide {
  const hour = BUCKET_MS.hour;
  const marks = marksWantedBy({ statusClass: filter.statusClass, outcome: filter.outcome });
  if (marks.length === 0)
    return { widthMs: hour, starts: (from, before, limit) => index.hoursOf(filter, from, before, limit) };

  async function starts(from: number, before: number, limit: number): Promise<number[]> {
    const found: number[] = [];
    let end = before;
    while (found.length === 0) {
      const hours = await index.hoursOf(filter, from - hour, end, HOURS);
      const last = hours.at(-1);
      if (last === undefined) break;
      const wanted = new Set(hours);
      const marked = await index.marked(marks, Math.max(from, last - STRETCH_MS), end, limit);
      // A stretch of some seconds may reach into the next hour.
      const hourOf = (at: number) => Math.floor(at / hour) * hour;
      found.push(...marked.filter((at) => wanted.has(hourOf(at)) || wanted.has(hourOf(at + STRETCH_MS))));
      end = marked.length === limit ? (marked.at(-1) ?? last) : last;
    }
    return found;
  }
  return { widthMs: STRETCH_MS, starts };
}

/** Stretches as intervals of ids inside the range; those that touch are one. */
function intervalsOf(starts: readonly number[], widthMs: number, range: Range): Interval[] {
  const intervals: Interval[] = [];
  for (const start of starts) {
    const from = later(leastId(start - SKEW_MS), range.from);
    const to = earlier(leastId(start + widthMs + SKEW_MS), range.to);
    const last = intervals.at(-1);
    if (last && last.from <= to) intervals[intervals.length - 1] = { from, to: last.to };
    else if (from < to) intervals.push({ from, to });
  }
  return intervals;
}

const later = (one: string, other: string): string => (one > other ? one : other);
const earlier = (one: string, other: string): string => (one < other ? one : other);

/** One page of what a filter finds: the work of one call is bounded, and what is left comes with the next cursor. */
export async function searchOver(
  index: RequestIndex,
  { limit, cursor, ...filter }: RequestSearch,
  now: number,
): Promise<RequestPage> {
  const mask = maskOf(filter);
  const oldest = leastId((filter.from ?? 0) - SKEW_MS);
  const newest = leastId(Math.min(filter.to ?? Number.MAX_SAFE_INTEGER, now + BUCKET_MS.day) + SKEW_MS);
  const end = cursor !== undefined && cursor < newest ? cursor : newest;
  const range: Range = { accountId: filter.accountId, from: oldest, to: end, mask };
  const guide = guideOf(index, filter, mask);
  const wanted = { filter, limit };
  return guide ? await guided(index, guide, range, wanted) : await walked(index, range, wanted);
}

interface Wanted {
  readonly filter: RequestFilter;
  readonly limit: number;
}

/** Those that are meant, of which one more than wanted tells that there is another page. */
function pageOf(found: readonly RequestRecord[], limit: number, reached: string | undefined): RequestPage {
  const records = found.slice(0, limit);
  return { records, nextCursor: found.length > limit ? records.at(-1)?.id : reached };
}

async function walked(index: RequestIndex, range: Range, { filter, limit }: Wanted): Promise<RequestPage> {
  const found: RequestRecord[] = [];
  let { to } = range;
  while (found.length <= limit) {
    const rows = await index.scan({ ...range, to }, limit + 1);
    found.push(...rows.filter((record) => matches(filter, record)));
    if (rows.length <= limit) break;
    to = rows.at(-1)?.id ?? range.from;
  }
  return pageOf(found, limit, undefined);
}

async function guided(
  index: RequestIndex,
  guide: Guide,
  range: Range,
  { filter, limit }: Wanted,
): Promise<RequestPage> {
  const found: RequestRecord[] = [];
  const oldest = timeOfId(range.from) - guide.widthMs;
  let { to } = range;
  let before = timeOfId(to) + SKEW_MS;
  let looked = 0;
  const began = performance.now();
  for (let round = 0; found.length <= limit; round++) {
    const some = STRETCHES[Math.min(round, STRETCHES.length - 1)] ?? 0;
    const starts = await guide.starts(oldest, before, some);
    const first = starts.at(-1);
    if (first === undefined) return pageOf(found, limit, undefined);
    const isLong = found.length > 0 && performance.now() - began > LOOK_MS;
    if (looked >= STRETCHES_MAX || isLong) return pageOf(found, limit, to);
    looked += starts.length;
    const intervals = intervalsOf(starts, guide.widthMs, { ...range, to });
    const rows = await index.scanIntervals({ ...range, to }, intervals, limit + 1);
    found.push(...rows.filter((record) => matches(filter, record)));
    // A full page of rows ends somewhere in the stretches; otherwise they are done.
    to = rows.length > limit ? (rows.at(-1)?.id ?? to) : leastId(first - SKEW_MS);
    before = rows.length > limit ? Math.min(before, timeOfId(to) + SKEW_MS) : first;
  }
  return pageOf(found, limit, undefined);
}
