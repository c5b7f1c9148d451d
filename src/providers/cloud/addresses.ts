import { isGoogleFile } from "../../core/cloud-credential.ts";
import type { ProviderId } from "../../core/model.ts";
import type { UpstreamCall } from "../upstream-call.ts";
import { cloudBetas } from "./anthropic-body.ts";
import { awsKeysOf } from "./sigv4.ts";

/** How a cloud is addressed where that is not the protocol's own way. */
export interface CloudAddress {
  /** Behind the upstream's base_url; undefined: as the protocol has it. */
  path(call: UpstreamCall): string | undefined;
  /** The credential, as far as it is a header as it stands. */
  credential(call: UpstreamCall, apiKey: string): Record<string, string>;
  /** Changes headers of the protocol where the cloud has them otherwise. */
  adjust?(call: UpstreamCall, headers: Record<string, string>): void;
}

const bearer = (apiKey: string): Record<string, string> => ({ authorization: `Bearer ${apiKey}` });

/** openai `AzureOpenAI` and @anthropic-ai/foundry-sdk name these headers. */
const azure: CloudAddress = {
  path: () => undefined,
  credential: ({ protocol }, apiKey) =>
    protocol === "anthropic-messages" ? { "x-api-key": apiKey } : { "api-key": apiKey },
};

function withoutVersion(headers: Record<string, string>): void {
  // The version stands in the body there.
  delete headers["anthropic-version"];
}

/** @anthropic-ai/vertex-sdk `client.ts`; @google/genai on Vertex AI: `publishers/google/models/…`. */
function vertexPath({ protocol, operation, stream, target }: UpstreamCall): string | undefined {
  const model = encodeURIComponent(target.model);
  const counting = operation === "count-tokens";
  switch (protocol) {
    case "anthropic-messages": {
      if (counting) return "/publishers/anthropic/models/count-tokens:rawPredict";
      return `/publishers/anthropic/models/${model}:${stream ? "streamRawPredict" : "rawPredict"}`;
    }
    case "openai-chat":
      return "/endpoints/openapi/chat/completions";
    case "gemini": {
      if (counting) return `/publishers/google/models/${model}:countTokens`;
      const how = stream ? "streamGenerateContent?alt=sse" : "generateContent";
      return `/publishers/google/models/${model}:${how}`;
    }
    case "gemini-embeddings":
      return `/publishers/google/models/${model}:embedContent`;
    default:
      return undefined;
  }
}

/** Google's API keys; anything else that is no file is an access token. */
const GOOGLE_KEY = /^(?:AIza|AQ\.)/;

const vertex: CloudAddress = {
  path: vertexPath,
  credential(_, apiKey) {
    if (isGoogleFile(apiKey)) return {};
    return GOOGLE_KEY.test(apiKey) ? { "x-goog-api-key": apiKey } : bearer(apiKey);
  },
  adjust({ protocol }, headers) {
    if (protocol !== "anthropic-messages") return;
    withoutVersion(headers);
    const betas = cloudBetas(headers["anthropic-beta"]);
    if (betas.length > 0) headers["anthropic-beta"] = betas.join(",");
    else delete headers["anthropic-beta"];
  },
};

/** Whether an address is that of InvokeModel; Bedrock's other one (bedrock-mantle) speaks the vendors' own APIs. */
export function isInvoked({ protocol, target }: Pick<UpstreamCall, "protocol" | "target">): boolean {
  return protocol === "anthropic-messages" && !target.upstream.baseUrl.includes("//bedrock-mantle.");
}

/** @anthropic-ai/bedrock-sdk `client.ts`; openai `BedrockOpenAI`. */
const bedrock: CloudAddress = {
  path(call) {
    if (!isInvoked(call)) return undefined;
    return `/model/${encodeURIComponent(call.target.model)}/${call.stream ? "invoke-with-response-stream" : "invoke"}`;
  },
  credential: (_, apiKey) => (awsKeysOf(apiKey) ? {} : bearer(apiKey)),
  adjust(call, headers) {
    if (!isInvoked(call)) return;
    withoutVersion(headers);
    delete headers["anthropic-beta"];
  },
};

export const CLOUDS: Partial<Record<ProviderId, CloudAddress>> = { azure, vertex, bedrock };
