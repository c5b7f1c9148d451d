import { isNetwork } from "./networks.ts";
import { type PeopleSettings, peopleSettings } from "./people-settings.ts";
import { type Environment, SettingError, textOf } from "./setting-error.ts";
import type { SettingRow } from "./setting-row.ts";
import { SETTINGS, type SettingName } from "./setting-rows.ts";
import { type ToldSetting, tellSettings } from "./told-settings.ts";

export type Discover = "off" | "env" | "all";

/** The environment's settings with their defaults filled in; lengths and times as the names say. */
export interface Settings {
  readonly home: string;
  readonly host: string;
  readonly port: number;
  /** Processes that serve requests. */
  readonly workers: number;
  readonly workerSilenceMs: number;
  readonly configFile: string;
  /** True where QUOIN_CONFIG names the file: then it must exist. */
  readonly configFileRequired: boolean;
  /** Secret: it may hold a password. */
  readonly databaseUrl: string | undefined;
  readonly mixedConfig: boolean;
  readonly redisUrl: string | undefined;
  readonly region: string | undefined;
  readonly secret: string | undefined;
  /** What `quoin secret rotate` brings in. */
  readonly secretNext: string | undefined;
  readonly mayBeginAnew: boolean;
  readonly bodyBytesMax: number;
  readonly bodyDeadlineMs: number;
  /** 0: no keep-alives. */
  readonly keepAliveMs: number;
  readonly uploadBytesMax: number;
  readonly uploadDeadlineMs: number;
  readonly keyCacheSize: number;
  readonly answerBytesMax: number;
  /** Private networks from which clients' media may be fetched: addresses and CIDR blocks. */
  readonly fetchPrivate: readonly string[];
  readonly signatureDays: number;
  readonly responseDays: number;
  /** 0: for ever. */
  readonly historyDays: number;
  readonly drainMs: number;
  readonly discover: Discover;
  /** Undefined: no payments. */
  readonly stripe: StripeSettings | undefined;
  readonly people: PeopleSettings;
  /** What operators are shown of all this. */
  readonly told: readonly ToldSetting[];
}

/** Secrets but for the address. */
export interface StripeSettings {
  readonly apiKey: string;
  readonly webhookSecret: string;
  readonly url: string;
}

function rowOf(variable: SettingName): SettingRow {
  const row = SETTINGS.find((candidate) => candidate.variable === variable);
  if (!row) throw new Error(`${variable} is not in the table of settings.`);
  return row;
}

function numberOf(env: Environment, variable: SettingName): number {
  const { default: fallback, min = 0, max = Number.MAX_SAFE_INTEGER, unit } = rowOf(variable);
  const text = textOf(env, variable) ?? fallback;
  const number = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= min && number <= max) return number;
  throw new SettingError(variable, `is "${text}"; set it to a whole number from ${min} to ${max} (${unit}).`);
}

function secretOf(
  env: Environment,
  variable: "QUOIN_SECRET" | "QUOIN_SECRET_NEXT" = "QUOIN_SECRET",
): string | undefined {
  const secret = env[variable];
  if (secret === undefined || secret === "") return undefined;
  if (secret.length >= 32) return secret;
  throw new SettingError(
    variable,
    `has ${secret.length} characters; set 32 or more, for example from: openssl rand -hex 32`,
  );
}

function stripeOf(env: Environment): StripeSettings | undefined {
  const apiKey = textOf(env, "QUOIN_STRIPE_KEY");
  if (apiKey === undefined) return undefined;
  const webhookSecret = textOf(env, "QUOIN_STRIPE_WEBHOOK_SECRET");
  const url = textOf(env, "QUOIN_STRIPE_URL") ?? rowOf("QUOIN_STRIPE_URL").default;
  if (webhookSecret === undefined)
    throw new SettingError(
      "QUOIN_STRIPE_WEBHOOK_SECRET",
      "is not set; without it payments would never arrive.",
    );
  if (!URL.canParse(url)) throw new SettingError("QUOIN_STRIPE_URL", `is "${url}"; set it to an address.`);
  return { apiKey, webhookSecret, url };
}

function discoverOf(env: Environment): Discover {
  const text = textOf(env, "QUOIN_DISCOVER") ?? rowOf("QUOIN_DISCOVER").default;
  if (text === "off" || text === "env" || text === "all") return text;
  throw new SettingError("QUOIN_DISCOVER", `is "${text}"; set it to off, env or all.`);
}

function redisUrlOf(env: Environment): string | undefined {
  const text = textOf(env, "QUOIN_REDIS_URL");
  if (text === undefined || (/^(?:redis|valkey)s?:\/\/[^/]/.test(text) && URL.canParse(text))) return text;
  throw new SettingError(
    "QUOIN_REDIS_URL",
    "is no address such as redis://127.0.0.1:6379; write one, or unset it.",
  );
}

function networksOf(env: Environment): string[] {
  const networks = (textOf(env, "QUOIN_FETCH_PRIVATE") ?? "").split(",").map((network) => network.trim());
  const named = networks.filter((network) => network !== "");
  const wrong = named.find((network) => !isNetwork(network));
  if (wrong === undefined) return named;
  throw new SettingError(
    "QUOIN_FETCH_PRIVATE",
    `holds "${wrong}"; write addresses or CIDR blocks such as 10.0.0.0/8, with commas between.`,
  );
}

function databaseUrlOf(env: Environment): string | undefined {
  const text = textOf(env, "QUOIN_DATABASE_URL");
  if (text === undefined) return undefined;
  if (!/^postgres(?:ql)?:\/\/[^/]/.test(text) || !URL.canParse(text)) {
    throw new SettingError(
      "QUOIN_DATABASE_URL",
      "is no address such as postgres://user:password@host:5432/quoin; write one, or unset it for SQLite in QUOIN_HOME.",
    );
  }
  if (secretOf(env) !== undefined) return text;
  throw new SettingError("QUOIN_SECRET", "is not set; with PostgreSQL set one, the same on every node.");
}

function mayBeginAnewOf(env: Environment): boolean {
  const text = textOf(env, "QUOIN_BEGIN_ANEW") ?? "refuse";
  if (text === "allow" || text === "refuse") return text === "allow";
  throw new SettingError("QUOIN_BEGIN_ANEW", `is "${text}"; set it to allow or refuse.`);
}

function mixedConfigOf(env: Environment): boolean {
  const text = textOf(env, "QUOIN_MIXED_CONFIG") ?? "refuse";
  if (text === "allow" || text === "refuse") return text === "allow";
  throw new SettingError("QUOIN_MIXED_CONFIG", `is "${text}"; set it to allow or refuse.`);
}

/**
 * The settings of this process.
 * @throws SettingError for the first variable that is out of its bounds or not supported yet.
 */
export function readSettings(env: Environment): Settings {
  const configFile = textOf(env, "QUOIN_CONFIG");
  return {
    home: textOf(env, "QUOIN_HOME") ?? rowOf("QUOIN_HOME").default,
    host: textOf(env, "QUOIN_HOST") ?? rowOf("QUOIN_HOST").default,
    port: numberOf(env, "QUOIN_PORT"),
    workers: numberOf(env, "QUOIN_WORKERS"),
    workerSilenceMs: numberOf(env, "QUOIN_WORKER_SILENCE_MS"),
    configFile: configFile ?? "quoin.yaml",
    configFileRequired: configFile !== undefined,
    databaseUrl: databaseUrlOf(env),
    mixedConfig: mixedConfigOf(env),
    redisUrl: redisUrlOf(env),
    region: textOf(env, "QUOIN_REGION"),
    secret: secretOf(env),
    secretNext: secretOf(env, "QUOIN_SECRET_NEXT"),
    mayBeginAnew: mayBeginAnewOf(env),
    bodyBytesMax: numberOf(env, "QUOIN_BODY_BYTES_MAX"),
    bodyDeadlineMs: numberOf(env, "QUOIN_BODY_DEADLINE_MS"),
    keepAliveMs: numberOf(env, "QUOIN_KEEP_ALIVE_MS"),
    uploadBytesMax: numberOf(env, "QUOIN_UPLOAD_BYTES_MAX"),
    uploadDeadlineMs: numberOf(env, "QUOIN_UPLOAD_DEADLINE_MS"),
    keyCacheSize: numberOf(env, "QUOIN_KEY_CACHE_SIZE"),
    answerBytesMax: numberOf(env, "QUOIN_ANSWER_BYTES_MAX"),
    fetchPrivate: networksOf(env),
    signatureDays: numberOf(env, "QUOIN_SIGNATURE_DAYS"),
    responseDays: numberOf(env, "QUOIN_RESPONSE_DAYS"),
    historyDays: numberOf(env, "QUOIN_HISTORY_DAYS"),
    drainMs: numberOf(env, "QUOIN_DRAIN_MS"),
    discover: discoverOf(env),
    stripe: stripeOf(env),
    people: peopleSettings(env),
    told: tellSettings(env),
  };
}
