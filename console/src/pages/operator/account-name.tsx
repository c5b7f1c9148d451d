import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { api } from "../../base/api.ts";
import type { AccountEntry } from "../../base/contract.ts";
import { accountHome } from "./operator-here.ts";

const NAMES_FRESH_MS = 600_000;

/** Whose it is, by name, with the way there. */
export function AccountName({ id }: { id: string }) {
  const { data } = useQuery({
    queryKey: ["operator-account", id],
    queryFn: () => api.get<AccountEntry>(`/operator/accounts/${id}`),
    staleTime: NAMES_FRESH_MS,
  });
  return (
    <Link href={accountHome(id)} onClick={(event) => event.stopPropagation()}>
      {data ? data.display_name || data.name : `${id.slice(0, 8)}…`}
    </Link>
  );
}
