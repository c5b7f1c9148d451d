import { asObject, type JsonObject } from "../../core/json.ts";
import { DemoRefusal } from "./refusal.ts";

/** Bodies nested deeper than this are refused: JSON.stringify walks them on the stack. */
const LEVELS_MAX = 200;

/** What a field may hold: a test, and the words for what is wanted. */
const KINDS = {
  text: { wanted: "a string", fits: isText },
  number: { wanted: "a number", fits: Number.isFinite },
  count: { wanted: "a whole number of at least 1", fits: (value: unknown) => isWhole(value) && value >= 1 },
  whole: { wanted: "a whole number of at least 0", fits: isWhole },
  flag: { wanted: "true or false", fits: (value: unknown) => typeof value === "boolean" },
  object: { wanted: "an object", fits: (value: unknown) => asObject(value) !== undefined },
  list: { wanted: "a list", fits: Array.isArray },
  texts: { wanted: "a list of strings", fits: isTexts },
  textOrTexts: {
    wanted: "a string or a list of strings",
    fits: (value: unknown) => isText(value) || isTexts(value),
  },
  textOrList: {
    wanted: "a string or a list",
    fits: (value: unknown) => isText(value) || Array.isArray(value),
  },
  textOrObject: {
    wanted: "a string or an object",
    fits: (value: unknown) => isText(value) || asObject(value) !== undefined,
  },
};

export type FieldKind = keyof typeof KINDS;

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(isText);
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** The body as an object. Throws a `DemoRefusal` for anything else. */
export function parseBody(bytes: Uint8Array): JsonObject {
  if (isDeeperThan(bytes, LEVELS_MAX)) {
    throw new DemoRefusal("not_json", null, `The body nests deeper than ${LEVELS_MAX} levels: flatten it.`);
  }
  const body = asObject(parseJson(new TextDecoder().decode(bytes)));
  if (!body) throw new DemoRefusal("not_json", null, "The body must be a JSON object.");
  return body;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new DemoRefusal("not_json", null, `The body is not JSON: ${(error as Error).message}.`);
  }
}

const [QUOTE, BACKSLASH] = [0x22, 0x5c];
/** What each bracket does to the level: `[` `{` open one, `]` `}` close one. */
const STEPS: Readonly<Record<number, number>> = { 91: 1, 123: 1, 93: -1, 125: -1 };

/** Whether brackets outside of strings nest deeper than `levelsMax`; one pass over the bytes. */
function isDeeperThan(bytes: Uint8Array, levelsMax: number): boolean {
  let level = 0;
  let inString = false;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === QUOTE) inString = !inString;
    else if (inString && byte === BACKSLASH) at++;
    else if (!inString) level += STEPS[byte] ?? 0;
    if (level > levelsMax) return true;
  }
  return false;
}

/**
 * Refuses the first field that is present and does not hold what its kind wants.
 * @param at the object's own place in the body, for the message; "" for the body itself
 */
export function checkFields(object: JsonObject, kinds: Record<string, FieldKind>, at = ""): void {
  for (const [name, kind] of Object.entries(kinds)) {
    const value = object[name];
    if (value === undefined || value === null || KINDS[kind].fits(value)) continue;
    const field = at === "" ? name : `${at}.${name}`;
    throw new DemoRefusal("wrong_type", field, `must be ${KINDS[kind].wanted}, not ${typeName(value)}.`);
  }
}

/** Refuses a body without the field, or with an empty list in it. */
export function requireField(object: JsonObject, name: string, purpose: string): void {
  const value = object[name];
  if (Array.isArray(value) && value.length === 0) {
    throw new DemoRefusal("wrong_value", name, `is empty: ${purpose}.`);
  }
  if (value !== undefined && value !== null) return;
  throw new DemoRefusal("missing", name, `is missing: ${purpose}.`);
}

/** The list's members, each an object. Refuses others, naming `at[index]`. */
export function objectsOf(list: unknown, at: string): readonly JsonObject[] {
  if (list === undefined || list === null) return [];
  if (!Array.isArray(list)) throw new DemoRefusal("wrong_type", at, `must be a list, not ${typeName(list)}.`);
  return list.map((member: unknown, index) => {
    const object = asObject(member);
    if (object) return object;
    throw new DemoRefusal("wrong_type", `${at}[${index}]`, `must be an object, not ${typeName(member)}.`);
  });
}

/** The list's members as `objectsOf`, each with fields that hold what their kinds want. */
export function checkedObjectsOf(
  list: unknown,
  at: string,
  kinds: Record<string, FieldKind>,
): readonly JsonObject[] {
  const objects = objectsOf(list, at);
  for (const [index, object] of objects.entries()) checkFields(object, kinds, `${at}[${index}]`);
  return objects;
}

/** The table's entry of that name; undefined for names that only every object has. */
export function entryOf<Value>(table: Readonly<Record<string, Value>>, name: unknown): Value | undefined {
  return typeof name === "string" && Object.hasOwn(table, name) ? table[name] : undefined;
}

/** The string, or "" for anything else. */
export function textOf(value: unknown): string {
  return isText(value) ? value : "";
}

/** The number, or undefined for anything else. */
export function numberOf(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}

/** The strings of a string or a list; anything else is none. */
export function textsOf(value: unknown): readonly string[] {
  if (isText(value)) return [value];
  return isTexts(value) ? value : [];
}

/** A number that bounds how many replies are made. Refuses more than `max`. */
export function choicesOf(value: unknown, field: string, max: number): number {
  const choices = numberOf(value) ?? 1;
  if (choices <= max) return choices;
  throw new DemoRefusal("wrong_value", field, `must be at most ${max}, not ${choices}.`);
}

function typeName(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "an object";
  return `the ${typeof value} ${JSON.stringify(value).slice(0, 40)}`;
}
