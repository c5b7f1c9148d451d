import type { Extensions, Signature } from "../../../core/generation/node.ts";
import type { GenerationRequest } from "../../../core/generation/request.ts";
import type { TargetTraits } from "../../../core/generation/traits.ts";
import type { JsonObject } from "../../../core/json.ts";
import { loseForeign as loseForeignMembers } from "../../lose-foreign.ts";
import type { LossReport } from "../../translation.ts";
import { INNER_FIELDS, type InnerField } from "../fields.ts";
import { camelCase } from "../spelling.ts";

/** What encoding one request carries along. */
export interface Encoding {
  readonly request: GenerationRequest;
  readonly traits: TargetTraits;
  readonly report: LossReport;
  /** Names of the functions that were called, by call id: results must say them again. */
  readonly names: Map<string, string>;
}

/** What may have extensions: nodes, tool choices, the request itself. */
type Extended = { readonly extensions?: Extensions };

/** Gemini's own fields of something, and our notes on how they were written (`$…`). */
export function noteOf({ extensions }: Extended, name: `$${string}`): unknown {
  return extensions?.gemini?.[name];
}

/** Gemini's own fields of a node, without our notes and without the fields that belong further inside. */
export function ownFields({ extensions }: Extended): JsonObject {
  const isOuter = (key: string) =>
    !key.startsWith("$") && !INNER_FIELDS.some((inner) => key.startsWith(`${inner}.`));
  return Object.fromEntries(Object.entries(extensions?.gemini ?? {}).filter(([key]) => isOuter(key)));
}

/** What a node says inside one of its fields (`functionCall`, `generationConfig`) that only Gemini has. */
export function innerFields({ extensions }: Extended, inner: InnerField): JsonObject {
  const prefix = `${inner}.`;
  const found = Object.entries(extensions?.gemini ?? {}).filter(([key]) => key.startsWith(prefix));
  return Object.fromEntries(found.map(([key, value]) => [key.slice(prefix.length), value]));
}

/** Names what only another protocol can say. */
export function loseForeign(
  report: LossReport,
  extensions: Extensions | undefined,
  path: string | undefined,
): void {
  loseForeignMembers(extensions, "gemini", "Gemini has no place for it", report, path);
}

/** A signature as Google reads it; another vendor's is nothing to it. */
export function signed(encoding: Encoding, signature: Signature | undefined): JsonObject {
  if (!signature) return {};
  const readable = signature.by === "google" || signature.by === encoding.traits.vendor;
  return readable ? { thoughtSignature: signature.value } : {};
}

/**
 * Fields that the neutral form has no place for. Another protocol's client may hand Gemini's fields
 * through; those that we know of are not set behind the back of what metering has read.
 */
export function unknownFields(fields: JsonObject, known: ReadonlySet<string>): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([key]) => !known.has(camelCase(key))));
}
