import type Anthropic from "@anthropic-ai/sdk";
import { aModel, aUser } from "./requests/words.ts";

export const SENTINEL = "skip_thought_signature_validator";

/** A conversation of Anthropic's with one call; before it a thinking of no words, where there is a signature. */
export function lookCall(id: string, signature?: string): Anthropic.MessageParam[] {
  const thinking = signature === undefined ? [] : [{ type: "thinking" as const, thinking: "", signature }];
  return [
    { role: "user", content: "Hi" },
    aModel(...thinking, { type: "tool_use", id, name: "look", input: {} }),
    aUser({ type: "tool_result", tool_use_id: id, content: "seen" }),
  ];
}
