import type { Plan, Snapshot } from "../core/model.ts";
import {
  type AccessHost,
  baseUrlsAt,
  hostOf,
  type Offering,
  originOf,
  publicBaseUrls,
} from "../core/offering.ts";

/** Where the catalogue of addresses lies, for setup scripts, the console and whoever picks a region. */
export const OFFERING_PATH = "/.well-known/quoin.json";

export interface Asked {
  /** Where the asking request was sent to, such as `https://api.example.com`. */
  readonly origin: string;
  /** Of the node that answers; empty: it has none. */
  readonly region: string;
}

function hostView(offering: Offering, host: AccessHost): object {
  const origin = originOf(host);
  return {
    host: host.host,
    origin,
    role: host.role,
    purpose: host.purpose,
    region: host.region ?? null,
    ...(host.role === "api" ? { base_urls: baseUrlsAt(offering, origin) } : {}),
  };
}

/** A region's own addresses: those of its first api host. */
function regionView(offering: Offering, { id, displayName, city }: Offering["regions"][number]): object {
  const host = offering.hosts.find(({ role, region }) => role === "api" && region === id);
  const base_urls = host ? baseUrlsAt(offering, originOf(host)) : null;
  return { id, display_name: displayName, city, base_urls };
}

function prefixView({ id, keyPrefix }: Plan): object {
  return { plan: id, prefix: keyPrefix };
}

/** The catalogue as JSON wants it: nothing in it is secret, and all of it is declared in quoin.yaml. */
export function offeringView({ offering, plans }: Snapshot, { origin, region }: Asked): object {
  const { brand, hosts, regions } = offering;
  return {
    brand: { name: brand.name, key_variable: brand.keyVariable, colors: brand.colors },
    base_urls: publicBaseUrls(offering, origin),
    hosts: hosts.map((host) => hostView(offering, host)),
    regions: regions.map((one) => regionView(offering, one)),
    region: region === "" ? null : region,
    key_prefixes: [...plans.values()].map(prefixView),
  };
}

const TITLES = [
  ["anthropic", "Anthropic SDKs, Claude Code"],
  ["openai", "OpenAI SDKs"],
  ["codex", "Codex CLI"],
  ["gemini", "Google SDKs, Gemini CLI"],
] as const;

/** Where the console is told to lie: at its own host, where it has one. */
export function consoleUrl(offering: Offering, origin: string): string {
  const host = hostOf(offering, "console");
  return `${host ? originOf(host) : origin}/console`;
}

/** What a person reads at `/`. */
export function frontPage({ offering }: Snapshot, origin: string): string {
  const urls = publicBaseUrls(offering, origin);
  const rows = [
    ...TITLES.map(([kind, title]) => [title, urls[kind]] as const),
    ["Console", consoleUrl(offering, origin)] as const,
    ["Set up a tool", `curl -fsSL ${origin}/setup/`] as const,
    ["All of this as JSON", origin + OFFERING_PATH] as const,
  ];
  return [
    `${offering.brand.name} is running. Point an SDK or a coding agent at its base URL, with a key:`,
    "",
    ...rows.map(([title, told]) => `  ${title.padEnd(30)}${told}`),
    "",
  ].join("\n");
}
