import type { OpenPart, StreamPart } from "../../core/generation/stream-part.ts";
import type { PartFilter, Parts } from "../part-filter.ts";
import { endFreeform, type FreeformInput, feedFreeform, newFreeformInput } from "./freeform-input.ts";
import type { Restore, RestoredTool } from "./restore.ts";

interface ToolsState {
  readonly restore: Restore;
  /** By the bare names that models sometimes fall back to. */
  readonly byBareName: ReadonlyMap<string, RestoredTool>;
  /** Freeform calls that are open, by index. */
  readonly open: Map<number, FreeformInput>;
}

/** Calls as the client declared their tools: names, namespaces, and the plain text of freeform tools. */
export function restoreTools(restore: Restore): PartFilter {
  const state: ToolsState = { restore, byBareName: bareNames(restore), open: new Map() };
  return { take: (part) => take(state, part) };
}

/** Names that one tool alone has, behind its namespace. */
function bareNames({ tools }: Restore): ReadonlyMap<string, RestoredTool> {
  const found = new Map<string, RestoredTool>();
  const several = new Set<string>();
  for (const tool of tools.values()) {
    if (found.has(tool.name)) several.add(tool.name);
    found.set(tool.name, tool);
  }
  for (const name of several) found.delete(name);
  return found;
}

function take(state: ToolsState, part: StreamPart): Parts {
  if (part.type === "open") return openCall(state, part);
  if (part.type !== "input" && part.type !== "close") return part;
  const freeform = state.open.get(part.index);
  if (!freeform) return part;
  const text = part.type === "input" ? feedFreeform(freeform, part.text) : endFreeform(freeform);
  const revealed: StreamPart[] = text === "" ? [] : [{ type: "input", index: part.index, text }];
  if (part.type === "input") return revealed;
  state.open.delete(part.index);
  return [...revealed, part];
}

function openCall(state: ToolsState, open: OpenPart): OpenPart {
  const head = open.part;
  if (head.kind !== "call") return open;
  const callId = state.restore.callIds.get(head.callId) ?? head.callId;
  const tool = toolOf(state, head.name);
  if (!tool) return callId === head.callId ? open : { ...open, part: { ...head, callId } };
  const { grammar, ...restored } = tool;
  if (tool.form === "text" && head.form === "json")
    state.open.set(open.index, newFreeformInput(grammar === true));
  return { ...open, part: { ...head, ...restored, callId } };
}

/** `functions.name` is how some models write it, whoever declared the tool. */
function toolOf({ restore, byBareName }: ToolsState, name: string): RestoredTool | undefined {
  const bare = name.slice(name.lastIndexOf(".") + 1);
  return restore.tools.get(name) ?? byBareName.get(name) ?? restore.tools.get(bare) ?? byBareName.get(bare);
}
