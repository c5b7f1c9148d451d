import { Raw } from "../../../base/raw-json.ts";
import { asList, asObject, asObjects, type JsonObject } from "../../../core/json.ts";

/**
 * Betas that fields of a body need, as `anthropic-beta` names them (@anthropic-ai/sdk, `AnthropicBeta`, and what
 * Claude Code sends, CLIENTS.md 1). A vendor that has made one general takes its name all the same.
 */

/** A list of the body, in which `Raw` stands for source text. */
function objectsOf(list: unknown): readonly JsonObject[] {
  return asObjects(asList(list).map((item) => (item instanceof Raw ? JSON.parse(item.text) : item)));
}

const systemMessages = (body: JsonObject) =>
  asObjects(body.messages).filter((message) => message.role === "system");

const NEEDS: Readonly<Record<string, (body: JsonObject) => boolean>> = {
  "effort-2025-11-24": (body) => typeof asObject(body.output_config)?.effort === "string",
  "structured-outputs-2025-11-13": (body) => asObject(body.output_format) !== undefined,
  "task-budgets-2026-03-13": (body) => asObject(body.output_config)?.task_budget !== undefined,
  "context-management-2025-06-27": (body) => has(body, "context_management"),
  "mcp-client-2025-11-20": (body) => has(body, "mcp_servers"),
  "fast-mode-2026-02-01": (body) => body.speed === "fast",
  "compact-2026-09-04": (body) => has(body, "compaction"),
  "server-side-fallback-2026-07-01": (body) => has(body, "fallbacks"),
  "mid-conversation-system-2026-04-07": (body) => systemMessages(body).length > 0,
  "mid-conversation-output-config-2026-07-01": (body) =>
    systemMessages(body).some((message) => has(message, "output_config")),
  "mid-conversation-system-clear-at-2026-08-21": (body) =>
    systemMessages(body).some((message) => has(message, "clear_at")),
  "mid-conversation-tool-changes-2026-07-01": (body) =>
    systemMessages(body).some((message) => objectsOf(message.content).some(isToolChange)),
  "thinking-display-updates-2026-08-18": (body) => asObject(body.thinking)?.display === "updates",
  "thinking-binding-controls-2026-08-01": (body) => has(asObject(body.thinking) ?? {}, "block_binding"),
  "advanced-tool-use-2025-11-20": (body) => objectsOf(body.tools).some((tool) => tool.defer_loading === true),
};

function has(object: JsonObject, name: string): boolean {
  return object[name] !== undefined && object[name] !== null;
}

function isToolChange({ type }: JsonObject): boolean {
  return type === "tool_addition" || type === "tool_removal";
}

/** What the header `anthropic-beta` must name for this body; a client's own header comes before these. */
export function betasOf(body: JsonObject): readonly string[] {
  return Object.entries(NEEDS).flatMap(([beta, needs]) => (needs(body) ? [beta] : []));
}
