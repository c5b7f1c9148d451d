import { randomInt, timingSafeEqual } from "node:crypto";
import { secretBox } from "../../base/secret-box.ts";
import type { PeopleDeps } from "./deps.ts";
import { Refusal } from "./refusal.ts";

const CODE_TRIES = 5;
export const CODE_TTL_MS = 10 * 60_000;
const TOKEN_BYTES = 32;

type Keeping = Pick<PeopleDeps, "store" | "secret" | "clock">;

/** A random text for links and cookies: 256 bits in base64url. */
export function newToken(): string {
  return crypto
    .getRandomValues(new Uint8Array(TOKEN_BYTES))
    .toBase64({ alphabet: "base64url", omitPadding: true });
}

/** Six digits, each as likely as any other. */
export function newCode(): string {
  return String(randomInt(1_000_000)).padStart(6, "0");
}

/** HMAC-SHA-256 with the installation's secret; what is hashed for one use fits no other. */
export function keyedHash(secret: string, use: string, text: string): Uint8Array {
  return new Uint8Array(new Bun.CryptoHasher("sha256", secret).update(`${use}:${text}`).digest());
}

function tokenHash(secret: string, purpose: string, token: string): Uint8Array {
  return keyedHash(secret, `challenge ${purpose}`, token);
}

/** A code belongs to its challenge: found elsewhere it fits nothing. */
function codeHashOf(secret: string, token: string, code: string): Uint8Array {
  return keyedHash(secret, "code", `${token}:${code}`);
}

export interface ChallengeTerms {
  readonly purpose: string;
  readonly userId?: string | undefined;
  /** Kept sealed; JSON. */
  readonly content?: object | undefined;
  /** What must be given besides the token; absent: to have the token is enough. */
  readonly code?: string | undefined;
  readonly ttlMs: number;
  /** Absent: a new one. */
  readonly token?: string | undefined;
}

export interface MadeChallenge {
  readonly token: string;
  readonly expiresAt: number;
}

/** Makes something that can be proven once. */
export async function makeChallenge(deps: Keeping, terms: ChallengeTerms): Promise<MadeChallenge> {
  const { purpose, userId, content, code, ttlMs, token = newToken() } = terms;
  const now = deps.clock.now();
  const hash = tokenHash(deps.secret, purpose, token);
  const plain = content && new TextEncoder().encode(JSON.stringify(content));
  await deps.store.challenges.add(hash, {
    purpose,
    userId,
    codeHash: code === undefined ? undefined : codeHashOf(deps.secret, token, code),
    triesLeft: CODE_TRIES,
    content: plain && secretBox(deps.secret, "challenges").seal(plain, hash.toHex()),
    sentAt: now,
    expiresAt: now + ttlMs,
  });
  return { token, expiresAt: now + ttlMs };
}

/** What a challenge holds, and what it is known by in the store. */
export interface OpenedChallenge<Content> {
  readonly hash: Uint8Array;
  readonly userId: string | undefined;
  readonly content: Content;
}

export function expired(what = "link"): Refusal {
  return new Refusal("expired", `This ${what} has expired or was used already; ask for another.`);
}

type Found = Awaited<ReturnType<PeopleDeps["store"]["challenges"]["find"]>>;

function opened<Content>(
  deps: Keeping,
  hash: Uint8Array,
  found: Found,
): OpenedChallenge<Content> | undefined {
  if (!found) return undefined;
  const { userId, content } = found;
  if (content === undefined) return { hash, userId, content: {} as Content };
  const plain = secretBox(deps.secret, "challenges").open(content, hash.toHex());
  return plain && { hash, userId, content: JSON.parse(new TextDecoder().decode(plain)) as Content };
}

/** Looks at a challenge and leaves it as it is; undefined where there is none. */
export async function lookAt<Content>(
  deps: Keeping,
  purpose: string,
  token: string,
): Promise<OpenedChallenge<Content> | undefined> {
  const hash = tokenHash(deps.secret, purpose, token);
  return opened(deps, hash, await deps.store.challenges.find(hash, purpose, deps.clock.now()));
}

/** Takes a challenge away; of all that try, one gets it. Undefined where there is none. */
export async function take<Content>(
  deps: Keeping,
  purpose: string,
  token: string,
): Promise<OpenedChallenge<Content> | undefined> {
  const hash = tokenHash(deps.secret, purpose, token);
  return opened(deps, hash, await deps.store.challenges.take(hash, purpose, deps.clock.now()));
}

/** One try less. @throws Refusal where none was left */
export async function spendTry<Content>(
  deps: Keeping,
  purpose: string,
  token: string,
): Promise<
  OpenedChallenge<Content> & { readonly codeHash: Uint8Array | undefined; readonly triesLeft: number }
> {
  const hash = tokenHash(deps.secret, purpose, token);
  const found = await deps.store.challenges.spendTry(hash, purpose, deps.clock.now());
  const challenge = opened<Content>(deps, hash, found);
  if (!found || !challenge) throw expired("code");
  return { ...challenge, codeHash: found.codeHash, triesLeft: found.triesLeft };
}

export function wrongCode(triesLeft: number): Refusal {
  const mend = triesLeft > 0 ? `look again, ${triesLeft} more of 5 tries` : "ask for another";
  return new Refusal("wrong_code", `code: this is not the code; ${mend}.`, { field: "code" });
}

/** The challenge that the code belongs to; it stays until it is taken. @throws Refusal */
export async function proveCode<Content>(
  deps: Keeping,
  purpose: string,
  token: string,
  code: string,
): Promise<OpenedChallenge<Content>> {
  const { codeHash, triesLeft, ...challenge } = await spendTry<Content>(deps, purpose, token);
  const given = codeHashOf(deps.secret, token, code.replaceAll(/[\s-]/g, ""));
  if (!codeHash || !timingSafeEqual(codeHash, given)) throw wrongCode(triesLeft);
  return challenge;
}

/** Another code for the same challenge, with all tries. False where it is gone. */
export async function renewCode(
  deps: Keeping,
  purpose: string,
  token: string,
  code: string,
): Promise<boolean> {
  const now = deps.clock.now();
  const hash = tokenHash(deps.secret, purpose, token);
  const codeHash = codeHashOf(deps.secret, token, code);
  return await deps.store.challenges.renew(hash, codeHash, CODE_TRIES, now, now + CODE_TTL_MS);
}
