import { Raw } from "../../../base/raw-json.ts";
import { asObject, type JsonObject } from "../../../core/json.ts";
import type { WireEvent } from "../../translation.ts";
import { type EncoderState, isNative, type OpenState, partChunk, sealed } from "./encoder-state.ts";

/** Arguments are one object: other JSON lies in `value`; undefined for what is no JSON. */
function argsOf(form: "json" | "text", input: string): string | undefined {
  if (form === "text") return JSON.stringify({ input });
  const text = input.trim();
  if (text === "") return "{}";
  try {
    return asObject(JSON.parse(text)) ? text : `{"value":${text}}`;
  } catch {
    // Cut by the output limit, or the model's mistake: either way it must not be run.
    return undefined;
  }
}

/**
 * A call's signature: Google's own bare; else an envelope with its own and those of the thinking before it.
 */
function signatureOf(state: EncoderState, open: OpenState, callId: string): JsonObject {
  const { candidate, signature } = open;
  const { carried } = candidate;
  candidate.carried = [];
  const vendors = carried.filter(({ by }) => by !== "gateway");
  if (signature && isNative(signature) && vendors.length === 0) return { thoughtSignature: signature.value };
  const all = signature ? [...carried, { ...signature, callId }] : carried;
  return all.length > 0 ? sealed(state, all) : {};
}

/** A call is one part, with its whole arguments (PROTOCOLS.md 2.4); it always has an id. */
export function closeCall(state: EncoderState, open: OpenState): WireEvent[] {
  const { part, candidate } = open;
  if (part.kind !== "call") return [];
  const args = argsOf(part.form, open.pieces.join(""));
  if (args === undefined) {
    candidate.malformed = part.name;
    return [];
  }
  const functionCall = { id: part.callId, name: part.name, args: new Raw(args) };
  return partChunk(state, candidate, [{ functionCall, ...signatureOf(state, open, part.callId) }]);
}
