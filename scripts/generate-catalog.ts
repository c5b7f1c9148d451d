/**
 * Writes src/config/catalog.json from @pydantic/genai-prices (MIT): `bun scripts/generate-catalog.ts`.
 * Only its tables are read. Its numbers are floats printed shortest, which gives back the decimals
 * that were written; everything after that is text and bigint.
 */
import { findProvider, type MatchLogic, type ModelInfo, type ModelPrice } from "@pydantic/genai-prices";
import packageJson from "../node_modules/@pydantic/genai-prices/package.json" with { type: "json" };
import type { CatalogEntry, CatalogFile, Pattern } from "../src/config/catalog.ts";
import type { PricedFields, PriceField, TierFields } from "../src/config/prices.ts";
import type { Category } from "../src/config/types.ts";

/** Price changes before this day are history; later ones are kept with their dates. */
const AS_OF = "2026-11-01";

const VENDORS = [
  "anthropic",
  "openai",
  "google",
  "openrouter",
  "deepseek",
  "groq",
  "mistral",
  "x-ai",
  "cerebras",
  "moonshotai",
  "fireworks",
  "perplexity",
  "zai",
  "minimax",
]; // prettier-ignore

/** The package's unit → our price field, and how many of its units make one of ours. */
const FIELD_OF: Readonly<Record<string, readonly [PriceField, per: bigint]>> = {
  input_mtok: ["input", 1n],
  output_mtok: ["output", 1n],
  cache_read_mtok: ["cache_read", 1n],
  cache_write_mtok: ["cache_write", 1n],
  cache_write_1h_mtok: ["cache_write_1h", 1n],
  output_reasoning_mtok: ["reasoning", 1n],
  input_audio_mtok: ["audio_input", 1n],
  output_audio_mtok: ["audio_output", 1n],
  output_image_mtok: ["image", 1n],
  requests_kcount: ["request", 1000n],
  web_searches_kcount: ["search", 1000n],
};

/** Finer than our kinds of usage; the coarser kind is charged. */
const COARSENED = new Set([
  "cache_audio_read_mtok",
  "cache_image_read_mtok",
  "input_image_mtok",
  "input_video_mtok",
  "storage_searches_kcount",
]); // prettier-ignore

/** Most tokens of an answer, from the vendors' public model pages. The first that fits counts. */
const OUTPUT_TOKENS_MAX: readonly (readonly [RegExp, number])[] = [
  [
    /claude-(opus-4-[6-9]|opus-[5-9]|sonnet-[5-9]|fable)|claude-(opus-4\.[6-9]|opus-[5-9]|sonnet-[5-9])/,
    128_000,
  ],
  [/claude-(sonnet-4|haiku-4|opus-4[-.]5|3[-.]7)/, 64_000],
  [/claude-opus-4/, 32_000],
  [/claude-3[-.]5/, 8192],
  [/claude-(3|2|v)/, 4096],
  [/gpt-[5-9]/, 128_000],
  [/(^|\/)o\d/, 100_000],
  [/gpt-4\.1/, 32_768],
  [/gpt-4o|chatgpt-4o/, 16_384],
  [/gpt-(4|3\.5|35)/, 4096],
  [/gemini-(2\.5|[3-9])/, 65_536],
  [/gemini/, 8192],
];

/** What Anthropic serves under dated names besides the entry's id (its SDK's list of models). */
const DATED_IDS: Readonly<Record<string, readonly string[]>> = {
  "claude-haiku-4-5": ["claude-haiku-4-5-20251001"],
  "claude-opus-4-5": ["claude-opus-4-5-20251101"],
  "claude-sonnet-4-5": ["claude-sonnet-4-5-20250929"],
};

/** Withdrawn by the vendor, never served under this name, or only over sockets: priced, not offered. */
const HIDDEN: Readonly<Record<string, RegExp>> = {
  anthropic: /claude-(2|v1|3|opus-4-[01]|sonnet-4-0)/,
  openai:
    /^(ada|babbage|curie|davinci|text-davinci.*|ft:.*|.*\.ft-|gpt-3\.5-0301|gpt-3\.5-turbo-(0613|1106|16k)|gpt-4-(32k|vision).*|gpt-4\.5.*|o1-(preview|mini)|chatgpt-4o-latest|codex-mini|computer-use|.*:extended|gpt-5.*-image.*|gpt-oss.*)$/,
  google: /-maas$|^(gemini-(1\.|pro|flash-1|2\.0|2\.5-flash-preview)|gemma-2)/,
};
const HIDDEN_ANYWHERE = /realtime|native-audio|(^|-)live(-|$)|:extended|-$/;

/** How a vendor names what it serves; the table also has the names that others use for the same model. */
const OWN_NAME: Readonly<Record<string, RegExp>> = { openrouter: /\//, fireworks: /^accounts\// };

/** The package keeps models of these for old bills; what it still maintains has a context window. */
const KEEPS_OLD_MODELS = (vendor: string) => vendor !== "openai" && vendor !== "google";

/** The table's gaps, from the vendors' public model pages. */
const CONTEXT_TOKENS: readonly (readonly [RegExp, number])[] = [[/^gemini-(2\.5|3)/, 1_048_576]];

/** Spellings of other hosts (Azure's gpt-5-1, `x-ai/…` at x.ai): good for a price, not for a request. */
const FOREIGN_SPELLING = /^gpt-(35|\d-\d(?!\d))|[:@]|^(x-ai|cerebras)\//;

const CATEGORY: readonly (readonly [RegExp, Category])[] = [
  [/embed/, "embedding"],
  [/rerank/, "rerank"],
  [/whisper|transcribe/, "transcription"],
  [/tts/, "speech"],
  [/gpt-image|-image|flux|stable-diffusion/, "image"],
  [/guard|moderation|safeguard/, "safety"],
  [/codex|code|coder|devstral/, "code"],
  [/-vl-|vision|pixtral/, "vision"],
];

const OPEN_WEIGHT =
  /llama|qwen|qwq|gemma|gpt-oss|deepseek|kimi-k|glm-|mixtral|open-mistral|mistral-(7b|nemo|small)|devstral-small|minimax-m|phi-|olmo|nemotron|hermes|yi-|command-r|falcon|granite|whisper/i;

/** 0.0028 → "0.0028", 1e-7 → "0.0000001". */
function decimal(value: number): string {
  const [digits = "", exponent] = String(value).split("e");
  if (exponent === undefined) return digits;
  const [whole = "", fraction = ""] = digits.split(".");
  return `0.${"0".repeat(-Number(exponent) - 1)}${whole}${fraction}`;
}

/** A tenth decimal (OpenRouter's thirds) rounds up, so that no list price is below the vendor's. */
function nanosOf(value: number): bigint {
  const match = /^(\d+)(?:\.(\d+))?$/.exec(decimal(value));
  if (!match)
    throw new RangeError(`${value} is not an amount of USD; correct the package's table or skip the model.`);
  const fraction = (match[2] ?? "").padEnd(9, "0");
  const finer = /[1-9]/.test(fraction.slice(9)) ? 1n : 0n;
  return BigInt(match[1] ?? "0") * 1_000_000_000n + BigInt(fraction.slice(0, 9)) + finer;
}

function usdOf(nanos: bigint): string {
  const fraction = (nanos % 1_000_000_000n).toString().padStart(9, "0").replace(/0+$/, "");
  return fraction === "" ? String(nanos / 1_000_000_000n) : `${nanos / 1_000_000_000n}.${fraction}`;
}

function amount(value: number, per: bigint): string {
  const nanos = nanosOf(value);
  if (nanos % per !== 0n) throw new RangeError(`${value} per ${per} is finer than a nano of USD.`);
  return usdOf(nanos / per);
}

/** Undefined where the model bills something that no field of ours can express. */
function readPrice(prices: ModelPrice): PricedFields<string> | undefined {
  const fields: Partial<Record<PriceField, string>> = {};
  const tiers = new Map<number, Partial<Record<PriceField, string>>>();
  for (const [unit, value] of Object.entries(prices)) {
    if (value === undefined || COARSENED.has(unit)) continue;
    const [field, per] = FIELD_OF[unit] ?? [];
    if (field === undefined || per === undefined) return undefined;
    fields[field] = amount(typeof value === "number" ? value : value.base, per);
    for (const tier of typeof value === "number" ? [] : value.tiers) {
      tiers.set(tier.start, { ...tiers.get(tier.start), [field]: amount(tier.price, per) });
    }
  }
  const ordered = [...tiers].toSorted(([left], [right]) => left - right);
  if (ordered.length === 0) return fields;
  return {
    ...fields,
    tiers: ordered.map(([start, tier]): TierFields<string> => ({ above_input_tokens: start, ...tier })),
  };
}

interface DatedPrice {
  readonly from: string;
  readonly price: PricedFields<string>;
}

/** Hours of the day become the dearest hour's price: a list price must never be below the vendor's. */
function datedPrices(model: ModelInfo): DatedPrice[] | undefined {
  const dated: DatedPrice[] = [];
  for (const entry of Array.isArray(model.prices) ? model.prices : [{ prices: model.prices }]) {
    const price = readPrice(entry.prices);
    if (!price) return undefined;
    const constraint = "constraint" in entry ? entry.constraint : undefined;
    const last = dated.at(-1);
    if (constraint && "start_time" in constraint && last) {
      if (Number(price.input) > Number(last.price.input))
        dated[dated.length - 1] = { from: last.from, price };
    } else {
      dated.push({ from: constraint && "start_date" in constraint ? constraint.start_date : "", price });
    }
  }
  const current = dated.findLastIndex(({ from }) => from <= AS_OF);
  return dated.slice(Math.max(0, current));
}

function patterns(match: MatchLogic): Pattern[] {
  if ("or" in match) return match.or.flatMap(patterns);
  if ("and" in match) return [match.and.flatMap(patterns).flat()];
  if ("equals" in match) return [match.equals];
  if ("starts_with" in match) return [`${match.starts_with}*`];
  if ("ends_with" in match) return [`*${match.ends_with}`];
  return "contains" in match ? [`*${match.contains}*`] : [`/${match.regex}/`];
}

const isId = (pattern: Pattern): pattern is string =>
  typeof pattern === "string" && !/[*/^]/.test(pattern.replaceAll(/(?<=\w)\/(?=\w)/g, ""));

function isHidden(
  vendor: string,
  model: ModelInfo,
  category: Category | undefined,
  names: readonly string[],
): boolean {
  return (
    model.deprecated === true ||
    names.length === 0 ||
    (model.context_window === undefined && KEEPS_OLD_MODELS(vendor)) ||
    names.some((name) => HIDDEN_ANYWHERE.test(name)) ||
    (HIDDEN[vendor]?.test(model.id) ?? false) ||
    // No kind of usage of ours counts the tokens of an image.
    category === "image"
  );
}

function toEntry(vendor: string, model: ModelInfo): CatalogEntry | undefined {
  const dated = datedPrices(model);
  const [base, ...later] = dated ?? [];
  if (!base || (Object.keys(base.price).length === 0 && !model.id.endsWith(":free"))) return undefined;
  const price = Object.keys(base.price).length === 0 ? { input: "0", output: "0" } : base.price;
  const all = patterns(model.match);
  const served = vendor === "openrouter" ? [] : all.filter(isId).filter((id) => !FOREIGN_SPELLING.test(id));
  const named = (id: string) => OWN_NAME[vendor]?.test(id) ?? true;
  const spellings = new Map(
    [...served, ...(DATED_IDS[model.id] ?? [])].reverse().map((id) => [id.toLowerCase(), id]),
  );
  spellings.delete(model.id.toLowerCase());
  const others = [...spellings.values()].reverse().filter(named);
  const id = named(model.id) ? model.id : (others.shift() ?? model.id);
  const ids = others;
  const match = all.filter((pattern) => typeof pattern !== "string" || ![id, ...ids].includes(pattern));
  const category = CATEGORY.find(([pattern]) => pattern.test(model.id))?.[1];
  const context = model.context_window ?? CONTEXT_TOKENS.find(([pattern]) => pattern.test(model.id))?.[1];
  const output = OUTPUT_TOKENS_MAX.find(([pattern]) => pattern.test(model.id))?.[1];
  return {
    id,
    ...(model.name && vendor !== "openrouter" && model.name !== model.id ? { name: model.name } : {}),
    ...(ids.length > 0 ? { ids } : {}),
    ...(match.length > 0 ? { match } : {}),
    ...(context ? { context } : {}),
    ...(output ? { output: Math.min(output, context ?? output) } : {}),
    ...(category ? { category } : {}),
    ...(OPEN_WEIGHT.test(model.id) ? { open: true as const } : {}),
    ...(isHidden(vendor, model, category, [id, ...ids].filter(named)) ? { hidden: true as const } : {}),
    price,
    ...(later.length > 0 ? { later } : {}),
  };
}

function entriesOf(vendor: string): CatalogEntry[] {
  const provider = findProvider({ providerId: vendor });
  if (!provider)
    throw new Error(`@pydantic/genai-prices knows no provider ${vendor}; correct the list of vendors.`);
  // Google's table also has Claude as Vertex sells it, which a Gemini key cannot reach.
  const models = provider.models.filter((model) => vendor !== "google" || !model.id.startsWith("claude"));
  return models.flatMap((model) => toEntry(vendor, model) ?? []);
}

/** One model a line, so that a new version of the package gives a diff that can be read. */
export function renderCatalog(): string {
  const file: CatalogFile = {
    source: `@pydantic/genai-prices ${packageJson.version}`,
    asOf: AS_OF,
    vendors: {},
  };
  const vendors = VENDORS.map((vendor) => {
    const lines = entriesOf(vendor).map((entry) => JSON.stringify(entry));
    return `${JSON.stringify(vendor)}:[\n${lines.join(",\n")}\n]`;
  });
  return `{"source":${JSON.stringify(file.source)},"asOf":${JSON.stringify(file.asOf)},"vendors":{\n${vendors.join(",\n")}\n}}\n`;
}

if (import.meta.main) {
  await Bun.write(new URL("../src/config/catalog.json", import.meta.url), renderCatalog());
}
