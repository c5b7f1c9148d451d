import { describe, expect, test } from "bun:test";
import { bucketRows } from "../../src/storage/sqlite/bucket-rows.ts";

/** Asks, and tells whether it had to be read. */
function asker(rowsMax: number) {
  const kept = bucketRows<string>(rowsMax);
  const isRead = (bucket: number, question = "all", rows: readonly string[] = ["row"]): boolean => {
    let read = false;
    const answer = kept.rowsOf(1, bucket, question, () => {
      read = true;
      return rows;
    });
    expect(answer).toEqual(rows);
    return read;
  };
  return { kept, isRead };
}

describe("rows of hours and days that were read before", () => {
  test("are read once for each question", () => {
    const { isRead } = asker(100);
    expect([isRead(1), isRead(1), isRead(2), isRead(1, "by model"), isRead(1, "by model")]).toEqual([
      true,
      false,
      true,
      true,
      false,
    ]);
  });

  test("an empty bucket is known, too", () => {
    const { isRead } = asker(100);
    expect([isRead(1, "all", []), isRead(1, "all", [])]).toEqual([true, false]);
  });

  test("what is added to is read again, of every question, and nothing else", () => {
    const { kept, isRead } = asker(100);
    for (const bucket of [1, 2]) isRead(bucket);
    isRead(1, "by model");
    kept.changed(1, 1);
    expect([isRead(1), isRead(1, "by model"), isRead(2)]).toEqual([true, true, false]);
  });

  test("all are read again after anything may have changed", () => {
    const { kept, isRead } = asker(100);
    isRead(1);
    kept.forget();
    expect(isRead(1)).toBe(true);
  });

  test("where there are too many, those asked for longest ago go first", () => {
    const { isRead } = asker(4);
    for (const bucket of [1, 2]) isRead(bucket, "all", ["a", "b"]);
    isRead(1, "all", ["a", "b"]);
    isRead(3, "all", ["c"]);
    expect([isRead(1, "all", ["a", "b"]), isRead(2, "all", ["a", "b"])]).toEqual([false, true]);
  });
});
