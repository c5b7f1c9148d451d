import type { Part } from "../../../core/generation/request.ts";
import { asList, type JsonObject } from "../../../core/json.ts";
import { refuseTenantBound } from "../../fields.ts";
import { imageOf, opaqueOf, searchOf } from "../hosted-items.ts";
import { textOf } from "../members.ts";
import { isForClient, typedCallOfItem, typedOutputOfItem } from "../typed-calls.ts";
import {
  readCustomCall,
  readFunctionCall,
  readOutput,
  readTypedCall,
  readTypedOutput,
} from "./call-items.ts";
import { COMPACTION_TRIGGER, readCompaction, readTrigger } from "./compaction.ts";
import { type Place, within } from "./content.ts";
import type { ItemReading } from "./item-reading.ts";
import { readMessage } from "./message-items.ts";
import { readReasoning } from "./reasoning-items.ts";
import { readToolList } from "./tools.ts";

type ItemReader = (item: JsonObject, place: Place) => ItemReading;

const READERS: Record<string, ItemReader> = {
  message: readMessage,
  function_call: readFunctionCall,
  custom_tool_call: readCustomCall,
  function_call_output: readOutput,
  custom_tool_call_output: readOutput,
  reasoning: readReasoning,
  web_search_call: (item, place) => saidOr(searchOf(item), item, place),
  image_generation_call: (item, place) => saidOr(imageOf(item), item, place),
  additional_tools: (item, place) => ({ tools: readToolList(asList(item.tools), within(place, ".tools")) }),
  item_reference: refuseReference,
  compaction: readCompaction,
  [COMPACTION_TRIGGER]: readTrigger,
};

/**
 * @param item of the request's `input`
 * @throws GatewayError `bad_request` naming the member at fault, `unsupported` for a reference
 */
export function readItem(item: JsonObject, place: Place): ItemReading {
  const type = typeOf(item, place);
  const reader = Object.hasOwn(READERS, type) ? READERS[type] : undefined;
  if (reader) return reader(item, place);
  const call = isForClient(item) ? typedCallOfItem(type) : undefined;
  if (call) return readTypedCall(item, place, call);
  const output = isAnswered(item) ? typedOutputOfItem(type) : undefined;
  return output ? readTypedOutput(item, place, output) : readOpaque(item, type, place);
}

/** Messages may leave their type out (openai `EasyInputMessage`), references also. */
function typeOf(item: JsonObject, { at }: Place): string {
  if (item.type !== undefined && item.type !== null) return textOf(item, "type", at);
  return item.role === undefined ? "item_reference" : "message";
}

function refuseReference(_item: JsonObject, { at }: Place): never {
  throw refuseTenantBound(at, "send the item itself (with store: false SDKs do).");
}

/** What the vendor searched for itself has no call id. */
function isAnswered(item: JsonObject): boolean {
  return item.type !== "tool_search_output" || typeof item.call_id === "string";
}

function saidOr(part: Part | undefined, item: JsonObject, place: Place): ItemReading {
  return { said: [{ ...(part ?? opaqueOf(item, place.context.raw.of(item))), at: place.at }] };
}

/** What the client gives for an item of the vendor's is the user's; the rest is the assistant's. */
const GIVEN = /_(?:output|response)$/;

function readOpaque(item: JsonObject, type: string, { at, context }: Place): ItemReading {
  const part: Part = { ...opaqueOf(item, context.raw.of(item)), at };
  return GIVEN.test(type) ? { turn: { role: "user", at, parts: [part] } } : { said: [part] };
}
