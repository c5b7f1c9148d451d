import { ACCOUNT_CURRENCY, type AccountCurrency, CURRENCY_CHOICE } from "../../contract/currency.ts";
import type { ControlDeps } from "../../operation.ts";
import { runOperation } from "../../operations.ts";
import { areaOf } from "../route.ts";

const area = areaOf("Wallet");

async function currency(control: ControlDeps, asked: object): Promise<AccountCurrency> {
  const answer = (await runOperation(control, "wallet.currency", asked)) as AccountCurrency & {
    account: string;
  };
  const { account: _, ...view } = answer;
  return view;
}

export const CURRENCY_ROUTES = [
  area.account({
    method: "get",
    path: "/wallet/currency",
    requires: "account:read",
    summary: "The currency that amounts are also shown in",
    description: "Balances, prices and charges are USD; with the rates of today.",
    answer: ACCOUNT_CURRENCY,
    handle: ({ deps, account }) => currency(deps.control, { account: account.name }),
  }),
  area.account({
    method: "put",
    path: "/wallet/currency",
    requires: "wallet:write",
    summary: "Show amounts in another currency too",
    description: "On the console's pages, in statements and in receipts; null: in USD only.",
    body: CURRENCY_CHOICE,
    answer: ACCOUNT_CURRENCY,
    audit: "wallet.currency",
    async handle({ deps, account, body: { shown }, note }) {
      const asked = shown === null ? { off: true } : { show: shown };
      note({ after: { shown } });
      return await currency(deps.control, { account: account.name, ...asked });
    },
  }),
];
