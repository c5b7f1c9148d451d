import type { Runner } from "../people/steps.ts";
import { auditStore } from "./audit-store.ts";
import { accountDirectory } from "./directory.ts";
import { tokenStore } from "./token-store.ts";

/** What the management API keeps, in either database. */
export function managementStores(runner: Runner) {
  return {
    audit: auditStore(runner),
    directory: accountDirectory(runner),
    tokens: tokenStore(runner),
  };
}
