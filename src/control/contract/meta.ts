import { z } from "@hono/zod-openapi";
import { PHONE_RULES, SIGN_UP_MODES } from "../../accounts/people/deps.ts";
import { CATALOGUE_READERS } from "../../core/offering.ts";

export const META = z
  .strictObject({
    version: z.string(),
    brand: z.strictObject({
      name: z.string(),
      logo: z.string().nullable(),
      colors: z.strictObject({
        primary: z.string().optional(),
        background: z.string().optional(),
        text: z.string().optional(),
      }),
      key_variable: z.string().describe("The environment variable that snippets put the key in."),
    }),
    base_urls: z
      .strictObject({
        anthropic: z.string(),
        openai: z.string(),
        gemini: z.string(),
        codex: z.string(),
        speech: z.string(),
      })
      .describe("What each kind of client is told to use."),
    hosts: z.array(
      z.strictObject({
        host: z.string(),
        scheme: z.enum(["https", "http"]),
        role: z.enum(["api", "console", "probe"]),
        purpose: z.string(),
        region: z.string().nullable(),
      }),
    ),
    regions: z.array(z.strictObject({ id: z.string(), display_name: z.string(), city: z.string() })),
    plans: z.array(z.strictObject({ id: z.string(), key_prefix: z.string() })),
    sign_up: z
      .strictObject({ mode: z.enum(SIGN_UP_MODES), phone: z.enum(PHONE_RULES) })
      .describe("Who may sign up, and whether a phone number is asked for."),
    trial: z
      .strictObject({ path: z.string(), verify: z.enum(["email", "phone", "none"]) })
      .nullable()
      .describe("Where a visitor gets a trial key, and what they prove for it; null: nowhere."),
    sign_in: z
      .strictObject({ password: z.boolean(), passkey: z.boolean(), github: z.boolean(), google: z.boolean() })
      .describe("Ways to sign in."),
    catalogue: z.enum(CATALOGUE_READERS).describe("Who is told names of models and their prices."),
    payments: z.strictObject({ stripe: z.boolean() }).describe("How money can be paid in."),
  })
  .openapi("Meta");
export type Meta = z.infer<typeof META>;
