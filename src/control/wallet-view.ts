import { accountOf, type ControlDeps } from "./operation.ts";

/** An account's money as operators read it. */
export function walletView(deps: ControlDeps, account: string): object {
  const { walletId } = accountOf(deps, account);
  const balance = deps.wallets.balance(walletId, deps.clock.now());
  return {
    account,
    currency: "USD",
    balance_nanos: balance.toString(),
    held_nanos: deps.heldNanos(walletId).toString(),
  };
}
