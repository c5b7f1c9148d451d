import { useQuery } from "@tanstack/react-query";
import { api } from "../../base/api.ts";
import type { AccountModel } from "../../base/contract.ts";
import type { Listed } from "../../base/queries.ts";
import { useHere } from "../../shell/session.ts";

const PAGE_ROWS = 200;
const PAGES_MAX = 20;

/** All models: the catalogue is searched as it is typed. */
async function loadModels(path: string): Promise<readonly AccountModel[]> {
  const all: AccountModel[] = [];
  let cursor: string | null = "";
  for (let page = 0; page < PAGES_MAX && cursor !== null; page++) {
    const listed: Listed<AccountModel> = await api.get(path, { limit: PAGE_ROWS, cursor });
    all.push(...listed.items);
    cursor = listed.next_cursor;
  }
  return all;
}

export function useModels() {
  const here = useHere();
  return useQuery({
    queryKey: ["models", here.name],
    queryFn: () => loadModels(`${here.api}/models`),
    staleTime: 60_000,
  });
}
