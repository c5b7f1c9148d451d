import { api } from "../base/api.ts";
import type { Meta } from "../base/contract.ts";
import { newStore, useStore } from "../base/store.ts";
import { applyBrand } from "../base/theme.ts";

const store = newStore<Meta | undefined>(undefined);

/** What this installation is; loaded before the first page. */
export function useMeta(): Meta {
  const meta = useStore(store);
  if (!meta) throw new Error("a page was rendered before /meta was loaded");
  return meta;
}

export const brandName = (): string => store.get()?.brand.name ?? "Quoin";

async function loadMeta(): Promise<Meta> {
  const meta = await api.get<Meta>("/meta");
  applyBrand(meta.brand.colors);
  store.set(meta);
  return meta;
}

export const META_QUERY = { queryKey: ["meta"], queryFn: loadMeta, staleTime: Number.POSITIVE_INFINITY };
