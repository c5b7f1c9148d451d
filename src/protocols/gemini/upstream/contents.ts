import type { Signature } from "../../../core/generation/node.ts";
import type { Part, Turn } from "../../../core/generation/request.ts";
import type { JsonObject } from "../../../core/json.ts";
import { type Encoding, loseForeign, noteOf, ownFields } from "./encoding.ts";
import { encodePart } from "./parts.ts";

function isSystem({ role }: Turn): boolean {
  return role === "system" || role === "developer";
}

/** System turns at the front are `systemInstruction`, everything after them is `contents`. */
export function encodeTurns(encoding: Encoding): JsonObject {
  const { turns } = encoding.request;
  const first = turns.findIndex((turn) => !isSystem(turn));
  const system = first < 0 ? turns : turns.slice(0, first);
  const contents = first < 0 ? [] : turns.slice(first);
  return {
    ...(system.length > 0 ? { systemInstruction: encodeSystem(encoding, system) } : {}),
    contents: contents.flatMap((turn) => encodeTurn(encoding, turn)),
  };
}

function encodeSystem(encoding: Encoding, turns: readonly Turn[]): unknown {
  const [only, ...others] = turns;
  const [text] = only?.parts ?? [];
  if (only && others.length === 0 && noteOf(only, "$system") === "string" && text?.kind === "text")
    return text.text;
  const parts = turns.flatMap((turn) => encodeParts(encoding, turn));
  return only && others.length === 0 ? contentOf(only, "", parts) : { parts };
}

/** A turn of which nothing is left is none; Google refuses contents without parts. */
function encodeTurn(encoding: Encoding, turn: Turn): readonly JsonObject[] {
  const parts = encodeParts(encoding, turn);
  if (parts.length === 0 && encoding.request.origin !== "gemini") return [];
  return [contentOf(turn, turn.role === "assistant" ? "model" : "user", parts)];
}

function contentOf(turn: Turn, plainRole: string, parts: readonly unknown[]): JsonObject {
  const noted = noteOf(turn, "$role");
  const role = typeof noted === "string" ? noted : plainRole;
  return { ...(role === "" ? {} : { role }), ...partsOf(turn, parts), ...ownFields(turn) };
}

function partsOf(turn: Turn, parts: readonly unknown[]): JsonObject {
  const form = noteOf(turn, "$parts");
  if (form === "none" && parts.length === 0) return {};
  return { parts: form === "one" && parts.length === 1 ? parts[0] : parts };
}

function encodeParts(encoding: Encoding, turn: Turn): readonly unknown[] {
  const { report } = encoding;
  loseForeign(report, turn.extensions, turn.at);
  if (turn.name !== undefined)
    report.lose("dropped", `${turn.at ?? "turn"}.name`, "Gemini knows no names of speakers");
  return signaturesHome(turn.parts).flatMap((part) => encodePart(encoding, part));
}

/** A call's signature that travelled on the thinking before it goes back to the call. */
function signaturesHome(parts: readonly Part[]): readonly Part[] {
  const homes = new Map<string, Signature>();
  for (const part of parts) {
    const callId = part.kind === "reasoning" ? part.signature?.callId : undefined;
    if (callId !== undefined && part.signature) homes.set(callId, part.signature);
  }
  if (homes.size === 0) return parts;
  return parts.flatMap((part): readonly Part[] => {
    if (part.kind === "reasoning" && part.signature?.callId !== undefined) {
      const { signature: _, ...unsigned } = part;
      return part.text === "" ? [] : [unsigned];
    }
    const home = part.kind === "call" && !part.signature ? homes.get(part.callId) : undefined;
    return home ? [{ ...part, signature: home }] : [part];
  });
}

/** Details of images apply to the whole request in Gemini, where they agree. */
export function mediaResolution(encoding: Encoding): JsonObject {
  const images = encoding.request.turns.flatMap(({ parts }) => parts).filter((part) => part.kind === "media");
  const asked = images.filter(({ detail }) => detail !== undefined && detail !== "auto");
  const [first] = asked;
  if (!first) return {};
  const agreed = asked.length === images.length && asked.every(({ detail }) => detail === first.detail);
  if (agreed && (first.detail === "low" || first.detail === "high")) {
    return { mediaResolution: `MEDIA_RESOLUTION_${first.detail.toUpperCase()}` };
  }
  for (const { at, detail } of asked) {
    encoding.report.lose(
      "dropped",
      `${at ?? "image"}.detail`,
      `Gemini has no detail ${detail} for one image`,
    );
  }
  return {};
}
