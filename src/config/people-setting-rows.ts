import type { SettingRow } from "./setting-row.ts";

/** How people are reached, and how they may sign in. */
export const PEOPLE_SETTINGS = [
  {
    variable: "QUOIN_PUBLIC_URL",
    unit: "address",
    default: "https:// and the first host with the role console, or this machine",
    description:
      "Where people reach the console, for links in mails, passkeys and cookies: https://example.com.",
  },
  {
    variable: "QUOIN_MAIL_FROM",
    unit: "mail address",
    default: "none",
    description: "Who mails come from: Example <no-reply@example.com>; required with QUOIN_SMTP_URL.",
  },
  {
    variable: "QUOIN_SMTP_URL",
    unit: "address",
    default: "none",
    description:
      "The server that mails are sent by: smtp://user:password@host:587 or smtps://…:465. Special characters of user and password are percent-encoded.",
  },
  {
    variable: "QUOIN_MAIL_WEBHOOK",
    unit: "address",
    default: "none",
    description: "Instead of a mail server: where mails are posted as JSON {kind, to, subject, text}.",
  },
  {
    variable: "QUOIN_SMS_WEBHOOK",
    unit: "address",
    default: "none",
    description: "Where text messages are posted as JSON {kind, to, text}.",
  },
  {
    variable: "QUOIN_SENDER_TOKEN",
    unit: "text",
    default: "none",
    description: "Sent to both webhooks as Authorization: Bearer.",
  },
  {
    variable: "QUOIN_TWILIO_ACCOUNT",
    unit: "text",
    default: "none",
    description: "Twilio's account SID: with it text messages are sent by Twilio.",
  },
  {
    variable: "QUOIN_TWILIO_TOKEN",
    unit: "text",
    default: "none",
    description: "Twilio's auth token; required with QUOIN_TWILIO_ACCOUNT.",
  },
  {
    variable: "QUOIN_TWILIO_FROM",
    unit: "text",
    default: "none",
    description:
      "The number or the messaging service (MG…) that text messages come from; required with QUOIN_TWILIO_ACCOUNT.",
  },
  {
    variable: "QUOIN_TWILIO_URL",
    unit: "address",
    default: "https://api.twilio.com",
    description: "Where Twilio's API is; for tests.",
  },
  {
    variable: "QUOIN_OUTBOX",
    unit: "operators or open",
    default: "operators",
    description:
      "Who may read in the console what no sender was set up for: operators, or everybody (open) on a machine for development; open is refused unless QUOIN_HOST is a loopback address.",
  },
  {
    variable: "QUOIN_GITHUB_CLIENT_ID",
    unit: "text",
    default: "none",
    description: "With it people can sign in with GitHub.",
  },
  {
    variable: "QUOIN_GITHUB_CLIENT_SECRET",
    unit: "text",
    default: "none",
    description: "Required with QUOIN_GITHUB_CLIENT_ID.",
  },
  {
    variable: "QUOIN_GITHUB_URL",
    unit: "address",
    default: "github.com and api.github.com",
    description: "A GitHub Enterprise server, whose API is at /api/v3.",
  },
  {
    variable: "QUOIN_GOOGLE_CLIENT_ID",
    unit: "text",
    default: "none",
    description: "With it people can sign in with Google.",
  },
  {
    variable: "QUOIN_GOOGLE_CLIENT_SECRET",
    unit: "text",
    default: "none",
    description: "Required with QUOIN_GOOGLE_CLIENT_ID.",
  },
  {
    variable: "QUOIN_GOOGLE_URL",
    unit: "address",
    default: "Google's own addresses",
    description: "One address instead of Google's; for tests.",
  },
] as const satisfies readonly SettingRow[];
