import { z } from "zod";
import type { Offer } from "./offer.ts";
import { messageIn, reasonOf } from "./probe.ts";

const printable = z.string().regex(/^[^\p{Cc}]{0,300}$/u);
const address = z.string().regex(/^https?:\/\/[A-Za-z0-9.:[\]_~%/-]{1,500}$/);

/** What a gateway may tell: it ends up in files and terminals, so nothing else passes. */
const OFFER = z.object({
  name: printable,
  slug: z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/),
  keyVariable: z.string().regex(/^[A-Z_][A-Z0-9_]{0,63}$/),
  keyPrefix: z.string().regex(/^[a-z0-9_]{0,32}$/),
  origin: address,
  baseUrls: z.object({ anthropic: address, openai: address, gemini: address, codex: address }),
  hosts: z.array(z.object({ origin: address, region: printable, place: printable })).max(100),
  models: z
    .array(
      z.object({
        id: z.string().regex(/^[^\s\p{C}]{1,200}$/u),
        displayName: printable,
        contextTokens: z.int(),
        outputTokensMax: z.int(),
        protocols: z.array(z.string()),
      }),
    )
    .max(5000),
  withheld: z.boolean().default(false),
});

const PATIENCE_MS = 15_000;

/**
 * What the gateway at an address offers.
 * @param url as a person has it: with or without /v1, a slash, a prefix
 * @param key for a gateway that tells its models to keys alone
 * @throws Error naming what to do when there is no gateway
 */
export async function readOffer(url: string, key?: string): Promise<Offer> {
  const text = /^https?:\/\//.test(url) ? url : `https://${url}`;
  if (!URL.canParse(text)) throw new Error(`"${url}" is no address; write it as https://host.`);
  const { origin } = new URL(text);
  let response: Response;
  try {
    response = await fetch(`${origin}/setup/offer.json`, {
      headers: key === undefined ? {} : { authorization: `Bearer ${key}` },
      redirect: key === undefined ? "follow" : "manual",
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
  } catch (cause) {
    throw new Error(`${origin} cannot be reached: ${reasonOf(cause)}. Name the gateway with --url.`, {
      cause,
    });
  }
  if (key !== undefined && (response.status === 401 || response.status === 403))
    throw new Error(`${origin} refused the key: ${messageIn(await response.text())}`);
  const parsed = OFFER.safeParse(response.ok ? await response.json().catch(() => undefined) : undefined);
  if (!parsed.success)
    throw new Error(`${origin} answers, but not as this gateway does; name the gateway with --url.`);
  return parsed.data as Offer;
}
