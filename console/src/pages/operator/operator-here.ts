import type { AccountEntry } from "../../base/contract.ts";
import type { Here } from "../../shell/session.ts";

/**
 * All organisations at once, in the place of one: pages of an organisation that are read over it show everybody's.
 * Its name is no account's, since what was loaded is kept by it.
 */
export const EVERYWHERE: Here = {
  id: "",
  name: " operator",
  display_name: "",
  role: "viewer",
  monthly_cap_nanos: null,
  api: "/operator",
  home: "/operator",
  may: () => false,
};

/** Where an account's own pages are for the operator. */
export const accountHome = (id: string): string => `/operator/accounts/${id}`;

/** An organisation as its owner sees it, which operators may too. */
export function hereOfEntry({ id, name, display_name }: AccountEntry): Here {
  return {
    id,
    name,
    display_name,
    role: "owner",
    monthly_cap_nanos: null,
    api: `/accounts/${name}`,
    home: accountHome(id),
    may: () => true,
  };
}
