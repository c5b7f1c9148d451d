import { GatewayError } from "../../core/errors.ts";
import type { GenerationRequest } from "../../core/generation/request.ts";
import type { Tool } from "../../core/generation/tool.ts";
import type { TargetTraits } from "../../core/generation/traits.ts";
import { fieldName } from "../../protocols/field-names.ts";
import type { LossReport } from "../../protocols/translation.ts";
import { clientRunTool } from "./client-run-tools.ts";

/**
 * What becomes of a vendor's own tool at another vendor (PROTOCOLS.md 1.3): a web search is kept where the
 * target has one, a tool that the client runs becomes a function, the others are left out, or refused
 * where the request is about nothing else.
 * @throws GatewayError `unsupported` for a tool that is forced, or the only one
 */
export function fitBuiltin(
  tool: Tool,
  request: GenerationRequest,
  traits: TargetTraits,
  report: LossReport,
): readonly Tool[] {
  if (tool.builtin?.search && canSearch(request, traits)) return [tool];
  const emulated = asFunction(tool);
  if (emulated) {
    report.lose("emulated", pathOf(tool, request), "client-run built-in as a function");
    return [emulated];
  }
  if (isForced(tool, request) || isOnly(request)) throw refusal(tool, request, traits);
  report.lose("dropped", pathOf(tool, request), "built-in tool of another vendor");
  return [];
}

function canSearch({ tools }: GenerationRequest, { webSearch, searchAlone }: TargetTraits): boolean {
  return webSearch && (!searchAlone || tools.every(({ kind }) => kind === "builtin"));
}

function asFunction(tool: Tool): Tool | undefined {
  const run = clientRunTool(tool);
  if (!run) return undefined;
  return { ...tool, kind: "function", description: tool.description ?? run.description, schema: run.schema };
}

function isForced(tool: Tool, { toolChoice }: GenerationRequest): boolean {
  if (toolChoice?.mode !== "one" && toolChoice?.mode !== "some") return false;
  const forced = toolChoice.mode === "one" || toolChoice.required === true;
  return forced && toolChoice.names?.length === 1 && toolChoice.names[0] === tool.name;
}

/** Cline sends Google's search as its only tool with every request (CLIENTS.md 5): there it is an offer only. */
function isOnly({ tools, toolChoice, origin }: GenerationRequest): boolean {
  return tools.length === 1 && (origin !== "gemini" || toolChoice?.mode === "required");
}

function pathOf(tool: Tool, request: GenerationRequest): string {
  return tool.at ?? fieldName(request.origin, "tools");
}

function refusal(tool: Tool, request: GenerationRequest, { model }: TargetTraits): GatewayError {
  const param = pathOf(tool, request);
  const name = tool.builtin?.type ?? tool.name;
  const message = `${param}: "${name}" is a tool of another vendor that "${model}" does not have; ask a model that has it, or leave it out.`;
  return new GatewayError("unsupported", message, { param });
}
