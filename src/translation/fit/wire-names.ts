import { createHash } from "node:crypto";

/** What a target takes as a tool's name or as a call's id. */
export interface WireRule {
  /** Matches a legal text, whatever its length. */
  readonly legal: RegExp;
  /** Matches each character that is illegal anywhere. */
  readonly illegal: RegExp;
  readonly lengthMax: number;
}

const WORD = { legal: /^[a-zA-Z0-9_-]+$/, illegal: /[^a-zA-Z0-9_-]/g };
/** Gemini takes dots and colons too, and wants a letter or an underscore first. */
const GEMINI_NAME = { legal: /^[a-zA-Z_][a-zA-Z0-9_.:-]*$/, illegal: /[^a-zA-Z0-9_.:-]/g };

export function nameRule(protocol: string, lengthMax: number): WireRule {
  return { ...(protocol === "gemini" ? GEMINI_NAME : WORD), lengthMax };
}

/** Mistral's ids: nine letters and digits, no more and no fewer. */
const NINE = { legal: /^[a-zA-Z0-9]{9}$/, illegal: /[^a-zA-Z0-9]/g, lengthMax: 9 };

function idRule(lengthMax: number): WireRule {
  return lengthMax <= NINE.lengthMax ? NINE : { ...WORD, lengthMax };
}

/**
 * A one-to-one table from what a client wrote to what a target is told. Deterministic: the same history
 * gives the same names again, on which the upstream's prompt cache depends.
 */
export interface WireNames {
  readonly rule: WireRule;
  readonly byKey: Map<string, string>;
  readonly taken: Set<string>;
}

/** A text that wants to be on the wire, and what tells it from others that would look the same there. */
export interface Wish {
  readonly key: string;
  readonly text: string;
}

/** Legal texts keep themselves whatever comes before them; the others get what is left. */
export function newWireNames(rule: WireRule, wishes: readonly Wish[]): WireNames {
  const names: WireNames = { rule, byKey: new Map(), taken: new Set() };
  for (const wish of wishes) if (isLegal(rule, wish.text)) wireName(names, wish);
  for (const wish of wishes) wireName(names, wish);
  return names;
}

export function isLegal(rule: WireRule, text: string): boolean {
  return text.length <= rule.lengthMax && rule.legal.test(text);
}

/** The name on the wire: the text itself where it is legal and free, else its beginning and eight digits of a hash. */
export function wireName(names: WireNames, wish: Wish): string {
  const known = names.byKey.get(wish.key);
  if (known !== undefined) return known;
  let wire = isLegal(names.rule, wish.text) ? wish.text : shorten(names.rule, wish, 0);
  for (let attempt = 1; names.taken.has(wire); attempt++) wire = shorten(names.rule, wish, attempt);
  names.byKey.set(wish.key, wire);
  names.taken.add(wire);
  return wire;
}

const DIGITS = 8;

function shorten(rule: WireRule, { key, text }: Wish, attempt: number): string {
  const salted = attempt === 0 ? key : `${key}\0${attempt}`;
  const hash = createHash("sha256").update(salted).digest("hex");
  if (rule === NINE) return hash.slice(0, NINE.lengthMax);
  const digits = hash.slice(0, DIGITS);
  const plain = text.replace(rule.illegal, "_");
  const begun = rule.legal.test(plain.charAt(0)) ? plain : `_${plain}`;
  return `${begun.slice(0, rule.lengthMax - DIGITS - 1)}_${digits}`;
}

/** A table of ids, in which an id is its own key. */
export function newWireIds(lengthMax: number, ids: readonly string[]): WireNames {
  return newWireNames(
    idRule(lengthMax),
    ids.map((id) => ({ key: id, text: id })),
  );
}

/** A call's id as the target takes it, the same on the call and its result. */
export function wireId(ids: WireNames, id: string): string {
  return wireName(ids, { key: id, text: id });
}
