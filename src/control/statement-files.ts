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
  /** In the currency that is shown besides USD; null: none is. */
  readonly shown_nanos: string | null;
  /** What was paid in another currency, and at which rate. */
  readonly paid_in: { readonly currency: string; readonly amount: string; readonly rate: string } | null;
}

export interface MonthStatement {
  readonly account: string;
  readonly month: string;
  readonly shown_currency: string | null;
  readonly complete: boolean;
  readonly opening_nanos: string;
  readonly closing_nanos: string;
  readonly opening_shown_nanos: string | null;
  readonly closing_shown_nanos: string | null;
  readonly entries: readonly MonthLine[];
}

/** RFC 4180. A field that a spreadsheet would take for a formula is led by an apostrophe. */
function csvField(text: string): string {
  const safe = /^[=+@\t\r]|^-(?![\d.]+$)/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

const decimal = (nanos: string) => formatUsd(BigInt(nanos));
const dollars = (nanos: string) => `$${decimal(nanos)}`.replace("$-", "-$");

/** Whether anything is told besides USD. */
const tellsMore = ({ shown_currency, entries }: MonthStatement) =>
  shown_currency !== null || entries.some(({ paid_in }) => paid_in !== null);

export function statementCsv(statement: MonthStatement): string {
  const { entries, shown_currency: shown } = statement;
  const more = tellsMore(statement);
  const rows = entries.map(
    ({ at, kind, ref, requests, amount_nanos, balance_nanos, shown_nanos, paid_in }) => [
      ...[at, kind, ref, String(requests), decimal(amount_nanos), decimal(balance_nanos)],
      ...(more ? [shown ?? "", shown_nanos === null ? "" : decimal(shown_nanos)] : []),
      ...(more ? [paid_in?.currency ?? "", paid_in?.amount ?? "", paid_in?.rate ?? ""] : []),
    ],
  );
  const head = ["at", "kind", "reference", "requests", "amount_usd", "balance_usd"];
  const others = ["shown_currency", "amount_shown", "paid_currency", "paid_amount", "paid_rate"];
  const all = [[...head, ...(more ? others : [])], ...rows];
  return all.map((row) => `${row.map(csvField).join(",")}\r\n`).join("");
}

/** `$5.00`, and beside it `4.60 EUR`. */
function both(nanos: string, shownNanos: string | null, code: string | null): string {
  const usd = dollars(nanos);
  return shownNanos === null || code === null ? usd : `${usd} = ${decimal(shownNanos)} ${code}`;
}

function referenceOf({ kind, ref, requests, paid_in }: MonthLine): string {
  if (paid_in) return `paid ${paid_in.amount} ${paid_in.currency} at ${paid_in.rate}`;
  return kind === "charge" && requests !== 1 ? `${requests} requests` : shorten(ref);
}

/** A statement for people; a month that is not over says so. */
export function statementText(statement: MonthStatement): string {
  const { account, month, complete, opening_nanos, closing_nanos, entries, shown_currency: code } = statement;
  const rows = entries.map((line) => [
    `${line.at.slice(0, 10)} ${line.at.slice(11, 16)}`,
    line.kind,
    both(line.amount_nanos, line.shown_nanos, code),
    dollars(line.balance_nanos),
    referenceOf(line),
  ]);
  return [
    `Account ${account}, statement of ${month} (UTC)${complete ? "" : ", so far"}`,
    "",
    `Opening balance ${both(opening_nanos, statement.opening_shown_nanos, code)}`,
    `Closing balance ${both(closing_nanos, statement.closing_shown_nanos, code)}`,
    "",
    rows.length === 0 ? "Nothing moved." : table(["at", "kind", "amount", "balance", "reference"], rows),
    ...(code === null ? [] : ["", `${code} at the rate of each day; balances and charges are USD.`]),
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
