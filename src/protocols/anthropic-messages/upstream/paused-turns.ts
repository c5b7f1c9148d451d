import { findMember, type Member, scanMembers } from "../../../base/json-members.ts";
import { asWritten, Raw, type RawIndex, writeJson } from "../../../base/raw-json.ts";
import { applySplices, type Splice, spliceText } from "../../../base/splice.ts";
import { parseEvent } from "../../../base/sse.ts";
import { asList, asObject, asObjects, asWord, type JsonObject } from "../../../core/json.ts";
import { eventObject } from "../../read-json.ts";
import type { PausedTurns, WireEvent } from "../../translation.ts";
import { fold } from "../client/fold.ts";
import { mergedUsage } from "../usage.ts";

/** Asked on more often than this, the answer ends as a pause does: at a limit. */
const RESUMES_MAX = 10;

interface Turns {
  /** Of the turn that runs: the bytes of its events, read only when it pauses. */
  running: Uint8Array[];
  /** What the running turn has reported so far. */
  usage: JsonObject;
  /** Of the turns before it: their blocks in source text, and the sum of what they used. */
  readonly blocks: unknown[];
  spent: JsonObject | undefined;
  container: string | undefined;
  resumes: number;
  paused: boolean;
}

/** The sum of two reports, member by member; of words (`service_tier`) the later one. */
function addCounts(before: JsonObject, after: JsonObject): JsonObject {
  const sum: Record<string, unknown> = { ...before };
  for (const [key, value] of Object.entries(after)) {
    const known = before[key];
    const inner = asObject(value);
    if (inner) sum[key] = addCounts(asObject(known) ?? {}, inner);
    else if (typeof value === "number") sum[key] = (typeof known === "number" ? known : 0) + value;
    else if (value !== null) sum[key] = value;
  }
  return sum;
}

/** An empty text says nothing, and the vendor refuses it in a request. */
function isEmptyText(block: unknown): boolean {
  return asObject(block)?.type === "text" && asObject(block)?.text === "";
}

/** The turn that just paused is one of those before. */
function closeTurn(turns: Turns, message: JsonObject, written: (block: unknown) => unknown): void {
  const blocks = asList(message.content).filter((block) => !isEmptyText(block));
  turns.blocks.push(...blocks.map(written));
  turns.container = asWord(asObject(message.container)?.id) || turns.container;
  turns.spent = totalUsage(turns);
  turns.usage = {};
  turns.running = [];
  turns.resumes++;
  turns.paused = true;
}

function totalUsage({ spent, usage }: Turns): JsonObject {
  return spent ? addCounts(spent, usage) : usage;
}

function pauses(turns: Turns, reason: unknown): boolean {
  return reason === "pause_turn" && turns.resumes < RESUMES_MAX;
}

const encoder = new TextEncoder();

function write(event: JsonObject): Uint8Array {
  return encoder.encode(`event: ${asWord(event.type)}\ndata: ${writeJson(event)}\n\n`);
}

const NOTHING = new Uint8Array(0);

type Take = (turns: Turns, event: JsonObject, bytes: Uint8Array) => Uint8Array;

const TAKES: Readonly<Record<string, Take>> = {
  message_start(turns, event, bytes) {
    turns.usage = asObject(asObject(event.message)?.usage) ?? {};
    return turns.spent ? NOTHING : bytes;
  },
  message_delta(turns, event, bytes) {
    turns.usage = mergedUsage(turns.usage, asObject(event.usage) ?? {});
    const delta = asObject(event.delta) ?? {};
    if (!pauses(turns, delta.stop_reason))
      return turns.spent ? write({ ...event, usage: totalUsage(turns) }) : bytes;
    const ending: WireEvent = { data: event };
    closeTurn(turns, fold([...eventsOf(turns.running), ending]), (block) => block);
    // Whoever leaves from here on has used what the report says.
    return write({ type: "message_delta", delta: {}, usage: turns.spent });
  },
  message_stop: (turns, _event, bytes) => (turns.paused ? NOTHING : bytes),
};

function eventsOf(running: readonly Uint8Array[]): WireEvent[] {
  return running.flatMap((bytes) => {
    const event = eventObject(parseEvent(bytes).data);
    return event ? [{ data: event }] : [];
  });
}

function takeEvent(turns: Turns, bytes: Uint8Array): Uint8Array {
  const { name, data } = parseEvent(bytes);
  const event = eventObject(data);
  const type = asWord(event?.type) || name;
  const take = Object.hasOwn(TAKES, type) ? TAKES[type] : undefined;
  turns.running.push(bytes);
  return event && take ? take(turns, event, bytes) : bytes;
}

function takeWhole(turns: Turns, answer: JsonObject, raw: RawIndex): JsonObject | undefined {
  const written = (block: unknown) => asWritten(block, raw);
  turns.usage = asObject(answer.usage) ?? {};
  if (pauses(turns, answer.stop_reason)) {
    closeTurn(turns, answer, written);
    return undefined;
  }
  if (!turns.spent) return answer;
  const content = [...turns.blocks, ...asList(answer.content).map(written)];
  return { ...answer, content, usage: totalUsage(turns) };
}

/** Inserts behind the last message; the request had one. */
function appended({ valueEnd }: Member, text: string): Splice {
  return spliceText(valueEnd - 1, valueEnd - 1, `,${text}`);
}

/** The same request with what was said so far (platform.claude.com, "Handling pause_turn"). */
function nextBody(turns: Turns, body: Uint8Array): Uint8Array {
  turns.paused = false;
  const members = scanMembers(body);
  const messages = findMember(members, "messages");
  if (!messages) throw new Error("a request to Anthropic without messages");
  const splices = [appended(messages, writeJson({ role: "assistant", content: turns.blocks }))];
  if (turns.container !== undefined && !findMember(members, "container"))
    splices.push(spliceText(messages.keyStart, messages.keyStart, containerText(turns.container)));
  return applySplices(body, splices);
}

const containerText = (id: string) => `"container":${JSON.stringify(id)},`;

/** Turns pause only where the vendor runs a tool itself. */
function runsTools(body: JsonObject): boolean {
  const own = (tool: unknown) => tool instanceof Raw || ![undefined, "custom"].includes(typeOf(tool));
  return asObjects(body.mcp_servers).length > 0 || asList(body.tools).some(own);
}

function typeOf(tool: unknown): string | undefined {
  const type = asObject(tool)?.type;
  return typeof type === "string" ? type : undefined;
}

/** Joins the turns of an answer to this request into one; undefined where none can pause. */
export function openPausedTurns(body: JsonObject): PausedTurns | undefined {
  if (!runsTools(body)) return undefined;
  const turns: Turns = {
    running: [],
    usage: {},
    blocks: [],
    spent: undefined,
    container: undefined,
    resumes: 0,
    paused: false,
  };
  return {
    takeEvent: (bytes) => takeEvent(turns, bytes),
    takeWhole: (answer, raw) => takeWhole(turns, answer, raw),
    isPaused: () => turns.paused,
    nextBody: (asked) => nextBody(turns, asked),
  };
}
