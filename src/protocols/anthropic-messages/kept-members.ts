import { asWritten, type RawIndex } from "../../base/raw-json.ts";
import type { Extensions } from "../../core/generation/node.ts";
import type { JsonObject } from "../../core/json.ts";

/**
 * Members of Anthropic's objects that the neutral form has no place for, in `extensions` under this protocol:
 * `name` or `outer.name` as a client spells it, so that other codecs report them by that path; and as notes,
 * which nobody reports, members that were null, that carry no meaning, or whose names would not be plain paths.
 */

const PROTOCOL = "anthropic-messages";

const NULL = "$null.";
const ODD = "$odd.";
const HAS = "$has.";

/** Hints of how to answer that change nothing in the answer. */
const HINTS: ReadonlySet<string> = new Set(["eager_input_streaming"]);

/** Where a member stands: in the object itself, or in one of its objects (`source`). */
function place(outer: string, name: string): string {
  return `${outer}|${name}`;
}

function keptName(outer: string, name: string): string {
  if (HINTS.has(name) || name.startsWith("$") || name.includes(".")) return ODD + place(outer, name);
  return outer === "" ? name : `${outer}.${name}`;
}

/**
 * What `known` does not name, and what is null.
 * @param outer the name of the object inside its block or body; "" for the block or body itself
 */
export function keptMembers(
  object: JsonObject,
  known: ReadonlySet<string>,
  raw: RawIndex,
  outer = "",
): JsonObject {
  const kept: [string, unknown][] = outer === "" ? [] : [[HAS + outer, true]];
  for (const [name, value] of Object.entries(object)) {
    if (value === null) kept.push([NULL + place(outer, name), true]);
    else if (!known.has(name)) kept.push([keptName(outer, name), asWritten(value, raw)]);
  }
  return Object.fromEntries(kept);
}

/** The extensions of a node, where there are any. */
export function extended(kept: JsonObject): { extensions?: Extensions } {
  return Object.keys(kept).length > 0 ? { extensions: { [PROTOCOL]: kept } } : {};
}

/** What a codec of this protocol noted or kept of a node. */
export function keptOf(node: { readonly extensions?: Extensions }): JsonObject {
  return node.extensions?.[PROTOCOL] ?? {};
}

type Writable = Record<string, unknown>;

/** Defined rather than assigned: a client may have sent a member called `__proto__`. */
function putOwn(target: Writable, name: string, value: unknown): void {
  if (Object.hasOwn(target, name) && target[name] !== undefined) return;
  Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true });
}

function put(target: Writable, outer: string, name: string, value: unknown): void {
  if (outer === "") {
    putOwn(target, name, value);
    return;
  }
  const inner = target[outer];
  if (typeof inner === "object" && inner !== null) putOwn(inner as Writable, name, value);
}

function putKept(target: Writable, key: string, value: unknown): void {
  const prefix = [NULL, ODD].find((mark) => key.startsWith(mark));
  if (prefix !== undefined) {
    const bar = key.indexOf("|");
    const outer = key.slice(prefix.length, bar);
    put(target, outer, key.slice(bar + 1), prefix === NULL ? null : value);
  } else if (key.startsWith(HAS)) {
    target[key.slice(HAS.length)] ??= {};
  } else if (!key.startsWith("$")) {
    const dot = key.indexOf(".");
    put(target, key.slice(0, Math.max(dot, 0)), key.slice(dot + 1), value);
  }
}

/** The object with the members that were kept of it; what it says itself stands. */
export function withKept(object: JsonObject, kept: JsonObject): JsonObject {
  const whole: Writable = { ...object };
  for (const [key, value] of Object.entries(kept)) putKept(whole, key, value);
  return whole;
}
