import type { Awaitable } from "../base/awaitable.ts";
import { GatewayError } from "../core/errors.ts";
import type { GenerationRequest } from "../core/generation/request.ts";
import type { TargetTraits } from "../core/generation/traits.ts";
import {
  type FetchedMedia,
  type MediaToFetch,
  mediaToFetch,
  withFetched,
} from "../translation/media-fetch.ts";
import type { Exchange } from "./exchange.ts";
import type { Gateway } from "./gateway.ts";
import { fetchMedia } from "./guarded-fetch.ts";

/** Of one request: a line of JSON must not make this machine fetch the internet. */
const URLS_MAX = 20;
const BYTES_MAX = 50 * 1024 * 1024;

/**
 * Puts bytes in place of the URLs that the target does not fetch by itself; each is fetched once,
 * whatever targets are tried.
 * @throws GatewayError naming the field, for an address that is refused or gives no such media, and for
 *   more or larger media than one request may have fetched.
 */
export function fillMedia(
  gateway: Gateway,
  exchange: Exchange,
  request: GenerationRequest,
  traits: TargetTraits,
): Awaitable<GenerationRequest> {
  const wanted = mediaToFetch(request, traits);
  if (wanted.length === 0) return request;
  const tooMany = wanted[URLS_MAX];
  if (tooMany) throw refusal(tooMany, `of one request ${URLS_MAX} addresses at most are fetched`);
  const missing = wanted.filter(({ url }) => !exchange.media.has(url));
  return fetchAll(gateway, exchange, missing).then(() => withFetched(request, exchange.media));
}

/** The first that fails ends the others. */
async function fetchAll(
  gateway: Gateway,
  { request, media }: Exchange,
  wanted: readonly MediaToFetch[],
): Promise<void> {
  const failed = new AbortController();
  const signal = AbortSignal.any([request.signal, failed.signal]);
  const allowance = { bytesLeft: BYTES_MAX - sizeOf(media) };
  const fetchOne = async ({ url, media: kind, at }: MediaToFetch) => {
    const options = { ...gateway.fetching, field: at, media: kind, signal, allowance };
    media.set(url, await fetchMedia(url, options));
  };
  try {
    await Promise.all(wanted.map(fetchOne));
  } finally {
    failed.abort();
  }
}

function sizeOf(media: ReadonlyMap<string, FetchedMedia>): number {
  return [...media.values()].reduce((sum, { bytes }) => sum + bytes.length, 0);
}

function refusal({ at }: MediaToFetch, words: string): GatewayError {
  return new GatewayError("bad_request", `${at}: ${words}; send fewer, or the bytes in base64.`, {
    param: at,
  });
}
