import {
  type Credentials,
  type Fields,
  openCredentials,
  sealCredentials,
  splitCredentials,
} from "./credentials.ts";
import type { DeclaredKind, DeclaredRow } from "./declared.ts";
import { type DeclaredEntry, type FieldProblem, type Laid, type LeftOut, layOver } from "./lay-over.ts";
import type { Discovered, FileLines } from "./resolve.ts";
import type { Config } from "./types.ts";

/** What the declared rows are laid over. */
export interface Base {
  readonly config: Config;
  readonly discovered: Discovered;
  readonly lines: FileLines;
}

/** Something declared, as operators may see it: no credential. */
export interface DeclaredView {
  readonly kind: DeclaredKind;
  readonly id: string;
  readonly content: Fields;
  readonly hasApiKey: boolean;
  readonly headerNames: readonly string[];
  readonly updatedAt: number;
  readonly updatedBy: string;
  /** Why it is not in force; empty: it is. */
  readonly problems: readonly FieldProblem[];
}

export const isThe = (kind: DeclaredKind, id: string) => (other: { kind: DeclaredKind; id: string }) =>
  other.kind === kind && other.id === id;

const UNREADABLE: FieldProblem = {
  field: "api_key",
  message: "cannot be read with this QUOIN_SECRET; send the credentials again",
};

/** Fields as a row, an upstream's credentials sealed. */
export function rowOf(
  secret: string,
  { kind, id, fields }: DeclaredEntry,
  last: Pick<DeclaredRow, "updatedAt" | "updatedBy">,
): DeclaredRow {
  if (kind !== "upstream") return { kind, id, content: JSON.stringify(fields), sealed: undefined, ...last };
  const { content, credentials } = splitCredentials(fields);
  return {
    kind,
    id,
    content: JSON.stringify(content),
    sealed: sealCredentials(secret, id, credentials),
    ...last,
  };
}

/** A section of quoin.yaml has no id among its fields. */
function fieldsOf(kind: DeclaredKind, id: string, content: string): Fields {
  const fields = JSON.parse(content);
  return kind === "setting" ? fields : { ...fields, id };
}

/** The rows over what they are declared beside; those whose credentials cannot be opened are left out too. */
export function layRows(
  { config, discovered, lines }: Base,
  rows: readonly DeclaredRow[],
  secret: string,
): Laid {
  const shut: LeftOut[] = [];
  const entries = rows.flatMap(({ kind, id, content, sealed }): DeclaredEntry[] => {
    const credentials = openCredentials(secret, id, sealed);
    if (credentials) return [{ kind, id, fields: { ...fieldsOf(kind, id, content), ...credentials } }];
    shut.push({ kind, id, problems: [UNREADABLE] });
    return [];
  });
  const laid = layOver(config, discovered, entries, lines);
  return { config: laid.config, leftOut: [...shut, ...laid.leftOut] };
}

/** All that is wrong in one line. */
export function problemText({ problems }: Pick<LeftOut, "problems">): string {
  return problems.map(({ field, message }) => (field === "" ? message : `${field}: ${message}`)).join("; ");
}

export function viewOf(row: DeclaredRow, { leftOut }: Pick<Laid, "leftOut">, secret: string): DeclaredView {
  const { kind, id, updatedAt, updatedBy } = row;
  const { api_key = "", headers }: Credentials = openCredentials(secret, id, row.sealed) ?? {};
  return {
    ...{ kind, id, updatedAt, updatedBy },
    content: fieldsOf(kind, id, row.content),
    hasApiKey: api_key !== "",
    headerNames: typeof headers === "object" && headers !== null ? Object.keys(headers) : [],
    problems: leftOut.find(isThe(kind, id))?.problems ?? [],
  };
}
