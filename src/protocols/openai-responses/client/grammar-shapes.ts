import { asObject, type JsonObject } from "../../../core/json.ts";

/** What the events of an item said before it ended. */
interface Streamed {
  readonly said: string;
  readonly isWhole: boolean;
}

/** What is wrong with a finished item, on its own and beside its events. */
export function checkDoneItem(item: JsonObject, streamed: Streamed): string | undefined {
  switch (item.type) {
    case "function_call":
      return checkCall(item, "arguments", streamed);
    case "custom_tool_call":
      return checkCall(item, "input", streamed);
    case "message":
      return Array.isArray(item.content) && item.content.length > 0 ? undefined : "a message without content";
    case "reasoning":
      return Array.isArray(item.summary) ? undefined : "a reasoning item without its summary";
    default:
      return undefined;
  }
}

function checkCall(item: JsonObject, member: "arguments" | "input", streamed: Streamed): string | undefined {
  if (typeof item.name !== "string" || typeof item.call_id !== "string") {
    return "a call that ends without its name and call_id";
  }
  if (item[member] !== streamed.said) return "a call that ends with another input than its deltas";
  if (item.status === "completed" && !streamed.isWhole) return "a completed call whose input was never done";
  return item.status === "incomplete" && streamed.isWhole ? "a cut call whose input was done" : undefined;
}

/** Codex ends the turn where a count is missing. A response without usage is fine. */
export function checkUsage(value: unknown): string | undefined {
  if (value === null || value === undefined) return undefined;
  const usage = asObject(value) ?? {};
  const counts = [
    usage.input_tokens,
    usage.output_tokens,
    usage.total_tokens,
    asObject(usage.input_tokens_details)?.cached_tokens,
    asObject(usage.output_tokens_details)?.reasoning_tokens,
  ];
  return counts.every((count) => typeof count === "number") ? undefined : "a usage that lacks a count";
}
