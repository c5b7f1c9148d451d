import type { Part, ResultPart } from "../../../core/generation/request.ts";
import { asObject, type JsonObject } from "../../../core/json.ts";
import { badField } from "../../fields.ts";
import { decodeFile, decodeInline } from "./media.ts";
import { mintedId, type PartPlace } from "./place.ts";
import { extended, fieldsOf, optionalList, optionalText, type Reading, rest } from "./reading.ts";

const RESULT_FIELDS = new Set(["functionResponse", "thoughtSignature"]);
const RESULT_KNOWN = new Set(["id", "name", "response", "parts"]);

/**
 * How the result's text stood in `response`: under Google's own keys as text or as another value, or as
 * the whole object.
 */
type ResponseForm = "output" | "outputJson" | "error" | "errorJson" | "whole" | "none";

interface ResponseText {
  readonly text: string;
  readonly form: ResponseForm;
}

function responseText(reading: Reading, response: JsonObject | undefined): ResponseText {
  if (!response) return { text: "", form: "none" };
  const [key, ...others] = Object.keys(response);
  if ((key !== "output" && key !== "error") || others.length > 0) {
    return { text: reading.raw.of(response), form: "whole" };
  }
  const value = response[key];
  if (typeof value === "string") return { text: value, form: key };
  const text = typeof value === "object" && value !== null ? reading.raw.of(value) : JSON.stringify(value);
  return { text, form: `${key}Json` };
}

/** By its id; without one the first call of that name which has no result yet. */
function answeredCall(reading: Reading, id: string | undefined, name: string, place: PartPlace): string {
  const { calls } = reading;
  const byId = id ? calls.findIndex(({ callId }) => callId === id) : -1;
  const found = byId >= 0 || id ? byId : calls.findIndex((call) => call.name === name);
  const [call] = found < 0 ? [] : calls.splice(found, 1);
  return call?.callId ?? (id || mintedId(place, name));
}

/** `FunctionResponsePart` of @google/genai: bytes or a file, and whatever comes to be. */
function decodeResultPart(reading: Reading, object: JsonObject, place: PartPlace): Part {
  const fields = fieldsOf(reading, object);
  const [inline, file] = [asObject(fields.inlineData), asObject(fields.fileData)];
  if (inline) return decodeInline(reading, fields, inline, place);
  if (file) return decodeFile(reading, fields, file, place);
  const type = Object.keys(fields)[0] ?? "";
  return { kind: "opaque", protocol: "gemini", type, raw: reading.raw.of(object), at: place.at };
}

function mediaOf(reading: Reading, response: JsonObject, path: string, place: PartPlace): Part[] {
  return optionalList(response.parts, `${path}.parts`).map((value, index) => {
    const at = `${path}.parts[${index}]`;
    const object = asObject(value);
    if (!object) throw badField(at, "must be an object, one part.");
    return decodeResultPart(reading, object, { ...place, at });
  });
}

/** `functionResponse`: its object as text, its media as parts. */
export function decodeResult(
  reading: Reading,
  fields: JsonObject,
  value: JsonObject,
  place: PartPlace,
): ResultPart {
  const result = fieldsOf(reading, value);
  const path = `${place.at}.functionResponse`;
  const id = optionalText(result.id, `${path}.id`);
  const name = optionalText(result.name, `${path}.name`);
  const response = asObject(result.response);
  if (!response && result.response !== undefined && result.response !== null) {
    throw badField(`${path}.response`, "must be an object.");
  }
  const { text, form } = responseText(reading, response);
  const media = mediaOf(reading, result, path, place);
  const words: Part[] = form === "none" ? [] : [{ kind: "text", text, at: `${path}.response` }];
  return {
    kind: "result",
    callId: answeredCall(reading, id, name ?? "", place),
    ...(name === undefined ? {} : { name }),
    content: [...words, ...media],
    ...(form === "error" || form === "errorJson" ? { failed: true } : {}),
    at: place.at,
    ...extended({
      ...rest(reading, fields, RESULT_FIELDS),
      ...rest(reading, result, RESULT_KNOWN, "functionResponse"),
      $id: id ? undefined : (id ?? "none"),
      $response: form === "output" || form === "error" ? undefined : form,
      $parts: result.parts !== undefined && media.length === 0 ? "empty" : undefined,
    }),
  };
}
