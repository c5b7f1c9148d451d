import type { ChargeEntry } from "../billing/store.ts";
import type { RequestRecord } from "../core/request-record.ts";
import { decodeFields, encodeRecord } from "../storage/record-text.ts";
import { decodeRows, encodeRows } from "../storage/sqlite/charge-writer.ts";

/**
 * What every request brings to the parent goes as one text of lines: the channel looks at each member of an object,
 * which costs both ends more than writing and reading these.
 */
const ID_LENGTH = 32;
const NO_NODES: ReadonlyMap<number, number> = new Map();

function linesOf(text: string): string[] {
  return text === "" ? [] : text.split("\n");
}

/** A line: 1 where the write is repeated, else 0; then the rows as the journal has them. */
export function writeEntries(entries: readonly ChargeEntry[]): string {
  return entries.map(({ rows, repeated }) => `${repeated ? 1 : 0}${encodeRows(rows, NO_NODES)}`).join("\n");
}

export function readEntries(text: string): ChargeEntry[] {
  return linesOf(text).map((line) => ({
    rows: decodeRows(line.slice(1), new Map()),
    repeated: line[0] === "1",
  }));
}

/** A line: the ids of the request and its account, then the record as the history keeps it. */
export function writeRecords(records: readonly RequestRecord[]): string {
  return records.map((record) => `${record.id}${record.accountId}${encodeRecord(record)}`).join("\n");
}

export function readRecords(text: string): RequestRecord[] {
  return linesOf(text).map((line) =>
    decodeFields(line.slice(0, ID_LENGTH), line.slice(ID_LENGTH, 2 * ID_LENGTH), line.slice(2 * ID_LENGTH)),
  );
}
