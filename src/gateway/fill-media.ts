import type { GenerationRequest } from "../core/generation/request.ts";
import type { TargetTraits } from "../core/generation/traits.ts";
import { type FetchedMedia, mediaToFetch, withFetched } from "../translation/media-fetch.ts";
import type { Exchange } from "./exchange.ts";
import type { Gateway } from "./gateway.ts";
import { fetchMedia } from "./guarded-fetch.ts";

/**
 * Puts bytes in place of the URLs that the target does not fetch by itself; each is fetched once,
 * whatever targets are tried.
 * @throws GatewayError naming the field, for an address that is refused or gives no such media.
 */
export async function fillMedia(
  gateway: Gateway,
  exchange: Exchange,
  request: GenerationRequest,
  traits: TargetTraits,
): Promise<GenerationRequest> {
  const wanted = mediaToFetch(request, traits);
  if (wanted.length === 0) return request;
  const { signal } = exchange.request;
  const fetched = new Map<string, FetchedMedia>();
  await Promise.all(
    wanted.map(async ({ url, media, at }) => {
      const known = exchange.media.get(url);
      const found = known ?? (await fetchMedia(url, { ...gateway.fetching, field: at, media, signal }));
      exchange.media.set(url, found);
      fetched.set(url, found);
    }),
  );
  return withFetched(request, fetched);
}
