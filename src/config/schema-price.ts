import { z } from "zod";
import { moment } from "./schema-scalars.ts";

const USD = /^\d{1,9}(\.\d{1,9})?$/;
export const usd = z.union(
  [
    z.string().regex(USD, 'must be USD as a decimal string such as "0.15", with at most nine decimals'),
    z.number(),
  ],
  {
    error: 'must be USD as a decimal string such as "0.15"',
  },
);

const KINDS_PER_MILLION = [
  ["input", "input tokens that were neither read from nor written to a cache", "0"],
  ["output", "output tokens", "0"],
  ["cache_read", "input tokens read from a cache", "as input"],
  ["cache_write", "input tokens written to a cache for five minutes", "as input"],
  ["cache_write_1h", "input tokens written to a cache for an hour", "as cache_write"],
  ["reasoning", "reasoning tokens", "as output"],
  ["audio_input", "audio input tokens", "as input"],
  ["audio_output", "audio output tokens", "as output"],
  ["image", "image output tokens", "as output"],
  ["characters", "characters that are spoken", "0"],
] as const;

type KindPerMillion = (typeof KINDS_PER_MILLION)[number][0];

/** One field for each kind; in a tier the base price stands for what is absent. */
function perMillion(absent?: string): Record<KindPerMillion, z.ZodOptional<typeof usd>> {
  const fields = KINDS_PER_MILLION.map(([kind, what, otherwise]) => [
    kind,
    usd.optional().describe(`USD per million ${what}. Absent: ${absent ?? otherwise}.`),
  ]);
  return Object.fromEntries(fields) as Record<KindPerMillion, z.ZodOptional<typeof usd>>;
}

const priceTier = z
  .strictObject({
    above_input_tokens: z
      .int()
      .min(1)
      .describe(
        "Tokens. The tier counts for a whole request whose input, cached tokens included, is larger.",
      ),
    ...perMillion("the base price"),
  })
  .describe("Prices that replace the base ones for requests with much input.");

const tiers = z
  .array(priceTier)
  .optional()
  .describe("Prices for requests with much input. Absent: one price for all.");

const pricePeriod = z
  .strictObject({
    from: moment.describe("A day (UTC) or a moment: requests that arrive from then on have this price."),
    until: moment.optional().describe("The first day or moment that has it no more. Absent: it stays."),
    ...perMillion("the base price"),
    request: usd.optional().describe("USD for each request. Absent: the base price."),
    search: usd.optional().describe("USD for each search. Absent: the base price."),
    minute: usd.optional().describe("USD for a minute of audio that is heard. Absent: the base price."),
    tiers,
  })
  .refine(
    ({ from, until }) => until === undefined || Date.parse(from) < Date.parse(until),
    "must have an `until` that is later than its `from`",
  )
  .describe("Prices that replace the base ones for a time.");

export const price = z
  .strictObject({
    ...perMillion(),
    request: usd.optional().describe("USD for each request. Absent: 0."),
    search: usd.optional().describe("USD for each search that the vendor makes and bills apart. Absent: 0."),
    minute: usd
      .optional()
      .describe("USD for a minute of audio that is heard, charged by the second. Absent: 0."),
    tiers,
    periods: z
      .array(pricePeriod)
      .optional()
      .describe("Prices for a time: the first that holds counts. Absent: one price for ever."),
  })
  .describe(
    "USD per million tokens as decimal strings. A model of your own that is free has input and output 0. Absent: the list price of the first target that Quoin knows, else an error.",
  );

/** A share of the price list. */
export const multiplier = z
  .string({ error: 'must be a decimal string such as "0.9"' })
  .regex(
    /^\d{1,3}(\.\d{1,6})?$/,
    'must be a decimal string from 0 to 999 such as "0.9", with at most six decimals',
  )
  .default("1");
