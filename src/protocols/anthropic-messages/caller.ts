import { asObject, type JsonObject } from "../../core/json.ts";

/** The model itself called; any other caller is a tool that runs at Anthropic (`ToolUseCaller`). */
function isDirect(caller: JsonObject | undefined): boolean {
  return caller?.type === "direct" && Object.keys(caller).length === 1;
}

/** Who called, as a member to keep: nothing is lost where a direct call says that it is one. */
export function keptCaller(caller: unknown): JsonObject {
  if (caller === undefined || caller === null) return {};
  return isDirect(asObject(caller)) ? { "$odd.|caller": caller } : { caller };
}
