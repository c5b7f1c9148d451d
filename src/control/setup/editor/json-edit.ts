import { type Member, type Node, parseJson, skipGaps } from "./json-parse.ts";
import {
  type Edit,
  eolOf,
  type Item,
  isBlank,
  lineEnd,
  lineStart,
  nextLine,
  type Splice,
  sameValue,
  shownPath,
  splice,
  Unreadable,
  type Value,
} from "./text.ts";

type Path = readonly (string | number)[];

/** JSON settings after an edit; all that it does not name stays as it is, to the byte. @throws Unreadable */
export function editJson(text: string, edit: Edit): string {
  const mark = text.startsWith("\uFEFF") ? "\uFEFF" : "";
  const whole = isBlank(text.slice(mark.length)) ? `${mark}{}${eolOf(text)}` : text;
  const { path } = edit;
  switch (edit.op) {
    case "set":
      return setAt(whole, path, edit.value);
    case "default":
      return find(parseJson(whole), path) ? whole : setAt(whole, path, edit.value);
    case "unset":
      return unsetAt(whole, path);
    case "items":
      return setItems(whole, edit);
  }
}

function childOf(node: Node, step: string | number): Node | undefined {
  if (typeof step === "number") return node.items?.[step];
  return node.members?.findLast(({ key }) => key === step)?.node;
}

function find(root: Node, path: Path): Node | undefined {
  let node: Node | undefined = root;
  for (const step of path) node = node && childOf(node, step);
  return node;
}

function setAt(text: string, path: Path, value: Value): string {
  let node = parseJson(text);
  for (const [depth, step] of path.entries()) {
    if (typeof step === "string" && !node.members)
      throw new Unreadable(`${shownPath(path.slice(0, depth)) || "the file"} is no { … }`, node.start);
    const child = childOf(node, step);
    if (!child) {
      const nested = path
        .slice(depth + 1)
        .reduceRight<Value>((inner, name) => ({ [String(name)]: inner }), value);
      return append(text, node, (indent) => `${JSON.stringify(step)}: ${render(text, nested, indent)}`);
    }
    node = child;
  }
  if (sameValue(node.value, value)) return text;
  const indent = indentAt(text, node.start);
  return splice(text, [{ start: node.start, end: node.end, text: render(text, value, indent) }]);
}

/** The white space that a line begins with. */
function indentAt(text: string, offset: number): string {
  return /^[ \t]*/.exec(text.slice(lineStart(text, offset), offset))?.[0] ?? "";
}

/** One step of indentation, as the file has it. */
function unitOf(text: string): string {
  return (
    /^[ \t]*[{[][^\S\n]*\r?\n(?:[^\S\n]*(?:\/\/.*)?\r?\n)*([ \t]+)/m.exec(text.replace(/^\uFEFF/, ""))?.[1] ??
    "  "
  );
}

function render(text: string, value: Value, indent: string): string {
  return JSON.stringify(value, null, unitOf(text))
    .split("\n")
    .join(eolOf(text) + indent);
}

/** Puts something behind the last element of an object or a list, in the style of what is there. */
function append(text: string, node: Node, write: (indent: string) => string): string {
  const children = node.members ?? node.items ?? [];
  const last = children.at(-1);
  const outer = indentAt(text, node.start);
  const eol = eolOf(text);
  if (!last) return appendFirst(text, node, outer, write);
  const end = "node" in last ? last.node.end : last.end;
  const inner = text.slice(node.start, node.end);
  const comma = commaAfter(text, end);
  if (!inner.includes("\n")) {
    const written = write(outer);
    return comma === undefined
      ? splice(text, [{ start: end, end, text: `, ${written}` }])
      : splice(text, [{ start: comma + 1, end: comma + 1, text: ` ${written},` }]);
  }
  const first = children[0] ?? last;
  const own = /^[ \t]*$/.test(text.slice(lineStart(text, first.start), first.start));
  const indent = own ? indentAt(text, first.start) : outer + unitOf(text);
  const at = restOfLine(text, comma === undefined ? end : comma + 1);
  return splice(text, [
    ...(comma === undefined ? [{ start: end, end, text: "," }] : []),
    { start: at, end: at, text: `${eol}${indent}${write(indent)}${comma === undefined ? "" : ","}` },
  ]);
}

function appendFirst(text: string, node: Node, outer: string, write: (indent: string) => string): string {
  const eol = eolOf(text);
  const indent = outer + unitOf(text);
  const inside = text.slice(node.start + 1, node.end - 1);
  const written = `${eol}${indent}${write(indent)}`;
  if (isBlank(inside))
    return splice(text, [{ start: node.start + 1, end: node.end - 1, text: `${written}${eol}${outer}` }]);
  const at = node.start + 1 + inside.trimEnd().length;
  const close = inside.trimEnd() === inside ? eol + outer : "";
  return splice(text, [{ start: at, end: at, text: written + close }]);
}

function commaAfter(text: string, end: number): number | undefined {
  const next = skipGaps(text, end);
  return text[next] === "," ? next : undefined;
}

/** Behind a comment that stands on the same line. */
function restOfLine(text: string, offset: number): number {
  const rest = text.slice(offset, lineEnd(text, offset));
  const comments = /^(?:[ \t]*\/\*(?:[^*]|\*(?!\/))*\*\/)*(?:[ \t]*\/\/.*)?/.exec(rest)?.[0] ?? "";
  return offset + comments.length;
}

function unsetAt(text: string, path: Path): string {
  const parent = find(parseJson(text), path.slice(0, -1));
  const step = path.at(-1);
  const members: readonly (Member | Node)[] = parent?.members ?? parent?.items ?? [];
  const index =
    typeof step === "number" ? step : (parent?.members ?? []).findLastIndex(({ key }) => key === step);
  const child = members[index];
  return child ? splice(text, removal(text, members, index, child)) : text;
}

const endOf = (child: Member | Node): number => ("node" in child ? child.node.end : child.end);

/** A child with its comma; its line too where it has one to itself. */
function removal(
  text: string,
  siblings: readonly (Member | Node)[],
  index: number,
  child: Member | Node,
): Splice[] {
  const comma = commaAfter(text, endOf(child));
  const begin = lineStart(text, child.start);
  const alone = isBlank(text.slice(begin, child.start));
  const before = siblings[index - 1];
  const splices: Splice[] = [];
  if (comma === undefined && before) {
    const earlier = commaAfter(text, endOf(before));
    if (earlier !== undefined) splices.push({ start: earlier, end: earlier + 1, text: "" });
  }
  const end = restOfLine(text, comma === undefined ? endOf(child) : comma + 1);
  const wholeLine = alone && isBlank(text.slice(end, lineEnd(text, end)));
  const gap = /^[ \t]*/.exec(text.slice(end))?.[0].length ?? 0;
  return [
    ...splices,
    wholeLine
      ? { start: begin, end: nextLine(text, end), text: "" }
      : { start: child.start, end: end + (comma === undefined ? 0 : gap), text: "" },
  ];
}

function setItems(text: string, edit: Extract<Edit, { op: "items" }>): string {
  const { path, id, values } = edit;
  let result = find(parseJson(text), path) ? text : setAt(text, path, []);
  const list = () => {
    const node = find(parseJson(result), path);
    if (!node?.items) throw new Unreadable(`${shownPath(path)} is no list`, node?.start ?? 0);
    return node;
  };
  const places = () => list().items?.map(({ value }) => ownedId(value, edit)) ?? [];
  for (let at = places().length - 1; at >= 0; at--) {
    const own = places()[at];
    const stale = own !== undefined && !values.some((value) => value[id] === own);
    if (stale || (own !== undefined && places().indexOf(own) < at)) result = unsetAt(result, [...path, at]);
  }
  for (const value of values) {
    const at = places().indexOf(value[id]);
    if (at < 0) result = append(result, list(), (indent) => render(result, value, indent));
    else
      for (const [name, member] of Object.entries(value)) result = setAt(result, [...path, at, name], member);
  }
  return result;
}

/** The id of an entry of ours; undefined: it is somebody else's. */
function ownedId(value: unknown, edit: Extract<Edit, { op: "items" }>): Item[string] | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const entry = value as Record<string, unknown>;
  return edit.owners.includes(String(entry[edit.owner])) ? (entry[edit.id] as Item[string]) : undefined;
}
