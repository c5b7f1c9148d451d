import { GatewayError } from "../core/errors.ts";
import { LOSS_POLICIES, type LossPolicy } from "../core/generation/loss.ts";
import type { Principal } from "../core/principal.ts";

function isPolicy(text: string): text is LossPolicy {
  return (LOSS_POLICIES as readonly string[]).includes(text);
}

/**
 * What the client wants done about losses: its header, its key's setting, or a warning.
 * @throws GatewayError `bad_request` for a word that is none.
 */
export function lossPolicyOf(headers: Headers, principal: Principal): LossPolicy {
  const asked = headers.get("x-quoin-lossy")?.trim().toLowerCase();
  if (asked === undefined || asked === "") return principal.lossPolicy ?? "warn";
  if (isPolicy(asked)) return asked;
  throw new GatewayError("bad_request", `x-quoin-lossy: must be ${LOSS_POLICIES.join(", ")}.`, {
    param: "x-quoin-lossy",
  });
}
