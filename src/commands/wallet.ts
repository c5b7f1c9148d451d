import { table } from "../base/table.ts";
import { AUTO_TOP_UP_COMMANDS } from "./auto-top-up.ts";
import type { Command } from "./command.ts";
import { family, type SubCommand, subCommand, usd, wordAt } from "./family.ts";
import { printMonthStatement } from "./month-statement.ts";
import { readOptions } from "./options.ts";

interface WalletResult {
  account: string;
  balance_nanos: string;
  held_nanos: string;
  debt_nanos?: string;
  added_nanos?: string;
  entries?: { at: string; kind: string; ref: string; amount_nanos: string }[];
}

function showWallet(wallet: WalletResult): string {
  const held = wallet.held_nanos === "0" ? "" : `, of which running requests hold ${usd(wallet.held_nanos)}`;
  const owed = wallet.debt_nanos ? ` It owes ${usd(wallet.debt_nanos)} and is frozen until a top-up.` : "";
  return `Account ${wallet.account}: balance ${usd(wallet.balance_nanos)}${held}.${owed}`;
}

interface NoticeResult {
  account: string;
  below_nanos: string | null;
  webhook: string | null;
  email: string | null;
  webhook_secret?: string;
}

function showNotice({ account, below_nanos, webhook, email, webhook_secret }: NoticeResult): string {
  if (below_nanos === null) return `Nobody is told when the balance of ${account} runs low.`;
  const who = [webhook, email].filter((target) => target !== null).join(" and ");
  const told = `When the balance of ${account} falls below ${usd(below_nanos)}, ${who} is told.`;
  return webhook_secret === undefined
    ? told
    : `${webhook_secret}\n\nThe webhook's secret, shown once. ${told}`;
}

interface CheckoutResult {
  account: string;
  amount_nanos: string;
  paid_in: { currency: string; amount: string } | null;
  url: string;
}

interface CurrencyResult {
  account: string;
  shown: string | null;
  offered: { code: string; rate: string }[];
}

function showCurrency({ account, shown, offered }: CurrencyResult): string {
  const rates = offered.map(({ code, rate }) => `${code} at ${rate}`).join(", ");
  const which = shown === null ? "in USD only" : `in USD and ${shown}`;
  return `Amounts of ${account} are shown ${which}. There is ${rates || "no other currency; quoin.yaml declares them in currencies"}.`;
}

const WALLET: Record<string, SubCommand> = {
  ...AUTO_TOP_UP_COMMANDS,
  "top-up": subCommand<WalletResult>({
    operation: "wallet.top-up",
    options: { account: "string", amount: "string", reference: "string" },
    args: (options) => ({
      account: options.required("account"),
      amount: options.required("amount"),
      reference: options.text("reference"),
    }),
    show: (wallet) => `Added ${usd(wallet.added_nanos ?? "0")}. ${showWallet(wallet)}`,
  }),
  redeem: subCommand<WalletResult>({
    operation: "wallet.redeem",
    options: { account: "string" },
    args: (options) => ({ account: options.required("account"), code: wordAt(options, 0, "the code") }),
    show: (wallet) => `Added ${usd(wallet.added_nanos ?? "0")}. ${showWallet(wallet)}`,
  }),
  notify: subCommand<NoticeResult>({
    operation: "wallet.notify",
    options: { account: "string", below: "string", webhook: "string", email: "string", off: "boolean" },
    args: (options) => ({
      account: options.required("account"),
      below: options.text("below"),
      webhook: options.text("webhook"),
      email: options.text("email"),
      off: options.flag("off"),
    }),
    show: showNotice,
  }),
  currency: subCommand<CurrencyResult>({
    operation: "wallet.currency",
    options: { account: "string", show: "string", off: "boolean" },
    args: (options) => ({
      account: options.required("account"),
      show: options.text("show"),
      off: options.flag("off"),
    }),
    show: showCurrency,
  }),
  checkout: subCommand<CheckoutResult>({
    operation: "wallet.checkout",
    options: { account: "string", amount: "string", return: "string", save: "boolean", currency: "string" },
    args: (options) => ({
      account: options.required("account"),
      amount: options.required("amount"),
      return: options.required("return"),
      save: options.flag("save"),
      currency: options.text("currency"),
    }),
    show: ({ account, amount_nanos, paid_in, url }) => {
      const paid = paid_in
        ? `${paid_in.amount} ${paid_in.currency} for ${usd(amount_nanos)}`
        : usd(amount_nanos);
      return `${url}\n\nWhere ${account} pays ${paid}.`;
    },
  }),
  show: subCommand<WalletResult>({
    operation: "wallet.show",
    options: { account: "string" },
    args: (options) => ({ account: options.required("account") }),
    show: showWallet,
  }),
  statement: subCommand<WalletResult>({
    operation: "wallet.statement",
    options: { account: "string", limit: "string" },
    args: (options) => ({ account: options.required("account"), limit: options.number("limit") }),
    show: (wallet) =>
      `${showWallet(wallet)}\n${table(
        ["at", "kind", "amount", "reference"],
        (wallet.entries ?? []).map((entry) => [entry.at, entry.kind, usd(entry.amount_nanos), entry.ref]),
      )}`,
  }),
};

const MONTH_OPTIONS = {
  account: "string",
  month: "string",
  format: "string",
  by: "string",
  out: "string",
  json: "boolean",
} as const;

const families = family("wallet", WALLET);

/** `quoin wallet …`; a month's statement is a document and goes its own way. */
export const wallet: Command = async (context) => {
  const [word, ...rest] = context.args;
  const month = word === "statement" && rest.some((arg) => /^--month(?:=|$)/.test(arg));
  return month
    ? await printMonthStatement(context, readOptions(rest, MONTH_OPTIONS))
    : await families(context);
};
