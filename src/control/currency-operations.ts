import { z } from "zod";
import { formatRate, minorDigits, rateAt } from "../core/currency.ts";
import { ACCOUNT, accountOf, type ControlDeps, operation } from "./operation.ts";
import { requireCurrency, shownCurrency } from "./shown-currency.ts";

async function currencyView(deps: ControlDeps, account: string): Promise<object> {
  const { accountId } = await accountOf(deps, account);
  const now = deps.clock.now();
  const shown = await shownCurrency(deps, accountId);
  const offered = deps.config().currencies.flatMap((currency) => {
    const ppm = rateAt(currency, now);
    if (ppm === undefined) return [];
    return [{ code: currency.code, rate: formatRate(ppm), minor_digits: minorDigits(currency.code) }];
  });
  return { account, shown: shown?.code ?? null, offered };
}

/** The currency that an account is shown besides USD. */
export const CURRENCY_OPERATIONS = {
  "wallet.currency": operation(
    z.strictObject({ account: ACCOUNT, show: z.string().optional(), off: z.boolean().default(false) }),
    async (deps, { account, show, off }) => {
      const { accountId } = await accountOf(deps, account);
      if (off) await deps.currencies.show(accountId, undefined);
      else if (show !== undefined) await deps.currencies.show(accountId, requireCurrency(deps, show).code);
      return await currencyView(deps, account);
    },
  ),
};
