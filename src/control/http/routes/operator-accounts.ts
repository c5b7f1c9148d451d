import type { AccountRow } from "../../../accounts/directory.ts";
import { formatRate } from "../../../core/currency.ts";
import { formatUsd } from "../../../core/money.ts";
import {
  ACCOUNT_CHANGE,
  ACCOUNT_ENTRY,
  type AccountEntry,
  GRANT,
  NEW_ACCOUNT,
} from "../../contract/operator.ts";
import { ID, PAGE, pageOf } from "../../contract/shapes.ts";
import { planOf } from "../../keys.ts";
import type { ControlDeps } from "../../operation.ts";
import { runOperation } from "../../operations.ts";
import { HttpError } from "../http-error.ts";
import { ID_CURSOR, pageBefore } from "../page.ts";
import { areaOf } from "../route.ts";
import { TEXT } from "../text-query.ts";
import { iso } from "../views.ts";

const area = areaOf("Operator: accounts");

async function accountView(control: ControlDeps, account: AccountRow): Promise<AccountEntry> {
  const balance = await control.wallets.balance(account.walletId, control.clock.now());
  const debt = await control.payments.debt(account.walletId);
  const ppm = control.snapshot().accountMultipliers.get(account.name);
  return {
    id: account.accountId,
    name: account.name,
    display_name: account.displayName,
    plan: account.planId ?? null,
    price_multiplier: ppm === undefined ? null : formatRate(ppm),
    created_at: new Date(account.createdAt).toISOString(),
    suspended_at: iso(account.suspendedAt),
    balance_nanos: balance.toString(),
    debt_nanos: debt.toString(),
  };
}

/** @throws HttpError where no account has the id */
export async function requireAccount({ directory }: ControlDeps, accountId: string): Promise<AccountRow> {
  const account = await directory.find({ accountId });
  if (account) return account;
  throw new HttpError("not_found", `No account has the id ${accountId}; list them to see their ids.`);
}

/** A plan that is paid for month by month is changed where it is paid. */
async function refusePaidPlan({ subscriptions }: ControlDeps, { walletId }: AccountRow): Promise<void> {
  const found = await subscriptions.find(walletId);
  if (!found?.inForce) return;
  const mend = "end that first, or give it another plan with seats";
  throw new HttpError(
    "conflict",
    `plan: the account has the plan "${found.planId}" month by month; ${mend}.`,
    {
      field: "plan",
    },
  );
}

/** All its keys are refused, or work again, on this node at once. */
async function suspend(control: ControlDeps, { accountId, name }: AccountRow, at: number | undefined) {
  await control.accounts.suspendAccount(accountId, at);
  for (const { keyId } of await control.accounts.listKeys(name)) control.forgetKey(keyId);
}

export const OPERATOR_ACCOUNT_ROUTES = [
  area.operator({
    method: "get",
    path: "/accounts",
    requires: "operator:accounts:read",
    summary: "All accounts",
    description: "The newest first, with their balances.",
    query: { ...PAGE, text: TEXT },
    answer: pageOf(ACCOUNT_ENTRY),
    handle: ({ deps: { control }, query }) =>
      pageBefore(query, ID_CURSOR, {
        fetch: async (limit, beforeId) => await control.directory.list({ text: query.text, beforeId, limit }),
        id: ({ accountId }) => accountId,
        view: (account) => accountView(control, account),
      }),
  }),
  area.operator({
    method: "post",
    path: "/accounts",
    requires: "operator:accounts:write",
    summary: "Make an account",
    description: "With an empty wallet, without members and keys.",
    body: NEW_ACCOUNT,
    answer: ACCOUNT_ENTRY,
    status: 201,
    errors: ["conflict"],
    audit: "accounts.create",
    async handle({ deps: { control }, body: { name, plan }, now, note }) {
      if (plan !== undefined) planOf(control, plan);
      const { accountId, made } = await control.accounts.ensureAccount(name, now);
      if (!made)
        throw new HttpError("conflict", `name: there is an account "${name}" already.`, { field: "name" });
      if (plan !== undefined) await control.directory.setPlan(accountId, plan);
      note({ target: accountId, accountId, after: { name, plan } });
      return await accountView(control, await requireAccount(control, accountId));
    },
  }),
  area.operator({
    method: "get",
    path: "/accounts/{id}",
    requires: "operator:accounts:read",
    summary: "One account",
    description: "What lies in it is below /accounts/{account}, which operators may read too.",
    params: { id: ID },
    answer: ACCOUNT_ENTRY,
    errors: ["not_found"],
    handle: async ({ deps: { control }, params }) =>
      accountView(control, await requireAccount(control, params.id)),
  }),
  area.operator({
    method: "patch",
    path: "/accounts/{id}",
    requires: "operator:accounts:write",
    summary: "Give an account another plan, or suspend it",
    description:
      "The plan is that of new keys; those there are keep theirs. A suspended account's keys are refused.",
    params: { id: ID },
    body: ACCOUNT_CHANGE,
    answer: ACCOUNT_ENTRY,
    errors: ["not_found", "conflict"],
    audit: "accounts.change",
    async handle({ deps: { control }, params, body: { plan, suspended }, now, note }) {
      const account = await requireAccount(control, params.id);
      if (plan !== undefined) planOf(control, plan);
      if (plan !== undefined) await refusePaidPlan(control, account);
      if (plan !== undefined) await control.directory.setPlan(account.accountId, plan);
      if (suspended !== undefined && suspended !== (account.suspendedAt !== undefined))
        await suspend(control, account, suspended ? now : undefined);
      const before = { plan: account.planId, suspended: account.suspendedAt !== undefined };
      note({ target: account.accountId, accountId: account.accountId, before, after: { plan, suspended } });
      return await accountView(control, await requireAccount(control, account.accountId));
    },
  }),
  area.operator({
    method: "post",
    path: "/accounts/{id}/grants",
    requires: "operator:accounts:write",
    summary: "Put money into an account's wallet",
    description: "As a lot of its own that does not expire.",
    params: { id: ID },
    body: GRANT,
    answer: ACCOUNT_ENTRY,
    status: 201,
    errors: ["not_found"],
    audit: "accounts.grant",
    async handle({ deps: { control }, params, body: { amount_nanos, reference }, note }) {
      const account = await requireAccount(control, params.id);
      const amount = formatUsd(BigInt(amount_nanos));
      await runOperation(control, "wallet.top-up", { account: account.name, amount, reference });
      note({ target: account.accountId, accountId: account.accountId, after: { amount_nanos, reference } });
      return await accountView(control, account);
    },
  }),
];
