import type { SQL } from "bun";
import type { CallBoard } from "../../history/shared-calls.ts";
import { rowsOf } from "./connection.ts";

/** A row of a few kilobytes for each node, written anew while it serves. */
export const CALL_BOARD = `
  CREATE TABLE node_calls (
    node_id uuid PRIMARY KEY,
    at bigint NOT NULL,
    counts text NOT NULL
  ) WITH (fillfactor = 50);
`;

export function postgresCallBoard(sql: SQL): CallBoard {
  return {
    async leave(nodeId, at, counts, since) {
      await sql.unsafe(
        `WITH gone AS (DELETE FROM node_calls WHERE at < $4::bigint AND node_id <> $1::uuid)
         INSERT INTO node_calls (node_id, at, counts) VALUES ($1::uuid, $2::bigint, $3)
         ON CONFLICT (node_id) DO UPDATE SET at = excluded.at, counts = excluded.counts`,
        [nodeId, at, counts, since],
      );
    },
    async ofOthers(nodeId, since) {
      const rows = await rowsOf<{ counts: string }>(
        sql,
        "SELECT counts FROM node_calls WHERE node_id <> $1::uuid AND at >= $2::bigint",
        [nodeId, since],
      );
      return rows.map(({ counts }) => counts);
    },
  };
}
