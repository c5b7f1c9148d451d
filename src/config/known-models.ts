import type { Upstream } from "../core/model.ts";
import { catalogModels } from "./catalog.ts";
import { priceYaml } from "./config-yaml.ts";
import { VENDORS, vendorOf } from "./vendors.ts";

/** A model of the catalogue as a start for a declaration: what quoin.yaml would say of it. */
export interface KnownModel {
  /** The vendor's own name of it. */
  readonly id: string;
  readonly display_name: string;
  readonly vendor: string;
  readonly category: string;
  readonly tier: string;
  /** null: not known. */
  readonly context_tokens: number | null;
  readonly output_tokens_max: number | null;
  /** The list price of today. */
  readonly price: Record<string, unknown>;
}

/**
 * Models of the catalogue whose id or name has the words in it.
 * @param upstream whose vendor's are wanted; those of all vendors where it is none's
 */
export function knownModels(upstream: Upstream | undefined, words: string): KnownModel[] {
  const own = upstream && vendorOf(upstream);
  const wanted = words.toLowerCase();
  return (own ? [own] : VENDORS).flatMap(({ id: vendor, name }) =>
    catalogModels(vendor)
      .filter(({ id, displayName }) => `${id} ${displayName}`.toLowerCase().includes(wanted))
      .map(({ id, displayName, category, tier, contextTokens, outputTokensMax, price }) => ({
        ...{ id, display_name: displayName, vendor: name, category, tier },
        context_tokens: contextTokens ?? null,
        output_tokens_max: outputTokensMax ?? null,
        price: { ...priceYaml(price) },
      })),
  );
}
