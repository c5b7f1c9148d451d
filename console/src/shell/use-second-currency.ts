import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { api } from "../base/api.ts";
import type { AccountCurrency } from "../base/contract.ts";
import { secondCurrency } from "../base/second-currency.ts";
import type { Here } from "./session.ts";

/** The currencies that an organisation may be shown amounts in, and which it is. */
export function useCurrency(here: Pick<Here, "api" | "name"> | undefined) {
  return useQuery({
    queryKey: ["currency", here?.name],
    queryFn: () => api.get<AccountCurrency>(`${here?.api}/wallet/currency`),
    enabled: here !== undefined,
  });
}

/** Amounts are shown in the currency of the organisation that is open. */
export function useSecondCurrency(here: Here | undefined): void {
  const { data } = useCurrency(here);
  const chosen = data?.offered.find(({ code }) => code === data.shown);
  const { code, rate } = chosen ?? {};
  useEffect(() => {
    secondCurrency.set(code === undefined || rate === undefined ? undefined : { code, rate });
    return () => secondCurrency.set(undefined);
  }, [code, rate]);
}
