import { type Environment, SettingError, textOf } from "./setting-error.ts";
import type { SettingName } from "./setting-rows.ts";

/** Secrets but for the address. */
export interface OauthSettings {
  readonly clientId: string;
  readonly clientSecret: string;
  /** Undefined: the provider's own. */
  readonly url: string | undefined;
}

/** How people are reached, and how they may sign in. Addresses have no slash at the end. */
export interface PeopleSettings {
  /** Undefined: from the hosts of quoin.yaml, or this machine. */
  readonly publicUrl: string | undefined;
  readonly mail:
    | { readonly kind: "smtp"; readonly url: string; readonly from: string }
    | { readonly kind: "webhook"; readonly url: string }
    | undefined;
  readonly text:
    | {
        readonly kind: "twilio";
        readonly account: string;
        readonly token: string;
        readonly from: string;
        readonly url: string;
      }
    | { readonly kind: "webhook"; readonly url: string }
    | undefined;
  readonly senderToken: string | undefined;
  /** Whether everybody may read what no sender was set up for. */
  readonly openOutbox: boolean;
  readonly github: OauthSettings | undefined;
  readonly google: OauthSettings | undefined;
}

function addressOf(env: Environment, variable: SettingName): string | undefined {
  const text = textOf(env, variable)?.replace(/\/+$/, "");
  if (text === undefined || (URL.canParse(text) && /^https?:\/\//.test(text))) return text;
  throw new SettingError(
    variable,
    "is no address that begins with https:// or http://; write one, or unset it.",
  );
}

/** A variable that another one cannot do without. */
function neededFor(env: Environment, variable: SettingName, by: SettingName): string {
  const text = textOf(env, variable);
  if (text !== undefined) return text;
  throw new SettingError(variable, `is not set; ${by} needs it.`);
}

function mailOf(env: Environment): PeopleSettings["mail"] {
  const smtp = textOf(env, "QUOIN_SMTP_URL");
  const webhook = addressOf(env, "QUOIN_MAIL_WEBHOOK");
  if (smtp === undefined) return webhook === undefined ? undefined : { kind: "webhook", url: webhook };
  if (!URL.canParse(smtp) || !/^smtps?:\/\/[^/]/.test(smtp))
    throw new SettingError(
      "QUOIN_SMTP_URL",
      "is no address such as smtp://user:password@host:587; write one, or unset it.",
    );
  const from = neededFor(env, "QUOIN_MAIL_FROM", "QUOIN_SMTP_URL");
  if (/^[^<>\r\n]*<[^\s<>@]+@[^\s<>@]+>$|^[^\s<>@]+@[^\s<>@]+$/.test(from))
    return { kind: "smtp", url: smtp, from };
  throw new SettingError("QUOIN_MAIL_FROM", "is no address such as Example <no-reply@example.com>.");
}

function messagesOf(env: Environment): PeopleSettings["text"] {
  const account = textOf(env, "QUOIN_TWILIO_ACCOUNT");
  const webhook = addressOf(env, "QUOIN_SMS_WEBHOOK");
  if (account === undefined) return webhook === undefined ? undefined : { kind: "webhook", url: webhook };
  const token = neededFor(env, "QUOIN_TWILIO_TOKEN", "QUOIN_TWILIO_ACCOUNT");
  const from = neededFor(env, "QUOIN_TWILIO_FROM", "QUOIN_TWILIO_ACCOUNT");
  const url = addressOf(env, "QUOIN_TWILIO_URL") ?? "https://api.twilio.com";
  return { kind: "twilio", account, token, from, url };
}

function oauthOf(
  env: Environment,
  [id, secret, url]: readonly [SettingName, SettingName, SettingName],
): OauthSettings | undefined {
  const clientId = textOf(env, id);
  if (clientId === undefined) return undefined;
  return { clientId, clientSecret: neededFor(env, secret, id), url: addressOf(env, url) };
}

function isOpenOutbox(env: Environment): boolean {
  const text = textOf(env, "QUOIN_OUTBOX") ?? "operators";
  if (text === "operators") return false;
  if (text !== "open") throw new SettingError("QUOIN_OUTBOX", `is "${text}"; set it to operators or open.`);
  if (/^(localhost|127\.[\d.]+|::1)$/.test(textOf(env, "QUOIN_HOST") ?? "127.0.0.1")) return true;
  throw new SettingError(
    "QUOIN_OUTBOX",
    "is open, and QUOIN_HOST is no loopback address: everybody could read codes of sign-ins; unset it.",
  );
}

/** @throws SettingError */
export function peopleSettings(env: Environment): PeopleSettings {
  return {
    publicUrl: addressOf(env, "QUOIN_PUBLIC_URL"),
    mail: mailOf(env),
    text: messagesOf(env),
    senderToken: textOf(env, "QUOIN_SENDER_TOKEN"),
    openOutbox: isOpenOutbox(env),
    github: oauthOf(env, ["QUOIN_GITHUB_CLIENT_ID", "QUOIN_GITHUB_CLIENT_SECRET", "QUOIN_GITHUB_URL"]),
    google: oauthOf(env, ["QUOIN_GOOGLE_CLIENT_ID", "QUOIN_GOOGLE_CLIENT_SECRET", "QUOIN_GOOGLE_URL"]),
  };
}
