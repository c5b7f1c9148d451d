import { z } from "zod";
import { newId } from "../base/id.ts";
import { type CodeRow, hashCode, type NewCode, newCode, readCode } from "../billing/codes.ts";
import {
  ACCOUNT,
  accountOf,
  amountOf,
  CommandError,
  type ControlDeps,
  LIMIT,
  operation,
} from "./operation.ts";
import { walletView } from "./wallet-view.ts";

const BATCH = z.string().regex(/^[\w.+-]{1,100}$/, "must be 1 to 100 letters, digits, or any of _ . + -");
const COUNT_MAX = 10_000;

/** A day counts to its end, in UTC. @throws CommandError naming the field. */
function expiryOf(text: string | undefined, now: number): number | undefined {
  if (text === undefined) return undefined;
  const day = /^\d{4}-\d\d-\d\d$/.test(text);
  const at = Date.parse(day ? `${text}T24:00:00Z` : text);
  const zoned = day || /(?:Z|[+-]\d\d:\d\d)$/.test(text);
  if (Number.isNaN(at) || !zoned)
    throw new CommandError(
      `expires: "${text}" is no day or moment; write 2026-12-31, or 2026-12-31T18:00:00Z.`,
    );
  if (at <= now) throw new CommandError(`expires: ${text} is past; write a later day.`);
  return at;
}

function iso(at: number | undefined): string | null {
  return at === undefined ? null : new Date(at).toISOString();
}

function stateOf(code: CodeRow, now: number): string {
  if (code.redeemedAt !== undefined) return "redeemed";
  if (code.revokedAt !== undefined) return "revoked";
  return code.expiresAt !== undefined && code.expiresAt <= now ? "expired" : "open";
}

function codeView(code: CodeRow, now: number): object {
  return {
    id: code.codeId,
    batch: code.batch,
    hint: code.hint,
    amount_nanos: code.nanos.toString(),
    state: stateOf(code, now),
    created_at: iso(code.createdAt),
    expires_at: iso(code.expiresAt),
    revoked_at: iso(code.revokedAt),
    redeemed_at: iso(code.redeemedAt),
    account: code.account ?? null,
  };
}

const REFUSALS = {
  unknown: "is not one of ours; check every character",
  used: "was redeemed before, and works once",
  expired: "has expired",
  revoked: "was revoked",
} as const;

async function redeem(deps: ControlDeps, account: string, typed: string): Promise<object> {
  const { walletId } = await accountOf(deps, account);
  const code = readCode(typed);
  if (code === undefined)
    throw new CommandError("code: is not a code; it looks like QC- and four groups of five letters.");
  const result = await deps.codes.redeem(hashCode(deps.secret, code), walletId, deps.clock.now());
  if (result.kind !== "redeemed")
    throw new CommandError(`code: it ${REFUSALS[result.kind]}; nothing was added.`);
  await deps.recall(walletId);
  return { ...(await walletView(deps, account)), added_nanos: result.nanos.toString() };
}

/** Redemption codes: made in batches, shown once, redeemed once. */
export const CODE_OPERATIONS = {
  "codes.create": operation(
    z.strictObject({
      amount: z.string(),
      count: z.number().int().min(1).max(COUNT_MAX).default(1),
      expires: z.string().optional(),
      batch: BATCH.optional(),
    }),
    async (deps, { amount, count, expires, batch = newId() }) => {
      const now = deps.clock.now();
      const shared = { batch, nanos: amountOf(amount), expiresAt: expiryOf(expires, now), createdAt: now };
      const codes: string[] = [];
      const rows = Array.from({ length: count }, (): NewCode => {
        const code = newCode();
        codes.push(code);
        const hash = hashCode(deps.secret, readCode(code) ?? "");
        return { ...shared, codeId: newId(), hash, hint: `QC-…${code.slice(-5)}` };
      });
      await deps.codes.add(rows);
      return {
        batch,
        amount_nanos: shared.nanos.toString(),
        expires_at: iso(shared.expiresAt),
        codes: rows.map(({ codeId }, index) => ({ id: codeId, code: codes[index] ?? "" })),
      };
    },
  ),
  "codes.list": operation(
    z.strictObject({ batch: BATCH.optional(), limit: LIMIT }),
    async (deps, { batch, limit }) => {
      const now = deps.clock.now();
      return { codes: (await deps.codes.list({ batch, limit })).map((code) => codeView(code, now)) };
    },
  ),
  "codes.revoke": operation(
    z
      .strictObject({
        id: z
          .string()
          .regex(/^[0-9a-f]{32}$/, "must be a code's id of 32 hexadecimal digits")
          .optional(),
        batch: BATCH.optional(),
      })
      .refine(({ id, batch }) => (id === undefined) !== (batch === undefined), "name one id, or a batch"),
    async (deps, { id, batch }) => {
      const which = id === undefined ? { batch: batch ?? "" } : { codeId: id };
      const revoked = await deps.codes.revoke(which, deps.clock.now());
      if (revoked === 0)
        throw new CommandError(
          "There is no open code of that name; quoin codes list shows their states.",
          "not_found",
        );
      return { revoked };
    },
  ),
  "wallet.redeem": operation(
    z.strictObject({ account: ACCOUNT, code: z.string().max(100) }),
    (deps, { account, code }) => redeem(deps, account, code),
  ),
};
