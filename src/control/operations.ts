import { z } from "zod";
import { hintOf, newKey } from "../accounts/key-format.ts";
import { hashKey } from "../accounts/key-verifier.ts";
import type { KeyRow } from "../accounts/store.ts";
import { newId } from "../base/id.ts";
import { LOSS_POLICIES, type LossPolicy } from "../core/generation/loss.ts";
import { CODE_OPERATIONS } from "./code-operations.ts";
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
import { modelView, recordView } from "./views.ts";
import { WALLET_OPERATIONS } from "./wallet-operations.ts";

function keyView(key: KeyRow): object {
  return {
    id: key.keyId,
    account: key.account,
    plan: key.planId,
    name: key.name,
    hint: key.hint,
    loss_policy: key.lossPolicy ?? null,
    created_at: new Date(key.createdAt).toISOString(),
    revoked_at: key.revokedAt === undefined ? null : new Date(key.revokedAt).toISOString(),
  };
}

interface KeyWish {
  readonly account: string;
  readonly planId: string;
  readonly name: string;
  readonly lossPolicy?: LossPolicy | undefined;
}

async function createKey(
  deps: ControlDeps,
  { account, planId, name, lossPolicy }: KeyWish,
  now: number,
): Promise<{ id: string; key: string; account: string; plan: string }> {
  const plan = deps.snapshot().plans.get(planId);
  if (!plan) {
    const known = [...deps.snapshot().plans.keys()].join(", ");
    throw new CommandError(`There is no plan "${planId}"; quoin.yaml declares ${known}.`);
  }
  const { accountId } = await deps.accounts.ensureAccount(account, now);
  const key = newKey(plan.keyPrefix);
  const keyId = newId();
  const hash = hashKey(deps.secret, key);
  await deps.accounts.addKey({
    hash,
    keyId,
    accountId,
    planId,
    name,
    hint: hintOf(key),
    lossPolicy,
    createdAt: now,
  });
  return { id: keyId, key, account, plan: planId };
}

async function liveKey(deps: ControlDeps, keyId: string): Promise<KeyRow> {
  const key = await deps.accounts.findKey(keyId);
  if (!key) throw new CommandError(`There is no key with the id ${keyId}; quoin keys list shows them.`);
  if (key.revokedAt !== undefined) {
    const next = await replacementOf(deps, key);
    const mend = next ? ` It was replaced by ${next}; if that key never reached you, rotate it in turn.` : "";
    throw new CommandError(`The key ${keyId} was revoked already.${mend}`);
  }
  return key;
}

/** The live key that a rotation made in place of this one: of the same account, plan, name and moment. */
async function replacementOf(
  deps: ControlDeps,
  { account, planId, name, revokedAt }: KeyRow,
): Promise<string | undefined> {
  const same = (key: KeyRow) =>
    key.createdAt === revokedAt && key.planId === planId && key.name === name && key.revokedAt === undefined;
  return (await deps.accounts.listKeys(account)).find(same)?.keyId;
}

const KEY_ID = z.strictObject({
  id: z.string().regex(/^[0-9a-f]{32}$/, "must be a key's id of 32 hexadecimal digits"),
});
/** Every operation by name; the socket, the commands and later the HTTP API call the same ones. */
export const OPERATIONS = {
  "keys.create": operation(
    z.strictObject({
      account: ACCOUNT,
      plan: z.string().default("default"),
      name: z.string().max(100).default(""),
      lossy: z.enum(LOSS_POLICIES, `must be one of ${LOSS_POLICIES.join(", ")}`).optional(),
    }),
    (deps, { account, plan, name, lossy }) =>
      createKey(deps, { account, planId: plan, name, lossPolicy: lossy }, deps.clock.now()),
  ),
  "keys.list": operation(z.strictObject({ account: ACCOUNT.optional() }), async (deps, { account }) => {
    if (account !== undefined) await accountOf(deps, account);
    return { keys: (await deps.accounts.listKeys(account)).map(keyView) };
  }),
  "keys.revoke": operation(KEY_ID, async (deps, { id }) => {
    await liveKey(deps, id);
    await deps.accounts.revokeKey(id, deps.clock.now());
    deps.forgetKey(id);
    return { id, revoked: true };
  }),
  "keys.rotate": operation(KEY_ID, async (deps, { id }) => {
    const old = await liveKey(deps, id);
    const now = deps.clock.now();
    const made = await createKey(deps, old, now);
    await deps.accounts.revokeKey(id, now);
    deps.forgetKey(id);
    return { ...made, replaces: id };
  }),
  ...WALLET_OPERATIONS,
  ...CODE_OPERATIONS,
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
    const plain = id.replace(/^req_/, "").replaceAll("-", "").toLowerCase();
    if (!/^[0-9a-f]{32}$/.test(plain))
      throw new CommandError(`"${id}" is not a request's id; quoin requests list shows them.`);
    await deps.flush();
    const record = await deps.history.find(plain);
    if (!record) throw new CommandError(`There is no request ${id} in the history.`);
    return recordView(record, (await deps.accounts.accountName(record.accountId)) ?? "");
  }),
  "models.list": operation(NO_ARGS, (deps) => ({ models: deps.snapshot().models.map(modelView) })),
  "models.test": operation(z.strictObject({ model: z.string() }), async (deps, { model }) => {
    const found = deps.snapshot().findModel(model);
    if (!found) throw new CommandError(`There is no model "${model}"; quoin models list shows them.`);
    return { model: found.id, targets: await deps.probeModel(model) };
  }),
  flush: operation(NO_ARGS, async (deps) => {
    await deps.flush();
    return { flushed: true };
  }),
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
