import { z } from "zod";
import { usd } from "./schema-price.ts";
import { id } from "./schema-scalars.ts";

const country = z.string().regex(/^[A-Z]{2}$/, "must be a country's two letters (ISO 3166) such as DE");

/** What the gateway itself answers at, by the first word of the path: no page may lie there. */
const TAKEN = new Set(
  [
    ["v1", "v1beta", "v1alpha", "v1beta1", "v2", "api", "claude", "anthropic", "openai", "gemini"],
    ["messages", "chat", "responses", "completions", "embeddings", "moderations", "images", "audio", "tts"],
    ["models", "publishers", "receipts", "rerank"],
    ["console", "docs", "setup", "webhooks", "brand", "hosts", "metrics", "healthz", "readyz"],
  ].flat(),
);

const trialPath = z
  .string()
  .regex(
    /^(?:\/[a-z0-9][a-z0-9-]{0,62}){1,3}$/,
    "must be a path of small letters, digits and dashes such as /free-key",
  )
  .refine(
    (path) => !TAKEN.has(path.split("/")[1] ?? ""),
    "is below a path that the gateway itself answers at; choose another first word",
  );

const trial = z
  .strictObject({
    path: trialPath.describe("Where the page is: a path that nothing else has, such as /free-key."),
    plan: id.describe("The plan of trial keys."),
    verify: z
      .enum(["email", "phone", "none"])
      .default("email")
      .describe(
        "What a visitor proves by a code; each address or number gets one key, ever. none: only per_address_per_day bounds it.",
      ),
    per_address_per_day: z
      .int()
      .min(1)
      .max(100_000)
      .default(3)
      .describe("Keys that one IP address gets in a day."),
  })
  .describe("A page where a visitor gets a trial key without signing up. Absent: there is none.");

export const signUp = z
  .strictObject({
    mode: z
      .enum(["open", "invitation", "closed"])
      .default("invitation")
      .describe(
        "Who may sign up: everybody, who was invited, or nobody. An operator's claim link always holds.",
      ),
    phone: z
      .enum(["required", "optional", "off"])
      .default("off")
      .describe("Whether a phone number is verified by a code."),
    credit: usd
      .optional()
      .describe("USD that a new account begins with, once for each address and number. Absent: none."),
    plan: id.optional().describe("The plan of new accounts. Absent: the first plan."),
    countries_allow: z
      .array(country)
      .min(1)
      .optional()
      .describe("Countries whose numbers are taken. Absent: all."),
    countries_deny: z.array(country).default([]).describe("Countries whose numbers are not taken."),
    country_messages_per_hour: z
      .int()
      .min(1)
      .max(1_000_000)
      .default(100)
      .describe("Text messages to one country in an hour, against fraud that is paid by the message."),
    trial: trial.optional(),
  })
  .describe("Who may sign up in the console, and what they get.");
