import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Spool } from "../../src/base/spool.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "quoin-spool-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const pieceOf = (at: number, length = 1_000) =>
  new Uint8Array(length).map((_, index) => (at * 31 + index) % 256);

async function readAll(spool: Spool, step = 700): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for (let at = 0; ; ) {
    const piece = await spool.read(at, step);
    if (piece.length === 0) return Buffer.concat(pieces);
    pieces.push(piece);
    at += piece.length;
  }
}

describe.each([
  ["in memory", 100_000],
  ["on the disk", 2_500],
])("%s", (_, memoryBytesMax) => {
  test("several readers get the same, from the begin, while it comes", async () => {
    const spool = new Spool(folder, memoryBytesMax);
    const early = readAll(spool, 300);
    const pieces = Array.from({ length: 10 }, (_, at) => pieceOf(at));
    for (const piece of pieces) await spool.append(piece);
    spool.end();
    const wanted = Buffer.concat(pieces);
    expect((await early).equals(wanted)).toBe(true);
    expect((await readAll(spool)).equals(wanted)).toBe(true);
    expect(spool.size).toBe(10_000);
    expect(readdirSync(folder)).toEqual([]);
    spool.close();
  });

  test("who waits hears of a failure, and who comes later too", async () => {
    const spool = new Spool(folder, memoryBytesMax);
    for (let at = 0; at < 5; at++) await spool.append(pieceOf(at));
    const waiting = readAll(spool);
    spool.fail(new Error("too large"));
    expect(waiting).rejects.toThrow("too large");
    expect(spool.read(0, 10)).rejects.toThrow("too large");
    spool.close();
  });

  test("closed while it is read and written, nothing hangs", async () => {
    const spool = new Spool(folder, memoryBytesMax);
    await spool.append(pieceOf(0, 5_000));
    const reading = readAll(spool).catch((fault: Error) => fault.message);
    const writing = spool.append(pieceOf(1, 5_000));
    spool.close();
    await writing;
    expect(await reading).toBe("the spool is closed");
    await spool.append(pieceOf(2));
    expect(spool.read(0, 1)).rejects.toThrow("the spool is closed");
  });
});
