import { accountOf, type ControlDeps } from "./operation.ts";

/** An account's money as operators read it. */
export async function walletView(deps: ControlDeps, account: string): Promise<object> {
  const { walletId } = await accountOf(deps, account);
  const balance = await deps.wallets.balance(walletId, deps.clock.now());
  return {
    account,
    currency: "USD",
    balance_nanos: balance.toString(),
    held_nanos: deps.heldNanos(walletId).toString(),
  };
}
