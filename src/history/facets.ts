import { Lru } from "../base/lru.ts";
import type { RequestRecord } from "../core/request-record.ts";
import { upstreamOf } from "../core/request-record.ts";
import { programOf, type RequestFilter } from "./search.ts";

/**
 * What a record can be filtered by, as two whole numbers below 2^53 that lie beside it in an index: names as hashes,
 * so that a record that passes is still to be looked at. Never changed: they are stored.
 */
export interface Facets {
  readonly what: number;
  readonly who: number;
}

/** Of a facet's own bits: `what` holds the first six, `who` the rest. */
const BITS = {
  statusClass: 3,
  outcome: 3,
  protocol: 4,
  model: 15,
  upstream: 12,
  program: 12,
  key: 20,
  user: 16,
  project: 16,
} as const;

type Facet = keyof typeof BITS;

const WHO: ReadonlySet<Facet> = new Set(["key", "user", "project"]);

/** What each facet is multiplied with to come to its place. */
const PLACE = placesOf();

function placesOf(): Record<Facet, number> {
  const places: Partial<Record<Facet, number>> = {};
  let [what, who] = [1, 1];
  for (const facet of Object.keys(BITS) as Facet[]) {
    places[facet] = WHO.has(facet) ? who : what;
    if (WHO.has(facet)) who *= 2 ** BITS[facet];
    else what *= 2 ** BITS[facet];
  }
  return places as Record<Facet, number>;
}

/** FNV-1a over UTF-16 units. */
function hashed(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return (hash ^ (hash >>> 15)) >>> 0;
}

const OUTCOMES = ["finished", "failed", "cut_by_client", "cut_by_upstream"] as const;

/** Names come again and again; their bounds are for those who make them up. */
const hashes = new Lru<string, number>(5_000);

function hashOf(text: string): number {
  const known = hashes.get(text);
  if (known !== undefined) return known;
  const hash = hashed(text);
  if (text.length <= 128) hashes.set(text, hash);
  return hash;
}

function placed(facet: Facet, value: number): number {
  return (value % 2 ** BITS[facet]) * PLACE[facet];
}

/** Ids are random in their last digits. */
function idHash(id: string | undefined): number {
  const last = id ? Number.parseInt(id.slice(-6), 16) : 0;
  return Number.isNaN(last) ? hashOf(id ?? "") : last;
}

/** What a record's names give, without its status and outcome: the rest is endFacets. */
export function nameFacets(record: RequestRecord): Facets {
  return {
    what:
      placed("protocol", hashOf(record.protocol)) +
      placed("model", hashOf(record.model)) +
      placed("upstream", hashOf(upstreamOf(record))) +
      placed("program", hashOf(programOf(record.client))),
    who:
      placed("key", idHash(record.keyId)) +
      placed("user", idHash(record.userId)) +
      placed("project", record.project === undefined ? 0 : hashOf(record.project)),
  };
}

/** What the end of a request adds to `what`. */
export function endFacets({ status, outcome }: RequestRecord): number {
  return Math.floor(status / 100) * PLACE.statusClass + OUTCOMES.indexOf(outcome) * PLACE.outcome;
}

/** Bits to look at and what they must be. */
export interface FacetMask {
  readonly what: number;
  readonly whatIs: number;
  readonly who: number;
  readonly whoIs: number;
}

/** The facets that a filter names. */
function wantedBy(filter: RequestFilter): [Facet, number][] {
  const wanted: [Facet, number | undefined][] = [
    ["statusClass", filter.statusClass],
    ["outcome", filter.outcome && OUTCOMES.indexOf(filter.outcome)],
    ["protocol", filter.protocol && hashOf(filter.protocol)],
    ["model", filter.model === undefined ? undefined : hashOf(filter.model)],
    ["upstream", filter.upstream === undefined ? undefined : hashOf(filter.upstream)],
    ["program", filter.client === undefined ? undefined : hashOf(programOf(filter.client))],
    ["key", filter.keyId === undefined ? undefined : idHash(filter.keyId)],
    ["user", filter.userId === undefined ? undefined : idHash(filter.userId)],
    ["project", filter.project === undefined ? undefined : hashOf(filter.project)],
  ];
  return wanted.filter((pair): pair is [Facet, number] => pair[1] !== undefined);
}

export function maskOf(filter: RequestFilter): FacetMask {
  const mask = { what: 0, whatIs: 0, who: 0, whoIs: 0 };
  for (const [facet, value] of wantedBy(filter)) {
    const bits = (2 ** BITS[facet] - 1) * PLACE[facet];
    const half = WHO.has(facet) ? "who" : "what";
    mask[half] += bits;
    mask[`${half}Is`] += placed(facet, value);
  }
  return mask;
}

/**
 * A mark says that a stretch of time has a record with this value of a facet: a search for what is rare looks at
 * those stretches alone. Values that most stretches have are no marks, nor are those of which there are too many.
 */
export const STRETCH_MS = 2 ** 14;

const MARKED: readonly Facet[] = ["statusClass", "outcome", "protocol", "model", "upstream", "program"];
const MARK_VALUES = 2 ** 15;

const markOf = (facet: Facet, value: number): number => MARKED.indexOf(facet) * MARK_VALUES + value;

/** The marks of a record with this `what`; a good status and a good end leave none. */
export function marksOf(what: number): number[] {
  const marks: number[] = [];
  for (const facet of MARKED) {
    const value = Math.floor(what / PLACE[facet]) % 2 ** BITS[facet];
    if (isUsual(facet, value)) continue;
    marks.push(markOf(facet, value));
  }
  return marks;
}

function isUsual(facet: Facet, value: number): boolean {
  return (facet === "statusClass" && value === 2) || (facet === "outcome" && value === 0);
}

/** The marks that every stretch must have in which a filter finds anything. */
export function marksWantedBy(filter: RequestFilter): number[] {
  return wantedBy(filter)
    .filter(([facet]) => MARKED.includes(facet))
    .map(([facet, value]): [Facet, number] => [facet, value % 2 ** BITS[facet]])
    .filter(([facet, value]) => !isUsual(facet, value))
    .map(([facet, value]) => markOf(facet, value));
}
