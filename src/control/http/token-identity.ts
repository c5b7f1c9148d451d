import { isWellFormed } from "../../accounts/key-format.ts";
import { hashKey } from "../../accounts/key-verifier.ts";
import { TOKEN_PREFIX, type TokenRow } from "../../accounts/tokens.ts";
import { Lru } from "../../base/lru.ts";
import type { ControlDeps } from "../operation.ts";
import type { Identify } from "./deps.ts";
import { HttpError } from "./http-error.ts";

const TOUCH_EVERY_MS = 60_000;
const TOKENS_REMEMBERED = 10_000;

function bearerOf({ headers }: Request): string | undefined {
  return /^Bearer +(\S+)$/i.exec(headers.get("authorization") ?? "")?.[1];
}

function refuse(message: string): never {
  throw new HttpError("unauthenticated", message);
}

/** @throws HttpError where it is not in force */
function inForce(token: TokenRow | undefined, now: number): TokenRow {
  if (!token || token.revokedAt !== undefined)
    return refuse("This management token is unknown or was revoked; make a new one.");
  if (token.expiresAt === undefined || token.expiresAt > now) return token;
  return refuse(
    `This management token expired on ${new Date(token.expiresAt).toISOString()}; make a new one.`,
  );
}

/** Knows callers by their management tokens. When one was last used is written down once a minute. */
export function tokenIdentity({
  tokens,
  secret,
  clock,
}: Pick<ControlDeps, "tokens" | "secret" | "clock">): Identify {
  const touched = new Lru<string, number>(TOKENS_REMEMBERED);
  return async (request) => {
    const bearer = bearerOf(request);
    if (bearer === undefined) return undefined;
    if (!bearer.startsWith(TOKEN_PREFIX))
      return refuse(
        `This is no management token; those begin with ${TOKEN_PREFIX}. Keys for models are not for this API.`,
      );
    if (!isWellFormed(bearer))
      return refuse("This management token is cut or mistyped; copy the whole token again.");
    const now = clock.now();
    const token = inForce(await tokens.find(hashKey(secret, bearer)), now);
    const { tokenId, accountId, scopes } = token;
    if (now - (touched.get(tokenId) ?? 0) >= TOUCH_EVERY_MS) {
      touched.set(tokenId, now);
      await tokens.touch(tokenId, now);
    }
    return { kind: "token", tokenId, operator: accountId === undefined, accountId, scopes };
  };
}
