import { countOf } from "../base/count-of.ts";
import { type SubCommand, subCommand, usd } from "./family.ts";

interface TopUpResult {
  account: string;
  on: boolean;
  off_reason: string | null;
  below_nanos: string | null;
  amount_nanos: string | null;
  times_a_day: number | null;
  month_max_nanos: string | null;
  month_nanos: string;
  method: string | null;
}

function showTerms(result: TopUpResult): string {
  const { account, on, off_reason, below_nanos, amount_nanos, month_max_nanos, month_nanos } = result;
  const { times_a_day: times } = result;
  const method = result.method ?? "no method of payment";
  if (!on || below_nanos === null || amount_nanos === null || month_max_nanos === null || times === null)
    return `${account} is not topped up by itself${off_reason === null ? "" : `: ${off_reason}`}. Saved: ${method}.`;
  const bounds = `${countOf(times, "time")} a day and ${usd(month_max_nanos)} a month at most, ${usd(month_nanos)} of it charged this month`;
  return `When the balance of ${account} is below ${usd(below_nanos)}, ${usd(amount_nanos)} are charged to ${method}: ${bounds}.`;
}

/** `quoin wallet …` of saved methods of payment. */
export const AUTO_TOP_UP_COMMANDS: Record<string, SubCommand> = {
  "auto-top-up": subCommand<TopUpResult>({
    operation: "wallet.auto-top-up",
    options: {
      account: "string",
      below: "string",
      amount: "string",
      "times-a-day": "string",
      "month-max": "string",
      email: "string",
      off: "boolean",
    },
    args: (options) => ({
      account: options.required("account"),
      below: options.text("below"),
      amount: options.text("amount"),
      times_a_day: options.number("times-a-day"),
      month_max: options.text("month-max"),
      email: options.text("email"),
      off: options.flag("off"),
    }),
    show: showTerms,
  }),
  "save-method": subCommand<{ account: string; url: string }>({
    operation: "wallet.save-method",
    options: { account: "string", return: "string" },
    args: (options) => ({ account: options.required("account"), return: options.required("return") }),
    show: ({ account, url }) => `${url}\n\nWhere ${account} saves a method of payment; nothing is paid.`,
  }),
  "forget-method": subCommand<{ account: string; removed: number }>({
    operation: "wallet.forget-method",
    options: { account: "string" },
    args: (options) => ({ account: options.required("account") }),
    show: ({ account, removed }) =>
      `Saved methods of payment of ${account} removed: ${removed}. It is not topped up by itself.`,
  }),
};
