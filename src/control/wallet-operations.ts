import { z } from "zod";
import { newId } from "../base/id.ts";
import { ACCOUNT, accountOf, amountOf, CommandError, LIMIT, operation } from "./operation.ts";
import { walletView } from "./wallet-view.ts";

/** Money of wallets: in, shown, stated. */
export const WALLET_OPERATIONS = {
  "wallet.top-up": operation(
    z.strictObject({ account: ACCOUNT, amount: z.string(), reference: z.string().max(200).optional() }),
    async (deps, { account, amount, reference }) => {
      const nanos = amountOf(amount);
      const { walletId } = await accountOf(deps, account);
      const grantKey = reference === undefined ? `top-up:${newId()}` : `top-up:${walletId}:${reference}`;
      const at = deps.clock.now();
      const made = await deps.wallets.grant({ walletId, nanos, source: "top-up", grantKey, at });
      if (!made)
        throw new CommandError(
          `The top-up with the reference "${reference}" was made before; nothing was added.`,
        );
      await deps.recall(walletId);
      return { ...(await walletView(deps, account)), added_nanos: nanos.toString() };
    },
  ),
  "wallet.show": operation(z.strictObject({ account: ACCOUNT }), (deps, { account }) =>
    walletView(deps, account),
  ),
  "wallet.statement": operation(
    z.strictObject({ account: ACCOUNT, limit: LIMIT }),
    async (deps, { account, limit }) => {
      const { walletId } = await accountOf(deps, account);
      const lines = await deps.wallets.statement(walletId, limit);
      const entries = lines.map(({ at, kind, ref, nanos }) => ({
        at: new Date(at).toISOString(),
        kind,
        ref,
        amount_nanos: nanos.toString(),
      }));
      return { ...(await walletView(deps, account)), entries };
    },
  ),
};
