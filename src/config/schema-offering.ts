import { z } from "zod";
import { THOUSANDTHS } from "../core/currency.ts";
import { ERROR_KINDS } from "../core/errors.ts";
import { CATALOGUE_READERS, HOST_JOINS, HOST_KEYS } from "../core/offering.ts";
import { DIALECTS, PROTOCOLS, SIDE_PROTOCOLS } from "../core/protocol.ts";
import { DEFAULT_BRAND } from "./defaults.ts";
import { isNetwork } from "./networks.ts";
import { address, id, line, moment } from "./schema-scalars.ts";

const color = z.string().regex(/^#[0-9a-fA-F]{6}$/, "must be a colour such as #1a2b3c");
const host = z
  .string()
  .regex(
    /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/,
    "must be a host name in small letters, without scheme or port",
  );

const logo = z.string().min(1).max(500);

const colors = z
  .strictObject({
    primary: color.optional().describe("Buttons and links. Absent: the built-in colour."),
    background: color.optional().describe("Pages. Absent: the built-in colour."),
    text: color.optional().describe("Text. Absent: the built-in colour."),
  })
  .default({});

export const brand = z
  .strictObject({
    name: line.default(DEFAULT_BRAND.name).describe("Name of the service."),
    logo: logo
      .optional()
      .describe("Address of the logo, or a path below QUOIN_HOME. Absent: the built-in mark."),
    colors: colors.describe("Colours of the console, as #rrggbb."),
    key_variable: z
      .string()
      .regex(/^[A-Z_][A-Z0-9_]{0,63}$/, "must be a variable name such as QUOIN_API_KEY")
      .default(DEFAULT_BRAND.keyVariable)
      .describe("The environment variable that the customers' snippets put the key in."),
    base_urls: z
      .strictObject({
        anthropic: address.optional().describe("For Claude Code and Anthropic SDKs. Absent: from the host."),
        openai: address.optional().describe("For OpenAI SDKs, with /v1. Absent: from the host."),
        gemini: address
          .optional()
          .describe("For Gemini CLI and Google SDKs, without /v1beta. Absent: from the host."),
        codex: address.optional().describe("For Codex CLI. Absent: as openai."),
        speech: address.optional().describe("For text to speech. Absent: from the host."),
      })
      .default({})
      .describe("What each kind of client is told to use as its base URL."),
  })
  .describe("How the service looks to its customers.");

const hostBrand = z
  .strictObject({
    name: line.optional().describe("Name of the service there. Absent: as everywhere."),
    logo: logo.optional().describe("Address of the logo, or a path below QUOIN_HOME. Absent: as everywhere."),
    colors: colors.describe("Colours of the pages there, as #rrggbb."),
  })
  .describe("With an account: how the service looks there.");

const currency = z
  .strictObject({
    code: z
      .string()
      .regex(/^[A-Z]{3}$/, "must be three capital letters such as EUR")
      .refine((code) => code !== "USD", "USD is there by itself; name another")
      .refine((code) => !THOUSANDTHS.has(code), "has thousandths, which payments do not take; name another")
      .describe("ISO 4217 code."),
    rate: z
      .string()
      .regex(/^\d{1,7}(\.\d{1,6})?$/, 'must be a decimal string with at most six decimals, such as "0.92"')
      .refine((rate) => /[1-9]/.test(rate), "must be more than zero")
      .describe("How much of it a dollar is."),
    from: moment.describe(
      "A day (UTC) or a moment: the rate holds from then on, until the currency's next one.",
    ),
  })
  .describe(
    "A rate of a currency besides USD. Balances, prices and charges stay USD; customers are shown both and may pay in it.",
  );

export const currencies = z
  .array(currency)
  .default([])
  .describe("Currencies besides USD, to show and to pay in, with dated rates. Absent: none.");

export const accessHost = z
  .strictObject({
    host: host.describe("Host name."),
    scheme: z
      .enum(["https", "http"])
      .default("https")
      .describe(
        "How customers reach it. https: where a trusted proxy says that a request came by http, it is sent to https.",
      ),
    role: z
      .enum(["api", "console", "probe"])
      .default("api")
      .describe(
        "api: requests; console: the web console; probe: the page where a customer looks at requests by key.",
      ),
    purpose: line.default("").describe("For whom the host is; shown to customers."),
    region: z.string().optional().describe("Id of a region. Absent: none."),
    account: z
      .string()
      .min(1)
      .max(100)
      .optional()
      .describe(
        "The account that the domain belongs to, as `quoin keys create --account` names it; nobody else is told of it. Absent: everybody's.",
      ),
    brand: hostBrand.default({ colors: {} }),
    keys: z
      .enum(HOST_KEYS)
      .default("own")
      .describe("With an account: own: its keys alone are served there; any: all keys."),
    join: z
      .enum(HOST_JOINS)
      .default("invitation")
      .describe(
        "With an account: who signs up there. invitation: whom the account invited; viewer, developer: everybody, as a member with that role, while `signup.mode` is open.",
      ),
  })
  .describe("A domain that customers reach the service by.");

export const region = z
  .strictObject({
    id: id.describe("Name of the region, as QUOIN_REGION gives it."),
    display_name: line.optional().describe("Shown to customers. Absent: the id."),
    city: line.default("").describe("Where its servers stand."),
  })
  .describe("A place where nodes stand.");

/** What a wording may have filled in. */
const PLACES = /\{(?!(?:message|retry_after)\})[^}]*\}/;

const errorShape = z.strictObject({
  status: z.int().min(400).max(599).optional().describe("HTTP status. Absent: the dialect's own."),
  type: z
    .string()
    .min(1)
    .max(100)
    .optional()
    .describe("The error's type, of OpenAI's and Anthropic's dialects. Absent: the dialect's own."),
  code: z
    .string()
    .min(1)
    .max(100)
    .optional()
    .describe(
      "The error's code, of OpenAI's dialect; below `for.gemini` the name of Google's status. Absent: the dialect's own.",
    ),
  message: z
    .string()
    .min(1)
    .max(1000)
    .refine((text) => !PLACES.test(text), "may hold {message} and {retry_after}, and nothing else in braces")
    .optional()
    .describe(
      "Wording, in which {message} stands for ours and {retry_after} for the seconds to wait; where these are not known, ours counts. Absent: ours, which names the field.",
    ),
});

const errorOverride = errorShape.extend({
  for: z
    .partialRecord(z.enum([...DIALECTS, ...PROTOCOLS, ...SIDE_PROTOCOLS]), errorShape)
    .optional()
    .describe(
      `The same fields where only some clients get them: those of a dialect (${DIALECTS.join(", ")}) or, counting over it, of a protocol such as openai-responses or openai-speech. Absent: as for all.`,
    ),
});

export const errors = z
  .strictObject(
    Object.fromEntries(
      ERROR_KINDS.map((kind) => [
        kind,
        errorOverride.optional().describe(`What a client gets for ${kind}. Absent: the dialect's own.`),
      ]),
    ) as Record<(typeof ERROR_KINDS)[number], z.ZodOptional<typeof errorOverride>>,
  )
  .describe("Where the service's documented errors differ from the default: one entry per kind of error.");

const network = z.string().refine(isNetwork, "must be an IP address or a CIDR block such as 10.0.0.0/8");

export const trustedProxies = z
  .array(network)
  .default([])
  .describe("Proxies whose X-Forwarded-For is believed.");

export const catalogue = z
  .strictObject({
    shown_to: z
      .enum(CATALOGUE_READERS)
      .default("everybody")
      .describe(
        "everybody: the pages of models and prices and the set-ups of tools are open. signed-in: names of models and prices are told to people who signed in, and to keys.",
      ),
  })
  .describe("Who sees what is offered: names of models and their prices.");
