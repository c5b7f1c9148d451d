import { asList, type JsonObject } from "../../core/json.ts";

/**
 * What a later request builds on by `previous_response_id`: the input of the earlier one and its output, as the
 * items that would be sent in their place. Instructions are not among them: they count for one response only.
 */
export function inputItems(body: JsonObject): readonly unknown[] {
  const { input } = body;
  if (typeof input !== "string") return asList(input);
  return [{ type: "message", role: "user", content: [{ type: "input_text", text: input }] }];
}

/** @param response a finished one, whole or as `fold` makes it */
export function outputItems(response: JsonObject): readonly unknown[] {
  return asList(response.output);
}

/**
 * The request with everything said before it in its input, and without the reference to it.
 * @param earlier input and output items of the responses before, the oldest first; may be `Raw`
 */
export function withEarlierItems(body: JsonObject, earlier: readonly unknown[]): JsonObject {
  const { previous_response_id: _expanded, ...others } = body;
  return { ...others, input: [...earlier, ...inputItems(body)] };
}
