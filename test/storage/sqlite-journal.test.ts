import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import type { ChargeRow } from "../../src/billing/store.ts";
import { NO_USAGE } from "../../src/core/usage.ts";
import { decodeRows, encodeRows } from "../../src/storage/sqlite/charge-writer.ts";
import { dropJournal, Journal, readJournal } from "../../src/storage/sqlite/journal.ts";
import { newFolder } from "../support/folder.ts";

let folder: ReturnType<typeof newFolder>;
beforeEach(() => {
  folder = newFolder();
});
afterEach(() => folder.remove());

const files = () =>
  readdirSync(folder.path)
    .filter((name) => name.endsWith(".journal"))
    .sort();

async function written(...lines: string[]): Promise<Journal> {
  const journal = Journal.start(folder.path);
  for (const line of lines) await journal.append(line);
  return journal;
}

/** The newest file's bytes without its zeros. */
function lastFile(): { path: string; bytes: Buffer } {
  const path = join(folder.path, files().at(-1) ?? "");
  const bytes = readFileSync(path);
  return { path, bytes: bytes.subarray(0, bytes.indexOf(0)) };
}

describe("the journal", () => {
  test("gives back every line, in order, of every process that wrote", async () => {
    for (const lines of [["a", "é北🙂"], ["c"], [], ["d", " "]]) await (await written(...lines)).close();
    expect(readJournal(folder.path)).toEqual(["a", "é北🙂", "c", "d", " "]);
  });

  test("has every line on the disk when append resolves", async () => {
    const journal = await written("one");
    expect(readJournal(folder.path)).toEqual(["one"]);
    await journal.append("two");
    expect(readJournal(folder.path)).toEqual(["one", "two"]);
    await journal.close();
  });

  test("goes on in the next file, and old ones can go", async () => {
    const line = "x".repeat(60_000);
    const journal = await written(...Array.from({ length: 6 }, (_, at) => `${at}${line}`));
    expect(journal.number).toBeGreaterThan(1);
    expect(readJournal(folder.path).map((text) => text[0])).toEqual(["0", "1", "2", "3", "4", "5"]);
    dropJournal(folder.path, journal.number - 1);
    expect(readJournal(folder.path).at(-1)?.[0]).toBe("5");
    await journal.close();
    dropJournal(folder.path, Number.MAX_SAFE_INTEGER);
    expect(readJournal(folder.path)).toEqual([]);
  });

  test("takes a line that is larger than a file", async () => {
    const large = "y".repeat(300_000);
    await (await written("a", large, "b")).close();
    expect(readJournal(folder.path)).toEqual(["a", large, "b"]);
  });

  test("passes over a last line torn at any byte", async () => {
    await (await written("first", "second")).close();
    const { path, bytes } = lastFile();
    const whole = bytes.indexOf("\n") + 1;
    for (let length = whole; length < bytes.length - 1; length++) {
      writeFileSync(path, Buffer.concat([bytes.subarray(0, length), Buffer.alloc(64)]));
      expect(readJournal(folder.path)).toEqual(["first"]);
    }
    // Without its LF alone a line is whole: the checksum says so.
    writeFileSync(path, bytes.subarray(0, bytes.length - 1));
    expect(readJournal(folder.path)).toEqual(["first", "second"]);
  });

  test("says where it is damaged before a whole line", async () => {
    await (await written("first", "second", "third")).close();
    const { path, bytes } = lastFile();
    for (let at = 0; at < bytes.lastIndexOf("\n", bytes.length - 2); at++) {
      const damaged = Buffer.from(bytes);
      damaged[at] = (damaged[at] ?? 0) ^ 0x04;
      writeFileSync(path, damaged);
      expect(() => readJournal(folder.path)).toThrow(/charges-\d+\.journal:\d is damaged in the middle/);
    }
  });

  test("says so too when the damage is behind in an older file", async () => {
    await (await written("first")).close();
    const { path, bytes } = lastFile();
    await (await written("second")).close();
    writeFileSync(path, bytes.subarray(0, 5));
    expect(() => readJournal(folder.path)).toThrow("is damaged in the middle");
  });

  test("a folder that does not exist is empty", () => {
    expect(readJournal(join(folder.path, "nothing", "here"))).toEqual([]);
  });
});

describe("a charge as a line", () => {
  const id = fc
    .uint8Array({ minLength: 16, maxLength: 16 })
    .map((bytes) => Buffer.from(bytes).toString("hex"));
  const amount = fc.bigInt({ min: 0n, max: (1n << 63n) - 1n });
  const row: fc.Arbitrary<ChargeRow> = fc.record({
    requestId: id,
    leg: fc.nat(9),
    state: fc.constantFrom("posted" as const, "void" as const, "quarantined" as const),
    walletId: id,
    epoch: fc.nat(),
    lotId: fc.option(id),
    amountNanos: amount,
    pricedNanos: amount,
    priceVersion: fc.nat(),
    usage: fc.record({ input: fc.nat(), reasoning: fc.nat(3) }).map((usage) => ({ ...NO_USAGE, ...usage })),
    at: fc.nat(),
  });

  test("says which node wrote it, where that was a worker", () => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 4 }), fc.integer({ min: 2, max: 64 }), (rows, node) => {
        const nodes = new Map(rows.map(({ epoch }) => [epoch, epoch % 2 === 0 ? node : 1]));
        const read = new Map<number, number>();
        expect(decodeRows(encodeRows(rows, nodes), read)).toEqual(rows);
        expect(read).toEqual(new Map([...nodes].filter(([, nodeId]) => nodeId !== 1)));
      }),
    );
  });

  test("comes back as it was", () => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 4 }), (rows) => {
        const text = encodeRows(rows, new Map());
        expect(decodeRows(text, new Map())).toEqual(rows);
        expect(text).not.toContain("\n");
      }),
    );
  });
});
