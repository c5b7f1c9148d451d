import type { QuarantinedCharge } from "../billing/quarantine.ts";
import { doubtIn } from "../core/doubt.ts";
import { inputTokensOf, outputTokensOf } from "../core/usage.ts";
import type { DoubtedCharge } from "./contract/charges.ts";
import type { ControlDeps } from "./operation.ts";

/** A charge that waits for the operator's word, with what its request's record says of the doubt. */
export async function doubtedChargeView(
  { queries }: Pick<ControlDeps, "queries">,
  { requestId, account, accountId, amountNanos, at }: QuarantinedCharge,
): Promise<DoubtedCharge> {
  const record = await queries.findRequest(requestId);
  const reported = record && doubtIn(record.notes);
  return {
    id: requestId,
    at: new Date(at).toISOString(),
    account,
    account_id: accountId,
    model: record?.model ?? null,
    reported: reported ? { input_tokens: reported.inputTokens, output_tokens: reported.outputTokens } : null,
    counted: record
      ? { input_tokens: inputTokensOf(record.usage), output_tokens: outputTokensOf(record.usage) }
      : null,
    amount_nanos: amountNanos.toString(),
  };
}
