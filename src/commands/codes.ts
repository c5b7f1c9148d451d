import { countOf } from "../base/count-of.ts";
import { table } from "../base/table.ts";
import { UsageError } from "./command.ts";
import { family, type SubCommand, subCommand, usd } from "./family.ts";

interface MadeCodes {
  readonly batch: string;
  readonly amount_nanos: string;
  readonly expires_at: string | null;
  readonly codes: readonly { readonly id: string; readonly code: string }[];
}

interface CodeView {
  readonly id: string;
  readonly batch: string;
  readonly hint: string;
  readonly amount_nanos: string;
  readonly state: string;
  readonly expires_at: string | null;
  readonly account: string | null;
}

function showMade({ batch, amount_nanos, expires_at, codes }: MadeCodes): string {
  const until = expires_at === null ? "" : `, until ${expires_at}`;
  const lines = codes.map(({ code }) => code).join("\n");
  return `${lines}\n\nShown once: keep them now. ${countOf(codes.length, "code")} of ${usd(amount_nanos)} each${until}; batch ${batch}.`;
}

const CODES: Record<string, SubCommand> = {
  create: subCommand<MadeCodes>({
    operation: "codes.create",
    options: { amount: "string", count: "string", expires: "string", batch: "string" },
    args: (options) => ({
      amount: options.required("amount"),
      count: options.number("count"),
      expires: options.text("expires"),
      batch: options.text("batch"),
    }),
    show: showMade,
  }),
  list: subCommand<{ codes: CodeView[] }>({
    operation: "codes.list",
    options: { batch: "string", limit: "string" },
    args: (options) => ({ batch: options.text("batch"), limit: options.number("limit") }),
    show: ({ codes }) =>
      codes.length === 0
        ? "No codes: quoin codes create --amount 5.00 makes one."
        : table(
            ["id", "batch", "code", "amount", "state", "expires", "account"],
            codes.map((code) => [
              code.id,
              code.batch,
              code.hint,
              usd(code.amount_nanos),
              code.state,
              code.expires_at ?? "",
              code.account ?? "",
            ]),
          ),
  }),
  revoke: subCommand<{ revoked: number }>({
    operation: "codes.revoke",
    options: { batch: "string" },
    args(options) {
      const [id] = options.words;
      const batch = options.text("batch");
      if ((id === undefined) === (batch === undefined))
        throw new UsageError("Name the code's id, or --batch NAME; quoin codes list shows them.");
      return { id, batch };
    },
    show: ({ revoked }) => `Revoked ${countOf(revoked, "code")}; nobody can redeem them any more.`,
  }),
};

/** `quoin codes create|list|revoke` */
export const codes = family("codes", CODES);
