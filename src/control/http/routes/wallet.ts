import { z } from "@hono/zod-openapi";
import type { AccountRow } from "../../../accounts/directory.ts";
import { formatUsd } from "../../../core/money.ts";
import {
  CHECKOUT,
  CHECKOUT_SESSION,
  type CheckoutSession,
  LOW_BALANCE,
  LOW_BALANCE_CHANGE,
  LOW_BALANCE_SET,
  type LowBalance,
  REDEEMED,
  REDEMPTION,
  STATEMENT,
  type Statement,
  WALLET,
  type Wallet,
} from "../../contract/wallet.ts";
import type { ControlDeps } from "../../operation.ts";
import { runOperation } from "../../operations.ts";
import { STATEMENT_FILES } from "../../statement-files.ts";
import { areaOf } from "../route.ts";
import { iso } from "../views.ts";

const area = areaOf("Wallet");

/** When a UUIDv7 was made. */
function birthOf(id: string): string {
  return new Date(Number.parseInt(id.slice(0, 12), 16)).toISOString();
}

/** The balance is asked for first: on SQLite that brings the journal's charges to the tables. */
async function walletView(control: ControlDeps, { walletId }: AccountRow, now: number): Promise<Wallet> {
  const balance = await control.wallets.balance(walletId, now);
  const [debt, lots] = await Promise.all([control.payments.debt(walletId), control.openLots(walletId, now)]);
  const held = await control.heldNanos(walletId);
  return {
    currency: "USD",
    balance_nanos: balance.toString(),
    held_nanos: held.toString(),
    available_nanos: (balance > held ? balance - held : 0n).toString(),
    debt_nanos: debt.toString(),
    frozen: debt > 0n,
    lots: lots.map(({ lotId, source, grantedNanos, leftNanos, expiresAt }) => ({
      id: lotId,
      source,
      granted_nanos: grantedNanos.toString(),
      left_nanos: leftNanos.toString(),
      created_at: birthOf(lotId),
      expires_at: iso(expiresAt),
    })),
  };
}

const MEDIA = { csv: "text/csv; charset=utf-8", pdf: "application/pdf" } as const;

function statementFile(statement: Statement, format: keyof typeof MEDIA): Response {
  const name = `statement-${statement.account}-${statement.month}.${format}`.replaceAll(/[^\w.@+-]/g, "_");
  return new Response(STATEMENT_FILES[format](statement), {
    headers: { "content-type": MEDIA[format], "content-disposition": `attachment; filename="${name}"` },
  });
}

const usdOf = (nanos: string) => formatUsd(BigInt(nanos));

function noticeView({ below_nanos, webhook, email }: LowBalance): LowBalance {
  return { below_nanos, webhook, email };
}

export const WALLET_ROUTES = [
  area.account({
    method: "get",
    path: "/wallet",
    requires: "wallet:read",
    summary: "The account's money",
    description: "What is left, what running requests hold of it, and where it came from.",
    answer: WALLET,
    handle: ({ deps, account, now }) => walletView(deps.control, account, now),
  }),
  area.account({
    method: "get",
    path: "/wallet/statement",
    requires: "wallet:read",
    summary: "What moved in a month",
    description: "As JSON, or as a file for a spreadsheet or for printing.",
    query: {
      month: z.string().max(10).openapi({ example: "2026-11" }),
      by: z.enum(["day", "request"]).default("day").describe("One line of charges a day, or one a request."),
      format: z.enum(["json", "csv", "pdf"]).default("json"),
    },
    answer: STATEMENT,
    media: Object.values(MEDIA),
    async handle({ deps, account, query: { month, by, format } }) {
      const asked = { account: account.name, month, by };
      const statement = (await runOperation(deps.control, "wallet.month-statement", asked)) as Statement;
      return format === "json" ? statement : statementFile(statement, format);
    },
  }),
  area.account({
    method: "post",
    path: "/wallet/redeem",
    requires: "wallet:write",
    summary: "Redeem a code",
    description: "A code works once, and its money does not expire.",
    body: REDEMPTION,
    answer: REDEEMED,
    audit: "wallet.redeem",
    async handle({ deps, account, body, now, note }) {
      const asked = { account: account.name, code: body.code };
      const { added_nanos } = (await runOperation(deps.control, "wallet.redeem", asked)) as {
        added_nanos: string;
      };
      note({ after: { added_nanos } });
      return { added_nanos, wallet: await walletView(deps.control, account, now) };
    },
  }),
  area.account({
    method: "post",
    path: "/wallet/checkout",
    requires: "wallet:write",
    summary: "Pay money in",
    description:
      "A page of the payment provider's, where the money is paid; it is there when the provider says so.",
    body: CHECKOUT,
    answer: CHECKOUT_SESSION,
    status: 201,
    errors: ["unavailable"],
    audit: "wallet.checkout",
    async handle({ deps, account, body, note }) {
      const asked = {
        account: account.name,
        amount: usdOf(body.amount_nanos),
        return: body.return_url,
        save: body.save_method,
        currency: body.currency,
      };
      const session = (await runOperation(deps.control, "wallet.checkout", asked)) as Omit<
        CheckoutSession,
        "amount_nanos"
      >;
      const { id, url, paid_in } = session;
      note({ target: id, after: { amount_nanos: body.amount_nanos, paid_in } });
      return { id, url, paid_in, amount_nanos: body.amount_nanos };
    },
  }),
  area.account({
    method: "get",
    path: "/wallet/low-balance",
    requires: "wallet:read",
    summary: "Who is told when the balance runs low",
    description: "Told once when it falls below the amount, and again after it was above.",
    answer: LOW_BALANCE,
    async handle({ deps, account }) {
      return noticeView(
        (await runOperation(deps.control, "wallet.notify", { account: account.name })) as LowBalance,
      );
    },
  }),
  area.account({
    method: "put",
    path: "/wallet/low-balance",
    requires: "wallet:write",
    summary: "Say who is told when the balance runs low",
    description: "By webhook, by e-mail, or both. The webhook's secret is in this answer and nowhere else.",
    body: LOW_BALANCE_CHANGE,
    answer: LOW_BALANCE_SET,
    audit: "wallet.notify",
    async handle({ deps, account, body: { below_nanos, webhook, email }, note }) {
      const asked = { account: account.name, below: usdOf(below_nanos), webhook, email };
      const set = (await runOperation(deps.control, "wallet.notify", asked)) as LowBalance & {
        webhook_secret?: string;
      };
      note({ after: { below_nanos, webhook, email } });
      return { ...noticeView(set), webhook_secret: set.webhook_secret ?? null };
    },
  }),
  area.account({
    method: "delete",
    path: "/wallet/low-balance",
    requires: "wallet:write",
    summary: "Tell nobody when the balance runs low",
    description: "Until somebody is named again.",
    answer: LOW_BALANCE,
    audit: "wallet.notify",
    async handle({ deps, account }) {
      const asked = { account: account.name, off: true };
      return noticeView((await runOperation(deps.control, "wallet.notify", asked)) as LowBalance);
    },
  }),
];
