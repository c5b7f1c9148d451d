import { hostname, networkInterfaces } from "node:os";
import { countOf } from "../base/count-of.ts";
import type { Upstream } from "../core/model.ts";
import { catalogModels } from "./catalog.ts";
import {
  CONTEXT_TOKENS,
  ENDPOINTS_OF,
  FIRST_BYTE_MS,
  IDLE_MS,
  OUTPUT_TOKENS_MAX,
  PROTOCOLS_OF,
} from "./defaults.ts";
import { DEMO_MODELS, DEMO_UPSTREAM } from "./demo.ts";
import { LOCAL_SERVERS, type LocalModel, type LocalServer, probeServer } from "./local-servers.ts";
import type { Environment } from "./setting-error.ts";
import type { Settings } from "./settings.ts";
import type { ModelConfig } from "./types.ts";
import { makerOf, VENDORS, type Vendor } from "./vendors.ts";

/** Upstreams that nobody declared, with their models at list prices. */
export interface Found {
  readonly upstreams: readonly Upstream[];
  readonly models: readonly ModelConfig[];
  /** Sentences for the operator on what was found or left out; never a key. */
  readonly notes: readonly string[];
}

export interface DiscoverOptions {
  readonly settings: Pick<Settings, "host" | "port" | "discover">;
  /** Public host names of this gateway: a vendor's variable may point a coding agent at us. */
  readonly ownHosts?: readonly string[];
  /** A key that begins with one of these is a key of ours, which no vendor may see. */
  readonly ownKeyPrefixes?: readonly string[];
  readonly localServers?: readonly LocalServer[] | undefined;
  readonly at?: Date;
}

interface Discovery {
  readonly upstream: Upstream;
  readonly models: readonly ModelConfig[];
}

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\]|0\.0\.0\.0|\[::\])$/;
const DEFAULT_PORTS: Readonly<Record<string, string>> = { "http:": "80", "https:": "443" };

/** Names and addresses that other machines may know this one by, where it listens to them. */
function ownAddresses(host: string): readonly string[] {
  if (host !== "0.0.0.0" && host !== "::") return [host.toLowerCase(), `[${host.toLowerCase()}]`];
  const interfaces = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return [hostname().toLowerCase(), ...interfaces.flatMap(({ address }) => [address, `[${address}]`])];
}

/** True where an address leads back to this gateway: it would ask itself for ever. */
function isThisGateway(address: string, { settings, ownHosts = [] }: DiscoverOptions): boolean {
  const { hostname: host, port, protocol } = new URL(address);
  if (ownHosts.includes(host)) return true;
  const samePort = (port || DEFAULT_PORTS[protocol]) === String(settings.port);
  return samePort && (LOOPBACK.test(host) || ownAddresses(settings.host).includes(host));
}

const firstSet = (env: Environment, names: readonly string[]): string | undefined =>
  names.find((name) => (env[name]?.trim() ?? "") !== "");

/** The SDKs' variable for Google holds the address without the version; ours has it in the base. */
function toBaseUrl(vendor: Vendor, address: string): string {
  const base = address.replace(/\/+$/, "");
  return vendor.provider === "google" && !/\/v\d\w*$/.test(base) ? `${base}/v1beta` : base;
}

function upstreamOf(fields: Pick<Upstream, "id" | "provider" | "baseUrl" | "apiKey">): Upstream {
  return {
    ...fields,
    protocols: PROTOCOLS_OF[fields.provider],
    headers: {},
    firstByteMs: FIRST_BYTE_MS,
    idleMs: IDLE_MS,
    quirks: {},
  };
}

/** Where a vendor's requests go; a sentence instead where nothing safe can be said. */
function addressOf(
  vendor: Vendor,
  env: Environment,
  options: DiscoverOptions,
): { baseUrl: string } | { refused: string } {
  const variable = firstSet(env, vendor.baseUrlVariables);
  const written = variable === undefined ? "" : (env[variable]?.trim() ?? "");
  if (variable === undefined) return { baseUrl: vendor.baseUrl };
  if (!/^https?:\/\//.test(written) || !URL.canParse(written)) {
    return {
      refused: `${variable} is not an http:// or https:// address; correct it, or unset it for ${vendor.name}'s own.`,
    };
  }
  return { baseUrl: isThisGateway(written, options) ? vendor.baseUrl : toBaseUrl(vendor, written) };
}

function vendorModels(vendor: Vendor, at: Date | undefined): ModelConfig[] {
  return catalogModels(vendor.id, at).map((known): ModelConfig => {
    const contextTokens = known.contextTokens ?? CONTEXT_TOKENS;
    return {
      id: known.id,
      displayName: known.displayName,
      vendor: makerOf(known.id) || vendor.name,
      family: "",
      description: "",
      aliases: [],
      category: known.category,
      tier: known.tier,
      contextTokens,
      outputTokensMax: known.outputTokensMax ?? Math.min(OUTPUT_TOKENS_MAX, contextTokens),
      published: true,
      price: known.price,
      endpoints: ENDPOINTS_OF[known.category],
      defaults: {},
      quirks: {},
      limits: {},
      targets: [{ upstream: vendor.id, model: known.id, weight: 1, order: 1 }],
    };
  });
}

function discoverVendor(
  vendor: Vendor,
  env: Environment,
  options: DiscoverOptions,
  notes: string[],
): Discovery[] {
  const variable = firstSet(env, vendor.keyVariables);
  const apiKey = variable === undefined ? "" : (env[variable]?.trim() ?? "");
  if (variable === undefined) return [];
  const left = (why: string): Discovery[] => {
    notes.push(`${variable}: not used. ${why}`);
    return [];
  };
  if ((options.ownKeyPrefixes ?? []).some((prefix) => apiKey.startsWith(prefix))) {
    return left(`It holds a key of this gateway, not of ${vendor.name}.`);
  }
  if (!/^[\x21-\x7e]+$/.test(apiKey)) return left("It has characters that no key has; set it again.");
  const address = addressOf(vendor, env, options);
  if ("refused" in address) return left(address.refused);
  const models = vendorModels(vendor, options.at);
  notes.push(
    `${variable}: upstream ${vendor.id} with ${countOf(models.length, "model")} of ${vendor.name} at list prices.`,
  );
  return [{ upstream: upstreamOf({ id: vendor.id, provider: vendor.provider, apiKey, ...address }), models }];
}

/** llama.cpp names a model by the path of its file. */
function shortName(id: string): string {
  return /^[/\\]|\.gguf$/.test(id) ? (id.split(/[/\\]/).at(-1) ?? id).replace(/\.gguf$/, "") || id : id;
}

function localModel(server: LocalServer, model: LocalModel): ModelConfig {
  const id = shortName(model.id);
  const category = /embed/i.test(id) ? "embedding" : "llm";
  const contextTokens = model.contextTokens ?? CONTEXT_TOKENS;
  return {
    id,
    displayName: id,
    vendor: makerOf(id),
    family: "",
    description: `Served by ${server.name} on this machine.`,
    aliases: id.endsWith(":latest") ? [id.slice(0, -":latest".length)] : [],
    category,
    tier: "open-weight",
    contextTokens,
    outputTokensMax: Math.min(OUTPUT_TOKENS_MAX, contextTokens),
    published: true,
    price: { input: 0n, output: 0n, tiers: [] },
    endpoints: ENDPOINTS_OF[category],
    defaults: {},
    quirks: {},
    limits: {},
    targets: [{ upstream: server.id, model: model.id, weight: 1, order: 1 }],
  };
}

async function discoverServer(server: LocalServer, notes: string[]): Promise<Discovery[]> {
  const models = await probeServer(server.port);
  if (!models) return [];
  const baseUrl = `http://127.0.0.1:${server.port}/v1`;
  notes.push(
    `${server.name} at ${baseUrl}: upstream ${server.id} with ${countOf(models.length, "model")}, free of charge.`,
  );
  return [
    {
      upstream: upstreamOf({ id: server.id, provider: "openai-compatible", baseUrl, apiKey: "" }),
      models: models.map((model) => localModel(server, model)),
    },
  ];
}

/** One name, one model: the first upstream keeps the plain id, later ones are `UPSTREAM/ID`. */
function joinModels(discoveries: readonly Discovery[]): ModelConfig[] {
  const taken = new Set<string>();
  return discoveries.flatMap(({ upstream, models }) =>
    models.flatMap((model): ModelConfig[] => {
      const id = taken.has(model.id) ? `${upstream.id}/${model.id}` : model.id;
      if (taken.has(id)) return [];
      taken.add(id);
      const aliases = model.aliases.filter((alias) => !taken.has(alias));
      for (const alias of aliases) taken.add(alias);
      return [{ ...model, id, aliases }];
    }),
  );
}

/**
 * Upstreams that need no declaration: vendors whose keys lie in the environment, then servers on this
 * machine. With neither, the demo. Only loopback is asked; vendors are not, their models come from the catalogue.
 */
export async function discover(env: Environment, options: DiscoverOptions): Promise<Found> {
  const notes: string[] = [];
  const { discover: where, port } = options.settings;
  const byKey =
    where === "off" ? [] : VENDORS.flatMap((vendor) => discoverVendor(vendor, env, options, notes));
  const servers =
    where === "all" ? (options.localServers ?? LOCAL_SERVERS).filter((server) => server.port !== port) : [];
  const local = await Promise.all(servers.map((server) => discoverServer(server, notes)));
  const discoveries = [...byKey, ...local.flat()];
  if (discoveries.length === 0) {
    return {
      upstreams: [DEMO_UPSTREAM],
      models: DEMO_MODELS,
      notes: [
        ...notes,
        "No upstream was found: the demo answers. Set a vendor's key, or declare upstreams in quoin.yaml.",
      ],
    };
  }
  return { upstreams: discoveries.map(({ upstream }) => upstream), models: joinModels(discoveries), notes };
}
