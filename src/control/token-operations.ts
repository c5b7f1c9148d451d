import { z } from "zod";
import { hintOf, newKey } from "../accounts/key-format.ts";
import { hashKey } from "../accounts/key-verifier.ts";
import { isScope } from "../accounts/permissions.ts";
import { TOKEN_PREFIX, type TokenRow } from "../accounts/tokens.ts";
import { newId } from "../base/id.ts";
import { expiryOf } from "./key-terms.ts";
import { ACCOUNT, accountOf, CommandError, type ControlDeps, operation } from "./operation.ts";

/** What a token may be given: one permission, or a group of them. */
export const SCOPES = z
  .array(
    z
      .string()
      .refine(isScope, "must be permissions such as keys:read, or groups such as keys:* or operator:*"),
  )
  .min(1, "must name at least one permission")
  .max(50);

export interface TokenWish {
  /** Undefined: an operator's. */
  readonly accountId: string | undefined;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly expiresAt: number | undefined;
  /** As the audit names people. */
  readonly createdBy: string;
}

const iso = (at: number | undefined) => (at === undefined ? null : new Date(at).toISOString());

/** A token as it is shown. */
export function tokenView(token: TokenRow, now: number) {
  const expired = token.expiresAt !== undefined && token.expiresAt <= now;
  return {
    id: token.tokenId,
    name: token.name,
    hint: token.hint,
    scopes: [...token.scopes],
    state:
      token.revokedAt !== undefined
        ? ("revoked" as const)
        : expired
          ? ("expired" as const)
          : ("active" as const),
    created_by: token.createdBy,
    created_at: new Date(token.createdAt).toISOString(),
    expires_at: iso(token.expiresAt),
    revoked_at: iso(token.revokedAt),
    last_used_at: iso(token.lastUsedAt),
  };
}

/** Makes a token; the token itself is answered once and not kept. */
export async function makeToken({ tokens, secret }: ControlDeps, wish: TokenWish, now: number) {
  const token = newKey(TOKEN_PREFIX);
  const row = { ...wish, tokenId: newId(), hint: hintOf(token), createdAt: now };
  await tokens.add({ ...row, hash: hashKey(secret, token) });
  return { token, view: tokenView({ ...row, revokedAt: undefined, lastUsedAt: undefined }, now) };
}

/** @throws CommandError where there is no such live token */
export async function revokeToken(
  { tokens, clock }: ControlDeps,
  tokenId: string,
  accountId: string | undefined,
): Promise<void> {
  if (await tokens.revoke(tokenId, accountId, clock.now())) return;
  throw new CommandError(
    `There is no live token with the id ${tokenId} here; list them to see theirs.`,
    "not_found",
  );
}

/** Either an account's tokens or the operators'. */
const WHOSE = { operator: z.boolean().default(false), account: ACCOUNT.optional() };

async function whose(
  deps: ControlDeps,
  { operator, account }: { operator: boolean; account?: string | undefined },
): Promise<string | undefined> {
  if (operator === (account !== undefined))
    throw new CommandError("Say --operator, or --account NAME: one of them.");
  return account === undefined ? undefined : (await accountOf(deps, account)).accountId;
}

/** Management tokens, for those who sit at the machine. */
export const TOKEN_OPERATIONS = {
  "tokens.create": operation(
    z.strictObject({
      ...WHOSE,
      name: z.string().max(100).default(""),
      scopes: SCOPES,
      expires: z.string().optional(),
    }),
    async (deps, { operator, account, name, scopes, expires }) => {
      const accountId = await whose(deps, { operator, account });
      if (!operator && scopes.some((scope) => scope.startsWith("operator:")))
        throw new CommandError(
          "scopes: an account's token has nothing of the operator's; say --operator for that.",
        );
      const now = deps.clock.now();
      const wish = { accountId, name, scopes, expiresAt: expiryOf(expires, now), createdBy: "command" };
      const { token, view } = await makeToken(deps, wish, now);
      return { id: view.id, token, account: account ?? null, scopes, expires_at: view.expires_at };
    },
  ),
  "tokens.list": operation(z.strictObject(WHOSE), async (deps, asked) => {
    const rows = await deps.tokens.list(await whose(deps, asked));
    return { tokens: rows.map((row) => tokenView(row, deps.clock.now())) };
  }),
  "tokens.revoke": operation(
    z.strictObject({
      ...WHOSE,
      id: z.string().regex(/^[0-9a-f]{32}$/, "must be a token's id of 32 hexadecimal digits"),
    }),
    async (deps, { id, ...asked }) => {
      await revokeToken(deps, id, await whose(deps, asked));
      return { id, revoked: true };
    },
  ),
};
