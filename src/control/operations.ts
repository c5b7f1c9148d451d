import { z } from "zod";

import { readRequestId } from "../billing/receipts.ts";
import { configView } from "../config/config-view.ts";
import { priceLines } from "../core/price-lines.ts";
import { AUTO_TOP_UP_OPERATIONS } from "./auto-top-up-operations.ts";
import { CHARGE_OPERATIONS } from "./charge-operations.ts";
import { CODE_OPERATIONS } from "./code-operations.ts";
import { CURRENCY_OPERATIONS } from "./currency-operations.ts";
import { everyModel, findEveryModel } from "./every-model.ts";
import { KEY_OPERATIONS } from "./key-operations.ts";
import { MAIL_OPERATIONS } from "./mail-operations.ts";
import { NOTICE_OPERATIONS } from "./notice-operations.ts";
import {
  ACCOUNT,
  accountOf,
  CommandError,
  type ControlDeps,
  LIMIT,
  NO_ARGS,
  type Operation,
  operation,
} from "./operation.ts";
import { PEOPLE_OPERATIONS } from "./people-operations.ts";
import { SECRET_OPERATIONS } from "./secret-operations.ts";
import { SUBSCRIPTION_OPERATIONS } from "./subscription-operations.ts";
import { TOKEN_OPERATIONS } from "./token-operations.ts";
import { modelView, recordView } from "./views.ts";
import { WALLET_OPERATIONS } from "./wallet-operations.ts";

/** @throws CommandError */
function requestIdOf(text: string): string {
  const id = readRequestId(text);
  if (id === undefined)
    throw new CommandError(`"${text}" is not a request's id; quoin requests list shows them.`);
  return id;
}

/** Every operation by name; the socket, the commands and later the HTTP API call the same ones. */
export const OPERATIONS = {
  ...KEY_OPERATIONS,
  ...WALLET_OPERATIONS,
  ...AUTO_TOP_UP_OPERATIONS,
  ...CODE_OPERATIONS,
  ...CHARGE_OPERATIONS,
  ...MAIL_OPERATIONS,
  ...SECRET_OPERATIONS,
  ...CURRENCY_OPERATIONS,
  ...NOTICE_OPERATIONS,
  ...SUBSCRIPTION_OPERATIONS,
  ...TOKEN_OPERATIONS,
  ...PEOPLE_OPERATIONS,
  "requests.list": operation(
    z.strictObject({ account: ACCOUNT.optional(), limit: LIMIT }),
    async (deps, { account, limit }) => {
      await deps.flush();
      const filter =
        account === undefined ? { limit } : { limit, accountId: (await accountOf(deps, account)).accountId };
      const records = await deps.history.list(filter);
      const names = new Map<string, string>();
      for (const { accountId } of records) {
        if (!names.has(accountId)) names.set(accountId, (await deps.accounts.accountName(accountId)) ?? "");
      }
      return { requests: records.map((record) => recordView(record, names.get(record.accountId) ?? "")) };
    },
  ),
  "requests.show": operation(z.strictObject({ id: z.string() }), async (deps, { id }) => {
    const plain = requestIdOf(id);
    await deps.flush();
    const record = await deps.history.find(plain);
    if (!record) throw new CommandError(`There is no request ${id} in the history.`);
    return recordView(record, (await deps.accounts.accountName(record.accountId)) ?? "");
  }),
  "requests.receipt": operation(z.strictObject({ id: z.string() }), async (deps, { id }) => {
    const signed = await deps.receipts.issue(requestIdOf(id));
    if (!signed) throw new CommandError(`There is no request ${id} in the history.`);
    return signed;
  }),
  migrate: operation(
    z.strictObject({ ms: z.number().int().min(0).max(10_000).default(0) }),
    async ({ steps }, { ms }) => ({ steps: ms === 0 ? await steps.report() : await steps.work(ms) }),
  ),
  "prices.list": operation(NO_ARGS, (deps) => {
    const { models, priceVersion } = deps.snapshot();
    const prices = Object.fromEntries(models.map(({ id, price }) => [id, priceLines(price)]));
    return { price_version: priceVersion, prices };
  }),
  "models.list": operation(NO_ARGS, (deps) => ({
    models: everyModel(deps.snapshot()).map((model) => modelView(model, deps.snapshot())),
  })),
  "models.test": operation(z.strictObject({ model: z.string() }), async (deps, { model }) => {
    const found = findEveryModel(deps.snapshot(), model);
    if (!found) throw new CommandError(`There is no model "${model}"; quoin models list shows them.`);
    return { model: found.id, targets: await deps.probeModel(found) };
  }),
  flush: operation(NO_ARGS, async (deps) => {
    await deps.flush();
    return { flushed: true };
  }),
  "config.declared": operation(NO_ARGS, ({ declaredViews }) => ({
    declared: declaredViews().map(({ kind, id, problems }) => ({ kind, id, problems })),
  })),
  "config.print": operation(NO_ARGS, (deps) => ({ config: configView(deps.config()) })),
  status: operation(NO_ARGS, (deps) => deps.status()),
} satisfies Record<string, Operation>;

export type OperationName = keyof typeof OPERATIONS;

function isOperation(name: string): name is OperationName {
  return Object.hasOwn(OPERATIONS, name);
}

/**
 * Runs one operation by name.
 * @throws CommandError for what the operator can mend.
 */
export async function runOperation(deps: ControlDeps, name: string, args: unknown): Promise<object> {
  if (!isOperation(name)) throw new CommandError(`There is no operation "${name}".`);
  const { args: schema, run } = OPERATIONS[name] as Operation;
  const parsed = schema.safeParse(args);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new CommandError(`${issue?.path.join(".") || "arguments"}: ${issue?.message ?? "not understood"}`);
  }
  return await run(deps, parsed.data as never);
}
