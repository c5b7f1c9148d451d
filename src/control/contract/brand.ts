import { z } from "@hono/zod-openapi";
import { HOST_JOINS, HOST_KEYS } from "../../core/offering.ts";
import { ID, TIME } from "./shapes.ts";

const COLOR = z.string().regex(/^#[0-9a-fA-F]{6}$/, "must be a colour such as #1a2b3c");

const COLORS = z.strictObject({
  primary: COLOR.optional().describe("Buttons and links."),
  background: COLOR.optional().describe("Pages."),
  text: COLOR.optional(),
});

const SHARED = {
  colors: COLORS,
  keys: z.enum(HOST_KEYS).describe("own: the account's keys alone are served there; any: all keys."),
  join: z
    .enum(HOST_JOINS)
    .describe(
      "Who signs up there: invited people alone, or everybody, as a member with that role, while the service is open.",
    ),
};

export const ACCOUNT_BRAND = z
  .strictObject({
    account_id: ID,
    account: z.string(),
    host: z.string(),
    name: z.string().nullable().describe("null: as the service is called."),
    logo: z.string().nullable().describe("As a data URL."),
    ...SHARED,
    state: z.enum(["pending", "in_force"]).describe("pending: the domain is not proven or approved yet."),
    proof: z
      .strictObject({
        record: z.string().describe("The name of a TXT record in the domain's DNS."),
        file: z.string().describe("Or the address of a file."),
        value: z.string().describe("What stands in either."),
      })
      .describe("How the domain is proven without the operator."),
    updated_at: TIME,
  })
  .openapi("AccountBrand");
export type AccountBrand = z.infer<typeof ACCOUNT_BRAND>;

export const OWN_BRAND = z
  .strictObject({
    brand: ACCOUNT_BRAND.nullable(),
    declared: z
      .array(z.string())
      .describe("Domains of the account in quoin.yaml, which only the operator changes."),
  })
  .openapi("OwnBrand");
export type OwnBrand = z.infer<typeof OWN_BRAND>;

export const NEW_BRAND = z
  .strictObject({
    host: z
      .string()
      .regex(
        /^(?=.{4,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*\.[a-z][a-z0-9-]*[a-z0-9]$/,
        "must be a domain in small letters such as ai.example.com, without scheme or port",
      )
      .describe("A domain that leads here; HTTPS is the reverse proxy's matter."),
    name: z
      .string()
      .regex(/^[^\p{Cc}]{1,60}$/u, "must be 1 to 60 characters in one line")
      .nullable()
      .default(null),
    logo: z
      .string()
      .max(180_000)
      .nullable()
      .optional()
      .describe(
        "A PNG, JPEG, WebP, GIF or SVG of at most 128 KiB as a data URL. Absent: as it was; null: none.",
      ),
    colors: COLORS.default({}),
    keys: SHARED.keys.default("own"),
    join: SHARED.join.default("invitation"),
  })
  .openapi("NewBrand");
export type NewBrand = z.input<typeof NEW_BRAND>;
