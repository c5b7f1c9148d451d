/** What the clients are asked, what the upstream plays, and how their end is judged. */
import { ANSWER, FIRST_FILE, FIRST_THOUGHT } from "../agents/scenarios.ts";
import { type Answer, UPSTREAM_PROTOCOLS, type UpstreamProtocol } from "../agents/script.ts";
import type { Scenario } from "../agents/upstream.ts";
import { type CaseId, type Client, type Manner, NO_TOOL, type Row } from "./client.ts";

export type KeyKind = "good" | "unknown" | "poor";

export interface Case {
  readonly id: CaseId;
  readonly key: KeyKind;
  /** Before which upstream. */
  readonly upstream: UpstreamProtocol;
  play(client: Client): Scenario;
  /** What the client must show of a failure. */
  readonly words?: RegExp;
  /** What is right: without a failure only `answered`. */
  readonly right: readonly Manner[];
}

const said = (text: string) => ({ kind: "text", text }) as const;
const LAID: Answer = { pieces: [said(ANSWER)] };
/** Titles, memories and other things beside the task are asked without tools. */
const ASIDE: Answer = { pieces: [said("an aside")] };

const plays = (): Scenario => () => LAID;

/** One step with thinking and a call, then the answer. */
function playsTools({ shell }: Client): Scenario {
  const command = `printf '%s' '${FIRST_FILE.content}' > ${FIRST_FILE.name}`;
  const call = { kind: "call", id: "call_first", tool: shell.tool, input: shell.input(command) } as const;
  return ({ tools, results }) => {
    if (results.length > 0) return LAID;
    return tools.length === 0 ? ASIDE : { pieces: [FIRST_THOUGHT, said("I lay it."), call] };
  };
}

/** The first answer of the task fails, every other is whole. */
function playsOnce(failing: Answer): (client: Client) => Scenario {
  return ({ shell }) => {
    let hasFailed = false;
    return ({ tools }) => {
      if (hasFailed || (tools.length === 0 && shell.tool !== NO_TOOL)) return LAID;
      hasFailed = true;
      return failing;
    };
  };
}

const LIMITED: Answer = { pieces: [], failure: "limit" };
const BROKEN: Answer = { pieces: [said("Half a sen")], failure: "error event" };

/** An upstream of another vendor than the client's: all is translated. */
const foreign = (protocol: UpstreamProtocol): UpstreamProtocol =>
  protocol === "anthropic-messages" ? "openai-chat" : "anthropic-messages";

/** A client may ask again by itself, or leave that to its user. */
const HONEST: readonly Manner[] = ["asked again", "said why"];

function failures(row: Row): readonly Case[] {
  const upstream = foreign(row.protocol);
  const refused = { upstream, play: plays, right: ["said why"] } as const;
  return [
    { id: "unknown-key", key: "unknown", words: /API key/, ...refused },
    { id: "empty-wallet", key: "poor", words: /balance|wallet/i, ...refused },
    {
      id: "limit",
      key: "good",
      upstream,
      play: playsOnce(LIMITED),
      words: /limit|enough for a second/i,
      right: HONEST,
    },
    {
      id: "broken-stream",
      key: "good",
      upstream,
      play: playsOnce(BROKEN),
      words: /upstream of this model failed/,
      right: HONEST,
    },
  ];
}

/** The cases of a client's row, in the order of the table's columns. */
export function casesOf(client: Client, row: Row): readonly Case[] {
  const good = { key: "good", right: ["answered"] } as const;
  const own = { ...good, upstream: row.protocol, play: plays };
  const tools = UPSTREAM_PROTOCOLS.map(
    (upstream): Case => ({
      ...good,
      id: `tools-${upstream}`,
      upstream,
      play: playsTools,
    }),
  );
  const whole: readonly Case[] = client.kind === "sdk" ? [{ id: "answer", ...own }] : [];
  const isAskedAll = client.kind === "sdk" || row === client.rows[0];
  const asked: readonly Case[] = [
    ...whole,
    { id: "stream", ...own },
    ...tools,
    ...(isAskedAll ? failures(row) : []),
  ];
  const hidden = client.hides ?? [];
  return asked.map((one) => (hidden.includes(one.id) ? { ...one, right: [...one.right, "own words"] } : one));
}

/** Why a row cannot be asked a case; undefined where it can. */
export function lackOf(row: Row, id: CaseId): string | undefined {
  return row.lacks?.[id] ?? (id.startsWith("tools-") ? row.lacks?.tools : undefined);
}
