import { table } from "../base/table.ts";
import { formatUsd } from "../core/money.ts";
import { family, type SubCommand, subCommand, usd, wordAt } from "./family.ts";

interface RequestResult {
  id: string;
  at: string;
  account: string;
  model: string;
  protocol: string;
  status: number;
  outcome: string;
  charge_nanos: string;
  last_byte_ms: number;
}

const REQUESTS: Record<string, SubCommand> = {
  list: subCommand<{ requests: RequestResult[] }>({
    operation: "requests.list",
    options: { account: "string", limit: "string" },
    args: (options) => ({ account: options.text("account"), limit: options.number("limit") }),
    show: ({ requests }) =>
      requests.length === 0
        ? "No requests yet."
        : table(
            ["id", "at", "account", "model", "protocol", "status", "outcome", "charge", "ms"],
            requests.map((row) => [
              row.id,
              row.at,
              row.account,
              row.model,
              row.protocol,
              String(row.status),
              row.outcome,
              usd(row.charge_nanos),
              String(row.last_byte_ms),
            ]),
          ),
  }),
  show: subCommand<object>({
    operation: "requests.show",
    options: {},
    args: (options) => ({ id: wordAt(options, 0, "the request's id; quoin requests list shows it") }),
    show: (record) => JSON.stringify(record, null, 2),
  }),
  receipt: subCommand<object>({
    operation: "requests.receipt",
    options: {},
    args: (options) => ({ id: wordAt(options, 0, "the request's id; quoin requests list shows it") }),
    show: (signed) => JSON.stringify(signed, null, 2),
  }),
};

interface ModelResult {
  id: string;
  vendor: string;
  context_tokens: number;
  protocols: string[];
  published: boolean;
  price_nanos_per_million: { input: string; output: string };
  targets: { upstream: string }[];
}

const MODELS: Record<string, SubCommand> = {
  list: subCommand<{ models: ModelResult[] }>({
    operation: "models.list",
    options: {},
    args: () => ({}),
    show: ({ models }) =>
      table(
        ["model", "vendor", "context", "input $/M", "output $/M", "upstreams", "protocols"],
        models.map((model) => [
          model.published ? model.id : `${model.id} (not published)`,
          model.vendor,
          String(model.context_tokens),
          formatUsd(BigInt(model.price_nanos_per_million.input)),
          formatUsd(BigInt(model.price_nanos_per_million.output)),
          model.targets.map((target) => target.upstream).join(","),
          model.protocols.join(","),
        ]),
      ),
  }),
  test: subCommand<{
    model: string;
    targets: { upstream: string; ok: boolean; status: number; took_ms: number; reason: string }[];
  }>({
    operation: "models.test",
    options: {},
    args: (options) => ({ model: wordAt(options, 0, "the model; quoin models list shows them") }),
    show: ({ targets }) =>
      table(
        ["upstream", "ok", "status", "ms", "reason"],
        targets.map((row) => [
          row.upstream,
          row.ok ? "yes" : "no",
          String(row.status),
          String(row.took_ms),
          row.reason,
        ]),
      ),
  }),
};

export const requests = family("requests", REQUESTS);
export const models = family("models", MODELS);
