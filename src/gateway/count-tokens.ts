import { loadTokens } from "../base/tokens.ts";
import type { Vendor } from "../core/generation/node.ts";
import type { GenerationRequest, OutputFormat, Part, Turn } from "../core/generation/request.ts";
import type { Tool } from "../core/generation/tool.ts";
import { mediaTokens } from "./media-tokens.ts";

/** What chat templates put around a message, a call or result, a tool, and before the answer. */
const PER_TURN = 4;
const PER_CALL = 8;
const PER_TOOL = 8;
const PER_ANSWER = 3;

/** Texts to tokenise, and tokens that are known without. */
interface Counted {
  readonly texts: string[];
  tokens: number;
}

/** What each kind of part is made of. Signatures are not counted: the model never sees them as text. */
const PARTS: {
  readonly [Kind in Part["kind"]]: (
    counted: Counted,
    part: Extract<Part, { kind: Kind }>,
    vendor: Vendor | undefined,
  ) => void;
} = {
  text: ({ texts }, { text }) => void texts.push(text),
  reasoning: ({ texts }, { text, summary }) =>
    void texts.push(text === "" ? (summary ?? []).join("\n") : text),
  media(counted, part, vendor) {
    if (part.source.type === "text") counted.texts.push(part.source.text);
    counted.tokens += mediaTokens(part, vendor);
  },
  call(counted, { name, namespace, input }) {
    counted.texts.push(namespace ?? "", name, input);
    counted.tokens += PER_CALL;
  },
  result(counted, { content }, vendor) {
    countParts(counted, content, vendor);
    counted.tokens += PER_CALL;
  },
  search({ texts }, { queries, sources }) {
    texts.push(...queries, ...sources.map(({ title, url }) => `${title ?? ""} ${url}`));
  },
  opaque: ({ texts }, { raw }) => void texts.push(raw),
};

function countParts(counted: Counted, parts: readonly Part[], vendor: Vendor | undefined): void {
  for (const part of parts) {
    const count = PARTS[part.kind] as (counted: Counted, part: Part, vendor: Vendor | undefined) => void;
    count(counted, part, vendor);
  }
}

function countTurn(counted: Counted, { name, parts }: Turn, vendor: Vendor | undefined): void {
  counted.texts.push(name ?? "");
  counted.tokens += PER_TURN;
  countParts(counted, parts, vendor);
}

/** Tools that the model sees only once it searched for them are not part of the input. */
function countTool(counted: Counted, tool: Tool): void {
  if (tool.deferred) return;
  const { namespace, name, description, schema, grammar, builtin } = tool;
  counted.texts.push(namespace ?? "", name, description ?? "", schema ?? "", grammar?.definition ?? "");
  if (builtin) counted.texts.push(builtin.raw);
  counted.tokens += PER_TOOL;
}

function countFormat({ texts }: Counted, format: OutputFormat): void {
  if (format.type === "schema") texts.push(format.description ?? "", format.schema);
}

/** A whole turn of the loop, so that other requests go on meanwhile. */
const pause = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/**
 * About how many tokens the request is as input, for upstreams that do not count: texts by OpenAI's o200k
 * vocabulary, media by size, and what templates add. Vendors' own vocabularies differ by some tenths.
 * @param vendor whose rule counts for media: see `mediaTokens`
 */
export async function estimateTokens(request: GenerationRequest, vendor?: Vendor): Promise<number> {
  const counted: Counted = { texts: [], tokens: PER_ANSWER };
  for (const turn of request.turns) countTurn(counted, turn, vendor);
  for (const tool of request.tools) countTool(counted, tool);
  countFormat(counted, request.format);
  const texts = counted.texts.filter((text) => text !== "");
  const tokens = await loadTokens();
  return counted.tokens + (await tokens.countGently(texts, pause));
}
