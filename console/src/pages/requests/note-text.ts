import { NOTES } from "../../i18n/en/notes.ts";

type NoteKey = keyof typeof NOTES;
/** The text of a key, its blanks filled. */
type Say = (key: NoteKey, values: Readonly<Record<string, string>>) => string;

const BLANK = /\\\{(\w+)\\\}/g;

/** What finds a text with anything in its blanks. */
function patternOf(text: string): RegExp {
  const plain = text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${plain.replaceAll(BLANK, "(?<$1>.+?)")}$`, "s");
}

/** How much of a text is its own: the more, the less it is taken for another. */
const ownLength = (text: string): number => text.replaceAll(/\{\w+\}/g, "").length;

const PATTERNS = Object.entries(NOTES)
  .toSorted(([, a], [, b]) => ownLength(b) - ownLength(a))
  .map(([key, text]) => [key as NoteKey, patternOf(text)] as const);

/**
 * A note of a request in the reader's language. Records keep notes in English; one that is not known, as of another
 * version, is told as it is.
 */
export function noteText(note: string, say: Say): string {
  for (const [key, pattern] of PATTERNS) {
    const found = pattern.exec(note);
    if (!found) continue;
    const { reason, ...filled } = found.groups ?? {};
    return say(key, { ...filled, ...(reason !== undefined && { reason: noteText(reason, say) }) });
  }
  return note;
}
