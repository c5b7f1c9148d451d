/** What a run found, as it is kept in docs/clients/compatibility.json. */
import { readFile, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { UpstreamProtocol } from "../agents/script.ts";
import { CASE_IDS, type CaseId, type Manner } from "./client.ts";

const RESULTS_FILE = resolve(import.meta.dir, "../../docs/clients/compatibility.json");

export interface Cell {
  readonly outcome: Manner | "cannot" | "own fault" | "failed";
  readonly seconds?: number;
  /** Requests that reached the upstream. */
  readonly requests?: number;
  /** Why it cannot be asked, or what was wrong. */
  readonly note?: string;
}

export interface RowResult {
  readonly protocol: UpstreamProtocol;
  /** What the gateway's history calls the program. */
  readonly known?: string;
  readonly cells: Partial<Readonly<Record<CaseId, Cell>>>;
}

export interface ClientResult {
  readonly id: string;
  readonly title: string;
  readonly kind: "agent" | "sdk";
  /** Day of the run. */
  readonly date: string;
  readonly version?: string;
  /** What its user must know. */
  readonly remark?: string;
  readonly packages: readonly string[];
  /** The installer's own words where it is not here. */
  readonly refusal?: string;
  readonly rows: readonly RowResult[];
}

export interface Results {
  readonly platform: string;
  readonly clients: readonly ClientResult[];
}

export async function readResults(): Promise<Results> {
  const text = await readFile(RESULTS_FILE, "utf8").catch(() => undefined);
  return text === undefined ? { platform: "", clients: [] } : (JSON.parse(text) as Results);
}

/** The cells of a new run take the place of the last one's; those that it did not ask stay. */
function mergeRows(before: ClientResult | undefined, result: ClientResult): readonly RowResult[] {
  return result.rows.map((row) => {
    const last = before?.rows.find(({ protocol }) => protocol === row.protocol);
    const cells = { ...last?.cells, ...row.cells };
    const known = row.known ?? last?.known;
    const ordered = CASE_IDS.flatMap((id) => (cells[id] === undefined ? [] : [[id, cells[id]]]));
    return {
      protocol: row.protocol,
      ...(known === undefined ? {} : { known }),
      cells: Object.fromEntries(ordered),
    };
  });
}

/** Puts one client's result in the place of its last one, in the order of `ids`. */
export async function saveResult(result: ClientResult, ids: readonly string[]): Promise<Results> {
  const { clients } = await readResults();
  const before = clients.find(({ id, version }) => id === result.id && version === result.version);
  const merged = { ...result, rows: mergeRows(before, result) };
  const byId = new Map([...clients, merged].map((one) => [one.id, one]));
  const kept = ids.flatMap((id) => byId.get(id) ?? []);
  const results = { platform: `${process.platform} ${process.arch}`, clients: kept };
  await writeFile(RESULTS_FILE, `${JSON.stringify(results, null, 2)}\n`);
  return results;
}
