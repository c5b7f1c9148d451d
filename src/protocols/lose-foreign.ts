import type { Extensions } from "../core/generation/node.ts";
import type { Protocol } from "../core/protocol.ts";
import type { LossReport } from "./translation.ts";

/**
 * Tells of every member that only another protocol has; notes (`$…`) are no loss.
 * @param own the protocol that is written
 * @param reason why its peers do not get the member
 * @param at the node's place; "" for the request itself
 */
export function loseForeign(
  extensions: Extensions | undefined,
  own: Protocol,
  reason: string,
  report: LossReport,
  at = "",
): void {
  for (const [protocol, members] of Object.entries(extensions ?? {})) {
    if (protocol === own) continue;
    for (const name of Object.keys(members ?? {})) {
      if (!name.startsWith("$")) report.lose("dropped", at === "" ? name : `${at}.${name}`, reason);
    }
  }
}
