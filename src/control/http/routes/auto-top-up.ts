import { formatUsd } from "../../../core/money.ts";
import {
  AUTO_TOP_UP,
  AUTO_TOP_UP_CHANGE,
  type AutoTopUpView,
  METHOD_SAVING,
  METHOD_SESSION,
  METHODS_REMOVED,
} from "../../contract/wallet.ts";
import type { ControlDeps } from "../../operation.ts";
import { runOperation } from "../../operations.ts";
import { areaOf } from "../route.ts";

const area = areaOf("Wallet");

const usdOf = (nanos: string) => formatUsd(BigInt(nanos));

async function autoTopUp(control: ControlDeps, asked: object): Promise<AutoTopUpView> {
  const answer = (await runOperation(control, "wallet.auto-top-up", asked)) as AutoTopUpView & {
    account: string;
  };
  const { account: _, ...view } = answer;
  return view;
}

export const AUTO_TOP_UP_ROUTES = [
  area.account({
    method: "get",
    path: "/wallet/auto-top-up",
    requires: "wallet:read",
    summary: "How the wallet is topped up by itself",
    description: "Its terms, what it charges, and what it has charged this month.",
    answer: AUTO_TOP_UP,
    handle: ({ deps, account }) => autoTopUp(deps.control, { account: account.name }),
  }),
  area.account({
    method: "put",
    path: "/wallet/auto-top-up",
    requires: "wallet:write",
    summary: "Top up the wallet by itself",
    description:
      "Charges the saved method when the balance is low; switches on again what failures switched off.",
    body: AUTO_TOP_UP_CHANGE,
    answer: AUTO_TOP_UP,
    errors: ["conflict", "unavailable"],
    audit: "wallet.auto-top-up",
    handle({ deps, account, body, note }) {
      const { below_nanos, amount_nanos, month_max_nanos, times_a_day, email } = body;
      const amounts = {
        below: usdOf(below_nanos),
        amount: usdOf(amount_nanos),
        month_max: usdOf(month_max_nanos),
      };
      note({ after: body });
      return autoTopUp(deps.control, { account: account.name, ...amounts, times_a_day, email });
    },
  }),
  area.account({
    method: "delete",
    path: "/wallet/auto-top-up",
    requires: "wallet:write",
    summary: "Top up the wallet by itself no more",
    description: "The saved method stays saved. A charge that has begun goes on to its end.",
    answer: AUTO_TOP_UP,
    audit: "wallet.auto-top-up",
    handle: ({ deps, account }) => autoTopUp(deps.control, { account: account.name, off: true }),
  }),
  area.account({
    method: "post",
    path: "/wallet/method",
    requires: "wallet:write",
    summary: "Save a method of payment",
    description: "A page of the payment provider's, where it is saved and nothing is paid.",
    body: METHOD_SAVING,
    answer: METHOD_SESSION,
    status: 201,
    errors: ["unavailable"],
    audit: "wallet.save-method",
    async handle({ deps, account, body, note }) {
      const asked = { account: account.name, return: body.return_url };
      const session = (await runOperation(deps.control, "wallet.save-method", asked)) as {
        id: string;
        url: string;
      };
      note({ target: session.id });
      return { id: session.id, url: session.url };
    },
  }),
  area.account({
    method: "delete",
    path: "/wallet/method",
    requires: "wallet:write",
    summary: "Forget the saved methods of payment",
    description: "Also where more than one was saved; automatic top-up ends with them.",
    answer: METHODS_REMOVED,
    errors: ["unavailable"],
    audit: "wallet.forget-method",
    async handle({ deps, account }) {
      const asked = { account: account.name };
      const { removed } = (await runOperation(deps.control, "wallet.forget-method", asked)) as {
        removed: number;
      };
      return { removed };
    },
  }),
];
