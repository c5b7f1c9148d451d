import { useQuery } from "@tanstack/react-query";
import { createContext, useContext } from "react";
import { type AccountPermission, permissionsOf } from "../../../src/accounts/permissions.ts";
import { ApiError, api } from "../base/api.ts";
import type { Me, MyAccount } from "../base/contract.ts";
import { queryClient } from "../base/queries.ts";
import { remembered } from "../base/store.ts";

const ME = ["me"];

async function loadMe(): Promise<Me | null> {
  try {
    return await api.get<Me>("/me");
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return null;
    throw error;
  }
}

export const ME_QUERY = { queryKey: ME, queryFn: loadMe, staleTime: 60_000 };

/** Who is signed in; null: nobody. */
export const useSession = () => useQuery(ME_QUERY);

export function setMe(me: Me | null): void {
  queryClient.setQueryData(ME, me);
}

export const refreshMe = (): Promise<void> => queryClient.invalidateQueries({ queryKey: ME });

/** Signs out and forgets all that was loaded for the person. */
export async function signOut(): Promise<void> {
  await api.post("/auth/sign-out");
  queryClient.clear();
  setMe(null);
}

export const MeContext = createContext<Me | undefined>(undefined);

/** The person who is signed in; for pages behind the gate. */
export function useMe(): Me {
  const me = useContext(MeContext);
  if (!me) throw new Error("a page for people who are signed in was rendered outside of the gate");
  return me;
}

/** The organisation whose pages are shown, and what the reader may do in it. */
export interface Here extends MyAccount {
  /** Where its routes of the API begin. */
  readonly api: string;
  /** Where its pages begin. */
  readonly home: string;
  readonly may: (permission: AccountPermission) => boolean;
}

export const HereContext = createContext<Here | undefined>(undefined);

export function useHere(): Here {
  const here = useContext(HereContext);
  if (!here) throw new Error("a page of an organisation was rendered outside of one");
  return here;
}

export function hereOf(account: MyAccount): Here {
  const granted = permissionsOf(account.role);
  return {
    ...account,
    api: `/accounts/${account.name}`,
    home: `/o/${account.name}`,
    may: (permission) => granted.has(permission),
  };
}

const LAST = "account";

export const rememberAccount = (name: string): void => remembered.set(LAST, name);

/** The organisation that was open last, or the first. */
export function lastAccount({ accounts }: Me): MyAccount | undefined {
  const last = remembered.get(LAST);
  return accounts.find(({ name }) => name === last) ?? accounts[0];
}
