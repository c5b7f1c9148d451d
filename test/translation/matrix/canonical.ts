import type { MeantPart, MeantTurn, RequestMeaning } from "./meaning.ts";

const SENTINEL = "skip_thought_signature_validator";

/**
 * A request without what protocols differ in and no model minds: where texts of one turn are cut, the order of
 * results, marks of caches, Gemini's sentinel, `detail: auto`, and whether thinking is shown (the gateway hides
 * it from a client that did not ask).
 */
export function canonical(meaning: RequestMeaning): RequestMeaning {
  const { reasoning, tools, turns, ...rest } = meaning;
  return {
    ...rest,
    turns: turns.map(({ role, parts }): MeantTurn => ({ role, parts: ordered(joined(parts.map(plain))) })),
    tools: tools.map(({ cache: _, ...tool }) => tool),
    ...(reasoning && { reasoning: { on: reasoning.on, ...(reasoning.level && { level: reasoning.level }) } }),
  };
}

function plain(part: MeantPart): MeantPart {
  const { cache: _, ...bare } = part;
  const { signature, ...unsigned } = bare as { signature?: string };
  const kept = signature === SENTINEL ? (unsigned as MeantPart) : bare;
  if (!("media" in kept) || "resultOf" in kept || kept.detail !== "auto") return kept;
  const { detail: __, ...media } = kept;
  return media;
}

function joined(parts: readonly MeantPart[]): MeantPart[] {
  const list: MeantPart[] = [];
  for (const part of parts) {
    const last = list.at(-1);
    if (isText(part) && last && isText(last))
      list[list.length - 1] = { text: squeeze(last.text + part.text) };
    else if (isText(part)) list.push({ ...part, text: squeeze(part.text) });
    else list.push(part);
  }
  return list.filter((part) => !isText(part) || part.text !== "");
}

function isText(part: MeantPart): part is { text: string; name?: string } {
  return "text" in part && !("resultOf" in part);
}

function squeeze(text: string): string {
  return text.replace(/\s+/g, "");
}

function ordered(parts: readonly MeantPart[]): MeantPart[] {
  const results = parts.filter((part) => "resultOf" in part);
  const others = parts.filter((part) => !("resultOf" in part));
  return [...results.sort((one, other) => one.resultOf - other.resultOf), ...others];
}
