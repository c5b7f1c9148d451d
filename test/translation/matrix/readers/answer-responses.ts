import OpenAI from "openai";
import type { AnswerMeaning, AnswerPart, Finish, MeantCite, MeantUsage } from "../meaning.ts";
import { argumentsOf } from "./answer-chat.ts";
import { answering } from "./answering-fetch.ts";

const ASKED = { model: "m", input: "Hi" };

export async function readResponsesAnswer(text: string, streamed: boolean): Promise<AnswerMeaning> {
  const sdk = new OpenAI({ apiKey: "k", maxRetries: 0, fetch: answering(text, streamed) });
  const answer: OpenAI.Responses.Response = streamed
    ? await sdk.responses.stream(ASKED).finalResponse()
    : await sdk.responses.create(ASKED);
  if (answer.status === "failed") throw new Error(`failed: ${answer.error?.code}`);
  const parts = answer.output.flatMap(partsOf);
  return {
    model: answer.model,
    choices: [{ parts, finish: finishOf(answer, parts) }],
    ...(answer.usage && { usage: usageOf(answer.usage) }),
  };
}

function partsOf(item: OpenAI.Responses.ResponseOutputItem): AnswerPart[] {
  switch (item.type) {
    case "message":
      return item.content.map((part) =>
        part.type === "refusal" ? { refusal: part.refusal } : { text: part.text, ...aboutOf(part) },
      );
    case "reasoning": {
      const sections = item.content?.length ? item.content : item.summary;
      return [{ thinking: sections.map(({ text }) => text).join("\n\n") }];
    }
    case "function_call":
      return [{ tool: nameOf(item), args: argumentsOf(item.arguments) }];
    case "custom_tool_call":
      return [{ tool: nameOf(item), args: item.input, freeform: true }];
    case "web_search_call":
      return [searchOf(item)];
    case "image_generation_call":
      return [{ image: item.result ?? "" }];
    default:
      throw new Error(`an item of type ${item.type}`);
  }
}

function nameOf({ name, namespace }: { name: string; namespace?: string }): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}

function aboutOf(part: OpenAI.Responses.ResponseOutputText): { cites?: MeantCite[]; logprobs?: string[] } {
  const cites = part.annotations.flatMap((annotation): MeantCite[] =>
    annotation.type === "url_citation"
      ? [{ url: annotation.url, ...(annotation.title && { title: annotation.title }) }]
      : [],
  );
  const tokens = (part.logprobs ?? []).map(({ token }) => token);
  return { ...(cites.length > 0 && { cites }), ...(tokens.length > 0 && { logprobs: tokens }) };
}

function searchOf({ action }: OpenAI.Responses.ResponseFunctionWebSearch): AnswerPart {
  if (action?.type !== "search") return { search: [], found: [] };
  const found = (action.sources ?? []).flatMap((source) => ("url" in source ? [String(source.url)] : []));
  return { search: action.queries ?? (action.query ? [action.query] : []), found };
}

function finishOf(answer: OpenAI.Responses.Response, parts: readonly AnswerPart[]): Finish {
  if (answer.status === "incomplete")
    return answer.incomplete_details?.reason === "content_filter" ? "filter" : "length";
  if (answer.status !== "completed") return `unknown ${answer.status}`;
  if (parts.some((part) => "tool" in part)) return "tool";
  return parts.some((part) => "refusal" in part) ? "refusal" : "stop";
}

function usageOf(usage: OpenAI.Responses.ResponseUsage): MeantUsage {
  const { cached_tokens: cached, cache_write_tokens: written = 0 } = usage.input_tokens_details;
  return {
    fresh: usage.input_tokens - cached - written,
    cached,
    written,
    output: usage.output_tokens,
    reasoning: usage.output_tokens_details.reasoning_tokens,
  };
}
