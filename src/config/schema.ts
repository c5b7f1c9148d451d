import { z } from "zod";
import { AFTER_CUT, PROVIDERS } from "../core/model.ts";
import { PROTOCOLS } from "../core/protocol.ts";
import { DEFAULT_BRAND, FIRST_BYTE_MS, IDLE_MS } from "./defaults.ts";
import {
  accessHost,
  brand,
  catalogue,
  currencies,
  errors,
  region,
  trustedProxies,
} from "./schema-offering.ts";
import { limits, plan } from "./schema-plan.ts";
import { multiplier, price } from "./schema-price.ts";
import { prompts } from "./schema-prompts.ts";
import { quirks } from "./schema-quirks.ts";
import { address, id, line } from "./schema-scalars.ts";
import { signUp } from "./schema-sign-up.ts";
import { CATEGORIES, ENDPOINTS, TIERS } from "./types.ts";

const modelName = z.string().regex(/^[^\s\p{C}]{1,200}$/u, "must be 1 to 200 characters without spaces");

const HEADER_NAME = /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/;
const HEADERS_OF_OURS =
  /^(host|connection|content-length|content-encoding|transfer-encoding|te|upgrade|accept-encoding)$/i;
const headerName = z
  .string()
  .regex(HEADER_NAME, "is not a header name")
  .refine((name) => !HEADERS_OF_OURS.test(name), "is set by Quoin itself; remove it");

const timeouts = z
  .strictObject({
    first_byte_ms: z
      .int()
      .min(100)
      .max(3_600_000)
      .default(FIRST_BYTE_MS)
      .describe("Milliseconds until the first byte of an answer."),
    idle_ms: z
      .int()
      .min(100)
      .max(3_600_000)
      .default(IDLE_MS)
      .describe("Milliseconds between two pieces of an answer."),
  })
  .describe("How long an upstream may be silent.");

export const upstream = z
  .strictObject({
    id: id.describe("Name of this upstream in `targets`, history and metrics."),
    provider: z
      .enum(PROVIDERS)
      .describe("The kind of server: how it is addressed and how requests are signed."),
    base_url: address
      .optional()
      .describe(
        "Address, with the version where the vendor's SDK expects it in the base: /v1 for OpenAI kinds, /v1beta for Google, none for Anthropic. Absent: the vendor's own; required for openai-compatible, azure, bedrock and vertex.",
      ),
    api_key: z
      .string()
      .regex(
        /^(?:[\x21-\x7e]*|\s*\{[\x20-\x7e\s]*\}\s*)$/,
        "must be printable ASCII without spaces or line ends, or the JSON of a Google credential",
      )
      .optional()
      .describe(
        `Credential; write \${NAME} to take it from the environment. For vertex also the JSON of a service account, for bedrock an API key or ACCESS_KEY_ID:SECRET_ACCESS_KEY. Absent: none is sent.`,
      ),
    protocols: z
      .array(z.enum(PROTOCOLS))
      .min(1)
      .optional()
      .describe("What the server speaks. Absent: the provider's default."),
    headers: z
      .record(
        headerName,
        z
          .string()
          .max(8192)
          .regex(/^[\x20-\x7e\t]*$/, "must be one line of printable ASCII"),
      )
      .default({})
      .describe("Further headers of each request to this upstream."),
    timeouts: timeouts.default({ first_byte_ms: FIRST_BYTE_MS, idle_ms: IDLE_MS }),
    after_cut: z
      .enum(AFTER_CUT)
      .default("cancel")
      .describe(
        "When the client of a stream leaves: cancel stops the upstream and charges what was relayed; pump reads on, within bounds, and charges what the upstream reports.",
      ),
    quirks: quirks.describe("What the server takes otherwise than Quoin knows, whatever the model."),
  })
  .describe("Where requests go: one vendor's endpoint with one credential.");

const target = z
  .strictObject({
    upstream: z.string().describe("Id of an upstream."),
    model: modelName.optional().describe("The upstream's own name of the model. Absent: the model's id."),
    weight: z
      .int()
      .min(1)
      .max(1000)
      .default(1)
      .describe("Share of the requests, against the weights of the other targets of its order."),
    order: z
      .int()
      .min(1)
      .max(100)
      .default(1)
      .describe(
        "Targets of a lower order are asked first, those of a higher one where these fail or stand back.",
      ),
    cost: price
      .optional()
      .describe(
        "What you pay the upstream, in the fields of `price`: the console shows the margin by it. Customers never see it. Absent: not known.",
      ),
  })
  .describe("An upstream that serves the model.");

/** A default for these would answer another question than the client asked. */
const FIELDS_OF_THE_CLIENT = /^(model|stream|messages|input|prompt|contents)$/;

export const model = z
  .strictObject({
    id: modelName.describe("The name that clients ask for."),
    display_name: line.optional().describe("Shown in the catalogue. Absent: the id."),
    vendor: line
      .optional()
      .describe("Who made the model; shown in the catalogue. Absent: what Quoin knows, or empty."),
    family: line.optional().describe("Shown in the catalogue. Absent: empty."),
    description: z.string().max(2000).optional().describe("Shown in the catalogue. Absent: empty."),
    aliases: z
      .array(modelName)
      .default([])
      .describe(
        "Other names that clients may ask for. One that ends with * stands for every name that begins so and that nothing else bears; the longest that fits counts.",
      ),
    category: z
      .enum(CATEGORIES)
      .optional()
      .describe("What the model is for. Absent: what Quoin knows, or llm."),
    tier: z
      .enum(TIERS)
      .optional()
      .describe("Shown in the catalogue. Absent: what Quoin knows, or open-weight."),
    context_tokens: z
      .int()
      .min(1)
      .max(100_000_000)
      .optional()
      .describe("Tokens of input and output together. Absent: what Quoin knows, or 131072."),
    output_tokens_max: z
      .int()
      .min(1)
      .max(100_000_000)
      .optional()
      .describe(
        "Most tokens of one answer. Absent: what Quoin knows, or 32768, and never above context_tokens.",
      ),
    published: z
      .boolean()
      .default(true)
      .describe("Whether customers see it and may ask for it. false: only operators do, in test calls."),
    price: price.optional(),
    endpoints: z
      .array(z.enum(ENDPOINTS))
      .min(1)
      .optional()
      .describe(
        "What the model serves, as far as its upstreams speak the protocol. Absent: the category's default.",
      ),
    defaults: z
      .record(
        z
          .string()
          .refine((name) => !FIELDS_OF_THE_CLIENT.test(name), "is always the client's own; remove it"),
        z.json(),
      )
      .default({})
      .describe("Request fields, as any protocol spells them, that are set unless the client sets them."),
    quirks: quirks.describe(
      "What the model takes otherwise than Quoin knows: the fields of an upstream's `quirks`, and over them.",
    ),
    limits: limits("an account").describe("How much all keys of an account together may ask of this model."),
    targets: z.array(target).min(1).describe("Upstreams that serve the model."),
  })
  .describe("A model that clients can ask for.");

export const account = z
  .strictObject({
    name: z.string().min(1).max(100).describe("The account, as `quoin keys create --account` names it."),
    price_multiplier: multiplier.describe("What the account pays of the price list, in place of its plan's."),
  })
  .describe("What is agreed with one customer.");

/** quoin.yaml as it is written: snake_case, money as decimal strings, everything optional at the top. */
export const QUOIN_YAML = z
  .strictObject({
    upstreams: z
      .array(upstream)
      .default([])
      .describe(
        "Where requests go. Absent: vendors' keys in the environment and servers on this machine (QUOIN_DISCOVER), or the demo.",
      ),
    models: z
      .array(model)
      .default([])
      .describe("What clients can ask for. Absent: the models of discovered upstreams."),
    plans: z
      .array(plan)
      .default([])
      .describe("What keys may do. Absent: one plan `default` with key_prefix qn_live_ and no limits."),
    accounts: z
      .array(account)
      .default([])
      .describe("What is agreed with single customers. Absent: all are as their plan says."),
    currencies,
    signup: signUp.prefault({}),
    catalogue: catalogue.prefault({}),
    brand: brand.default({
      name: DEFAULT_BRAND.name,
      colors: {},
      key_variable: DEFAULT_BRAND.keyVariable,
      base_urls: {},
    }),
    hosts: z.array(accessHost).default([]).describe("Domains that customers reach the service by."),
    regions: z.array(region).default([]).describe("Places where nodes stand."),
    errors: errors.default({}),
    prompts: prompts.prefault({}),
    trusted_proxies: trustedProxies,
  })
  .describe("quoin.yaml: everything an operator of Quoin declares.");

export type QuoinYaml = z.output<typeof QUOIN_YAML>;
export type UpstreamYaml = QuoinYaml["upstreams"][number];
export type ModelYaml = QuoinYaml["models"][number];
export type PlanYaml = QuoinYaml["plans"][number];
export type PriceYaml = NonNullable<ModelYaml["price"]>;
export type LimitsYaml = PlanYaml["limits"];
