/** Asks one client one thing. */
import { FIRST_FILE } from "../agents/scenarios.ts";
import { type Case, lackOf } from "./cases.ts";
import type { Client, Row } from "./client.ts";
import type { Sites } from "./gateways.ts";
import { judge } from "./judge.ts";
import type { Cell } from "./results.ts";
import { ENDED_BY_US, runClient } from "./run-client.ts";

export interface Asked {
  readonly cell: Cell;
  /** What the client printed. */
  readonly shown: string;
  /** The tools that the upstream was told of. */
  readonly tools: readonly string[];
}

/** Runs the client, unless it cannot be asked this; once more where it had to be ended. */
export async function askCase(sites: Sites, client: Client, row: Row, one: Case): Promise<Asked> {
  const lack = lackOf(row, one.id);
  if (lack !== undefined) return { cell: { outcome: "cannot", note: lack }, shown: "", tools: [] };
  const { gateway, upstream, keys } = sites[one.upstream];
  const start = { url: gateway.url, key: keys[one.key], caseId: one.id };
  const run = () => {
    upstream.play(one.play(client));
    return runClient(client, row, start, FIRST_FILE.name);
  };
  const first = await run();
  // A busy machine starves a client now and then.
  const ran = first.code === ENDED_BY_US ? await run() : first;
  const tools = upstream.asked[0]?.tools.map(({ name }) => name) ?? [];
  const judged = judge(one, ran, upstream);
  const fault = judged.outcome === "failed" ? row.faults?.[one.id] : undefined;
  const cell: Cell = fault === undefined ? judged : { ...judged, outcome: "own fault", note: fault };
  return { cell, shown: ran.shown, tools };
}
