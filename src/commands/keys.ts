import { table } from "../base/table.ts";
import { family, type SubCommand, subCommand, wordAt } from "./family.ts";
import type { Options } from "./options.ts";

interface KeyResult {
  readonly id: string;
  readonly key: string;
  readonly account: string;
  readonly plan: string;
  readonly replaces?: string;
  readonly replaced_until?: string | null;
}

function showNewKey({ id, key, account, plan }: KeyResult): string {
  return `${key}\n\nShown once: keep it now. Key ${id} of account ${account}, plan ${plan}.`;
}

function showRotated(result: KeyResult): string {
  const { replaces, replaced_until: until } = result;
  const old = until ? `is good until ${until}` : "is revoked";
  return `${showNewKey(result)}\nThe old key ${replaces} ${old}.`;
}

interface KeyLine {
  readonly id: string;
  readonly account: string;
  readonly plan: string;
  readonly hint: string;
  readonly created_at: string;
  readonly expires_at: string | null;
  readonly revoked_at: string | null;
}

function showKeys({ keys }: { keys: readonly KeyLine[] }): string {
  if (keys.length === 0) return "No keys yet: quoin keys create --account NAME makes one.";
  return table(
    ["id", "account", "plan", "key", "created", "expires", "revoked"],
    keys.map(({ id, account, plan, hint, created_at, expires_at, revoked_at }) => [
      id,
      account,
      plan,
      hint,
      created_at,
      expires_at ?? "",
      revoked_at ?? "",
    ]),
  );
}

const keyId = (options: Options): string => wordAt(options, 0, "the key's id; quoin keys list shows it");

const list = (text: string | undefined): string[] | undefined =>
  text?.split(",").map((entry) => entry.trim());

const KEYS: Record<string, SubCommand> = {
  create: subCommand<KeyResult>({
    operation: "keys.create",
    options: {
      account: "string",
      plan: "string",
      name: "string",
      lossy: "string",
      rpm: "string",
      rpd: "string",
      tpm: "string",
      concurrency: "string",
      "spend-per-day": "string",
      "spend-per-month": "string",
      "allow-ip": "string",
      expires: "string",
      "keep-prompts": "boolean",
    },
    args: (options) => ({
      account: options.required("account"),
      plan: options.text("plan"),
      name: options.text("name"),
      lossy: options.text("lossy"),
      rpm: options.number("rpm"),
      rpd: options.number("rpd"),
      tpm: options.number("tpm"),
      concurrency: options.number("concurrency"),
      "spend-per-day": options.text("spend-per-day"),
      "spend-per-month": options.text("spend-per-month"),
      networks: list(options.text("allow-ip")),
      expires: options.text("expires"),
      "keep-prompts": options.flag("keep-prompts") || undefined,
    }),
    show: showNewKey,
  }),
  list: subCommand<{ keys: readonly KeyLine[] }>({
    operation: "keys.list",
    options: { account: "string" },
    args: (options) => ({ account: options.text("account") }),
    show: showKeys,
  }),
  revoke: subCommand<{ id: string }>({
    operation: "keys.revoke",
    options: {},
    args: (options) => ({ id: keyId(options) }),
    show: ({ id }) => `Revoked ${id}; requests with it are refused from now on.`,
  }),
  rotate: subCommand<KeyResult>({
    operation: "keys.rotate",
    options: { overlap: "string", expires: "string" },
    args: (options) => ({
      id: keyId(options),
      overlap: options.text("overlap"),
      expires: options.text("expires"),
    }),
    show: showRotated,
  }),
};

export const keys = family("keys", KEYS);
