import { Raw } from "../../../base/raw-json.ts";
import type { CallPart, Part, ReasoningPart, TextPart, Turn } from "../../../core/generation/request.ts";
import { asObject, type JsonObject } from "../../../core/json.ts";
import type { EncodeContext } from "../../translation.ts";
import { some } from "../members.ts";
import { loseForeign, RESPONSES, textNote } from "../notes.ts";
import { writeMedia, writeSaid } from "./content.ts";

/** Writes the items of one request; ids that items must have are counted through it. */
export interface ItemWriter {
  readonly context: EncodeContext;
  ids: number;
}

function mintId(writer: ItemWriter, prefix: string): string {
  writer.ids++;
  return `${prefix}_${String(writer.ids).padStart(32, "0")}`;
}

/** What the assistant said in one turn, as items: messages, reasoning, calls. */
export function writeAssistant(writer: ItemWriter, turn: Turn): unknown[] {
  const items: unknown[] = [];
  let message: TextPart[] = [];
  const endMessage = () => {
    if (message.length > 0) items.push(messageItem(writer, message));
    message = [];
  };
  for (const part of turn.parts) {
    const note = textNote(part, "$item");
    if (note === undefined) loseForeign(part, writer.context.report, part.at ?? "input");
    if (part.kind === "text" && note === undefined) {
      if (message[0] && message[0].phase !== part.phase) endMessage();
      message.push(part);
      continue;
    }
    endMessage();
    items.push(...writeItem(writer, part, note));
  }
  endMessage();
  return items;
}

function writeItem(writer: ItemWriter, part: Part, note: string | undefined): unknown[] {
  if (part.kind === "reasoning") return reasoningItems(writer, part, note);
  if (note !== undefined) return note === "" ? [] : [new Raw(note)];
  const { report } = writer.context;
  const at = part.at ?? "input";
  switch (part.kind) {
    case "call":
      return [callItem(part)];
    case "media":
      // The vendor's own images are items that it must have made itself.
      report.lose("emulated", at, "shown to the model as the user's");
      return [{ type: "message", role: "user", content: [writeMedia(part)] }];
    case "opaque":
      if (part.protocol === RESPONSES) return [new Raw(part.raw)];
      report.lose("dropped", at, `no ${part.type} in the Responses API`);
      return [];
    default:
      report.lose("dropped", at, `no ${part.kind} of the assistant in the Responses API`);
      return [];
  }
}

/** A text alone goes as a string, which every server takes; output parts need the id and status of their message. */
function messageItem(writer: ItemWriter, parts: readonly TextPart[]): JsonObject {
  const [first] = parts;
  const head = { type: "message", role: "assistant", ...some("phase", first?.phase) };
  const isPlain = parts.length === 1 && !first?.refusal && !first?.citations?.some((cite) => cite.url);
  if (isPlain) return { ...head, content: first?.text };
  return { ...head, id: mintId(writer, "msg"), status: "completed", content: parts.map(writeSaid) };
}

/**
 * openai `ResponseReasoningItem`. The vendor refuses a changed id beside encrypted content, and knows no item
 * by its id that it was told not to store.
 */
function reasoningItems(writer: ItemWriter, part: ReasoningPart, note: string | undefined): unknown[] {
  if (note && isUnchanged(part, note)) return [new Raw(note)];
  const { signature } = part;
  const { traits, report } = writer.context;
  if (signature === undefined && traits.vendor === "openai") {
    report.lose("dropped", part.at ?? "input", "reasoning of another model");
    return [];
  }
  const summary = (part.summary ?? []).map((text) => ({ type: "summary_text", text }));
  const content = part.text === "" ? {} : { content: [{ type: "reasoning_text", text: part.text }] };
  return [
    {
      type: "reasoning",
      id: signature?.itemId ?? part.id ?? mintId(writer, "rs"),
      summary,
      ...content,
      ...some("encrypted_content", signature?.value),
    },
  ];
}

/** Whether the item has the encrypted content that it came with, or had none. */
function isUnchanged(part: ReasoningPart, note: string): boolean {
  const sealed = asObject(JSON.parse(note))?.encrypted_content;
  return typeof sealed !== "string" || sealed === "" || sealed === part.signature?.value;
}

function callItem(part: CallPart): JsonObject {
  const head = { call_id: part.callId, name: part.name, ...some("namespace", part.namespace) };
  if (part.form === "text") return { type: "custom_tool_call", ...head, input: part.input };
  return { type: "function_call", ...head, arguments: part.input.trim() === "" ? "{}" : part.input };
}
