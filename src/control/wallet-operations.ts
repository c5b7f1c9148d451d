import { z } from "zod";
import { newId } from "../base/id.ts";
import { readMonth } from "../base/utc-month.ts";
import { centsIn, customerOf, providerOf, RETURN_URL } from "./auto-top-up-operations.ts";
import { statementLines } from "./month-statement.ts";
import { ACCOUNT, accountOf, amountOf, CommandError, LIMIT, operation } from "./operation.ts";
import { paidInOf, paidInView, shownAt, shownCurrency } from "./shown-currency.ts";
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
    const { walletId, accountId } = await accountOf(deps, account);
    const asked = { from: month.startsAt, to: month.endsAt, by, linesMax: MONTH_LINES_MAX };
    const found = await deps.wallets.period(walletId, asked);
    if (!found) {
      throw new CommandError(
        `by: ${name} has more than ${MONTH_LINES_MAX} lines; ask for one line of charges a day.`,
      );
    }
    const shown = await shownCurrency(deps, accountId);
    const paid = await deps.currencies.paidBy(walletId);
    const entries = statementLines(found.openingNanos, found.lines, { shown, paid });
    const closing_nanos = entries.at(-1)?.balance_nanos ?? found.openingNanos.toString();
    const now = deps.clock.now();
    return {
      account,
      month: name,
      currency: "USD",
      shown_currency: shown?.code ?? null,
      complete: now >= month.endsAt,
      opening_nanos: found.openingNanos.toString(),
      closing_nanos,
      opening_shown_nanos: shownAt(shown, found.openingNanos, month.startsAt),
      closing_shown_nanos: shownAt(shown, BigInt(closing_nanos), Math.min(now, month.endsAt - 1)),
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
    /** What is paid in; USD unless it is said. */
    currency: z.string().optional(),
  }),
  async (deps, { account, amount, return: returnUrl, save, currency }) => {
    const { walletId } = await accountOf(deps, account);
    const nanos = centsIn(amount);
    const provider = providerOf(deps);
    const paidIn = paidInOf(deps, nanos, currency);
    const customer = save ? await customerOf(deps, walletId, account) : undefined;
    const session = await provider.checkout({ walletId, account, nanos, paidIn, returnUrl, customer });
    const paid_in = paidIn ? paidInView(paidIn) : null;
    return { account, amount_nanos: nanos.toString(), paid_in, ...session };
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
