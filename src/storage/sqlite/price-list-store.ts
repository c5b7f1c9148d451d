import type { Database } from "bun:sqlite";
import type { PriceListStore } from "../../billing/price-lists.ts";
import { durably } from "./database.ts";

function priceListVersion(db: Database, content: string, now: number): number {
  const hash = new Bun.CryptoHasher("sha256").update(content).digest("hex");
  const find = db.prepare<{ version: bigint }, [string]>(
    "SELECT version FROM price_list WHERE content_hash = ?",
  );
  const known = find.get(hash);
  if (known) return Number(known.version);
  durably(db, () =>
    db
      .prepare("INSERT INTO price_list (content_hash, content, since) VALUES (?, ?, ?)")
      .run(hash, content, now),
  );
  return Number(find.get(hash)?.version ?? 0n);
}

export function sqlitePriceListStore(db: Database): PriceListStore {
  return {
    versionOf: (content, now) => priceListVersion(db, content, now),
    versions: () =>
      db
        .prepare<{ version: bigint; since: bigint }, []>(
          "SELECT version, since FROM price_list ORDER BY version DESC",
        )
        .all()
        .map(({ version, since }) => ({ version: Number(version), since: Number(since) })),
    content: (version) =>
      db
        .prepare<{ content: string }, [number]>("SELECT content FROM price_list WHERE version = ?")
        .get(version)?.content,
  };
}
