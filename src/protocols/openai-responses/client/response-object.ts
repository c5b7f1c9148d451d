import { asObject, type JsonObject } from "../../../core/json.ts";
import { some } from "../members.ts";
import { keptOf } from "../notes.ts";
import { writeUsage } from "../usage.ts";
import type { EncoderState } from "./answer-state.ts";

/** What a response repeats of its request, and the vendor's value where the request is silent. */
const ECHOED: Readonly<Record<string, unknown>> = {
  previous_response_id: null,
  instructions: null,
  tools: [],
  tool_choice: "auto",
  truncation: "disabled",
  parallel_tool_calls: true,
  top_p: 1,
  presence_penalty: 0,
  frequency_penalty: 0,
  top_logprobs: 0,
  temperature: 1,
  max_output_tokens: null,
  max_tool_calls: null,
  store: true,
  background: false,
  metadata: {},
  safety_identifier: null,
  prompt_cache_key: null,
  user: null,
};

export type ResponseStatus = "in_progress" | "completed" | "incomplete" | "failed";

/** What is said of a response besides its status. */
interface Ending {
  readonly output?: readonly JsonObject[];
  readonly incomplete_details?: JsonObject;
  readonly error?: JsonObject;
}

/** openai `Response`, with every member that its type and Open Responses (2026-04-24) require. */
export function responseOf(state: EncoderState, status: ResponseStatus, ending: Ending = {}): JsonObject {
  const { answerId, created, model, request } = state.context;
  const body = asObject(keptOf(request).$body) ?? {};
  const echoed = Object.entries(ECHOED).map(([key, silent]) => [key, body[key] ?? silent]);
  const isEnded = status !== "in_progress";
  return {
    id: `resp_${answerId}`,
    object: "response",
    created_at: created,
    completed_at: isEnded ? created : null,
    status,
    incomplete_details: ending.incomplete_details ?? null,
    error: ending.error ?? null,
    model,
    ...Object.fromEntries(echoed),
    ...some("previous_response_id", request.state.previousId),
    reasoning: { effort: null, summary: null, ...asObject(body.reasoning) },
    text: { format: { type: "text" }, ...asObject(body.text) },
    service_tier: state.serviceTier ?? "default",
    output: ending.output ?? [],
    usage: state.usage && isEnded ? writeUsage(state.usage) : null,
  };
}
