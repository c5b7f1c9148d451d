import { describe, expect, test } from "bun:test";
import { newId } from "../../src/base/id.ts";
import { postgresCallBoard } from "../../src/storage/postgres/call-board.ts";
import { hasPostgres, newDatabase } from "../support/postgres.ts";

describe.if(hasPostgres("counts of calls on PostgreSQL"))("on a real server", () => {
  test("each node leaves one row for the others, and what is too old goes", async () => {
    const { sql, close } = await newDatabase();
    const board = postgresCallBoard(sql);
    const [one, other, gone] = [newId(), newId(), newId()];
    await board.leave(gone, 10, "[3]", 0);
    await board.leave(one, 100, "[1]", 0);
    await board.leave(one, 200, "[2]", 0);
    expect((await board.ofOthers(other, 0)).toSorted()).toEqual(["[2]", "[3]"]);
    expect(await board.ofOthers(other, 11)).toEqual(["[2]"]);
    expect(await board.ofOthers(one, 11)).toEqual([]);
    await board.leave(other, 300, "[4]", 11);
    const rows: { n: number }[] = await sql.unsafe("SELECT count(*)::int AS n FROM node_calls");
    expect(rows.map(({ n }) => n)).toEqual([2]);
    await close();
  });
});
