import { argumentsOf, type CallPart, type Part, type Piece, sealIn, type Turn } from "../turns.ts";
import { type Asked, at, BUDGET_TOKENS, listAt, type PlaygroundProtocol, some, wordAt } from "./protocol.ts";

const ID = "gemini";

function partOf(part: Part): readonly object[] {
  const thoughtSignature = part.kind === "media" || part.kind === "result" ? undefined : sealIn(ID, part);
  switch (part.kind) {
    case "text":
      return [{ text: part.text, thoughtSignature }];
    case "thought":
      return thoughtSignature ? [{ text: part.text, thought: true, thoughtSignature }] : [];
    case "call": {
      const { callId: id, name } = part;
      return [{ functionCall: { id, name, args: argumentsOf(part) }, thoughtSignature }];
    }
    case "result": {
      const { callId: id, name, text } = part;
      return [{ functionResponse: { id, name, response: { result: text } } }];
    }
    case "media":
      return [{ inlineData: { mimeType: part.mime, data: part.base64 } }];
  }
}

const contentOf = ({ role, parts }: Turn) => ({
  role: role === "user" ? "user" : "model",
  parts: parts.flatMap(partOf),
});

/** Gemini 3 is told a level, its forerunners and other vendors' models a number of tokens. */
function thinkingOf({ effort, thinking }: Asked): object | undefined {
  if (effort === undefined) return undefined;
  if (effort === "none") return { thinkingBudget: 0 };
  const amount =
    thinking[ID] === "level"
      ? { thinkingLevel: effort.toUpperCase() }
      : { thinkingBudget: BUDGET_TOKENS[effort] };
  return { ...amount, includeThoughts: true };
}

let callsMade = 0;

/** Calls without an id get one of ours: the answer is found by it. */
function callPiece(call: unknown): CallPart {
  callsMade += 1;
  const callId = wordAt(call, "id") || `call-${callsMade}`;
  const input = JSON.stringify(at(call, "args") ?? {}, null, 2);
  return { kind: "call", callId, name: wordAt(call, "name"), input };
}

function pieceOf(part: unknown): readonly Piece[] {
  const signature = wordAt(part, "thoughtSignature");
  const sealed = signature ? { seal: { protocol: ID, value: signature } } : {};
  const call = at(part, "functionCall");
  if (call) return [{ ...callPiece(call), ...sealed }];
  const text = wordAt(part, "text");
  if (text === "" && !signature) return [];
  return [{ kind: at(part, "thought") === true ? "thought" : "text", text, ...sealed }];
}

export const GEMINI: PlaygroundProtocol = {
  id: ID,
  title: "Gemini",
  ask(asked) {
    const { model, system, turns, temperature, outputTokensMax, tools } = asked;
    const functionDeclarations = tools.map(({ name, description, schema }) => ({
      name,
      description: description || undefined,
      parametersJsonSchema: schema,
    }));
    return {
      path: `/v1beta/models/${model}:streamGenerateContent?alt=sse`,
      headers: (key) => ({ "x-goog-api-key": key }),
      body: {
        systemInstruction: system ? { parts: [{ text: system }] } : undefined,
        contents: turns.map(contentOf),
        generationConfig: {
          temperature,
          maxOutputTokens: outputTokensMax,
          thinkingConfig: thinkingOf(asked),
        },
        tools: some(functionDeclarations.length > 0 ? [{ functionDeclarations }] : []),
      },
    };
  },
  read: (event) => listAt(event, "candidates", 0, "content", "parts").flatMap(pieceOf),
};
