import { GatewayError } from "../../core/errors.ts";
import type { GenerationRequest, Turn } from "../../core/generation/request.ts";
import type { ToolChoice } from "../../core/generation/tool.ts";
import type { TargetTraits } from "../../core/generation/traits.ts";
import { type FieldName, fieldName } from "../../protocols/field-names.ts";
import type { LossReport } from "../../protocols/translation.ts";
import { reminder } from "./reminder.ts";

/**
 * The tool choice as the target can say it. Comes after the tools have their wire names and after the
 * reasoning is fitted, since thinking forbids Claude a forced call.
 * @throws GatewayError `bad_request` for a forced tool that is not among the tools
 */
export function fitToolChoice(
  request: GenerationRequest,
  traits: TargetTraits,
  report: LossReport,
): GenerationRequest {
  const parallel = fitParallel(request, traits, report);
  const { toolChoice, tools } = parallel;
  if (!toolChoice) return parallel;
  if (isForced(toolChoice)) refuseEmpty(parallel, toolChoice);
  if (tools.length === 0) return { ...parallel, toolChoice: undefined };
  const { extensions: _, ...plain } = toolChoice;
  const named = fitBuiltinChoice({ ...parallel, toolChoice: plain }, traits, report);
  const narrowed = fitSome(named, traits, report);
  return fitForced(narrowed, traits, report);
}

/** Gemini and chat can be told that there is a search, not that it must be made. */
function fitBuiltinChoice(
  request: GenerationRequest,
  { protocol }: TargetTraits,
  report: LossReport,
): GenerationRequest {
  const { toolChoice, tools, origin } = request;
  const builtins = new Set(tools.filter(({ kind }) => kind === "builtin").map(({ name }) => name));
  if (protocol !== "gemini" && protocol !== "openai-chat") return request;
  if (!toolChoice?.names?.some((name) => builtins.has(name))) return request;
  report.lose("changed", fieldName(origin, "toolChoice"), "a search cannot be forced");
  const names = toolChoice.names.filter((name) => !builtins.has(name));
  return { ...request, toolChoice: names.length === 0 ? { mode: "auto" } : { ...toolChoice, names } };
}

function isForced({ mode, required }: ToolChoice): boolean {
  return mode === "one" || mode === "required" || (mode === "some" && required === true);
}

function refuseEmpty({ origin, tools }: GenerationRequest, { mode, names = [] }: ToolChoice): void {
  if (mode === "required" ? tools.length > 0 : names.length > 0) return;
  const param = fieldName(origin, "toolChoice");
  const message = `${param}: asks for a tool call, but the tool is not among the tools of this request; declare it in \`tools\`.`;
  throw new GatewayError("bad_request", message, { param });
}

function fitParallel(
  request: GenerationRequest,
  { protocol }: TargetTraits,
  report: LossReport,
): GenerationRequest {
  if (request.parallelCalls === undefined || (protocol !== "gemini" && request.tools.length > 0))
    return request;
  const field: FieldName = "parallelCalls";
  if (request.parallelCalls === false && request.tools.length > 0)
    report.lose("dropped", fieldName(request.origin, field), "parallel calls cannot be switched off");
  return { ...request, parallelCalls: undefined };
}

/** Where a choice among some tools cannot be said, the others are not shown. */
function fitSome(request: GenerationRequest, traits: TargetTraits, report: LossReport): GenerationRequest {
  const { toolChoice } = request;
  if (toolChoice?.mode !== "some" || canChooseSome(traits)) return request;
  const names = new Set(toolChoice.names);
  const tools = request.tools.filter(({ name }) => names.has(name));
  const path = fieldName(request.origin, "toolChoice");
  report.lose("emulated", path, "the other tools are not shown");
  return {
    ...request,
    tools,
    toolChoice: tools.length === 0 ? undefined : { mode: toolChoice.required ? "required" : "auto" },
  };
}

/** Of chat servers OpenAI's own knows `allowed_tools`. */
function canChooseSome({ protocol, vendor }: TargetTraits): boolean {
  if (protocol === "openai-chat") return vendor === "openai";
  return protocol === "openai-responses" || protocol === "gemini";
}

/** Anthropic refuses a forced call together with thinking: the model is asked instead. */
function fitForced(request: GenerationRequest, traits: TargetTraits, report: LossReport): GenerationRequest {
  const { toolChoice, reasoning, turns } = request;
  const thinks = reasoning.mode === "on" || reasoning.mode === "auto";
  if (!toolChoice || !isForced(toolChoice) || traits.protocol !== "anthropic-messages" || !thinks)
    return request;
  const path = fieldName(request.origin, "toolChoice");
  report.lose("emulated", path, "thinking forbids a forced call: the model is asked to call");
  const [name] = toolChoice.mode === "one" ? (toolChoice.names ?? []) : [];
  const which = name === undefined ? "one of the tools" : `the tool \`${name}\``;
  const asked: Turn = { role: "user", parts: [reminder(`Answer this turn by calling ${which}.`)] };
  return { ...request, toolChoice: { mode: "auto" }, turns: [...turns, asked] };
}
