import { Raw } from "../../../base/raw-json.ts";
import { GatewayError } from "../../../core/errors.ts";
import type {
  CallPart,
  MediaKind,
  MediaPart,
  Part,
  ReasoningPart,
  ResultPart,
  TextPart,
} from "../../../core/generation/request.ts";
import { asObject, type JsonObject } from "../../../core/json.ts";
import { type Encoding, innerFields, loseForeign, noteOf, ownFields, signed } from "./encoding.ts";

type PartEncoders = {
  readonly [Kind in Part["kind"]]: (
    encoding: Encoding,
    part: Extract<Part, { kind: Kind }>,
  ) => readonly unknown[];
};

const ENCODERS: PartEncoders = {
  text: encodeText,
  media: (encoding, part) => [encodeMedia(encoding, part)],
  reasoning: encodeReasoning,
  call: encodeCall,
  result: encodeResult,
  search: (encoding, part) => drop(encoding, part, "searches of other vendors cannot be replayed"),
  opaque: (encoding, part) =>
    part.protocol === "gemini"
      ? [new Raw(part.raw)]
      : drop(encoding, part, "only its own protocol can express it"),
};

/** The parts on Google's wire that one part makes. */
export function encodePart(encoding: Encoding, part: Part): readonly unknown[] {
  loseForeign(encoding.report, part.extensions, part.at);
  const encode = ENCODERS[part.kind] as (encoding: Encoding, part: Part) => readonly unknown[];
  return encode(encoding, part);
}

function drop({ report }: Encoding, part: Part, reason: string): readonly unknown[] {
  report.lose("dropped", part.at ?? part.kind, reason);
  return [];
}

function encodeText(encoding: Encoding, part: TextPart): readonly unknown[] {
  const { report } = encoding;
  if (part.citations?.length)
    report.lose("dropped", `${part.at ?? "text"}.citations`, "Gemini takes no citations back");
  const thought = noteOf(part, "$thought");
  const text = {
    ...(noteOf(part, "$text") === "none" ? {} : { text: part.text }),
    ...(thought === undefined ? {} : { thought }),
    ...ownFields(part),
    ...signed(encoding, part.signature),
  };
  // An empty part says nothing, and Google refuses it where nothing of its own is on it.
  const empty = part.text === "" && part.extensions?.gemini === undefined && part.signature === undefined;
  return empty && encoding.request.origin !== "gemini" ? [] : [text];
}

/** Thinking that the model signed, or that a client of Gemini's own sends back. */
function encodeReasoning(encoding: Encoding, part: ReasoningPart): readonly unknown[] {
  const text = part.text === "" && part.summary ? part.summary.join("\n\n") : part.text;
  const signature = signed(encoding, part.signature);
  if (text === "" && encoding.request.origin !== "gemini" && signature.thoughtSignature === undefined)
    return [];
  const written = noteOf(part, "$text") === "none" ? {} : { text };
  return [{ ...written, thought: true, ...ownFields(part), ...signature }];
}

function encodeCall(encoding: Encoding, part: CallPart): readonly unknown[] {
  encoding.names.set(part.callId, part.name);
  const id = noteOf(part, "$id");
  const call = {
    ...(id === "none" ? {} : { id: id === "" ? "" : part.callId }),
    name: part.name,
    ...(noteOf(part, "$args") === "none" ? {} : { args: new Raw(argsOf(encoding, part)) }),
    ...innerFields(part, "functionCall"),
  };
  return [{ functionCall: call, ...ownFields(part), ...signed(encoding, part.signature) }];
}

/** Arguments are an object: other JSON lies in `value`, what is no JSON in `_raw`. */
function argsOf({ report }: Encoding, part: CallPart): string {
  if (part.form === "text") return JSON.stringify({ input: part.input });
  const text = part.input.trim();
  if (text === "") return "{}";
  try {
    return asObject(JSON.parse(text)) ? text : `{"value":${text}}`;
  } catch {
    // The model of another vendor wrote it, and the client sends it back: the next model shall see it all the same.
    report.lose("changed", part.at ?? part.callId, "the arguments are no JSON");
    return JSON.stringify({ _raw: part.input });
  }
}

/** Gemini 3 takes media inside a result; models before it (thinking by budget) beside it. */
function takesMedia({ request, traits }: Encoding): boolean {
  return request.origin === "gemini" || traits.thinking === "level";
}

function encodeResult(encoding: Encoding, part: ResultPart): readonly unknown[] {
  const texts = part.content.filter((item) => item.kind === "text");
  const others = part.content
    .filter((item) => item.kind !== "text")
    .flatMap((item) => encodePart(encoding, item));
  const inside = takesMedia(encoding);
  const id = noteOf(part, "$id");
  const name = part.name ?? encoding.names.get(part.callId);
  const response = {
    ...(id === "none" ? {} : { id: id === "" ? "" : part.callId }),
    ...(name === undefined ? {} : { name }),
    ...responseOf(part, texts.map(({ text }) => text).join("\n")),
    ...((inside && others.length > 0) || noteOf(part, "$parts") === "empty" ? { parts: others } : {}),
    ...innerFields(part, "functionResponse"),
  };
  const written = {
    functionResponse: response,
    ...ownFields(part),
    ...signed(encoding, part.signature),
  };
  return inside ? [written] : [written, ...others];
}

/** Google's own keys for a result: `output`, or `error` for one that failed. */
function responseOf(part: ResultPart, text: string): JsonObject {
  const form = noteOf(part, "$response");
  if (form === "none") return {};
  if (form === "whole") return { response: new Raw(text) };
  const key = part.failed ? "error" : "output";
  return { response: { [key]: form === `${key}Json` ? new Raw(text) : text } };
}

const PLAIN_MIME: Record<MediaKind, string> = {
  image: "image/png",
  document: "application/pdf",
  audio: "audio/wav",
  video: "video/mp4",
};

function encodeMedia(encoding: Encoding, part: MediaPart): JsonObject {
  loseMedia(encoding, part);
  const { source } = part;
  const own = encoding.request.origin === "gemini";
  const name = own && part.name !== undefined ? { displayName: part.name } : {};
  const about = { ...signed(encoding, part.signature) };
  if (source.type === "base64" || source.type === "text") {
    const [data, mime] =
      source.type === "text"
        ? [Buffer.from(source.text).toString("base64"), "text/plain"]
        : [source.bytes, PLAIN_MIME[part.media]];
    const mimeType = part.mime ?? (own ? undefined : mime);
    const inlineData = { ...(mimeType === undefined ? {} : { mimeType }), data, ...name };
    return {
      inlineData: { ...inlineData, ...innerFields(part, "inlineData") },
      ...ownFields(part),
      ...about,
    };
  }
  const fileUri = source.type === "url" ? source.url : fileOf(part, source.owner, source.fileId);
  const mime = part.mime === undefined ? {} : { mimeType: part.mime };
  const fileData = { ...mime, fileUri, ...name, ...innerFields(part, "fileData") };
  return { fileData, ...ownFields(part), ...about };
}

/** A file lives in one vendor's account. */
function fileOf(part: MediaPart, owner: string, fileId: string): string {
  if (owner === "gemini") return fileId;
  const param = part.at ?? "contents";
  throw new GatewayError(
    "unsupported",
    `${param}: this file lives at another vendor than the model; send its bytes in base64.`,
    { param },
  );
}

function loseMedia({ request, report }: Encoding, part: MediaPart): void {
  if (request.origin === "gemini") return;
  const at = part.at ?? part.media;
  for (const field of ["name", "title", "context"] as const) {
    if (part[field] !== undefined)
      report.lose("dropped", `${at}.${field}`, "Gemini knows media by their bytes only");
  }
  if (part.citable) report.lose("dropped", `${at}.citations`, "Gemini cites the web only");
}
