import { resolveTxt } from "node:dns/promises";
import { proofPlaces } from "../accounts/account-brand.ts";
import { fetchBytes } from "./guarded-fetch.ts";

const ANSWER_BYTES_MAX = 1_000;
const DEADLINE_MS = 8_000;

/** How a domain is looked at; each answers what stands there, nothing where nothing does. */
export interface DomainLook {
  readonly records: (name: string) => Promise<readonly string[]>;
  readonly file: (url: string) => Promise<string>;
}

async function records(name: string): Promise<string[]> {
  try {
    return (await resolveTxt(name)).map((pieces) => pieces.join(""));
  } catch {
    return []; // A name without such a record: that is the answer.
  }
}

async function file(url: string): Promise<string> {
  try {
    const bytes = await fetchBytes(url, {
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
  const places = proofPlaces(host);
  const found = await look.records(places.record);
  if (found.some((record) => record.trim() === proof)) return true;
  return (await look.file(places.file)).trim() === proof;
}
