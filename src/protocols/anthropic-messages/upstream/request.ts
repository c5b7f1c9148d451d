import { present } from "../../../base/present.ts";
import type { GenerationRequest, Turn } from "../../../core/generation/request.ts";
import type { JsonObject } from "../../../core/json.ts";
import type { EncodeContext } from "../../translation.ts";
import { keptOf, withKept } from "../kept-members.ts";
import { writeContent } from "./blocks.ts";
import { writeReasoning, writeSampling } from "./settings.ts";
import { writeTools } from "./tools.ts";
import { cacheControl, reportForeign, type Writing } from "./writing.ts";

const ROLES = {
  user: "user",
  tool: "user",
  assistant: "assistant",
  system: "system",
  developer: "system",
} as const;

/** How many turns at the start are the top-level `system`. */
function leadingSystem(turns: readonly Turn[]): number {
  const first = turns.findIndex(
    (turn) => ROLES[turn.role] !== "system" || keptOf(turn).$place === "messages",
  );
  return first < 0 ? turns.length : first;
}

function writeSystem(turns: readonly Turn[], writing: Writing): JsonObject {
  const [first] = turns;
  if (!first) return {};
  for (const turn of turns) reportForeign(turn.extensions, turn.at ?? "system", writing);
  const parts = turns.flatMap((turn) => turn.parts);
  return { system: writeContent(parts, first, writing).content };
}

function writeMessage(turn: Turn, writing: Writing): JsonObject {
  if (turn.name !== undefined) {
    writing.report.lose("dropped", `${turn.at ?? "messages"}.name`, "unknown to Anthropic Messages");
  }
  const content = writeContent(turn.parts, turn, writing);
  reportForeign(turn.extensions, turn.at ?? "messages", writing);
  return withKept({ role: ROLES[turn.role], ...content }, keptOf(turn));
}

function writeStream({ request }: Writing): JsonObject {
  if (request.stream) return { stream: true };
  return keptOf(request).$stream === false ? { stream: false } : {};
}

/**
 * A body of `POST /v1/messages` (@anthropic-ai/sdk, `MessageCreateParams`); what needs a beta of Anthropic's
 * is listed by `betasOf`.
 * @throws GatewayError `unsupported` for media that no model of Anthropic takes.
 */
export function encodeRequest(request: GenerationRequest, context: EncodeContext): JsonObject {
  const { traits, report } = context;
  const own = request.origin === "anthropic-messages";
  const writing: Writing = { traits, report, request, own };
  const kept = keptOf(request);
  const leading = leadingSystem(request.turns);
  reportForeign(request.extensions, "", writing);
  const { mark } = request.caching;
  const body = present({
    model: traits.model,
    max_tokens: request.outputTokensMax,
    ...writeSystem(request.turns.slice(0, leading), writing),
    messages: request.turns.slice(leading).map((turn) => writeMessage(turn, writing)),
    ...writeTools(writing),
    ...writeReasoning(writing),
    ...writeSampling(writing),
    service_tier: request.serviceTier,
    metadata: request.user === undefined ? undefined : { user_id: request.user },
    cache_control: mark ? cacheControl(mark, kept) : undefined,
    ...writeStream(writing),
  });
  return withKept(body, kept);
}
