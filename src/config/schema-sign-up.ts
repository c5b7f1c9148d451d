import { z } from "zod";
import { usd } from "./schema-price.ts";
import { id } from "./schema-scalars.ts";

const country = z.string().regex(/^[A-Z]{2}$/, "must be a country's two letters (ISO 3166) such as DE");

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
  })
  .describe("Who may sign up in the console, and what they get.");
