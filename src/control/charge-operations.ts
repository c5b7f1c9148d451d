import { z } from "zod";
import { readRequestId } from "../billing/receipts.ts";
import { CommandError, type ControlDeps, LIMIT, operation } from "./operation.ts";

/** More than any operator lets wait. */
const WAITING_MAX = 1_000_000;
const ONE = z.strictObject({ id: z.string() });

/** Answers the request's plain id. @throws CommandError where it is none. */
async function decided(
  { flush, quarantine }: ControlDeps,
  id: string,
  first: (requestId: string) => Promise<void>,
): Promise<object> {
  const requestId = readRequestId(id);
  if (requestId === undefined)
    throw new CommandError(`id: "${id}" is not a request's id; quoin charges list shows them.`);
  await flush();
  const waiting = await quarantine.list(WAITING_MAX);
  const charge = waiting.find((one) => one.requestId === requestId);
  if (!charge) throw new CommandError(`id: ${id} is no charge in quarantine; quoin charges list shows them.`);
  await first(requestId);
  await quarantine.close(requestId);
  return { id: requestId, account: charge.account, amount_nanos: charge.amountNanos.toString() };
}

/** Charges of usage that cannot be, which the operator confirms or refunds. */
export const CHARGE_OPERATIONS = {
  "charges.quarantined": operation(z.strictObject({ limit: LIMIT }), async (deps, { limit }) => {
    await deps.flush();
    const charges = await deps.quarantine.list(limit);
    return {
      charges: charges.map(({ requestId, account, amountNanos, at }) => ({
        id: requestId,
        account,
        amount_nanos: amountNanos.toString(),
        at: new Date(at).toISOString(),
      })),
    };
  }),
  "charges.confirm": operation(ONE, (deps, { id }) => decided(deps, id, () => Promise.resolve())),
  // Paying back twice pays once: where this ends between the two, it is asked for again.
  "charges.refund": operation(ONE, (deps, { id }) =>
    decided(deps, id, (requestId) => deps.payBack(requestId)),
  ),
};
