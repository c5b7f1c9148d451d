import type { Extensions } from "../../core/generation/node.ts";
import type {
  GenerationRequest,
  MediaPart,
  Part,
  ReasoningPart,
  Role,
  Turn,
} from "../../core/generation/request.ts";
import { PROTOCOLS, type Protocol } from "../../core/protocol.ts";

/** The request with these turns; itself where they are the same, for most passes change nothing. */
export function withTurns(request: GenerationRequest, turns: readonly Turn[]): GenerationRequest {
  return turns === request.turns ? request : { ...request, turns };
}

/** The list with every item replaced by what `fit` makes of it; itself where nothing changed. */
export function mapItems<T>(
  list: readonly T[],
  fit: (item: T, position: number) => T | readonly T[],
): readonly T[] {
  let fitted: T[] | undefined;
  for (let position = 0; position < list.length; position++) {
    const item = list[position] as T;
    const made = fit(item, position);
    if (!fitted && made === item) continue;
    fitted ??= list.slice(0, position);
    if (Array.isArray(made)) for (const one of made as readonly T[]) fitted.push(one);
    else fitted.push(made as T);
  }
  return fitted ?? list;
}

/** Turns with every part of a turn (not of a result's content) replaced by what `fit` makes of it. */
export function mapParts(
  turns: readonly Turn[],
  fit: (part: Part, turn: Turn, position: number) => Part | readonly Part[],
): readonly Turn[] {
  return mapItems(turns, (turn, position) => {
    const parts = mapItems(turn.parts, (part) => fit(part, turn, position));
    return parts === turn.parts ? turn : { ...turn, parts };
  });
}

/** As `mapParts`, and the content of results, too. */
export function mapAllParts(
  turns: readonly Turn[],
  fit: (part: Part, turn: Turn) => Part | readonly Part[],
): readonly Turn[] {
  return mapParts(turns, (part, turn) => {
    if (part.kind !== "result") return fit(part, turn);
    const content = mapItems(part.content, (inner) => fit(inner, turn));
    return fit(content === part.content ? part : { ...part, content }, turn);
  });
}

/** Whether any part of any turn is such a one. */
export function hasPart(turns: readonly Turn[], isSuch: (part: Part) => boolean): boolean {
  return turns.some(({ parts }) => parts.some(isSuch));
}

export function isInstruction(role: Role): boolean {
  return role === "system" || role === "developer";
}

/** How many instruction turns stand before everything else. */
export function leadingInstructions(turns: readonly Turn[]): number {
  const first = turns.findIndex(({ role }) => !isInstruction(role));
  return first < 0 ? turns.length : first;
}

/** Adds a sentence to the end of the leading instructions. */
export function withInstruction(request: GenerationRequest, text: string): GenerationRequest {
  const { turns } = request;
  const count = leadingInstructions(turns);
  const role = turns[count - 1]?.role ?? "system";
  const added: Turn = { role, parts: [{ kind: "text", text }] };
  return { ...request, turns: [...turns.slice(0, count), added, ...turns.slice(count)] };
}

/** Turns of one role as one. What their protocols said of each stays for the losses' sake. */
export function joinTurns(turns: readonly Turn[]): Turn {
  const [first, second] = turns;
  if (!first) throw new Error("no turn to join");
  if (!second) return first;
  const extensions = joinExtensions(turns);
  return { ...first, parts: turns.flatMap(({ parts }) => parts), ...(extensions ? { extensions } : {}) };
}

function joinExtensions(turns: readonly Turn[]): Extensions | undefined {
  if (!turns.some(({ extensions }) => extensions)) return undefined;
  const joined: { -readonly [Name in Protocol]?: Extensions[Name] } = {};
  for (const protocol of PROTOCOLS) {
    const members = turns.flatMap(({ extensions }) => Object.entries(extensions?.[protocol] ?? {}));
    if (members.length > 0) joined[protocol] = Object.fromEntries(members);
  }
  return joined;
}

/** What a reasoning part says, be it in one text or in a summary's sections. */
export function reasoningText({ text, summary }: ReasoningPart): string {
  return text !== "" ? text : (summary ?? []).join("\n\n");
}

export function isMedia(part: Part): part is MediaPart {
  return part.kind === "media";
}
