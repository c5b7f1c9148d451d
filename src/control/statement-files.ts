import { table } from "../base/table.ts";
import { COLUMNS, LINES_A_PAGE, textPdf } from "../base/text-pdf.ts";
import { formatUsd } from "../core/money.ts";

export interface MonthLine {
  readonly at: string;
  readonly kind: string;
  readonly ref: string;
  readonly requests: number;
  readonly amount_nanos: string;
  readonly balance_nanos: string;
}

export interface MonthStatement {
  readonly account: string;
  readonly month: string;
  readonly complete: boolean;
  readonly opening_nanos: string;
  readonly closing_nanos: string;
  readonly entries: readonly MonthLine[];
}

/** RFC 4180. A field that a spreadsheet would take for a formula is led by an apostrophe. */
function csvField(text: string): string {
  const safe = /^[=+@\t\r]|^-(?![\d.]+$)/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

const decimal = (nanos: string) => formatUsd(BigInt(nanos));
const dollars = (nanos: string) => `$${decimal(nanos)}`.replace("$-", "-$");

export function statementCsv({ entries }: MonthStatement): string {
  const rows = entries.map(({ at, kind, ref, requests, amount_nanos, balance_nanos }) => [
    at,
    kind,
    ref,
    String(requests),
    decimal(amount_nanos),
    decimal(balance_nanos),
  ]);
  const all = [["at", "kind", "reference", "requests", "amount_usd", "balance_usd"], ...rows];
  return all.map((row) => `${row.map(csvField).join(",")}\r\n`).join("");
}

/** A statement for people; a month that is not over says so. */
export function statementText(statement: MonthStatement): string {
  const { account, month, complete, opening_nanos, closing_nanos, entries } = statement;
  const rows = entries.map(({ at, kind, ref, requests, amount_nanos, balance_nanos }) => [
    `${at.slice(0, 10)} ${at.slice(11, 16)}`,
    kind,
    dollars(amount_nanos),
    dollars(balance_nanos),
    kind === "charge" && requests !== 1 ? `${requests} requests` : shorten(ref),
  ]);
  return [
    `Account ${account}, statement of ${month} (UTC)${complete ? "" : ", so far"}`,
    "",
    `Opening balance ${dollars(opening_nanos)}`,
    `Closing balance ${dollars(closing_nanos)}`,
    "",
    rows.length === 0 ? "Nothing moved." : table(["at", "kind", "amount", "balance", "reference"], rows),
  ].join("\n");
}

const REF_LENGTH_MAX = 40;

function shorten(ref: string): string {
  return ref.length <= REF_LENGTH_MAX ? ref : `${ref.slice(0, REF_LENGTH_MAX - 3)}...`;
}

export function statementPdf(statement: MonthStatement): Uint8Array {
  const lines = statementText(statement)
    .split("\n")
    .flatMap((line) => line.match(new RegExp(`.{1,${COLUMNS}}`, "gu")) ?? [""]);
  const room = LINES_A_PAGE - 2;
  const count = Math.max(1, Math.ceil(lines.length / room));
  const pages = Array.from({ length: count }, (_, page) => [
    ...lines.slice(page * room, (page + 1) * room),
    "",
    `${statement.account}, ${statement.month}, page ${page + 1} of ${count}`,
  ]);
  return textPdf(pages, `Statement of ${statement.account}, ${statement.month}`);
}

/** A statement as a file, by its format. */
export const STATEMENT_FILES = {
  text: (statement: MonthStatement) => Buffer.from(`${statementText(statement)}\n`),
  csv: (statement: MonthStatement) => Buffer.from(statementCsv(statement)),
  pdf: statementPdf,
};
