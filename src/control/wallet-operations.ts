import { z } from "zod";
import { newId } from "../base/id.ts";
import { readMonth } from "../base/utc-month.ts";
import { centsIn, customerOf, providerOf, RETURN_URL } from "./auto-top-up-operations.ts";
import { ACCOUNT, accountOf, amountOf, CommandError, LIMIT, operation } from "./operation.ts";
import { walletView } from "./wallet-view.ts";

const MONTH_LINES_MAX = 100_000;

const MONTH_STATEMENT = operation(
  z.strictObject({
    account: ACCOUNT,
    month: z.string(),
    by: z.enum(["day", "request"], "must be day or request").default("request"),
  }),
  async (deps, { account, month: name, by }) => {
    const month = readMonth(name);
    if (!month) throw new CommandError(`month: "${name}" is no month; write 2026-11.`);
    const { walletId } = await accountOf(deps, account);
    const asked = { from: month.startsAt, to: month.endsAt, by, linesMax: MONTH_LINES_MAX };
    const found = await deps.wallets.period(walletId, asked);
    if (!found) {
      throw new CommandError(
        `by: ${name} has more than ${MONTH_LINES_MAX} lines; ask for one line of charges a day.`,
      );
    }
    let balance = found.openingNanos;
    const entries = found.lines.map(({ at, kind, ref, requests, nanos }) => {
      balance += nanos;
      const money = { amount_nanos: nanos.toString(), balance_nanos: balance.toString() };
      return { at: new Date(at).toISOString(), kind, ref, requests, ...money };
    });
    return {
      account,
      month: name,
      currency: "USD",
      complete: deps.clock.now() >= month.endsAt,
      opening_nanos: found.openingNanos.toString(),
      closing_nanos: balance.toString(),
      entries,
    };
  },
);

const CHECKOUT = operation(
  z.strictObject({
    account: ACCOUNT,
    amount: z.string(),
    return: RETURN_URL,
    /** Whether the method is kept for automatic top-ups. */
    save: z.boolean().default(false),
  }),
  async (deps, { account, amount, return: returnUrl, save }) => {
    const { walletId } = await accountOf(deps, account);
    const nanos = centsIn(amount);
    const provider = providerOf(deps);
    const customer = save ? await customerOf(deps, walletId, account) : undefined;
    const session = await provider.checkout({ walletId, account, nanos, returnUrl, customer });
    return { account, amount_nanos: nanos.toString(), ...session };
  },
);

/** Money of wallets: in, shown, stated. */
export const WALLET_OPERATIONS = {
  "wallet.checkout": CHECKOUT,
  "wallet.month-statement": MONTH_STATEMENT,
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
