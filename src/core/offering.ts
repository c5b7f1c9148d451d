/** How the service looks to its customers. */
export interface Brand {
  readonly name: string;
  /** An address, or a path below QUOIN_HOME; undefined: the built-in mark. */
  readonly logo: string | undefined;
  readonly colors: { readonly primary?: string; readonly background?: string; readonly text?: string };
  /** The environment variable that the customers' snippets put the key in. */
  readonly keyVariable: string;
  /** What each kind of client is told to use as its base URL; absent: derived from the host it came to. */
  readonly baseUrls: Partial<BaseUrls>;
}

/** Base URLs without a trailing slash, each as its clients want it: what they append themselves is left out. */
export interface BaseUrls {
  /** Claude Code and Anthropic's SDKs append /v1/messages. */
  readonly anthropic: string;
  /** OpenAI's SDKs append /chat/completions. */
  readonly openai: string;
  /** Gemini CLI and Google's SDKs append /v1beta/models/…. */
  readonly gemini: string;
  /** Codex CLI appends /responses. */
  readonly codex: string;
  /** Clients of text to speech append /v1/tts/text_to_audio. */
  readonly speech: string;
}

export type HostRole = "api" | "console" | "probe";

/** A domain that customers reach the service by. */
export interface AccessHost {
  readonly host: string;
  readonly scheme: "https" | "http";
  readonly role: HostRole;
  readonly purpose: string;
  readonly region: string | undefined;
}

/** Whose keys are served at an account's address. */
export const HOST_KEYS = ["own", "any"] as const;
/** Who signs up there: invited people alone, or everybody, as a member of the account with that role. */
export const HOST_JOINS = ["invitation", "viewer", "developer"] as const;

/** Who is told names of models and their prices: anybody, or whoever signed in or holds a key. */
export const CATALOGUE_READERS = ["everybody", "signed-in"] as const;
export type CatalogueReaders = (typeof CATALOGUE_READERS)[number];

/** A domain that belongs to one account and wears its brand. */
export interface AccountHost extends Pick<AccessHost, "host" | "scheme"> {
  /** The account's name. */
  readonly account: string;
  /** What is undefined is the service's own; a logo may also be a data URL. */
  readonly brand: Pick<Brand, "logo" | "colors"> & { readonly name: string | undefined };
  readonly keys: (typeof HOST_KEYS)[number];
  readonly join: (typeof HOST_JOINS)[number];
}

/** A place where nodes stand. */
export interface Region {
  readonly id: string;
  readonly displayName: string;
  readonly city: string;
}

/** Under which names and at which addresses the service is offered. */
export interface Offering {
  readonly brand: Brand;
  readonly hosts: readonly AccessHost[];
  readonly regions: readonly Region[];
  /** Domains of single accounts, by host; nobody else is told of them. */
  readonly accountHosts: ReadonlyMap<string, AccountHost>;
}

/** The first host of the role, which customers are told when nothing speaks for another. */
export function hostOf({ hosts }: Pick<Offering, "hosts">, role: HostRole): AccessHost | undefined {
  return hosts.find((host) => host.role === role);
}

export function originOf({ scheme, host }: Pick<AccessHost, "scheme" | "host">): string {
  return `${scheme}://${host}`;
}

function moved(address: string, origin: string): string {
  return origin + new URL(address).pathname.replace(/\/$/, "");
}

/**
 * The base URLs at one origin: the paths are those of the brand's own base URLs, which every host serves.
 * @param origin scheme, host and port, such as `https://eu.example.com`
 */
export function baseUrlsAt({ brand: { baseUrls } }: Pick<Offering, "brand">, origin: string): BaseUrls {
  const at = (kind: keyof BaseUrls, path: string) => {
    const address = baseUrls[kind];
    return address === undefined ? origin + path : moved(address, origin);
  };
  const openai = at("openai", "/v1");
  return {
    anthropic: at("anthropic", ""),
    openai,
    gemini: at("gemini", ""),
    codex: baseUrls.codex === undefined ? openai : moved(baseUrls.codex, origin),
    speech: at("speech", "/api"),
  };
}

/**
 * What customers are told: the brand's own base URLs, the rest at the first api host.
 * @param origin where the gateway was reached, for what neither of these tells
 */
export function publicBaseUrls(offering: Pick<Offering, "brand" | "hosts">, origin: string): BaseUrls {
  const first = hostOf(offering, "api");
  const derived = baseUrlsAt(offering, first ? originOf(first) : origin);
  return { ...derived, ...withoutSlash(offering.brand.baseUrls) };
}

function withoutSlash(urls: Partial<BaseUrls>): Partial<BaseUrls> {
  return Object.fromEntries(Object.entries(urls).map(([kind, url]) => [kind, url.replace(/\/$/, "")]));
}

/** The service as it is told at an account's own domain: under that brand, at that address, and at no other. */
export function offeringAt(offering: Offering, { host, scheme, brand: own }: AccountHost): Offering {
  const { brand } = offering;
  const logo = own.name === undefined ? (own.logo ?? brand.logo) : own.logo;
  return {
    brand: {
      ...brand,
      ...{ name: own.name ?? brand.name, logo, colors: { ...brand.colors, ...own.colors } },
      baseUrls: baseUrlsAt(offering, originOf({ host, scheme })),
    },
    hosts: [{ host, scheme, role: "api", purpose: "", region: undefined }],
    regions: [],
    accountHosts: new Map(),
  };
}

/** Where pages find a logo: its own address, or ours, which serves files and uploads. */
export function logoAddress({ logo }: Pick<Brand, "logo">): string | undefined {
  return logo === undefined || /^https?:\/\//.test(logo) ? logo : LOGO_PATH;
}

/** Where the logo of the host that is asked lies. */
export const LOGO_PATH = "/brand/logo";
