import { scanMembers } from "../../base/json-members.ts";

const encoder = new TextEncoder();

/**
 * The bytes of a JSON object without some of its members, and with others before the rest.
 * @param added members as they are written, each `"name":value`
 */
export function withMembers(
  bytes: Uint8Array,
  without: ReadonlySet<string>,
  added: readonly string[],
): Uint8Array<ArrayBuffer> {
  const kept = scanMembers(bytes).filter(({ key }) => !without.has(key));
  const pieces = [
    ...added.map((member) => encoder.encode(member)),
    ...kept.map(({ keyStart, valueEnd }) => bytes.subarray(keyStart, valueEnd)),
  ];
  const comma = encoder.encode(",");
  const parts = pieces.flatMap((piece, at) => (at === 0 ? [piece] : [comma, piece]));
  return new Uint8Array(Buffer.concat([encoder.encode("{"), ...parts, encoder.encode("}")]));
}

/**
 * Names of features that the clouds take; any other makes them refuse the whole request ("invalid beta flag").
 * AWS lists them at "Anthropic Claude Messages API" in the user guide of Amazon Bedrock.
 */
const BETAS: ReadonlySet<string> = new Set([
  "computer-use-2024-10-22",
  "computer-use-2025-01-24",
  "token-efficient-tools-2025-02-19",
  "interleaved-thinking-2025-05-14",
  "output-128k-2025-02-19",
  "dev-full-thinking-2025-05-14",
  "context-1m-2025-08-07",
  "context-management-2025-06-27",
  "effort-2025-11-24",
  "tool-search-tool-2025-10-19",
  "tool-examples-2025-10-29",
]);

/** Anthropic's own name of several features, and what of it the clouds have. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  "advanced-tool-use-2025-11-20": "tool-search-tool-2025-10-19",
};

/** Of the names in an `anthropic-beta` header those that a cloud takes, in their order. */
export function cloudBetas(header: string | undefined): readonly string[] {
  const asked = (header ?? "").split(",").map((name) => name.trim());
  return [...new Set(asked.map((name) => ELSEWHERE[name] ?? name))].filter((name) => BETAS.has(name));
}
