import type { CallPart, GenerationRequest, Part } from "../../core/generation/request.ts";
import type { Tool } from "../../core/generation/tool.ts";
import type { TargetTraits } from "../../core/generation/traits.ts";
import { fieldName } from "../../protocols/field-names.ts";
import type { LossReport } from "../../protocols/translation.ts";
import type { RestoredTool } from "../restore/restore.ts";
import { fitBuiltin } from "./builtins.ts";
import { asFunction, wrapInput } from "./freeform.ts";
import { mapParts } from "./turns.ts";
import { nameRule, newWireNames, type WireNames, type Wish, wireName } from "./wire-names.ts";

export interface FittedTools {
  readonly request: GenerationRequest;
  /** For answers, by the name on the wire. */
  readonly restored: ReadonlyMap<string, RestoredTool>;
}

/**
 * Tools with names that are legal and unique at the target, in one list without namespaces; calls and
 * results of the history and the tool choice name them alike.
 */
export function fitTools(request: GenerationRequest, traits: TargetTraits, report: LossReport): FittedTools {
  const kept = withoutDoubles(request, report).flatMap((tool) => fitTool(tool, request, traits, report));
  const named = kept.filter(isNamed);
  const names = newWireNames(nameRule(traits.protocol, traits.toolNameMax), named.map(wishOf));
  const restored = new Map<string, RestoredTool>();
  for (const tool of named) restored.set(wireName(names, wishOf(tool)), restoredOf(tool));
  const tools = withNamespaces(kept).map((tool) => toWire(tool, names, traits));
  const turns = mapParts(request.turns, (part) => fitUse(part, names, traits));
  return { request: { ...request, tools, turns, ...choiceOf(request, kept, names) }, restored };
}

/** What a namespace is for is told with the first of its tools, since the flat list has no other place for it. */
function withNamespaces(tools: readonly Tool[]): readonly Tool[] {
  const told = new Set<string | undefined>();
  return tools.map(({ namespaceDescription, ...tool }) => {
    if (namespaceDescription === undefined || told.has(tool.namespace)) return tool;
    told.add(tool.namespace);
    const about = `(${tool.namespace}: ${namespaceDescription})`;
    return { ...tool, description: [tool.description, about].filter((text) => text).join("\n\n") };
  });
}

/** Claude Code's stand-in for the tools that it holds back; it cannot be called. */
const PLACEHOLDER = "DeferredToolPlaceholder";

function withoutDoubles({ tools, origin }: GenerationRequest, report: LossReport): Tool[] {
  const seen = new Set<string>();
  return tools.filter((tool) => {
    if (tool.deferred && tool.name === PLACEHOLDER) return false;
    const { key } = wishOf(tool);
    if (!seen.has(key)) return seen.add(key);
    report.lose("dropped", tool.at ?? fieldName(origin, "tools"), "a tool of this name came before");
    return false;
  });
}

function fitTool(
  tool: Tool,
  request: GenerationRequest,
  traits: TargetTraits,
  report: LossReport,
): readonly Tool[] {
  if (tool.kind === "builtin") return fitBuiltin(tool, request, traits, report);
  if (tool.deferred)
    report.lose(
      "emulated",
      tool.at ?? fieldName(request.origin, "tools"),
      "a deferred tool is shown at once",
    );
  const { deferred: _, ...shown } = tool;
  return [shown];
}

function isNamed(tool: Tool): boolean {
  return tool.kind !== "builtin";
}

function wishOf({
  name,
  namespace,
  kind,
  builtin,
}: Pick<Tool, "name" | "namespace" | "kind" | "builtin">): Wish {
  if (kind === "builtin") return { key: `\0\0${builtin?.type ?? name}`, text: name };
  return wishOfName(name, namespace);
}

function wishOfName(name: string, namespace: string | undefined): Wish {
  const text = namespace === undefined ? name : `${namespace}__${name}`;
  return { key: `${namespace ?? ""}\0${name}`, text };
}

function restoredOf(tool: Tool): RestoredTool {
  const { name, namespace, kind, grammar, builtin } = tool;
  return {
    name,
    form: kind === "freeform" ? "text" : "json",
    ...(namespace === undefined ? {} : { namespace }),
    ...(grammar ? { grammar: true } : {}),
    // Anthropic's clients take plain calls by name.
    ...(builtin?.protocol === "openai-responses" ? { builtin: builtin.type } : {}),
  };
}

const NO_ARGUMENTS = '{"type":"object","properties":{}}';

function toWire(tool: Tool, names: WireNames, { freeformTools }: TargetTraits): Tool {
  if (tool.kind === "builtin") return tool;
  const { namespace: _, builtin: __, ...rest } = tool;
  const named = { ...rest, name: wireName(names, wishOf(tool)) };
  if (tool.kind === "freeform") return freeformTools ? named : asFunction(named);
  return { ...named, schema: tool.schema ?? NO_ARGUMENTS };
}

function fitUse(part: Part, names: WireNames, traits: TargetTraits): Part {
  return part.kind === "call" ? fitCall(part, names, traits) : part;
}

function fitCall(call: CallPart, names: WireNames, { freeformTools }: TargetTraits): CallPart {
  const { namespace, builtin: _, ...rest } = call;
  const named = { ...rest, name: wireName(names, wishOfName(call.name, namespace)) };
  return call.form === "text" && !freeformTools ? wrapInput(named) : named;
}

function choiceOf(
  { toolChoice }: GenerationRequest,
  tools: readonly Tool[],
  names: WireNames,
): Pick<GenerationRequest, "toolChoice"> {
  if (!toolChoice?.names) return { toolChoice };
  const wire = toolChoice.names.map((name) => chosenName(name, tools, names));
  return { toolChoice: { ...toolChoice, names: wire.filter((name) => name !== undefined) } };
}

/** A choice names a tool by its bare name, or as `namespace.name`; undefined where it is not there any more. */
function chosenName(name: string, tools: readonly Tool[], names: WireNames): string | undefined {
  const chosen =
    tools.find((tool) => tool.name === name && tool.namespace === undefined) ??
    tools.find((tool) => tool.name === name || `${tool.namespace}.${tool.name}` === name);
  if (chosen?.kind === "builtin") return chosen.name;
  return chosen && wireName(names, wishOf(chosen));
}
