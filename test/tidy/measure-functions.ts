import { skeletonOf } from "./skeleton.ts";

export interface MeasuredFunction {
  /** As good as can be had: a declaration's or method's own name, or the start of its head. */
  readonly name: string;
  /** Where its head begins, counted from 1. */
  readonly line: number;
  /** From its head to its closing brace. */
  readonly lines: number;
}

interface Open {
  readonly at: number;
  /** The text before the bracket since the statement, member or argument began. */
  readonly head: string;
  readonly headAt: number;
  /** Where the next statement, member or argument inside begins. */
  from: number;
}

const CLOSING: ReadonlyMap<string, string> = new Map([
  ["}", "{"],
  [")", "("],
  ["]", "["],
]);
const NOT_FUNCTIONS = /^(?:\}?\s*else\s+)?(?:if|for|while|switch|catch|with|return|throw|new|await)\b/;
const MEMBER = /^(?:[a-z]+\s+)*[#\w$"]+\s*(?:<[^()]*>)?\s*\(.*\)\s*(?::[^=]*)?$/s;
const TYPE_GOES_ON = /^\s*(?:[{|&.,)\]>?:]|=>)/;
/** In `f<A, B>(…)` the comma starts nothing new. A comparison has a space before its sign. */
const TYPE_LIST_OPEN = /[\w$]<[^>()]*$/;

/** Every function with a body in braces, nested ones also. */
export function measureFunctions(source: string): MeasuredFunction[] {
  const { code } = skeletonOf(source);
  const found: MeasuredFunction[] = [];
  const stack: Open[] = [{ at: 0, head: "", headAt: 0, from: 0 }];
  for (let at = 0; at < code.length; at++) {
    const char = code.charAt(at);
    const inside = stack.at(-1);
    if (inside === undefined) break;
    if (char === "{" || char === "(" || char === "[") {
      stack.push({ at, head: code.slice(inside.from, at), headAt: inside.from, from: at + 1 });
    } else if (CLOSING.has(char)) {
      if (stack.length > 1) stack.pop();
      const outer = stack.at(-1);
      if (char !== "}" || outer === undefined) continue;
      if (isFunctionHead(inside.head.trim())) found.push(measured(code, inside, at));
      if (!TYPE_GOES_ON.test(code.slice(at + 1, at + 20))) outer.from = at + 1;
    } else if (char === ";" || (char === "," && !TYPE_LIST_OPEN.test(code.slice(inside.from, at)))) {
      inside.from = at + 1;
    }
  }
  return found;
}

function isFunctionHead(head: string): boolean {
  if (head.endsWith("=>")) return true;
  if (/\bfunction\b/.test(head)) return true;
  return !NOT_FUNCTIONS.test(head) && MEMBER.test(head);
}

function measured(code: string, open: Open, end: number): MeasuredFunction {
  const start = open.headAt + (open.head.length - open.head.trimStart().length);
  const head = open.head.trim();
  const name =
    /(?:\bfunction\s*\*?|\b(?:const|let))\s+([\w$]+)/.exec(head)?.[1] ?? head.split("\n", 1)[0] ?? "";
  return {
    name: name.slice(0, 60),
    line: lineAt(code, start),
    lines: lineAt(code, end) - lineAt(code, start) + 1,
  };
}

function lineAt(code: string, at: number): number {
  let line = 1;
  for (let next = code.indexOf("\n"); next >= 0 && next < at; next = code.indexOf("\n", next + 1)) line++;
  return line;
}
