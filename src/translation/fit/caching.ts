import type { CacheMark, Node } from "../../core/generation/node.ts";
import type { GenerationRequest, Part, Turn } from "../../core/generation/request.ts";
import type { Tool } from "../../core/generation/tool.ts";
import type { TargetTraits } from "../../core/generation/traits.ts";
import { isInstruction, mapItems, mapParts } from "./turns.ts";

/** Marks that Anthropic and OpenAI take in one request. */
const MARKS_MAX = 4;

/**
 * Hints for the upstream's prompt cache: never a loss, since the answer is the same without them. Of more
 * marks than the target takes the last are kept: they cover the most. Comes last of all passes.
 */
export function fitCaching(request: GenerationRequest, traits: TargetTraits): GenerationRequest {
  const { key, retention } = request.caching;
  const keyed = traits.vendor === "openai" && request.origin.startsWith("openai-");
  const caching = keyed
    ? { ...(key === undefined ? {} : { key }), ...(retention === undefined ? {} : { retention }) }
    : {};
  const lifted = { ...request, caching, turns: mapItems(request.turns, liftMarks) };
  if (!traits.cacheMarks) return placeMarks(lifted, new Map());
  const marked = placesOf(lifted, traits).filter(({ cache }) => cache !== undefined);
  const asked = marked.length > 0 || request.caching.mark !== undefined;
  const nodes = asked ? marked.slice(-MARKS_MAX) : ownMarks(lifted, traits);
  return placeMarks(lifted, inOrder(nodes, traits));
}

/** A mark of a whole turn, or inside a result, on the part that ends there. */
function liftMarks(turn: Turn): Turn {
  const parts = mapItems(turn.parts, liftInner);
  const last = parts.at(-1);
  if (!turn.cache || !last) return parts === turn.parts ? turn : { ...turn, parts };
  const { cache, ...bare } = turn;
  return { ...bare, parts: parts.with(-1, { ...last, cache: last.cache ?? cache }) };
}

function liftInner(part: Part): Part {
  const inner = part.kind === "result" ? part.content.findLast(({ cache }) => cache) : undefined;
  if (part.kind !== "result" || !inner?.cache) return part;
  const content = part.content.map(({ cache: _, ...bare }): Part => bare);
  return { ...part, content, cache: part.cache ?? inner.cache };
}

/** What may carry a mark, in the order of the prompt: tools, then turns. OpenAI marks parts of content only. */
function placesOf({ tools, turns }: GenerationRequest, { protocol }: TargetTraits): readonly Node[] {
  const parts = turns.flatMap((turn) => turn.parts);
  if (protocol === "anthropic-messages") return [...tools, ...parts];
  return parts.filter(({ kind }) => kind === "text" || kind === "media");
}

/**
 * For agents of protocols whose caches need no marks: the ends of the tools, of the instructions and of
 * the last two user turns, once the conversation has gone on; a single question would pay for writing only.
 */
function ownMarks({ tools, turns, origin }: GenerationRequest, { protocol }: TargetTraits): readonly Node[] {
  const goesOn = tools.length > 0 && turns.some(({ role }) => role === "assistant");
  if (protocol !== "anthropic-messages" || origin === "anthropic-messages" || !goesOn) return [];
  const users = turns.filter(({ role }) => role === "user").slice(-2);
  const ends = [tools.at(-1), lastInstruction(turns), ...users.map(lastPart)];
  return ends.filter((node) => node !== undefined);
}

function lastInstruction(turns: readonly Turn[]): Part | undefined {
  const last = turns.findLast(({ role }) => isInstruction(role));
  return last && lastPart(last);
}

function lastPart({ parts }: Turn): Part | undefined {
  return parts.at(-1);
}

/** Anthropic wants marks that live longer first; OpenAI knows one life only. */
function inOrder(nodes: readonly Node[], { protocol }: TargetTraits): ReadonlyMap<Node, CacheMark> {
  const marks = new Map<Node, CacheMark>();
  let short = false;
  for (const node of nodes) {
    const long: boolean = protocol === "anthropic-messages" && node.cache?.ttl === "1h" && !short;
    short ||= !long;
    marks.set(node, long ? { ttl: "1h" } : {});
  }
  return marks;
}

function placeMarks(request: GenerationRequest, marks: ReadonlyMap<Node, CacheMark>): GenerationRequest {
  const place = <N extends Node>(node: N): N => {
    const mark = marks.get(node);
    if (mark) return { ...node, cache: mark };
    if (node.cache === undefined) return node;
    const { cache: _, ...bare } = node;
    return bare as N;
  };
  const tools: readonly Tool[] = mapItems(request.tools, place);
  const turns = mapParts(request.turns, place);
  return tools === request.tools && turns === request.turns ? request : { ...request, tools, turns };
}
