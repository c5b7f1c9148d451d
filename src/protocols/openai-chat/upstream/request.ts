import type { GenerationRequest } from "../../../core/generation/request.ts";
import { asObject, type JsonObject } from "../../../core/json.ts";
import type { EncodeContext } from "../../translation.ts";
import { loseForeign, membersOf } from "../notes.ts";
import { writeMessages } from "./messages.ts";
import { writeSettings } from "./settings.ts";
import { writeTools } from "./tools.ts";

/** Usage is always asked for: without it nothing could be charged. */
function writeStreamOptions(request: GenerationRequest, { traits }: EncodeContext): JsonObject {
  const written = asObject(request.extensions["openai-chat"]?.$stream_options);
  if (request.stream && traits.streamUsage) return { stream_options: { ...written, include_usage: true } };
  return written ? { stream_options: written } : {};
}

/** A chat request as the target takes it; one that a chat client wrote comes out as it went in. */
export function encodeChatRequest(request: GenerationRequest, context: EncodeContext): JsonObject {
  loseForeign(request.extensions, context.report);
  return {
    ...membersOf(request.extensions["openai-chat"] ?? {}),
    model: context.traits.model,
    messages: writeMessages(request.turns, context),
    ...writeTools(request, context),
    ...writeSettings(request, context),
    ...writeStreamOptions(request, context),
  };
}
