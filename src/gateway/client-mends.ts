import { didYouMean } from "../config/did-you-mean.ts";
import { GatewayError } from "../core/errors.ts";
import { type BaseUrls, offeringAt, publicBaseUrls } from "../core/offering.ts";
import type { Peers } from "./client-address.ts";
import { clientName } from "./client-name.ts";
import type { Gateway } from "./gateway.ts";
import { accountHost, originOfRequest } from "./public-origin.ts";

interface Mends {
  readonly title: string;
  /** The line that sets the key. */
  readonly key: (variable: string) => string;
  /** The line that sets the base URL. */
  readonly base: (urls: BaseUrls) => string;
  /** How to ask for another model. */
  readonly model: string;
  /** Its setup script; absent: none. */
  readonly setup?: string;
}

const sdk = (title: string, kind: keyof BaseUrls, name = "base_url"): Mends => ({
  title,
  key: (variable) => `api_key from ${variable}`,
  base: (urls) => `${name}="${urls[kind]}"`,
  model: 'model="ID"',
  setup: "sdk",
});

/** By the names that `clientName` gives; what each reads is in docs/clients/coding-agents.md. */
const MENDS: Readonly<Record<string, Mends>> = {
  "claude-code": {
    title: "Claude Code",
    key: () => "export ANTHROPIC_AUTH_TOKEN=YOUR_KEY (and unset ANTHROPIC_API_KEY)",
    base: ({ anthropic }) => `export ANTHROPIC_BASE_URL=${anthropic}`,
    model: "claude --model ID",
    setup: "claude-code",
  },
  codex: {
    title: "Codex",
    key: (variable) => `export ${variable}=YOUR_KEY, with env_key = "${variable}" in ~/.codex/config.toml`,
    base: ({ codex }) => `base_url = "${codex}" in ~/.codex/config.toml`,
    model: "codex -m ID",
    setup: "codex",
  },
  "gemini-cli": {
    title: "Gemini CLI",
    key: () => "export GEMINI_API_KEY=YOUR_KEY",
    base: ({ gemini }) => `export GOOGLE_GEMINI_BASE_URL=${gemini}`,
    model: "gemini -m ID",
    setup: "gemini-cli",
  },
  opencode: {
    title: "OpenCode",
    key: () => '"apiKey": "YOUR_KEY" in ~/.config/opencode/opencode.json',
    base: ({ openai }) => `"baseURL": "${openai}" in ~/.config/opencode/opencode.json`,
    model: "/models",
    setup: "opencode",
  },
  "factory-droid": {
    title: "Droid",
    key: () => '"apiKey": "YOUR_KEY" in ~/.factory/settings.json',
    base: ({ openai, anthropic }) =>
      `"baseUrl": "${openai}" in ~/.factory/settings.json ("${anthropic}" for the provider anthropic)`,
    model: "/model",
    setup: "factory-droid",
  },
  "qwen-code": {
    title: "Qwen Code",
    key: () => "export OPENAI_API_KEY=YOUR_KEY",
    base: ({ openai }) => `export OPENAI_BASE_URL=${openai}`,
    model: "qwen -m ID",
    setup: "qwen-code",
  },
  "anthropic-sdk": sdk("Anthropic's SDK", "anthropic"),
  "openai-sdk": sdk("OpenAI's SDK", "openai"),
  "google-genai": sdk("Google's SDK", "gemini", "http_options base_url"),
};

const OF_KEYS: ReadonlySet<string> = new Set(["missing_key", "malformed_key", "invalid_key"]);
const OF_PATHS: ReadonlySet<string> = new Set(["not_found"]);
const OF_MODELS: ReadonlySet<string> = new Set(["model_not_found", "wrong_endpoint"]);

/** Names compared with what was asked for, at most: it happens on each such refusal. */
const COMPARED_MAX = 300;

/** Who asked, and what for. */
export interface Refused {
  readonly request: Request;
  readonly peers: Peers | undefined;
  /** The model that was asked for. */
  readonly model?: string | undefined;
  /** Ids of the models that this key may use; undefined: all. */
  readonly allowed?: ReadonlySet<string> | undefined;
}

type Here = Pick<Gateway, "snapshot">;

function nearest({ snapshot }: Here, { model, allowed }: Refused): string {
  if (model === undefined) return "";
  const ids = snapshot().models.map(({ id }) => id);
  const usable = allowed ? ids.filter((id) => allowed.has(id)) : ids;
  return didYouMean(model, usable.slice(0, COMPARED_MAX)).replace(/^; d/, "D").trim();
}

function lineFor(gateway: Here, refused: Refused, kind: string): string | undefined {
  const { request, peers } = refused;
  const [name = ""] = clientName(request.headers.get("user-agent")).split("/");
  const mends = Object.hasOwn(MENDS, name) ? MENDS[name] : undefined;
  if (!mends) return undefined;
  const own = accountHost(gateway, request);
  const { offering: everywhere } = gateway.snapshot();
  const offering = own ? offeringAt(everywhere, own) : everywhere;
  if (OF_MODELS.has(kind)) return `In ${mends.title}: ${mends.model}`;
  const origin = peers ? originOfRequest(gateway, request, peers) : "http://localhost";
  const urls = publicBaseUrls(offering, origin);
  const line = OF_KEYS.has(kind) ? mends.key(offering.brand.keyVariable) : mends.base(urls);
  const script =
    mends.setup === undefined
      ? ""
      : ` (or: curl -fsSL ${new URL(urls.openai).origin}/setup/${mends.setup}.sh | sh)`;
  return `In ${mends.title}: ${line}${script}`;
}

/**
 * The error with the line that mends it in the program that asked, as its user agent names it. Only mistakes of
 * settings have such a line; every other error stays as it is.
 */
export function withMend(gateway: Here, refused: Refused, error: GatewayError): GatewayError {
  const { kind } = error;
  if (!OF_KEYS.has(kind) && !OF_PATHS.has(kind) && !OF_MODELS.has(kind)) return error;
  const near = kind === "model_not_found" ? nearest(gateway, refused) : "";
  const line = lineFor(gateway, refused, kind);
  if (near === "" && line === undefined) return error;
  const { param, retryAfterMs, allow, cause } = error;
  return new GatewayError(kind, [error.message, near, line ?? ""].filter((text) => text !== "").join(" "), {
    ...(param === undefined ? {} : { param }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(allow === undefined ? {} : { allow }),
    cause,
  });
}
