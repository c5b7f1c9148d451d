import type { Signature } from "../../../core/generation/node.ts";
import type { Part } from "../../../core/generation/request.ts";
import { asObject, type JsonObject } from "../../../core/json.ts";
import { badField } from "../../fields.ts";
import type { DecodedPart } from "./carriers.ts";
import { decodeFile, decodeInline } from "./media.ts";
import { mintedId, type PartPlace } from "./place.ts";
import { extended, fieldsOf, optionalText, type Reading, rest } from "./reading.ts";
import { decodeResult } from "./results.ts";

/** What a part says about its content rather than being it (`Part` of @google/genai). */
const ABOUT = new Set([
  "thought",
  "thoughtSignature",
  "partMetadata",
  "mediaResolution",
  "videoMetadata",
  "mediaProcessing",
  "speechMetadata",
]);

type Decode = (reading: Reading, fields: JsonObject, value: JsonObject, place: PartPlace) => Part;

const BY_FIELD: Readonly<Record<string, Decode>> = {
  functionCall: decodeCall,
  functionResponse: decodeResult,
  inlineData: decodeInline,
  fileData: decodeFile,
};

/** One part of a content. */
export function decodePart(reading: Reading, object: JsonObject, place: PartPlace): DecodedPart {
  const fields = fieldsOf(reading, object);
  const written = optionalText(fields.thoughtSignature, `${place.at}.thoughtSignature`);
  const sealed = written === undefined ? undefined : reading.unseal(written);
  const part = decodeContent(reading, object, fields, place);
  if (sealed) return unsealed(part, sealed);
  const signature = written === undefined ? {} : { signature: { value: written, by: "google" } };
  return { part: { ...part, ...signature }, carried: [] };
}

/** An envelope names the call that it signs, and else belongs to the thinking before it. */
function unsealed(part: Part, signatures: readonly Signature[]): DecodedPart {
  const own = signatures.find(({ callId }) => part.kind === "call" && callId === part.callId);
  const carried = signatures.filter((signature) => signature !== own);
  return { part: own ? { ...part, signature: own } : part, carried };
}

function decodeContent(reading: Reading, object: JsonObject, fields: JsonObject, place: PartPlace): Part {
  for (const [field, decode] of Object.entries(BY_FIELD)) {
    const value = fields[field];
    if (value === undefined || value === null) continue;
    const inner = asObject(value);
    if (!inner) throw badField(`${place.at}.${field}`, "must be an object.");
    return decode(reading, fields, inner, place);
  }
  const type = fields.text === undefined ? Object.keys(fields).find((key) => !ABOUT.has(key)) : undefined;
  if (type === undefined) return decodeText(reading, fields, place);
  return { kind: "opaque", protocol: "gemini", type, raw: reading.raw.of(object), at: place.at };
}

const TEXT_KNOWN = new Set(["text", "thought", "thoughtSignature"]);

/** A signed text without `thought: true` is ordinary text; a part with a signature alone is an empty one. */
function decodeText(reading: Reading, fields: JsonObject, { at }: PartPlace): Part {
  const text = optionalText(fields.text, `${at}.text`);
  const notes = { ...rest(reading, fields, TEXT_KNOWN), $text: text === undefined ? "none" : undefined };
  if (fields.thought === true) return { kind: "reasoning", text: text ?? "", at, ...extended(notes) };
  const thought = fields.thought === undefined ? {} : { $thought: fields.thought };
  return { kind: "text", text: text ?? "", at, ...extended({ ...notes, ...thought }) };
}

const CALL_FIELDS = new Set(["functionCall", "thoughtSignature"]);
const CALL_KNOWN = new Set(["id", "name", "args"]);

function decodeCall(reading: Reading, fields: JsonObject, value: JsonObject, place: PartPlace): Part {
  const call = fieldsOf(reading, value);
  const path = `${place.at}.functionCall`;
  const name = optionalText(call.name, `${path}.name`) ?? "";
  if (name === "") throw badField(`${path}.name`, "this field is required, the name of the function.");
  const id = optionalText(call.id, `${path}.id`);
  const callId = id || mintedId(place, name);
  const args = asObject(call.args);
  if (!args && call.args !== undefined && call.args !== null)
    throw badField(`${path}.args`, "must be an object.");
  reading.calls.push({ callId, name });
  return {
    kind: "call",
    callId,
    name,
    form: "json",
    input: args ? reading.raw.of(args) : "{}",
    at: place.at,
    ...extended({
      ...rest(reading, fields, CALL_FIELDS),
      ...rest(reading, call, CALL_KNOWN, "functionCall"),
      $id: id ? undefined : (id ?? "none"),
      $args: args ? undefined : "none",
    }),
  };
}
