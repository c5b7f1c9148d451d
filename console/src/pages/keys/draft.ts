import { ApiError } from "../../base/api.ts";
import type { Key, KeyChange, Limits, NewKey } from "../../base/contract.ts";
import { dollarsOf, nanosOf } from "../../base/units.ts";
import { t } from "../../i18n/t.ts";

/** What the form of a key holds: text as it was typed. */
export interface KeyDraft {
  readonly name: string;
  readonly project: string;
  readonly plan: string;
  readonly models: string;
  readonly networks: string;
  readonly keepPrompts: boolean;
  /** Days from now, a date, or empty for never. */
  readonly expires: string;
  readonly limits: Readonly<Record<keyof Limits, string>>;
}

export const LIMIT_NAMES = [
  "requests_per_minute",
  "requests_per_day",
  "tokens_per_minute",
  "concurrency",
] as const satisfies readonly (keyof Limits)[];

/** Limits of money: typed as dollars, sent as nanos. */
export const SPEND_NAMES = [
  "spend_per_day_nanos",
  "spend_per_month_nanos",
] as const satisfies readonly (keyof Limits)[];

const NO_LIMITS: KeyDraft["limits"] = {
  requests_per_minute: "",
  requests_per_day: "",
  tokens_per_minute: "",
  concurrency: "",
  spend_per_day_nanos: "",
  spend_per_month_nanos: "",
};

export const NEW_DRAFT: KeyDraft = {
  name: "",
  project: "",
  plan: "",
  models: "",
  networks: "",
  keepPrompts: false,
  expires: "",
  limits: NO_LIMITS,
};

const listText = (items: readonly string[] | null): string => (items ?? []).join(", ");
const listOf = (text: string): string[] => text.split(/[\s,]+/).filter((part) => part !== "");

export function draftOf(key: Key): KeyDraft {
  const counts = Object.fromEntries(LIMIT_NAMES.map((name) => [name, String(key.limits[name] ?? "")]));
  const spends = Object.fromEntries(
    SPEND_NAMES.map((name) => [name, key.limits[name] ? dollarsOf(BigInt(key.limits[name])) : ""]),
  );
  return {
    name: key.name,
    project: key.project ?? "",
    plan: key.plan,
    models: listText(key.models),
    networks: listText(key.networks),
    keepPrompts: key.keep_prompts,
    expires: key.expires_at?.slice(0, 10) ?? "",
    limits: { ...NO_LIMITS, ...counts, ...spends },
  };
}

const DAY_MS = 86_400_000;

function expiryOf(text: string): string | undefined {
  if (text === "") return undefined;
  if (/^\d+$/.test(text)) return new Date(Date.now() + Number(text) * DAY_MS).toISOString();
  return new Date(`${text}T23:59:59Z`).toISOString();
}

/** @throws ApiError where an amount of money is none */
function limitsOf({ limits }: KeyDraft): Partial<Limits> {
  const isSet = (name: keyof Limits) => limits[name].trim() !== "";
  const counts = LIMIT_NAMES.filter(isSet).map((name) => [name, Number(limits[name])] as const);
  const spends = SPEND_NAMES.filter(isSet).map((name) => [name, spendOf(name, limits[name])] as const);
  return Object.fromEntries([...counts, ...spends]);
}

function spendOf(name: string, text: string): string {
  const nanos = nanosOf(text);
  if (nanos !== undefined) return nanos.toString();
  throw new ApiError(422, "invalid", t("wallet.amount.wrong"), `limits.${name}`);
}

export function newKeyOf(draft: KeyDraft): NewKey {
  const [models, networks, expires] = [listOf(draft.models), listOf(draft.networks), expiryOf(draft.expires)];
  return {
    name: draft.name.trim(),
    limits: limitsOf(draft),
    ...(draft.plan && { plan: draft.plan }),
    ...(draft.project.trim() && { project: draft.project.trim() }),
    ...(models.length > 0 && { models }),
    ...(networks.length > 0 && { networks }),
    keep_prompts: draft.keepPrompts,
    ...(expires && { expires_at: expires }),
  };
}

/** What differs from the key as it is. */
export function changeOf(draft: KeyDraft, key: Key): KeyChange {
  const before = draftOf(key);
  const orNull = (items: string[]) => (items.length > 0 ? items : null);
  return {
    ...(draft.name !== before.name && { name: draft.name.trim() }),
    ...(draft.project !== before.project && { project: draft.project.trim() || null }),
    ...(draft.models !== before.models && { models: orNull(listOf(draft.models)) }),
    ...(draft.networks !== before.networks && { networks: orNull(listOf(draft.networks)) }),
    ...(draft.keepPrompts !== before.keepPrompts && { keep_prompts: draft.keepPrompts }),
    ...(draft.expires !== before.expires && { expires_at: expiryOf(draft.expires) ?? null }),
    ...(JSON.stringify(draft.limits) !== JSON.stringify(before.limits) && { limits: limitsOf(draft) }),
  };
}
