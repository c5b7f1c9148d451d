import type { Fields } from "./credentials.ts";
import { DeclarationRefused } from "./declaration-refused.ts";
import type { DeclaredKind } from "./declared.ts";
import { isThe, problemText } from "./declared-rows.ts";
import { BASE_URL_OF } from "./defaults.ts";
import type { Laid } from "./lay-over.ts";

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What is null goes. */
function replaced(fields: Fields, changes: Fields): Fields {
  const all = Object.entries({ ...fields, ...changes });
  return Object.fromEntries(all.filter(([, value]) => value !== null && value !== undefined));
}

/** Where an upstream's requests go, as far as the fields say. */
function originOf({ provider, base_url }: Fields): string {
  const address = base_url ?? BASE_URL_OF[provider as keyof typeof BASE_URL_OF] ?? "";
  return URL.canParse(String(address)) ? new URL(String(address)).origin : String(address);
}

/**
 * The fields after a change: each replaces that of before, null removes it. An upstream's headers, which nobody is
 * shown, change one by one.
 * @throws DeclarationRefused for another id, and where stored credentials would be sent to another server: who may
 *   change an upstream may not therefore read its key.
 */
export function changedFields(kind: DeclaredKind, fields: Fields, changes: Fields): Fields {
  if (changes.id !== undefined && changes.id !== fields.id)
    throw new DeclarationRefused(
      "invalid",
      "id: it stays as it is; declare another and remove this one.",
      "id",
    );
  const next = replaced(fields, changes);
  if (kind !== "upstream") return next;
  if (originOf(next) !== originOf(fields)) {
    const field = ["api_key", "headers"].find(
      (name) => fields[name] !== undefined && changes[name] === undefined,
    );
    if (field === undefined) return next;
    throw new DeclarationRefused(
      "invalid",
      `${field}: the address is another server's; send this again (null: none), since what is stored goes to no other.`,
      field,
    );
  }
  if (!isFields(fields.headers) || !isFields(changes.headers)) return next;
  return { ...next, headers: replaced(fields.headers, changes.headers) };
}

/** For who changes what they have not seen. */
export function changedMeanwhile(kind: DeclaredKind, id: string): DeclarationRefused {
  const text = `The ${kind} "${id}" was changed by somebody else meanwhile; look at it again.`;
  return new DeclarationRefused("conflict", text);
}

/** @throws DeclarationRefused where it is not valid itself */
export function refuseFaulty({ leftOut }: Laid, kind: DeclaredKind, id: string): void {
  const own = leftOut.find(isThe(kind, id));
  if (own) throw new DeclarationRefused("invalid", `${problemText(own)}.`, own.problems[0]?.field);
}

/** @throws DeclarationRefused where what is declared is not valid, or another declaration would no longer be */
export function refuseHarm(before: Laid, after: Laid, kind: DeclaredKind, id: string): void {
  refuseFaulty(after, kind, id);
  const harmed = after.leftOut.find((one) => !before.leftOut.some(isThe(one.kind, one.id)));
  if (!harmed) return;
  const text = `The ${harmed.kind} "${harmed.id}" needs it as it is (${problemText(harmed)}); change that first.`;
  throw new DeclarationRefused("conflict", text);
}
