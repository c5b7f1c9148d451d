import type { AnswerMeaning, AnswerPart, Finish, MeantAnswer } from "../meaning.ts";
import type { ClientProtocol } from "../targets.ts";

/** What of any answer each client's protocol can say (PROTOCOLS.md 1.7). */
export const VIEWS: Record<ClientProtocol, (meaning: AnswerMeaning) => AnswerMeaning> = {
  "anthropic-messages": (meaning) =>
    each(meaning, ({ parts, finish }) => ({
      parts: parts
        .map((part) => ("refusal" in part ? { text: part.refusal } : withoutLogprobs(part)))
        .map(asObject),
      finish: finish === "filter" ? "refusal" : finish,
    })),
  "openai-chat": (meaning) =>
    each(meaning, ({ parts, finish }) => ({ parts: inChat(parts), finish: CHAT[finish] ?? spoken(finish) })),
  "openai-responses": (meaning) =>
    each(meaning, ({ parts, finish }) => ({ parts, finish: finish === "pause" ? "length" : spoken(finish) })),
  "openai-completions": (meaning) =>
    each(meaning, ({ parts, finish }) => ({
      parts: textOnly(parts),
      finish: COMPLETIONS[finish] ?? spoken(finish),
    })),
  gemini: (meaning) => {
    const { usage } = meaning;
    const seen = each(meaning, ({ parts, finish }) => ({
      parts: inGemini(parts),
      finish: GEMINI[finish] ?? spoken(finish),
    }));
    // Gemini has no word for what was written to a cache: it is input like any other.
    return usage ? { ...seen, usage: { ...usage, fresh: usage.fresh + usage.written, written: 0 } } : seen;
  },
};

const CHAT: Partial<Record<Finish, Finish>> = { pause: "length" };
const COMPLETIONS: Partial<Record<Finish, Finish>> = { tool: "stop", pause: "length", refusal: "filter" };
const GEMINI: Partial<Record<Finish, Finish>> = { refusal: "filter", pause: "length" };

/** Only Anthropic tells which stop sequence it was. */
function spoken(finish: Finish): Finish {
  return finish.startsWith("stop_sequence") ? "stop" : finish;
}

function each(meaning: AnswerMeaning, view: (answer: MeantAnswer) => MeantAnswer): AnswerMeaning {
  return { ...meaning, choices: meaning.choices.map(view) };
}

function withoutLogprobs(part: AnswerPart): AnswerPart {
  if (!("text" in part)) return part;
  const { logprobs: _, ...rest } = part;
  return rest;
}

/** Anthropic's arguments are an object always. */
function asObject(part: AnswerPart): AnswerPart {
  if (!("tool" in part) || !part.freeform) return part;
  return { tool: part.tool, args: { input: part.args } };
}

/** One message: its thinking, its text, its refusal, its pictures, its calls; a search leaves no trace. */
function inChat(parts: readonly AnswerPart[]): AnswerPart[] {
  const thinking = parts.flatMap((part) =>
    "thinking" in part && part.thinking !== "" ? [part.thinking] : [],
  );
  return [
    ...(thinking.length > 0 ? [{ thinking: thinking.join("\n\n") }] : []),
    ...joinedText(parts),
    ...parts.filter((part) => "refusal" in part),
    ...parts.filter((part) => "image" in part),
    ...parts.filter((part) => "tool" in part),
  ];
}

function joinedText(parts: readonly AnswerPart[]): AnswerPart[] {
  const texts = parts.filter((part) => "text" in part);
  if (texts.length === 0) return [];
  const cites = texts.flatMap((part) => part.cites ?? []);
  const logprobs = texts.flatMap((part) => part.logprobs ?? []);
  return [
    {
      text: texts.map((part) => part.text).join(""),
      ...(cites.length > 0 && { cites }),
      ...(logprobs.length > 0 && { logprobs }),
    },
  ];
}

function textOnly(parts: readonly AnswerPart[]): AnswerPart[] {
  const words = parts.map((part): AnswerPart => ("refusal" in part ? { text: part.refusal } : part));
  return joinedText(words).map((part) => {
    if (!("text" in part)) return part;
    const { cites: _, ...rest } = part;
    return rest;
  });
}

/** Texts that follow each other are one; a refusal is told in words. */
function inGemini(parts: readonly AnswerPart[]): AnswerPart[] {
  const list: AnswerPart[] = [];
  for (const given of parts) {
    const part = "refusal" in given ? { text: given.refusal } : asObject(given);
    const last = list.at(-1);
    if (last && "text" in last && "text" in part) list[list.length - 1] = joinedText([last, part])[0] ?? part;
    else if (last && "thinking" in last && "thinking" in part)
      list[list.length - 1] = { thinking: last.thinking + part.thinking };
    else list.push(part);
  }
  return list.filter((part) => !("thinking" in part) || part.thinking !== "");
}
