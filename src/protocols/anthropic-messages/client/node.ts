import { Raw, type RawIndex } from "../../../base/raw-json.ts";
import type { CacheMark, Node, Signature } from "../../../core/generation/node.ts";
import type { OpaquePart } from "../../../core/generation/request.ts";
import { asObject, asWord, type JsonObject } from "../../../core/json.ts";
import { badField } from "../../fields.ts";
import type { DecodeContext } from "../../translation.ts";
import { extended, keptMembers } from "../kept-members.ts";

/** Where an object of the request stands and what its source text is. */
export interface Place {
  /** `messages[3].content[0]` */
  readonly at: string;
  readonly raw: RawIndex;
}

/** One message while it is read. */
export interface Reading extends Place {
  readonly context: DecodeContext;
  /** Signatures of calls, found in a thinking block's envelope; their calls stand further on in the message. */
  readonly carried: Signature[];
}

export function requiredString(object: JsonObject, name: string, at: string): string {
  const value = object[name];
  if (typeof value !== "string") throw badField(`${at}.${name}`, "must be a string.");
  return value;
}

/** @throws GatewayError for what is neither absent nor an object. */
export function optionalObject(object: JsonObject, name: string, param = name): JsonObject | undefined {
  const value = object[name];
  if (value === undefined || value === null) return undefined;
  const found = asObject(value);
  if (!found) throw badField(param, "must be an object.");
  return found;
}

const TTLS = ["5m", "1h"] as const;

/** `cache_control`; a note keeps what is not `{type: "ephemeral", ttl?}` (a hint, so nobody needs to hear of it). */
export function readCache(value: unknown, raw: RawIndex): { cache?: CacheMark; note: JsonObject } {
  const mark = asObject(value);
  if (!mark) return { note: {} };
  const ttl = TTLS.find((known) => known === mark.ttl);
  const plain = mark.type === "ephemeral" && Object.keys(mark).length === (ttl === undefined ? 1 : 2);
  return {
    cache: ttl === undefined ? {} : { ttl },
    note: plain ? {} : { $cache: new Raw(raw.of(mark)) },
  };
}

/**
 * What every block, message and tool may carry, with its members that `known` does not name.
 * @param notes further members to keep, of objects inside it
 */
export function readNode(
  object: JsonObject,
  known: ReadonlySet<string>,
  { at, raw }: Place,
  notes: JsonObject = {},
): Node {
  const { cache, note } = readCache(object.cache_control, raw);
  const kept = { ...keptMembers(object, known, raw), ...note, ...notes };
  return { at, ...(cache ? { cache } : {}), ...extended(kept) };
}

/** A block that only this protocol can express. */
export function opaque(block: JsonObject, { at, raw }: Place): OpaquePart {
  return { kind: "opaque", at, protocol: "anthropic-messages", type: asWord(block.type), raw: raw.of(block) };
}
