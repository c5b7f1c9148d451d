import { asObject } from "../../core/json.ts";
import type { UpstreamCall } from "../upstream-call.ts";
import { isInvoked } from "./addresses.ts";
import { cloudBetas, withMembers } from "./anthropic-body.ts";

/** What Anthropic's documentation has a body say on each cloud. */
const VERSIONS = { vertex: "vertex-2023-10-16", bedrock: "bedrock-2023-05-31" } as const;

const version = (cloud: keyof typeof VERSIONS): string => `"anthropic_version":"${VERSIONS[cloud]}"`;

/** Google counts on Vertex what it is given, not a request within a request. */
function unwrapped(bytes: Uint8Array): Uint8Array {
  const body = asObject(JSON.parse(new TextDecoder().decode(bytes)));
  const inner = asObject(body?.generateContentRequest ?? body?.generate_content_request);
  if (!inner) return bytes;
  const { model: _, ...rest } = inner;
  return new TextEncoder().encode(JSON.stringify(rest));
}

/** The body as Vertex AI takes it: the model stands in the path there. */
export function vertexBody({ protocol, operation }: UpstreamCall, bytes: Uint8Array): Uint8Array {
  if (operation === "count-tokens" && protocol === "gemini") return unwrapped(bytes);
  if (protocol !== "anthropic-messages") return bytes;
  // To count, the model stands in the body.
  const without = operation === "count-tokens" ? [] : ["model"];
  return withMembers(bytes, new Set([...without, "anthropic_version"]), [version("vertex")]);
}

const IN_THE_PATH: ReadonlySet<string> = new Set(["model", "stream", "anthropic_version", "anthropic_beta"]);

/** The body as Bedrock takes it: model and streaming stand in the path, the names of features in the body. */
export function bedrockBody(call: UpstreamCall, bytes: Uint8Array): Uint8Array {
  if (!isInvoked(call)) return bytes;
  const asked = [call.clientHeaders.get("anthropic-beta") ?? "", ...(call.betas ?? [])].join(",");
  const betas = cloudBetas(asked);
  const added = betas.length > 0 ? [`"anthropic_beta":${JSON.stringify(betas)}`] : [];
  return withMembers(bytes, IN_THE_PATH, [version("bedrock"), ...added]);
}
