import { useQuery } from "@tanstack/react-query";
import { api } from "../../base/api.ts";
import type { UserEntry } from "../../base/contract.ts";
import type { Listed } from "../../base/queries.ts";

/** E-mail addresses of the newest users, so that actors are people; others are told by their id. */
export function useUserName(): (actor: string) => string {
  const { data } = useQuery({
    queryKey: ["/operator/users", "names"],
    queryFn: () => api.get<Listed<UserEntry>>("/operator/users", { limit: 200 }),
  });
  const names = new Map(data?.items.map(({ id, email }) => [`user:${id}`, email]));
  return (actor) => names.get(actor) ?? actor;
}
