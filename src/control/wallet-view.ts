import { accountOf, type ControlDeps } from "./operation.ts";

/** An account's money as operators read it. */
export async function walletView(deps: ControlDeps, account: string): Promise<object> {
  const { walletId } = await accountOf(deps, account);
  const balance = await deps.wallets.balance(walletId, deps.clock.now());
  const debt = await deps.payments.debt(walletId);
  const held = await deps.heldNanos(walletId);
  return {
    account,
    currency: "USD",
    balance_nanos: balance.toString(),
    ...(debt > 0n && { debt_nanos: debt.toString() }),
    held_nanos: held.toString(),
  };
}
