import OpenAI from "openai";
import type { AnswerMeaning, Finish } from "../meaning.ts";
import { chatUsage } from "./answer-chat.ts";
import { answering } from "./answering-fetch.ts";

const ASKED = { model: "m", prompt: "Hi" };

interface Adding {
  text: string;
  finish: string | null;
  tokens: string[];
}

export async function readCompletionsAnswer(text: string, streamed: boolean): Promise<AnswerMeaning> {
  const sdk = new OpenAI({ apiKey: "k", maxRetries: 0, fetch: answering(text, streamed) });
  const answers = streamed
    ? await Array.fromAsync(await sdk.completions.create({ ...ASKED, stream: true }))
    : [await sdk.completions.create(ASKED)];
  const choices = new Map<number, Adding>();
  for (const { index, text, finish_reason, logprobs } of answers.flatMap((answer) => answer.choices)) {
    const choice = choices.get(index) ?? { text: "", finish: null, tokens: [] };
    choice.text += text;
    choice.finish = finish_reason ?? choice.finish;
    choice.tokens.push(...(logprobs?.tokens ?? []));
    choices.set(index, choice);
  }
  const usage = answers.findLast((answer) => answer.usage)?.usage;
  return {
    model: answers[0]?.model ?? "",
    choices: [...choices.values()].map(({ text, finish, tokens }) => ({
      parts: text === "" ? [] : [{ text, ...(tokens.length > 0 && { logprobs: tokens }) }],
      finish: finishOf(finish),
    })),
    ...(usage && { usage: chatUsage(usage) }),
  };
}

function finishOf(word: string | null): Finish {
  if (word === "stop" || word === "length") return word;
  return word === "content_filter" ? "filter" : `unknown ${word}`;
}
