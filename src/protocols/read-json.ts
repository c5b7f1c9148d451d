import { asObject, type JsonObject } from "../core/json.ts";

const decoder = new TextDecoder();

/** A whole body as an object; undefined for other values and for what is not JSON. */
export function parseObject(bytes: Uint8Array): JsonObject | undefined {
  try {
    return asObject(JSON.parse(decoder.decode(bytes)));
  } catch {
    // Whoever asked decides what a body that is no JSON is worth.
    return undefined;
  }
}

/** An event's data as an object; undefined for `[DONE]`, for other values and for what is not JSON. */
export function eventObject(data: string): JsonObject | undefined {
  if (data.charCodeAt(0) !== 0x7b) return undefined;
  try {
    return asObject(JSON.parse(data));
  } catch {
    // A broken event of the upstream is relayed as it came; the client's own parser reports it.
    return undefined;
  }
}
