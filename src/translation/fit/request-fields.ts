import { createHash } from "node:crypto";
import { GatewayError } from "../../core/errors.ts";
import type { GenerationRequest } from "../../core/generation/request.ts";
import type { TargetTraits } from "../../core/generation/traits.ts";
import type { Protocol } from "../../core/protocol.ts";
import { fieldName } from "../../protocols/field-names.ts";
import type { LossReport } from "../../protocols/translation.ts";

type Rule = (request: GenerationRequest, traits: TargetTraits, report: LossReport) => GenerationRequest;

/**
 * The fields beside the conversation: who asks, how fast, how wordy, what kept where.
 * @throws GatewayError `unsupported` for state and kinds of answers that the target cannot have
 */
export function fitRequestFields(
  request: GenerationRequest,
  traits: TargetTraits,
  report: LossReport,
): GenerationRequest {
  return RULES.reduce((fitted, rule) => rule(fitted, traits, report), request);
}

/** OpenAI itself; other chat servers know few of its fields. */
function isOpenAi({ vendor, protocol }: TargetTraits): boolean {
  return vendor === "openai" && (protocol === "openai-chat" || protocol === "openai-responses");
}

function refusal(param: string, mend: string): GatewayError {
  return new GatewayError("unsupported", `${param}: ${mend}`, { param });
}

/** Not losses: the one is about seeing opaque state, which we seal by ourselves; the others are read as fields. */
const HEARD: ReadonlySet<string> = new Set(["reasoning.encrypted_content", "message.output_text.logprobs"]);

/** What the gateway keeps itself (earlier responses) was put into the turns before; the rest lives at a vendor. */
const fitState: Rule = (request, traits, report) => {
  const { state, caching } = request;
  const alien = alienState(request);
  if (alien !== undefined)
    throw refusal(alien, `"${traits.model}" keeps no state of conversations; send the whole input.`);
  if (caching.content !== undefined && traits.protocol !== "gemini")
    throw refusal(
      fieldName(request.origin, "caching"),
      `"${traits.model}" has no cached content of this name; send it in the request.`,
    );
  for (const wish of state.include ?? []) {
    if (!HEARD.has(wish)) report.lose("dropped", "include", `${wish} is not given by the target`);
  }
  return isEmpty(state) ? request : { ...request, state: {} };
};

function isEmpty(object: object): boolean {
  for (const _ in object) return false;
  return true;
}

/** The field by which a request builds on what only its own vendor has. */
function alienState({ state, origin }: GenerationRequest): string | undefined {
  if (state.previousId !== undefined) return fieldName(origin, "state");
  if (state.conversation !== undefined) return "conversation";
  return state.background === true ? "background" : undefined;
}

const MODALITIES: Record<Protocol, ReadonlySet<string>> = {
  "anthropic-messages": new Set(["text"]),
  "openai-chat": new Set(["text", "audio", "image"]),
  "openai-completions": new Set(["text"]),
  "openai-responses": new Set(["text"]),
  gemini: new Set(["text", "audio", "image"]),
};

const fitModalities: Rule = (request, { protocol, model }) => {
  const missing = request.modalities.find((kind) => !MODALITIES[protocol].has(kind.toLowerCase()));
  if (missing === undefined) return request;
  throw refusal(
    fieldName(request.origin, "modalities"),
    `"${model}" does not answer with ${missing}; ask for text.`,
  );
};

const fitVerbosity: Rule = (request, traits, report) => {
  if (request.verbosity === undefined || isOpenAi(traits)) return request;
  report.lose("dropped", fieldName(request.origin, "verbosity"), "not known to the target");
  return { ...request, verbosity: undefined };
};

/** What asks for nothing out of the ordinary. */
const ORDINARY: ReadonlySet<string> = new Set(["auto", "default", "standard_only"]);

/** `auto` is the same at Anthropic and OpenAI; of the others one vendor's names mean nothing to another. */
const fitServiceTier: Rule = (request, traits, report) => {
  const { serviceTier, origin } = request;
  if (serviceTier === undefined) return request;
  if (isOpenAi(traits) && origin.startsWith("openai-")) return request;
  if (serviceTier === "auto" && (isOpenAi(traits) || traits.protocol === "anthropic-messages"))
    return request;
  if (!ORDINARY.has(serviceTier.toLowerCase()))
    report.lose("dropped", fieldName(origin, "serviceTier"), "no such tier at the target");
  return { ...request, serviceTier: undefined };
};

/** OpenAI takes 64 characters, Anthropic 256. */
const USER_LENGTH_MAX = { "anthropic-messages": 256, "openai-chat": 64, "openai-responses": 64 };

/** A name that is too long is told by its hash: the same person stays the same, and that is its purpose. */
const fitUser: Rule = (request, { protocol }, report) => {
  const { user, origin } = request;
  if (user === undefined) return request;
  if (protocol === "gemini" || protocol === "openai-completions") {
    report.lose("dropped", fieldName(origin, "user"), "not known to the target");
    return { ...request, user: undefined };
  }
  if (user.length <= USER_LENGTH_MAX[protocol]) return request;
  report.lose("changed", fieldName(origin, "user"), "too long: its hash");
  return { ...request, user: createHash("sha256").update(user).digest("hex") };
};

const fitMetadata: Rule = (request, traits, report) => {
  const { metadata, origin } = request;
  if (metadata === undefined || (isOpenAi(traits) && origin.startsWith("openai-"))) return request;
  if (Object.keys(metadata).length > 0)
    report.lose("dropped", fieldName(origin, "metadata"), "not known to the target");
  return { ...request, metadata: undefined };
};

const RULES: readonly Rule[] = [fitState, fitModalities, fitVerbosity, fitServiceTier, fitUser, fitMetadata];
