import { writeFileSync, writeSync } from "node:fs";
import { type MonthStatement, STATEMENT_FILES } from "../control/statement-files.ts";
import { call } from "./call.ts";
import { type CommandContext, print, UsageError } from "./command.ts";
import type { Options } from "./options.ts";

function formatOf(options: Options): keyof typeof STATEMENT_FILES {
  const format = options.text("format") ?? "text";
  if (format === "text" || format === "csv" || format === "pdf") return format;
  throw new UsageError(`--format is ${format}; it takes text, csv or pdf.`);
}

/** All of it, also into a pipe that takes a little at a time. */
function writeOut(bytes: Uint8Array): void {
  for (let from = 0; from < bytes.length; from += writeSync(1, bytes, from));
}

/** `quoin wallet statement --month 2026-11 [--format text|csv|pdf] [--by day|request] [--out FILE]` */
export async function printMonthStatement(context: CommandContext, options: Options): Promise<number> {
  const format = formatOf(options);
  const out = options.text("out");
  if (format === "pdf" && out === undefined && process.stdout.isTTY)
    throw new UsageError("A PDF is not for a terminal; add --out FILE, or redirect the output.");
  const statement = (await call(context, "wallet.month-statement", {
    account: options.required("account"),
    month: options.required("month"),
    by: options.text("by") ?? (format === "csv" ? "request" : "day"),
  })) as MonthStatement;
  if (options.flag("json")) print(JSON.stringify(statement));
  else if (out === undefined) writeOut(STATEMENT_FILES[format](statement));
  else {
    writeFileSync(out, STATEMENT_FILES[format](statement), { mode: 0o600 });
    print(`Wrote the statement of ${statement.month} to ${out}.`);
  }
  return 0;
}
