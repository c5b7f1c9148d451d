/** What the upstream does to an agent, and what must come of it. */
import type { Agent } from "./agents.ts";
import type { Scenario } from "./upstream.ts";

export const ANSWER = "The cornerstone is laid.";
const PARTIAL = "Half a sen";
export const FIRST_FILE = { name: "first.txt", content: "one stone" };
export const SECOND_FILE = { name: "second.txt", content: "two stones" };
export const SHELL_WORD = "heard-from-the-shell";

/** Base64 with all its letters, as long as vendors' states are. */
function state(seed: number): string {
  return Buffer.from(Uint8Array.from({ length: 1500 }, (_, at) => (at * 7 + seed) % 256)).toString("base64");
}

export const FIRST_THOUGHT = {
  kind: "thinking",
  text: 'Which "stone" comes first? Erst der Eckstein — 北.',
  state: state(1),
} as const;
export const SECOND_THOUGHT = {
  kind: "thinking",
  text: "And which\n\ncomes second?",
  state: state(2),
} as const;

const said = (text: string) => ({ kind: "text", text }) as const;

/** A question without tools is about something else than the task: Claude Code's titles, for instance. */
const ASIDE = { pieces: [said("an aside")] };

export const plain: Scenario = () => ({ pieces: [said(ANSWER)] });

/** Two steps, one call each; each step thinks. */
export function steps(agent: Agent): Scenario {
  return ({ tools, results }) => {
    if (tools.length === 0) return ASIDE;
    if (results.length === 0) {
      const call = agent.write("call_first", FIRST_FILE.name, FIRST_FILE.content);
      return { pieces: [FIRST_THOUGHT, said("I lay the first."), call] };
    }
    if (results.length === 1) {
      const call = agent.write("call_second", SECOND_FILE.name, SECOND_FILE.content);
      return { pieces: [SECOND_THOUGHT, call] };
    }
    return { pieces: [said(ANSWER)] };
  };
}

/** Two calls in one answer. */
export function parallel(agent: Agent): Scenario {
  return ({ tools, results }) => {
    if (tools.length === 0) return ASIDE;
    if (results.length > 0) return { pieces: [said(ANSWER)] };
    const write = agent.write("call_write", FIRST_FILE.name, FIRST_FILE.content);
    return { pieces: [FIRST_THOUGHT, write, agent.shell("call_shell", `echo ${SHELL_WORD}`)] };
  };
}

/** The first answer breaks off behind a few words; the next one is whole. */
export function breaking(failure: "error event" | "cut"): Scenario {
  return (_, turn) => (turn === 0 ? { pieces: [said(PARTIAL)], failure } : { pieces: [said(ANSWER)] });
}

/** The upstream finds fault with the request. */
export const refusing: Scenario = () => ({ pieces: [], failure: "refusal" });
