import type { TextPart } from "../../core/generation/request.ts";

/** Words of the system in the user's place; models know the tag from coding agents. */
export function reminder(text: string): TextPart {
  return { kind: "text", text: `<system-reminder>\n${text}\n</system-reminder>` };
}
