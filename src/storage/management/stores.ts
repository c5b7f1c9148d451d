import type { Runner } from "../people/steps.ts";
import { auditStore } from "./audit-store.ts";
import { accountBrandStore } from "./brand-store.ts";
import { declaredStore } from "./declared-store.ts";
import { accountDirectory } from "./directory.ts";
import { openLots } from "./open-lots.ts";
import { quarantineStore } from "./quarantine-store.ts";
import { tokenStore } from "./token-store.ts";

/**
 * What the management API keeps, in either database.
 * @param tellDeclared statements that tell other nodes that something was declared
 */
export function managementStores(runner: Runner, tellDeclared: readonly string[] = []) {
  return {
    audit: auditStore(runner),
    brands: accountBrandStore(runner, tellDeclared),
    declared: declaredStore(runner, tellDeclared),
    directory: accountDirectory(runner),
    openLots: openLots(runner),
    quarantine: quarantineStore(runner),
    tokens: tokenStore(runner),
  };
}
