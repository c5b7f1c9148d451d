/** What the end of a client means for the case that it was asked. */
import { ANSWER, FIRST_FILE } from "../agents/scenarios.ts";
import type { ScriptedUpstream } from "../agents/upstream.ts";
import type { Case } from "./cases.ts";
import type { Manner } from "./client.ts";
import type { Cell } from "./results.ts";
import { type ClientRan, ENDED_BY_US } from "./run-client.ts";

const NOTE_CHARS_MAX = 200;

/** What a client showed of a failure: its end, or ours, or nothing that anyone could see. */
function mannerOf(one: Case, { code, shown }: ClientRan, requests: number): Manner | undefined {
  if (code === ENDED_BY_US) return undefined;
  if (shown.includes(ANSWER)) return code === 0 && requests > 1 ? "asked again" : undefined;
  const flat = shown.replaceAll(/\s+/g, " ");
  if (one.words?.test(flat)) return "said why";
  return code !== 0 || /error|fail|limit|401|402|429/i.test(flat) ? "own words" : undefined;
}

function faultOf(one: Case, ran: ClientRan, upstream: ScriptedUpstream): string | undefined {
  const fault = upstream.faults[0];
  if (fault !== undefined) return fault.message;
  if (ran.code !== 0) return `it ended with ${ran.code}`;
  if (!ran.shown.includes(ANSWER)) return "it did not show the answer";
  const streamed = upstream.asked.some((asked) => asked.streamed);
  if (one.id === "stream" && !streamed) return "it asked for no stream";
  if (!one.id.startsWith("tools-")) return undefined;
  if (ran.written?.trim() !== FIRST_FILE.content) return "its tool wrote nothing";
  return upstream.asked.some(({ results }) => results.length > 0) ? undefined : "no result came back";
}

/** The cell of a case; where it failed, the note has the last words of the client. */
export function judge(one: Case, ran: ClientRan, upstream: ScriptedUpstream): Cell {
  const measured = { seconds: ran.seconds, requests: upstream.asked.length };
  const last = ran.shown.replaceAll(/\s+/g, " ").trim().slice(-NOTE_CHARS_MAX);
  if (one.right.includes("answered")) {
    const fault = faultOf(one, ran, upstream);
    if (fault === undefined) return { outcome: "answered", ...measured };
    return { outcome: "failed", ...measured, note: `${fault}: ${last}` };
  }
  const manner = mannerOf(one, ran, measured.requests);
  if (manner !== undefined && one.right.includes(manner)) return { outcome: manner, ...measured };
  const found = manner ?? `an end with ${ran.code}`;
  return { outcome: "failed", ...measured, note: `${found} in place of ${one.right.join(" or ")}: ${last}` };
}
