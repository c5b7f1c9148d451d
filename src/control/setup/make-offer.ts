import type { Config } from "../../config/types.ts";
import type { Model, Snapshot } from "../../core/model.ts";
import { baseUrlsAt, type Offering, originOf, publicBaseUrls } from "../../core/offering.ts";
import type { Offer, OfferedHost, OfferedModel } from "./offer.ts";

export interface Declared {
  readonly config: Pick<Config, "models">;
  readonly snapshot: Pick<Snapshot, "offering" | "plans">;
  /** Those that who asks is told of; undefined: none, for want of a key. */
  readonly models: readonly Model[] | undefined;
  /** Where the asking request was sent to, as far as can be believed. */
  readonly origin: string;
}

/** Names that tools keep for providers of their own. */
const TAKEN = new Set(["openai", "anthropic", "google", "gemini", "ollama", "lmstudio", "azure", "custom"]);

/** A service's name as tools take it for a provider: letters, digits and dashes. */
export function slugOf(name: string): string {
  const slug = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, 32)
    .replace(/^-+|-+$/g, "");
  if (slug === "") return "gateway";
  return TAKEN.has(slug) ? `my-${slug}` : slug;
}

const isApi = ({ role }: Offering["hosts"][number]) => role === "api";

function offeredHosts({ hosts, regions }: Offering): OfferedHost[] {
  return hosts.filter(isApi).map((host) => {
    const region = regions.find(({ id }) => id === host.region);
    const place = [region?.city ?? "", host.purpose].filter((text) => text !== "").join(", ");
    return { origin: originOf(host), region: host.region ?? host.host.split(".")[0] ?? host.host, place };
  });
}

const WRITES = new Set(["llm", "code", "vision"]);

/** Models that agents can work with, in the operator's order. */
function offeredModels({ config, models = [] }: Declared): OfferedModel[] {
  const others = new Set(config.models.filter(({ category }) => !WRITES.has(category)).map(({ id }) => id));
  return models
    .filter(({ id }) => !others.has(id))
    .map(({ id, displayName, contextTokens, outputTokensMax, protocols }) => ({
      id,
      displayName,
      contextTokens,
      outputTokensMax,
      protocols,
    }));
}

/** What all plans' keys begin with. */
function sharedPrefix(prefixes: readonly string[]): string {
  let shared = prefixes[0] ?? "";
  for (const prefix of prefixes) while (!prefix.startsWith(shared)) shared = shared.slice(0, -1);
  return shared;
}

/**
 * Behind a proxy that speaks TLS and is not declared, the gateway sees plain HTTP. Anybody can write this header, but
 * only who wrote it sees what it changes: these answers are never cached.
 */
function secured(origin: string, forwardedProto: string | null): string {
  return forwardedProto === "https" ? origin.replace(/^http:/, "https:") : origin;
}

/** The offer as it is now, at the declared addresses, or else at the one that the request came to. */
export function makeOffer(declared: Declared, forwardedProto: string | null): Offer {
  const { offering, plans } = declared.snapshot;
  const asked = secured(declared.origin, forwardedProto);
  const hosts = offeredHosts(offering);
  // Who asks at a region's own host is told that one.
  const came = hosts.find(({ origin }) => origin === asked)?.origin;
  const urls = came === undefined ? publicBaseUrls(offering, asked) : baseUrlsAt(offering, came);
  const { anthropic, openai, gemini, codex } = urls;
  return {
    name: offering.brand.name,
    slug: slugOf(offering.brand.name),
    keyVariable: offering.brand.keyVariable,
    keyPrefix: sharedPrefix([...plans.values()].map(({ keyPrefix }) => keyPrefix)),
    origin: came ?? new URL(openai).origin,
    baseUrls: { anthropic, openai, gemini, codex },
    hosts,
    models: offeredModels(declared),
    withheld: declared.models === undefined,
  };
}
