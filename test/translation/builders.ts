import type { Loss } from "../../src/core/generation/loss.ts";
import type { GenerationRequest, Part, Role, Turn } from "../../src/core/generation/request.ts";
import type { StreamPart } from "../../src/core/generation/stream-part.ts";
import type { TargetTraits } from "../../src/core/generation/traits.ts";
import type { LossReport } from "../../src/protocols/translation.ts";
import { type FittedRequest, fitRequest } from "../../src/translation/fit/fit-request.ts";
import type { PartFilter } from "../../src/translation/part-filter.ts";

export function requestOf(fields: Partial<GenerationRequest>): GenerationRequest {
  return {
    origin: "openai-chat",
    model: "m",
    stream: false,
    wantsUsage: true,
    turns: [turn("user", "hi")],
    tools: [],
    toolChoice: undefined,
    parallelCalls: undefined,
    outputTokensMax: undefined,
    sampling: {},
    reasoning: {},
    format: { type: "text" },
    verbosity: undefined,
    serviceTier: undefined,
    user: undefined,
    metadata: undefined,
    caching: {},
    state: {},
    modalities: [],
    extensions: {},
    ...fields,
  };
}

export function turn(role: Role, ...parts: readonly (Part | string)[]): Turn {
  return {
    role,
    parts: parts.map((part) => (typeof part === "string" ? { kind: "text", text: part } : part)),
  };
}

export function call(callId: string, name = "look", input = '{"at":1.0}'): Part {
  return { kind: "call", callId, name, form: "json", input };
}

export function result(callId: string, ...content: readonly (Part | string)[]): Part {
  return { kind: "result", callId, content: turn("user", ...content).parts };
}

const BASE: TargetTraits = {
  protocol: "openai-chat",
  model: "model",
  vendor: "openai",
  scope: "scope-1",
  outputTokensMax: 64_000,
  thinking: "none",
  efforts: [],
  sampling: true,
  media: ["image", "document", "audio"],
  mediaUrls: true,
  schemaOutput: true,
  systemAnywhere: true,
  developerRole: false,
  alternation: false,
  completionTokensField: true,
  streamUsage: true,
  reasoningField: "reasoning_content",
  replayReasoning: "optional",
  thinkTags: false,
  stopsMax: 4,
  choices: true,
  freeformTools: false,
  toolNameMax: 64,
  callIdMax: 40,
  webSearch: false,
  cacheMarks: false,
  jsonSchema: true,
};

export const CHAT: TargetTraits = { ...BASE, developerRole: true, thinking: "effort" };

/** A chat server with a strict template: vLLM, llama.cpp. */
export const STRICT_CHAT: TargetTraits = {
  ...BASE,
  model: "qwen3",
  vendor: "vllm-1",
  thinking: "template",
  media: [],
  mediaUrls: false,
  schemaOutput: false,
  systemAnywhere: false,
  alternation: true,
};

export const DEEPSEEK: TargetTraits = {
  ...BASE,
  model: "deepseek-v4",
  vendor: "deepseek",
  thinking: "switch",
  replayReasoning: "required",
};

export const RESPONSES: TargetTraits = {
  ...CHAT,
  protocol: "openai-responses",
  callIdMax: 64,
  freeformTools: true,
  stopsMax: 0,
};

export const CLAUDE: TargetTraits = {
  ...BASE,
  protocol: "anthropic-messages",
  model: "claude-sonnet-4-5",
  vendor: "anthropic",
  thinking: "budget",
  media: ["image", "document"],
  systemAnywhere: false,
  choices: false,
  toolNameMax: 128,
  callIdMax: 64,
  cacheMarks: true,
  stopsMax: 64,
};

export const NEW_CLAUDE: TargetTraits = {
  ...CLAUDE,
  model: "claude-opus-5-5",
  thinking: "adaptive",
  efforts: ["low", "medium", "high", "xhigh", "max"],
  sampling: false,
  systemAnywhere: true,
};

export const GEMINI: TargetTraits = {
  ...BASE,
  protocol: "gemini",
  model: "gemini-3-pro",
  vendor: "google",
  thinking: "level",
  efforts: ["low", "high"],
  media: ["image", "document", "audio", "video"],
  mediaUrls: false,
  systemAnywhere: false,
  stopsMax: 5,
  toolNameMax: 128,
  callIdMax: 64,
};

export const OLD_GEMINI: TargetTraits = {
  ...GEMINI,
  model: "gemini-2.5-flash",
  thinking: "budget",
  efforts: [],
};

export interface Told extends FittedRequest {
  readonly losses: readonly Loss[];
}

export function newLosses(): LossReport & { readonly losses: Loss[] } {
  const losses: Loss[] = [];
  return { losses, lose: (action, path, reason) => void losses.push({ action, path, reason }) };
}

/** A request as the target is told it, and what was lost. */
export function fit(fields: Partial<GenerationRequest>, traits: TargetTraits): Told {
  const report = newLosses();
  return { ...fitRequest(requestOf(fields), traits, report), losses: report.losses };
}

/** Turns as `role: part part`, for reading. */
export function sketch(turns: readonly Turn[]): string[] {
  return turns.map(({ role, parts }) => `${role}: ${parts.map(sketchPart).join(" | ")}`);
}

function sketchPart(part: Part): string {
  switch (part.kind) {
    case "text":
      return part.text;
    case "call":
      return `call ${part.callId} ${part.name}`;
    case "result":
      return `result ${part.callId} [${part.content.map(sketchPart).join(" | ")}]`;
    case "reasoning":
      return `thought ${part.text}`;
    case "media":
      return `<${part.media}>`;
    default:
      return `<${part.kind}>`;
  }
}

export function run(filter: PartFilter, parts: readonly StreamPart[]): StreamPart[] {
  return parts.flatMap((part) => filter.take(part));
}

/** Texts and inputs by part, joined; how they were cut into pieces is left out. */
export function gather(parts: readonly StreamPart[]): { kind: string; text: string }[] {
  const gathered: { kind: string; text: string }[] = [];
  for (const part of parts) {
    if (part.type === "open") gathered[part.index] = { kind: part.part.kind, text: "" };
    const at = "index" in part ? gathered[part.index] : undefined;
    if (at && (part.type === "text" || part.type === "input")) at.text += part.text;
  }
  return gathered;
}

/** Breaks of the order that every decoder and filter keeps (StreamPart). */
export function disorder(parts: readonly StreamPart[]): string | undefined {
  let next = 0;
  const open = new Map<number, number>();
  for (const part of parts) {
    if (part.type === "open") {
      if (part.index !== next++) return `index ${part.index} instead of ${next - 1}`;
      if ([...open.values()].includes(part.choice)) return `part ${part.index} opens inside another`;
      open.set(part.index, part.choice);
    } else if ("index" in part && !open.has(part.index))
      return `${part.type} on ${part.index}, which is not open`;
    if (part.type === "close") open.delete(part.index);
  }
  return open.size > 0 ? "a part stays open" : undefined;
}
