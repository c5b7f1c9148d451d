import { Raw } from "../../../base/raw-json.ts";
import type { CacheMark, Extensions, Node } from "../../../core/generation/node.ts";
import type { GenerationRequest } from "../../../core/generation/request.ts";
import type { JsonObject } from "../../../core/json.ts";
import { loseForeign } from "../../lose-foreign.ts";
import type { EncodeContext } from "../../translation.ts";
import { keptOf, withKept } from "../kept-members.ts";

const PROTOCOL = "anthropic-messages";

/** One request while it is written. */
export interface Writing extends EncodeContext {
  readonly request: GenerationRequest;
  /** The client spoke this protocol too, so all is written as it was read. */
  readonly own: boolean;
}

/** Reports what only other protocols can say of a node or of the request. */
export function reportForeign(extensions: Extensions | undefined, at: string, { report }: Writing): void {
  loseForeign(extensions, PROTOCOL, "unknown to Anthropic Messages", report, at);
}

/** `cache_control` of a mark; Anthropic keeps for five minutes or an hour (`CacheControlEphemeral`). */
export function cacheControl(mark: CacheMark, kept: JsonObject): JsonObject | Raw {
  if (kept.$cache instanceof Raw) return kept.$cache;
  const known = mark.ttl === "5m" || mark.ttl === "1h";
  return known ? { type: "ephemeral", ttl: mark.ttl } : { type: "ephemeral" };
}

/** A block, message or tool with what every node may carry. */
export function withNode(object: JsonObject, node: Node, writing: Writing): JsonObject {
  reportForeign(node.extensions, node.at ?? "", writing);
  const kept = keptOf(node);
  const marked = node.cache ? { ...object, cache_control: cacheControl(node.cache, kept) } : object;
  return withKept(marked, kept);
}
