import type { SQL } from "bun";
import type { PriceListStore } from "../../billing/price-lists.ts";
import { firstRow, rowsOf } from "./connection.ts";

export function postgresPriceListStore(sql: SQL): PriceListStore {
  return {
    async versionOf(content, now) {
      const hash = new Bun.CryptoHasher("sha256").update(content).digest("hex");
      const find = "SELECT version FROM price_list WHERE content_hash = $1";
      const known = await firstRow<{ version: number }>(sql, find, [hash]);
      if (known) return known.version;
      await sql.unsafe(
        "INSERT INTO price_list (content_hash, content, since) VALUES ($1, $2, $3::bigint) ON CONFLICT DO NOTHING",
        [hash, content, now],
      );
      return (await firstRow<{ version: number }>(sql, find, [hash]))?.version ?? 0;
    },
    async versions() {
      const list = "SELECT version, since FROM price_list ORDER BY version DESC";
      const rows = await rowsOf<{ version: number; since: bigint }>(sql, list);
      return rows.map(({ version, since }) => ({ version, since: Number(since) }));
    },
    async content(version) {
      const statement = "SELECT content FROM price_list WHERE version = $1::int";
      return (await firstRow<{ content: string }>(sql, statement, [version]))?.content;
    },
  };
}
