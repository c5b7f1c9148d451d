import type { Runner } from "../people/steps.ts";
import { auditStore } from "./audit-store.ts";
import { accountDirectory } from "./directory.ts";
import { openLots } from "./open-lots.ts";
import { quarantineStore } from "./quarantine-store.ts";
import { tokenStore } from "./token-store.ts";

/** What the management API keeps, in either database. */
export function managementStores(runner: Runner) {
  return {
    audit: auditStore(runner),
    directory: accountDirectory(runner),
    openLots: openLots(runner),
    quarantine: quarantineStore(runner),
    tokens: tokenStore(runner),
  };
}
