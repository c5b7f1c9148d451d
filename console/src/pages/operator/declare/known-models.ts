import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useDeferredValue } from "react";
import { api } from "../../../base/api.ts";
import type { KnownModel } from "../../../base/contract.ts";
import type { Listed } from "../../../base/queries.ts";
import type { Draft } from "./draft.ts";

const SHOWN_MAX = 50;

/** Models that are publicly known, by a part of their name; of an upstream's vendor where that is one. */
export function useKnownModels(upstream: string, words: string): readonly KnownModel[] {
  const q = useDeferredValue(words.trim());
  const { data } = useQuery({
    queryKey: ["/operator/known-models", upstream, q],
    queryFn: () => api.get<Listed<KnownModel>>("/operator/known-models", { upstream, q, limit: SHOWN_MAX }),
    enabled: upstream !== "" && q !== "",
    placeholderData: keepPreviousData,
  });
  return data?.items ?? [];
}

/** The draft with what is known of the model, where it says nothing itself; the price is always the list's. */
export function filledFrom(draft: Draft, known: KnownModel): Draft {
  const facts = {
    id: known.id,
    display_name: known.display_name,
    category: known.category,
    tier: known.tier,
    context_tokens: known.context_tokens ?? undefined,
    output_tokens_max: known.output_tokens_max ?? undefined,
  };
  const said = Object.entries(draft).filter(([, value]) => value !== undefined && value !== "");
  return { ...facts, ...Object.fromEntries(said), price: known.price };
}
