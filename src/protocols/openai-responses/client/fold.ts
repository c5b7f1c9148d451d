import { asObject, type JsonObject } from "../../../core/json.ts";
import type { WireEvent } from "../../translation.ts";

/** The response of the terminal event, which has all that the events said. */
export function fold(events: readonly WireEvent[]): JsonObject {
  for (const { data } of events.toReversed()) {
    const response = data === "[DONE]" ? undefined : asObject(data.response);
    if (response) return response;
  }
  return {};
}
