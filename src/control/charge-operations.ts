import { z } from "zod";
import { readRequestId } from "../billing/receipts.ts";
import { doubtedChargeView } from "./doubted-charge-view.ts";
import { CommandError, type ControlDeps, LIMIT, operation } from "./operation.ts";

/** More than any operator lets wait. */
const WAITING_MAX = 1_000_000;

/** What was decided on. */
export interface DecidedCharge {
  readonly id: string;
  readonly account: string;
  readonly account_id: string;
  readonly amount_nanos: string;
}

const ONE = z.strictObject({ id: z.string() });

/** Answers the request's plain id. @throws CommandError where it is none. */
async function decided(
  { flush, quarantine }: ControlDeps,
  id: string,
  first: (requestId: string) => Promise<void>,
): Promise<DecidedCharge> {
  const requestId = readRequestId(id);
  if (requestId === undefined)
    throw new CommandError(`id: "${id}" is not a request's id; quoin charges list shows them.`);
  await flush();
  const waiting = await quarantine.list(WAITING_MAX);
  const charge = waiting.find((one) => one.requestId === requestId);
  if (!charge)
    throw new CommandError(
      `id: ${id} is no charge in quarantine; quoin charges list shows them.`,
      "not_found",
    );
  await first(requestId);
  await quarantine.close(requestId);
  const { account, accountId, amountNanos } = charge;
  return { id: requestId, account, account_id: accountId, amount_nanos: amountNanos.toString() };
}

/** Charges of usage that cannot be, which the operator confirms or refunds. */
export const CHARGE_OPERATIONS = {
  "charges.quarantined": operation(z.strictObject({ limit: LIMIT }), async (deps, { limit }) => {
    await deps.flush();
    const charges = await deps.quarantine.list(limit);
    return { charges: await Promise.all(charges.map((charge) => doubtedChargeView(deps, charge))) };
  }),
  "charges.confirm": operation(ONE, (deps, { id }) => decided(deps, id, () => Promise.resolve())),
  // Paying back twice pays once: where this ends between the two, it is asked for again.
  "charges.refund": operation(ONE, (deps, { id }) =>
    decided(deps, id, (requestId) => deps.payBack(requestId)),
  ),
};
