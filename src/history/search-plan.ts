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
  marked(marks: readonly number[], times: Times, limit: number): Awaitable<number[]>;
  /** Of those, the ones that touch an hour of `hoursOf`. */
  markedInHours(
    marks: readonly number[],
    filter: RequestFilter,
    times: Times,
    limit: number,
  ): Awaitable<number[]>;
  /** Starts of the hours in which the filter's account has such requests, likewise. */
  hoursOf(filter: RequestFilter, times: Times, limit: number): Awaitable<number[]>;
  /** Accounts that have requests of the filter's key or else its user or else its project; at most so many. */
  accountsWith(filter: RequestFilter, limit: number): Awaitable<readonly string[]>;
  /** The id behind which so many requests of all accounts follow before `to`; undefined: there are fewer. */
  idBefore(interval: Interval, rows: number): Awaitable<string | undefined>;
}

/** Milliseconds since the epoch: from one on, before another. */
export interface Times {
  readonly from: number;
  readonly before: number;
}

/** Ids are made a moment before or after the time in the record is read. */
const SKEW_MS = 1_000;
/** Stretches looked at together: few first, since what is not rare is in most of them. */
const STRETCHES = { least: 8, most: 128 } as const;
/** What was found is shown after about this long, also nothing; the rest is the next page's. */
const LOOK_MS = 40;
/** How much more is looked at in one round than in the one before, as long as there is time. */
const GROWTH = 8;
/** Rows walked through together where nothing says which matter: few first, since mostly many are meant. */
const WALKED = { least: 500, most: 16_000 } as const;
/** Accounts that are searched one by one; what more of them have is walked through. */
const ACCOUNTS_MAX = 8;

/** How the stretches that matter are known. */
interface Guide {
  readonly widthMs: number;
  starts(times: Times, limit: number): Awaitable<readonly number[]>;
}

/** Undefined where the whole range is walked. */
async function guideOf(
  index: RequestIndex,
  filter: RequestFilter,
  { mask, ...range }: Range,
): Promise<Guide | undefined> {
  if (mask.what === 0 && mask.who === 0) return undefined;
  if (filter.accountId !== undefined) return await guideOfAccount(index, filter, range);
  const marks = marksWantedBy(filter);
  if (marks.length === 0) return undefined;
  return { widthMs: STRETCH_MS, starts: (times, limit) => index.marked(marks, times, limit) };
}

/** Stretches by which it is judged whether marks are rare, and the least share of all that has them where they are not. */
const PROBED = 64;
const DENSE_SHARE = 1 / 16;

/**
 * Hours in which the account has such requests, by its sums; these do not tell one status or outcome from another. So
 * where those are asked for, and rare, the stretches within these hours in which anybody has such. Where they are
 * not, it is quicker to walk through the account's hours than to leap from stretch to stretch.
 */
async function guideOfAccount(index: RequestIndex, filter: RequestFilter, range: Interval): Promise<Guide> {
  const marks = marksWantedBy({ statusClass: filter.statusClass, outcome: filter.outcome });
  const times = { from: timeOfId(range.from) - STRETCH_MS, before: timeOfId(range.to) + SKEW_MS };
  if (marks.length === 0 || isDense(await index.marked(marks, times, PROBED)))
    return { widthMs: BUCKET_MS.hour, starts: (wanted, limit) => index.hoursOf(filter, wanted, limit) };
  return {
    widthMs: STRETCH_MS,
    starts: (wanted, limit) => index.markedInHours(marks, filter, wanted, limit),
  };
}

function isDense(starts: readonly number[]): boolean {
  const [first = 0] = starts;
  const last = starts.at(-1) ?? 0;
  return starts.length === PROBED && (first - last) * DENSE_SHARE < PROBED * STRETCH_MS;
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
  search: RequestSearch,
  now: number,
): Promise<RequestPage> {
  const untilMs = performance.now() + LOOK_MS;
  const accounts = await accountsOf(index, search);
  if (!accounts) return await searchOne(index, search, now, untilMs);
  const pages: RequestPage[] = [];
  for (const accountId of accounts)
    pages.push(await searchOne(index, { ...search, accountId }, now, untilMs));
  return joined(pages, search.limit);
}

/** Whose requests to look through; undefined: those of the filter's account, or of all. */
async function accountsOf(
  index: RequestIndex,
  filter: RequestFilter,
): Promise<readonly string[] | undefined> {
  const { accountId, keyId, userId, project } = filter;
  if (accountId !== undefined || (keyId ?? userId ?? project) === undefined) return undefined;
  const accounts = await index.accountsWith(filter, ACCOUNTS_MAX + 1);
  return accounts.length > ACCOUNTS_MAX ? undefined : accounts;
}

/** Of pages that end at different times as much as all of them have reached. */
function joined(pages: readonly RequestPage[], limit: number): RequestPage {
  const reached = pages
    .flatMap(({ nextCursor }) => nextCursor ?? [])
    .sort()
    .at(-1);
  const found = pages
    .flatMap(({ records }) => records)
    .filter(({ id }) => reached === undefined || id >= reached)
    .sort((a, b) => (a.id < b.id ? 1 : -1));
  return pageOf(found, limit, reached);
}

async function searchOne(
  index: RequestIndex,
  { limit, cursor, ...filter }: RequestSearch,
  now: number,
  untilMs: number,
): Promise<RequestPage> {
  const oldest = leastId((filter.from ?? 0) - SKEW_MS);
  const newest = leastId(Math.min(filter.to ?? Number.MAX_SAFE_INTEGER, now + BUCKET_MS.day) + SKEW_MS);
  const end = cursor !== undefined && cursor < newest ? cursor : newest;
  const range: Range = { accountId: filter.accountId, from: oldest, to: end, mask: maskOf(filter) };
  const guide = await guideOf(index, filter, range);
  const wanted = { filter, limit, untilMs };
  return guide ? await guided(index, guide, range, wanted) : await walked(index, range, wanted);
}

interface Wanted {
  readonly filter: RequestFilter;
  readonly limit: number;
  /** When to show what was found, by performance.now(). */
  readonly untilMs: number;
}

/** Those that are meant, of which one more than wanted tells that there is another page. */
function pageOf(found: readonly RequestRecord[], limit: number, reached: string | undefined): RequestPage {
  const records = found.slice(0, limit);
  return { records, nextCursor: found.length > limit ? records.at(-1)?.id : reached };
}

/** How much to look at in a round, by what the round before took of the time; 0: it is over. */
function rounds({ least, most }: typeof STRETCHES | typeof WALKED, untilMs: number): () => number {
  let size = 0;
  let beganMs = 0;
  return () => {
    const nowMs = performance.now();
    const leftMs = untilMs - nowMs;
    if (size > 0 && leftMs <= 0) return 0;
    const affordable = size === 0 ? least : Math.floor((size * leftMs) / Math.max(0.1, nowMs - beganMs));
    size = Math.max(least, Math.min(most, size * GROWTH, affordable));
    beganMs = nowMs;
    return size;
  };
}

async function walked(
  index: RequestIndex,
  range: Range,
  { filter, limit, untilMs }: Wanted,
): Promise<RequestPage> {
  const found: RequestRecord[] = [];
  const isFiltered = range.mask.what !== 0 || range.mask.who !== 0;
  const next = rounds(WALKED, untilMs);
  let { to } = range;
  while (found.length <= limit) {
    const some = next();
    if (some === 0) return pageOf(found, limit, to);
    const from = isFiltered ? await index.idBefore({ from: range.from, to }, some) : undefined;
    const rows = await index.scan({ ...range, from: from ?? range.from, to }, limit + 1);
    found.push(...rows.filter((record) => matches(filter, record)));
    if (rows.length <= limit && from === undefined) return pageOf(found, limit, undefined);
    // A full page of rows ends somewhere among those that were to be walked through.
    to = (rows.length > limit ? rows.at(-1)?.id : from) ?? range.from;
  }
  return pageOf(found, limit, undefined);
}

async function guided(
  index: RequestIndex,
  guide: Guide,
  range: Range,
  { filter, limit, untilMs }: Wanted,
): Promise<RequestPage> {
  const found: RequestRecord[] = [];
  const from = timeOfId(range.from) - guide.widthMs;
  let { to } = range;
  let before = timeOfId(to) + SKEW_MS;
  const next = rounds(STRETCHES, untilMs);
  while (found.length <= limit) {
    const some = next();
    if (some === 0) return pageOf(found, limit, to);
    const starts = await guide.starts({ from, before }, some);
    const first = starts.at(-1);
    if (first === undefined) return pageOf(found, limit, undefined);
    const intervals = intervalsOf(starts, guide.widthMs, { ...range, to });
    const rows = await index.scanIntervals({ ...range, to }, intervals, limit + 1);
    found.push(...rows.filter((record) => matches(filter, record)));
    // A full page of rows ends somewhere in the stretches; otherwise they are done.
    to = rows.length > limit ? (rows.at(-1)?.id ?? to) : leastId(first - SKEW_MS);
    before = rows.length > limit ? Math.min(before, timeOfId(to) + SKEW_MS) : first;
  }
  return pageOf(found, limit, undefined);
}
