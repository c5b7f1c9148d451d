import { type Client, MODEL, type View } from "./client.ts";
import type { Job } from "./editor/job.ts";
import { EDITOR_CLIENTS } from "./editor-clients.ts";
import type { Offer, OfferedModel } from "./offer.ts";
import { OPEN_CLIENTS } from "./open-clients.ts";
import { VENDOR_CLIENTS } from "./vendor-clients.ts";

/** Every tool that can be set up, in the order in which people read of them. */
export const CLIENTS: readonly Client[] = [...VENDOR_CLIENTS, ...OPEN_CLIENTS, ...EDITOR_CLIENTS];

export function findClient(id: string): Client | undefined {
  return CLIENTS.find((client) => client.id === id);
}

/** Aggregators have hundreds; a tool's list that long helps nobody. */
const MODELS_MAX = 60;

export function viewFor(client: Client, offer: Offer): View {
  const able = offer.models.filter(({ protocols }) =>
    client.protocols.some((name) => protocols.includes(name)),
  );
  return { offer, urls: offer.baseUrls, slug: offer.slug, models: able.slice(0, MODELS_MAX) };
}

/** The model that a client begins with: what suits it best by name, else the first that it can ask for. */
export function modelFor(client: Client, models: readonly OfferedModel[]): string {
  const suited = client.prefers && models.find(({ id }) => client.prefers?.test(id));
  return (suited ?? models[0])?.id ?? "";
}

/** What the editor programs are told to do for a client. */
export function jobFor(client: Client, offer: Offer): Job {
  const view = viewFor(client, offer);
  return {
    client: client.id,
    title: client.title,
    slug: offer.slug,
    origin: offer.origin,
    hosts: offer.hosts,
    model: modelFor(client, view.models),
    files: client.files(view),
    shadows: client.shadows,
  };
}

/** How to start the client, or what to do in the editor. @param model in place of the placeholder */
export function linesFor(client: Client, offer: Offer, model: string): string[] {
  return client.lines(viewFor(client, offer)).map((line) => line.replaceAll(MODEL, model));
}

export interface Check {
  /** Below the origin or the base: a list of models, which costs nothing. */
  readonly url: string;
  /** In front of the key. */
  readonly header: string;
  /** Further headers. */
  readonly more: readonly string[];
}

/** The request that shows whether address and key are right, as the client itself would send it. */
export function checkFor({ dialling }: Client, { baseUrls }: Offer): Check {
  if (dialling === "gemini")
    return { url: `${baseUrls.gemini}/v1beta/models`, header: "x-goog-api-key: ", more: [] };
  if (dialling === "anthropic")
    return {
      url: `${baseUrls.anthropic}/v1/models`,
      header: "Authorization: Bearer ",
      more: ["anthropic-version: 2023-06-01"],
    };
  return { url: `${baseUrls[dialling]}/models`, header: "Authorization: Bearer ", more: [] };
}
