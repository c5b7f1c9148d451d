import { resolve } from "node:path";
import { countOf } from "../base/count-of.ts";
import { provePostgres } from "../storage/postgres/prove.ts";
import type { Proof } from "../storage/proof.ts";
import { proveLedger } from "../storage/sqlite/prove.ts";
import { type Command, print, UsageError } from "./command.ts";
import { flushHome } from "./flush-home.ts";
import { readOptions } from "./options.ts";

/** A proof in lines. */
export function showProof(proof: Proof): string {
  const checks = proof.checks.map(({ name, differences }) =>
    differences.length === 0
      ? `ok    ${name}`
      : `WRONG ${name}\n${differences.map((line) => `        ${line}`).join("\n")}`,
  );
  const counts = [
    countOf(proof.wallets, "wallet"),
    countOf(proof.lots, "lot"),
    countOf(proof.charges, "charge"),
    countOf(proof.requests, "request"),
  ].join(", ");
  const verdict = proof.ok ? `The ledger is proven: ${counts}.` : `The ledger does NOT hold: ${counts}.`;
  return [...checks, verdict].join("\n");
}

/** `quoin ledger prove`: exit 1 on a difference. */
export const ledger: Command = async (context) => {
  const [word, ...rest] = context.args;
  if (word !== "prove") throw new UsageError("quoin ledger takes: prove.");
  const options = readOptions(rest, { json: "boolean" });
  const home = resolve(context.settings.home);
  const { databaseUrl } = context.settings;
  const proof =
    databaseUrl === undefined
      ? await proveLedger(home, () => flushHome(context, home))
      : await provePostgres(databaseUrl);
  print(options.flag("json") ? JSON.stringify(proof) : showProof(proof));
  return proof.ok ? 0 : 1;
};
