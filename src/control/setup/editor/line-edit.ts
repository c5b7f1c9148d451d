import { type Edit, ended, eolOf, lineEnd, lineStart, nextLine, splice, Unreadable } from "./text.ts";

/** How a shell writes an assignment for its children. */
export type Shell = "posix" | "fish";

/** A `.env` file after an edit of one variable: its last assignment changes, or a line is added. @throws Unreadable */
export function editDotenv(text: string, edit: Edit): string {
  if (edit.op === "items") throw new Error("There are no lists in .env files.");
  const name = edit.path[0] ?? "";
  const found = assignments(text).findLast((row) => row.name === name);
  if (edit.op === "unset")
    return found
      ? splice(text, [{ start: lineStart(text, found.start), end: nextLine(text, found.end), text: "" }])
      : text;
  const value = String(edit.value);
  if (found && (edit.op === "default" || found.value === value)) return text;
  const written = /^[\w:/.@+-]*$/.test(value) ? value : JSON.stringify(value);
  if (found) return splice(text, [{ start: found.start, end: found.end, text: written }]);
  const eol = eolOf(text);
  return `${ended(text, eol)}${name}=${written}${eol}`;
}

interface Assignment {
  readonly name: string;
  readonly value: string;
  /** Where the value stands. */
  readonly start: number;
  readonly end: number;
}

function assignments(text: string): Assignment[] {
  const found: Assignment[] = [];
  for (let at = text.startsWith("\uFEFF") ? 1 : 0; at < text.length; at = nextLine(text, at)) {
    const line = text.slice(at, lineEnd(text, at));
    const match = /^[ \t]*(?:export[ \t]+)?([A-Za-z_][\w.-]*)[ \t]*[=:][ \t]*/.exec(line);
    if (!match) {
      if (!/^[ \t]*(?:#.*)?$/.test(line)) throw new Unreadable("the line is no NAME=value", at);
      continue;
    }
    const start = at + match[0].length;
    const end = dotenvEnd(text, start);
    const raw = text.slice(start, end);
    found.push({ name: match[1] ?? "", value: raw.replace(/^(["'`])([\s\S]*)\1$/, "$2"), start, end });
    at = end;
  }
  return found;
}

/** A quoted value may go over lines; another ends with its line or before a comment. */
function dotenvEnd(text: string, start: number): number {
  const quote = text[start] ?? "";
  if (/["'`]/.test(quote)) {
    for (let at = start + 1; at < text.length; at++) {
      if (text[at] === "\\" && quote === '"') at++;
      else if (text[at] === quote) return at + 1;
    }
    throw new Unreadable("a text is not closed", start);
  }
  const line = text.slice(start, lineEnd(text, start));
  return start + line.replace(/(?:^|\s+)#.*$/, "").trimEnd().length;
}

/** Single quotes for any shell; the quote itself is written as each takes it. */
function quoted(value: string, shell: Shell): string {
  const inner = shell === "fish" ? value.replace(/[\\']/g, "\\$&") : value.replaceAll("'", "'\\''");
  return `'${inner}'`;
}

function assignment(name: string, value: string, shell: Shell): string {
  return shell === "fish"
    ? `set -gx ${name} ${quoted(value, shell)}`
    : `export ${name}=${quoted(value, shell)}`;
}

/**
 * A shell's start file with our variables in one marked block, which is replaced where it stands.
 * @param mark names the block, such as `quoin codex`
 * @throws Unreadable where the block has no end
 */
export function editProfile(text: string, mark: string, edits: readonly Edit[], shell: Shell): string {
  const eol = eolOf(text);
  const [opening, closing] = [`# >>> ${mark} >>>`, `# <<< ${mark} <<<`];
  const rows = edits.flatMap((edit) =>
    edit.op === "set" ? [assignment(edit.path[0] ?? "", String(edit.value), shell)] : [],
  );
  const block = [opening, ...rows, closing].join(eol);
  const begin = text.indexOf(opening);
  if (begin >= 0) {
    const close = text.indexOf(closing, begin);
    if (close < 0) throw new Unreadable(`the line "${closing}" is missing`, begin);
    return splice(text, [{ start: begin, end: close + closing.length, text: block }]);
  }
  const gap = text === "" ? "" : eol;
  return `${ended(text, eol)}${gap}${block}${eol}`;
}
