import catalogJson from "./catalog.json" with { type: "json" };
import { type PricedFields, parseUsdNanos, readPrice } from "./prices.ts";
import type { Category, PriceConfig, Tier } from "./types.ts";

/** A model as catalog.json keeps it; written by scripts/generate-catalog.ts. Amounts are decimal strings. */
export interface CatalogEntry {
  readonly id: string;
  readonly name?: string;
  /** Further ids that the vendor serves at the same price. */
  readonly ids?: readonly string[];
  /** Ids that cost the same: see `matches`. A list inside the list: all of them. */
  readonly match?: readonly Pattern[];
  readonly context?: number;
  readonly output?: number;
  readonly category?: Category;
  readonly open?: true;
  /** Priced, but not offered: withdrawn by the vendor, or not served over HTTP. */
  readonly hidden?: true;
  readonly price: PricedFields<string>;
  /** Price changes that were known ahead, ascending by date (UTC). */
  readonly later?: readonly { readonly from: string; readonly price: PricedFields<string> }[];
}

/** `id`, `start*`, `*end`, `*inside*` or `/regex/`. */
export type Pattern = string | readonly string[];

export interface CatalogFile {
  readonly source: string;
  readonly asOf: string;
  readonly vendors: Readonly<Record<string, readonly CatalogEntry[]>>;
}

/** What is publicly known of a vendor's model. */
export interface CatalogModel {
  readonly id: string;
  readonly displayName: string;
  readonly contextTokens: number | undefined;
  readonly outputTokensMax: number | undefined;
  readonly category: Category;
  readonly tier: Tier;
  readonly price: PriceConfig;
}

const CATALOG = catalogJson as unknown as CatalogFile;

function matches(pattern: Pattern, id: string): boolean {
  if (typeof pattern !== "string") return pattern.every((part) => matches(part, id));
  if (pattern.startsWith("/")) return new RegExp(pattern.slice(1, -1)).test(id);
  const text = pattern.replaceAll("*", "").toLowerCase();
  if (pattern.startsWith("*")) return pattern.endsWith("*") ? id.includes(text) : id.endsWith(text);
  return pattern.endsWith("*") ? id.startsWith(text) : id === text;
}

/** The price of the day, and the changes that are known ahead of it. */
function priceAt({ price, later = [] }: CatalogEntry, at: Date): PriceConfig {
  const ahead = later.filter(({ from }) => at < new Date(from));
  const now = later[later.length - ahead.length - 1]?.price ?? price;
  const periods = ahead.map(({ from, price: next }, index) => ({
    ...next,
    from,
    until: ahead[index + 1]?.from,
  }));
  return readPrice({ ...now, periods }, parseUsdNanos);
}

function toModel(entry: CatalogEntry, id: string, at: Date): CatalogModel {
  return {
    id,
    displayName: id === entry.id ? (entry.name ?? id) : id,
    contextTokens: entry.context,
    outputTokensMax: entry.output,
    category: entry.category ?? "llm",
    tier: entry.open ? "open-weight" : "premium",
    price: priceAt(entry, at),
  };
}

/**
 * What is known of a vendor's model: by its exact id first, then by the vendor's patterns
 * (dated snapshots, spellings). Undefined where neither fits.
 * @param vendor an id of `VENDORS`: "anthropic", "openai", "google", "openrouter", …
 * @param at the day whose list price counts
 */
export function lookupCatalog(vendor: string, modelId: string, at = new Date()): CatalogModel | undefined {
  const entries = Object.hasOwn(CATALOG.vendors, vendor) ? (CATALOG.vendors[vendor] ?? []) : [];
  const id = modelId.toLowerCase();
  const exact = (entry: CatalogEntry) =>
    entry.id.toLowerCase() === id || (entry.ids?.some((other) => other.toLowerCase() === id) ?? false);
  const entry =
    entries.find(exact) ??
    entries.find((candidate) => candidate.match?.some((pattern) => matches(pattern, id)));
  return entry && toModel(entry, modelId, at);
}

/** Every model that the vendor offers to a key of its own, at the list price of the day. */
export function catalogModels(vendor: string, at = new Date()): CatalogModel[] {
  const entries = Object.hasOwn(CATALOG.vendors, vendor) ? (CATALOG.vendors[vendor] ?? []) : [];
  return entries
    .filter((entry) => !entry.hidden)
    .flatMap((entry) => [entry.id, ...(entry.ids ?? [])].map((id) => toModel(entry, id, at)));
}
