import { BUCKET_MS, type UsageGroup } from "./history/usage.ts";
import type { GatewayHome } from "./home.ts";
import type { Counted } from "./limits/store.ts";

/** The keys that are counted as one, which is the first of those that were rotated. */
async function keysCountedAs({ accounts }: GatewayHome, accountId: string, id: string): Promise<Set<string>> {
  const account = await accounts.accountName(accountId);
  const keys = account === undefined ? [] : await accounts.listKeys(account);
  return new Set(keys.filter(({ countedAs }) => countedAs === id).map(({ keyId }) => keyId));
}

/**
 * How many requests of an account its history has of a day of UTC, by the day's number since the epoch: for limits
 * whose count was lost. Those that failed are forgiven, those that only counted tokens are not told apart.
 */
export async function recountDay(
  home: GatewayHome,
  accountId: string,
  { whose, id }: Counted,
  day: number,
): Promise<number> {
  const groupBy: Partial<Record<Counted["whose"], UsageGroup>> = { key: "key", model: "model" };
  const [from, to] = [day * BUCKET_MS.day, (day + 1) * BUCKET_MS.day];
  const asked = { accountId, from, to, bucket: "day", groupBy: groupBy[whose] } as const;
  const names = whose === "key" ? await keysCountedAs(home, accountId, id) : new Set([id]);
  const sums = (await home.queries.usageOver(asked)).filter(
    ({ group }) => whose === "account" || names.has(group),
  );
  return sums.reduce((total, { requests, errors }) => total + requests - errors, 0);
}
