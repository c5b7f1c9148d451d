import { resolveTxt } from "node:dns/promises";
import { fetchBytes } from "./guarded-fetch.ts";

/** Where the owner of a domain may put a proof, beside its DNS. */
const PATH = "/.well-known/quoin-domain.txt";
const ANSWER_BYTES_MAX = 1_000;
const DEADLINE_MS = 8_000;

/** How a domain is looked at; each answers what stands there, nothing where nothing does. */
export interface DomainLook {
  readonly records: (name: string) => Promise<readonly string[]>;
  readonly file: (host: string) => Promise<string>;
}

/** The name of the record in a domain's DNS. */
const recordName = (host: string): string => `_quoin.${host}`;

async function records(name: string): Promise<string[]> {
  try {
    return (await resolveTxt(name)).map((pieces) => pieces.join(""));
  } catch {
    return []; // A name without such a record: that is the answer.
  }
}

async function file(host: string): Promise<string> {
  try {
    const bytes = await fetchBytes(`https://${host}${PATH}`, {
      field: "host",
      bytesMax: ANSWER_BYTES_MAX,
      deadlineMs: DEADLINE_MS,
    });
    return new TextDecoder().decode(bytes);
  } catch {
    return ""; // Not reached, not public, or no such file: no proof either way.
  }
}

export const lookAtDomain: DomainLook = { records, file };

/** Whether the proof stands in the domain's DNS, or in the file that it serves itself. */
export async function isProven(look: DomainLook, host: string, proof: string): Promise<boolean> {
  const found = await look.records(recordName(host));
  if (found.some((record) => record.trim() === proof)) return true;
  return (await look.file(host)).trim() === proof;
}
