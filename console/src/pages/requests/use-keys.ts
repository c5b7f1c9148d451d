import { useQuery } from "@tanstack/react-query";
import { api } from "../../base/api.ts";
import type { Key } from "../../base/contract.ts";
import type { Listed } from "../../base/queries.ts";
import { useHere } from "../../shell/session.ts";

/** The newest keys with what people call them; empty for those who may not list them. */
export function useKeyNames(): [id: string, name: string][] {
  const here = useHere();
  const { data } = useQuery({
    queryKey: [`${here.api}/keys`, "filter"],
    queryFn: () => api.get<Listed<Key>>(`${here.api}/keys`, { limit: 200 }),
    enabled: here.may("keys:read"),
  });
  return (data?.items ?? []).map(({ id, name, hint }) => [id, name ? `${name} (${hint})` : hint]);
}
