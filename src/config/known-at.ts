import type { Upstream } from "../core/model.ts";
import { type CatalogModel, lookupCatalog } from "./catalog.ts";
import { vendorOf, vendorsName } from "./vendors.ts";

/** What the catalogue knows of an upstream's model. */
export function knownAt(upstream: Upstream, model: string): CatalogModel | undefined {
  const vendor = vendorOf(upstream);
  return vendor && lookupCatalog(vendor.id, vendorsName(upstream, model));
}
