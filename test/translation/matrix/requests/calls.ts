import type Anthropic from "@anthropic-ai/sdk";
import type { Content } from "@google/genai";
import type OpenAI from "openai";
import type { ChatBody } from "../bodies.ts";
import type { MeantPart, MeantTurn } from "../meaning.ts";
import type { RequestCase } from "./case.ts";
import { a, aModel, aUser, c, g, gModel, gUser, r, words } from "./words.ts";

/** A user's question, what the model called and what came of it, in every protocol. */

const ASK: MeantTurn = { role: "user", parts: [{ text: "Hi" }] };
const model = (...parts: MeantPart[]): MeantTurn => ({ role: "assistant", parts });
const user = (...parts: MeantPart[]): MeantTurn => ({ role: "user", parts });

const aTalk = (...messages: Anthropic.MessageParam[]) =>
  a({ messages: [{ role: "user", content: "Hi" }, ...messages] });
const cTalk = (...messages: ChatBody["messages"]) =>
  c({ messages: [{ role: "user", content: "Hi" }, ...messages] });
const rTalk = (...items: OpenAI.Responses.ResponseInputItem[]) =>
  r({ input: [{ role: "user", content: "Hi" }, ...items] });
const gTalk = (...contents: Content[]) => g({ contents: [gUser({ text: "Hi" }), ...contents] });

const aCall = (id: string, name = "look", input: unknown = { at: 1 }): Anthropic.ToolUseBlockParam => ({
  type: "tool_use",
  id,
  name,
  input,
});
const aResult = (
  id: string,
  content: Anthropic.ToolResultBlockParam["content"] = "seen",
): Anthropic.ToolResultBlockParam => ({ type: "tool_result", tool_use_id: id, ...(content && { content }) });

const cCall = (
  id: string,
  name = "look",
  args = '{"at":1}',
): OpenAI.ChatCompletionMessageFunctionToolCall => ({
  type: "function",
  id,
  function: { name, arguments: args },
});
const cResult = (id: string, content = "seen"): OpenAI.ChatCompletionToolMessageParam => ({
  role: "tool",
  tool_call_id: id,
  content,
});

const rCall = (id: string, name = "look", args = '{"at":1}'): OpenAI.Responses.ResponseFunctionToolCall => ({
  type: "function_call",
  call_id: id,
  name,
  arguments: args,
});
const rResult = (
  id: string,
  output: OpenAI.Responses.ResponseInputItem.FunctionCallOutput["output"] = "seen",
): OpenAI.Responses.ResponseInputItem.FunctionCallOutput => ({
  type: "function_call_output",
  call_id: id,
  output,
});

const gCall = (id: string | undefined, name = "look", args: Record<string, unknown> = { at: 1 }) => ({
  functionCall: { ...(id !== undefined && { id }), name, args },
});
const gResult = (
  id: string | undefined,
  name = "look",
  response: Record<string, unknown> = { output: "seen" },
) => ({
  functionResponse: { ...(id !== undefined && { id }), name, response },
});

const PNG = "iVBORw0KGgo=";

const LOOKED = [ASK, model({ call: 1, tool: "look", args: { at: 1 } }), user({ resultOf: 1, text: "seen" })];
const LOOKED_SIGNED = signed(LOOKED);

/** What Google documents for calls that no Gemini made: the first of each step is signed with a sentinel. */
function signed(turns: readonly MeantTurn[]): MeantTurn[] {
  return turns.map((turn): MeantTurn => {
    const first = turn.parts.findIndex((part) => "call" in part);
    const parts = turn.parts.map((part, at): MeantPart => {
      return "call" in part && at === first
        ? { ...part, signature: "skip_thought_signature_validator" }
        : part;
    });
    return { ...turn, parts };
  });
}

/** The turns, and the same for Gemini with its sentinels. */
function talk(turns: readonly MeantTurn[]): Pick<RequestCase, "meaning" | "at"> {
  return { meaning: { turns }, at: { gemini: { becomes: { turns: signed(turns) }, quiet: true } } };
}

export const CALLS: readonly RequestCase[] = [
  {
    name: "a call and its result",
    bodies: {
      "anthropic-messages": aTalk(aModel(aCall("toolu_1")), aUser(aResult("toolu_1"))),
      "openai-chat": cTalk(
        { role: "assistant", content: null, tool_calls: [cCall("call_1")] },
        cResult("call_1"),
      ),
      "openai-responses": rTalk(rCall("call_1"), rResult("call_1")),
      gemini: gTalk(gModel(gCall("fc_1")), gUser(gResult("fc_1"))),
    },
    ...talk(LOOKED),
  },
  {
    name: "words, a call, its result, further words",
    bodies: {
      "anthropic-messages": aTalk(
        aModel(words("Let me see."), aCall("toolu_1")),
        aUser(aResult("toolu_1"), words("And?")),
      ),
      "openai-chat": cTalk(
        { role: "assistant", content: "Let me see.", tool_calls: [cCall("call_1")] },
        cResult("call_1"),
        { role: "user", content: "And?" },
      ),
      "openai-responses": rTalk(
        { role: "assistant", content: "Let me see." },
        rCall("call_1"),
        rResult("call_1"),
        { role: "user", content: "And?" },
      ),
      gemini: gTalk(gModel({ text: "Let me see." }, gCall("fc_1")), gUser(gResult("fc_1"), { text: "And?" })),
    },
    ...talk([
      ASK,
      model({ text: "Let me see." }, { call: 1, tool: "look", args: { at: 1 } }),
      user({ resultOf: 1, text: "seen" }, { text: "And?" }),
    ]),
  },
  {
    name: "two calls at once",
    bodies: {
      "anthropic-messages": aTalk(
        aModel(aCall("toolu_1"), aCall("toolu_2", "hear", { from: "N" })),
        aUser(aResult("toolu_1"), aResult("toolu_2", "heard")),
      ),
      "openai-chat": cTalk(
        {
          role: "assistant",
          content: null,
          tool_calls: [cCall("call_1"), cCall("call_2", "hear", '{"from":"N"}')],
        },
        cResult("call_1"),
        cResult("call_2", "heard"),
      ),
      "openai-responses": rTalk(
        rCall("call_1"),
        rCall("call_2", "hear", '{"from":"N"}'),
        rResult("call_1"),
        rResult("call_2", "heard"),
      ),
      gemini: gTalk(
        gModel(gCall("fc_1"), gCall("fc_2", "hear", { from: "N" })),
        gUser(gResult("fc_1"), gResult("fc_2", "hear", { output: "heard" })),
      ),
    },
    ...talk([
      ASK,
      model({ call: 1, tool: "look", args: { at: 1 } }, { call: 2, tool: "hear", args: { from: "N" } }),
      user({ resultOf: 1, text: "seen" }, { resultOf: 2, text: "heard" }),
    ]),
  },
  {
    name: "two steps of calls",
    bodies: {
      "anthropic-messages": aTalk(
        aModel(aCall("toolu_1")),
        aUser(aResult("toolu_1")),
        aModel(aCall("toolu_2", "hear")),
        aUser(aResult("toolu_2", "heard")),
      ),
      "openai-chat": cTalk(
        { role: "assistant", tool_calls: [cCall("call_1")] },
        cResult("call_1"),
        { role: "assistant", tool_calls: [cCall("call_2", "hear")] },
        cResult("call_2", "heard"),
      ),
      "openai-responses": rTalk(
        rCall("call_1"),
        rResult("call_1"),
        rCall("call_2", "hear"),
        rResult("call_2", "heard"),
      ),
      gemini: gTalk(
        gModel(gCall("fc_1")),
        gUser(gResult("fc_1")),
        gModel(gCall("fc_2", "hear")),
        gUser(gResult("fc_2", "hear", { output: "heard" })),
      ),
    },
    ...talk([
      ...LOOKED,
      model({ call: 2, tool: "hear", args: { at: 1 } }),
      user({ resultOf: 2, text: "heard" }),
    ]),
  },
  {
    name: "results in another order than the calls",
    bodies: {
      "anthropic-messages": aTalk(
        aModel(aCall("toolu_1"), aCall("toolu_2", "hear")),
        aUser(aResult("toolu_2", "heard"), aResult("toolu_1")),
      ),
      "openai-chat": cTalk(
        { role: "assistant", tool_calls: [cCall("call_1"), cCall("call_2", "hear")] },
        cResult("call_2", "heard"),
        cResult("call_1"),
      ),
      "openai-responses": rTalk(
        rCall("call_1"),
        rCall("call_2", "hear"),
        rResult("call_2", "heard"),
        rResult("call_1"),
      ),
    },
    ...talk([
      ASK,
      model({ call: 1, tool: "look", args: { at: 1 } }, { call: 2, tool: "hear", args: { at: 1 } }),
      user({ resultOf: 1, text: "seen" }, { resultOf: 2, text: "heard" }),
    ]),
  },
  {
    name: "words before the result in one user turn",
    bodies: {
      "openai-responses": rTalk(rCall("call_1"), { role: "user", content: "Wait." }, rResult("call_1")),
      gemini: gTalk(gModel(gCall("fc_1")), gUser({ text: "Wait." }, gResult("fc_1"))),
    },
    ...talk([
      ASK,
      model({ call: 1, tool: "look", args: { at: 1 } }),
      user({ resultOf: 1, text: "seen" }, { text: "Wait." }),
    ]),
  },
  {
    name: "calls without ids, two of one tool",
    bodies: {
      gemini: gTalk(
        gModel(gCall(undefined), gCall(undefined, "look", { at: 2 })),
        gUser(gResult(undefined), gResult(undefined, "look", { output: "seen too" })),
      ),
    },
    ...talk([
      ASK,
      model({ call: 1, tool: "look", args: { at: 1 } }, { call: 2, tool: "look", args: { at: 2 } }),
      user({ resultOf: 1, text: "seen" }, { resultOf: 2, text: "seen too" }),
    ]),
  },
  {
    name: "arguments as they were written",
    bodies: {
      "anthropic-messages": {
        written:
          '{"model":"m","max_tokens":1024,"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":[{"type":"tool_use","id":"toolu_1","name":"look","input":{"b":1.0,"a":12345678901234567890,"c":[1e3,null]}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_1","content":"seen"}]}]}',
      },
      "openai-chat": cTalk(
        {
          role: "assistant",
          tool_calls: [cCall("call_1", "look", '{"b":1.0,"a":12345678901234567890,"c":[1e3,null]}')],
        },
        cResult("call_1"),
      ),
      "openai-responses": rTalk(
        rCall("call_1", "look", '{"b":1.0,"a":12345678901234567890,"c":[1e3,null]}'),
        rResult("call_1"),
      ),
      gemini: {
        written:
          '{"generationConfig":{"maxOutputTokens":1024},"contents":[{"role":"user","parts":[{"text":"Hi"}]},{"role":"model","parts":[{"functionCall":{"id":"f1","name":"look","args":{"b":1.0,"a":12345678901234567890,"c":[1e3,null]}}}]},{"role":"user","parts":[{"functionResponse":{"id":"f1","name":"look","response":{"output":"seen"}}}]}]}',
      },
    },
    ...talk([
      ASK,
      model({
        call: 1,
        tool: "look",
        args: { b: "«1.0»", a: "«12345678901234567890»", c: ["«1e3»", null] },
      }),
      user({ resultOf: 1, text: "seen" }),
    ]),
  },
  {
    name: "no arguments",
    bodies: {
      "anthropic-messages": aTalk(aModel(aCall("toolu_1", "now", {})), aUser(aResult("toolu_1"))),
      "openai-chat": cTalk(
        { role: "assistant", tool_calls: [cCall("call_1", "now", "{}")] },
        cResult("call_1"),
      ),
      gemini: gTalk(gModel({ functionCall: { id: "f1", name: "now" } }), gUser(gResult("f1", "now"))),
    },
    ...talk([ASK, model({ call: 1, tool: "now", args: {} }), user({ resultOf: 1, text: "seen" })]),
  },
  {
    name: "arguments that are an empty text",
    bodies: {
      "openai-chat": cTalk(
        { role: "assistant", tool_calls: [cCall("call_1", "now", "")] },
        cResult("call_1"),
      ),
      "openai-responses": rTalk(rCall("call_1", "now", ""), rResult("call_1")),
    },
    ...talk([ASK, model({ call: 1, tool: "now", args: {} }), user({ resultOf: 1, text: "seen" })]),
  },
  {
    name: "arguments that are no JSON",
    bodies: {
      "openai-chat": cTalk(
        { role: "assistant", tool_calls: [cCall("call_1", "look", '{"at":')] },
        cResult("call_1"),
      ),
      "openai-responses": rTalk(rCall("call_1", "look", '{"at":'), rResult("call_1")),
    },
    meaning: {
      turns: [
        ASK,
        model({ call: 1, tool: "look", args: { unread: '{"at":' } }),
        user({ resultOf: 1, text: "seen" }),
      ],
    },
    at: {
      "anthropic-messages": {
        becomes: {
          turns: [
            ASK,
            model({ call: 1, tool: "look", args: { _raw: '{"at":' } }),
            user({ resultOf: 1, text: "seen" }),
          ],
        },
      },
      gemini: {
        becomes: {
          turns: signed([
            ASK,
            model({ call: 1, tool: "look", args: { _raw: '{"at":' } }),
            user({ resultOf: 1, text: "seen" }),
          ]),
        },
      },
    },
  },
  {
    name: "an id that others refuse",
    bodies: {
      "openai-chat": cTalk(
        { role: "assistant", tool_calls: [cCall("functions.look:0")] },
        cResult("functions.look:0"),
      ),
      "openai-responses": rTalk(rCall("functions.look:0"), rResult("functions.look:0")),
    },
    ...talk(LOOKED),
  },
  {
    name: "an id of 69 characters",
    bodies: {
      "anthropic-messages": aTalk(
        aModel(aCall(`toolu_${"x".repeat(63)}`)),
        aUser(aResult(`toolu_${"x".repeat(63)}`)),
      ),
      "openai-chat": cTalk(
        { role: "assistant", tool_calls: [cCall(`call_${"x".repeat(64)}`)] },
        cResult(`call_${"x".repeat(64)}`),
      ),
      gemini: gTalk(gModel(gCall(`fc_${"x".repeat(66)}`)), gUser(gResult(`fc_${"x".repeat(66)}`))),
    },
    ...talk(LOOKED),
  },
  {
    name: "one id for two calls in two steps",
    bodies: {
      "openai-chat": cTalk(
        { role: "assistant", tool_calls: [cCall("call_1")] },
        cResult("call_1"),
        { role: "assistant", tool_calls: [cCall("call_1", "hear")] },
        cResult("call_1", "heard"),
      ),
    },
    ...talk([
      ...LOOKED,
      model({ call: 2, tool: "hear", args: { at: 1 } }),
      user({ resultOf: 2, text: "heard" }),
    ]),
  },
  {
    name: "a call that was never answered",
    bodies: {
      "anthropic-messages": aTalk(aModel(aCall("toolu_1")), { role: "user", content: "Well?" }),
      "openai-chat": cTalk(
        { role: "assistant", tool_calls: [cCall("call_1")] },
        { role: "user", content: "Well?" },
      ),
      "openai-responses": rTalk(rCall("call_1"), { role: "user", content: "Well?" }),
      gemini: gTalk(gModel(gCall("fc_1")), gUser({ text: "Well?" })),
    },
    meaning: {},
    at: {
      "anthropic-messages": { refused: "bad_request", param: /^(messages|input|contents)\[1\]/ },
      "openai-chat": { refused: "bad_request", param: /^(messages|input|contents)\[1\]/ },
      "openai-responses": { refused: "bad_request", param: /^(messages|input|contents)\[1\]/ },
      gemini: { refused: "bad_request", param: /^(messages|input|contents)\[1\]/ },
    },
  },
  {
    name: "a result whose call is gone",
    bodies: {
      "anthropic-messages": aTalk(aUser(aResult("toolu_9"))),
      "openai-responses": rTalk(rResult("call_9")),
      "openai-chat": cTalk(cResult("call_9")),
    },
    meaning: { turns: [] },
    pairs: {
      "anthropic-messages>openai-chat": orphan("toolu_9", true),
      "anthropic-messages>openai-responses": orphan("toolu_9"),
      "anthropic-messages>gemini": orphan("toolu_9"),
      "openai-responses>anthropic-messages": orphan("call_9"),
      "openai-responses>openai-chat": orphan("call_9", true),
      "openai-responses>gemini": orphan("call_9"),
      "openai-chat>anthropic-messages": orphan("call_9"),
      "openai-chat>openai-responses": orphan("call_9"),
      "openai-chat>gemini": orphan("call_9"),
    },
  },
  {
    name: "a call that failed",
    bodies: {
      "anthropic-messages": aTalk(
        aModel(aCall("toolu_1")),
        aUser({ ...aResult("toolu_1", "no such place"), is_error: true }),
      ),
      gemini: gTalk(gModel(gCall("fc_1")), gUser(gResult("fc_1", "look", { error: "no such place" }))),
    },
    meaning: {
      turns: [ASK, LOOKED[1] ?? ASK, user({ resultOf: 1, text: "no such place", failed: true })],
    },
    at: {
      "openai-chat": {
        becomes: {
          turns: [ASK, LOOKED[1] ?? ASK, user({ resultOf: 1, text: "[tool error] no such place" })],
        },
      },
      "openai-responses": {
        becomes: {
          turns: [ASK, LOOKED[1] ?? ASK, user({ resultOf: 1, text: "[tool error] no such place" })],
        },
      },
      gemini: {
        becomes: {
          turns: [ASK, LOOKED_SIGNED[1] ?? ASK, user({ resultOf: 1, text: "no such place", failed: true })],
        },
        quiet: true,
      },
    },
  },
  {
    name: "a result that is an object",
    bodies: {
      "openai-chat": cTalk(
        { role: "assistant", tool_calls: [cCall("call_1")] },
        cResult("call_1", '{"temp":21,"sky":["blue"]}'),
      ),
      gemini: gTalk(gModel(gCall("fc_1")), gUser(gResult("fc_1", "look", { temp: 21, sky: ["blue"] }))),
    },
    ...talk([ASK, LOOKED[1] ?? ASK, user({ resultOf: 1, text: '{"temp":21,"sky":["blue"]}' })]),
  },
  {
    name: "a result with a picture",
    bodies: {
      "anthropic-messages": aTalk(
        aModel(aCall("toolu_1")),
        aUser(
          aResult("toolu_1", [
            words("seen"),
            { type: "image", source: { type: "base64", media_type: "image/png", data: PNG } },
          ]),
        ),
      ),
      "openai-responses": rTalk(
        rCall("call_1"),
        rResult("call_1", [
          { type: "input_text", text: "seen" },
          { type: "input_image", detail: "auto", image_url: `data:image/png;base64,${PNG}` },
        ]),
      ),
    },
    meaning: {
      turns: [
        ASK,
        LOOKED[1] ?? ASK,
        user({ resultOf: 1, text: "seen", media: [{ media: "image", mime: "image/png", base64: PNG }] }),
      ],
    },
    at: {
      gemini: {
        becomes: {
          turns: [
            ASK,
            LOOKED_SIGNED[1] ?? ASK,
            user({ resultOf: 1, text: "seen", media: [{ media: "image", mime: "image/png", base64: PNG }] }),
          ],
        },
        quiet: true,
      },
      "openai-chat": {
        becomes: {
          turns: [
            ASK,
            LOOKED[1] ?? ASK,
            user(
              { resultOf: 1, text: "seen\n(image: see the user's next message)" },
              { text: "From the tool `look` (call toolu_1):" },
              { media: "image", mime: "image/png", base64: PNG },
            ),
          ],
        },
      },
    },
    pairs: {
      "openai-responses>openai-chat": {
        becomes: {
          turns: [
            ASK,
            LOOKED[1] ?? ASK,
            user(
              { resultOf: 1, text: "seen\n(image: see the user's next message)" },
              { text: "From the tool `look` (call call_1):" },
              { media: "image", mime: "image/png", base64: PNG, detail: "auto" },
            ),
          ],
        },
      },
    },
  },
  {
    name: "an empty result",
    bodies: {
      "anthropic-messages": aTalk(
        aModel(aCall("toolu_1")),
        aUser({ type: "tool_result", tool_use_id: "toolu_1" }),
      ),
      "openai-chat": cTalk({ role: "assistant", tool_calls: [cCall("call_1")] }, cResult("call_1", "")),
      "openai-responses": rTalk(rCall("call_1"), rResult("call_1", "")),
    },
    ...talk([ASK, LOOKED[1] ?? ASK, user({ resultOf: 1, text: "" })]),
  },
  {
    name: "a call of a tool that takes text",
    bodies: {
      "openai-chat": cTalk(
        {
          role: "assistant",
          tool_calls: [{ type: "custom", id: "call_1", custom: { name: "patch", input: '*** "Begin"\n+x' } }],
        },
        cResult("call_1"),
      ),
      "openai-responses": rTalk(
        { type: "custom_tool_call", call_id: "call_1", name: "patch", input: '*** "Begin"\n+x' },
        { type: "custom_tool_call_output", call_id: "call_1", output: "seen" },
      ),
    },
    meaning: {
      turns: [
        ASK,
        model({ call: 1, tool: "patch", args: '*** "Begin"\n+x', freeform: true }),
        user({ resultOf: 1, text: "seen" }),
      ],
    },
    targets: { "openai-chat": "freeformChat", "openai-responses": "thinkingResponses" },
    at: {
      "anthropic-messages": {
        becomes: {
          turns: [
            ASK,
            model({ call: 1, tool: "patch", args: { input: '*** "Begin"\n+x' } }),
            user({ resultOf: 1, text: "seen" }),
          ],
        },
        quiet: true,
      },
      gemini: {
        becomes: {
          turns: signed([
            ASK,
            model({ call: 1, tool: "patch", args: { input: '*** "Begin"\n+x' } }),
            user({ resultOf: 1, text: "seen" }),
          ]),
        },
        quiet: true,
      },
    },
  },
  {
    name: "functions as chat had them first",
    bodies: {
      "openai-chat": c({
        messages: [
          { role: "user", content: "Hi" },
          { role: "assistant", content: null, function_call: { name: "look", arguments: '{"at":1}' } },
          { role: "function", name: "look", content: "seen" },
        ],
        functions: [{ name: "look", parameters: { type: "object" } }],
        function_call: { name: "look" },
      }),
    },
    meaning: {
      turns: LOOKED,
      tools: [{ name: "look", schema: '{"type":"object"}' }],
      choice: { mode: "one", names: ["look"] },
    },
    at: {
      gemini: { becomes: { turns: LOOKED_SIGNED }, quiet: true },
      // A conversation that goes on is given marks for Anthropic's cache.
      "anthropic-messages": {
        becomes: {
          tools: [{ name: "look", schema: '{"type":"object"}', cache: "5m" }],
          turns: [
            user({ text: "Hi", cache: "5m" }),
            LOOKED[1] ?? ASK,
            user({ resultOf: 1, text: "seen", cache: "5m" }),
          ],
        },
        quiet: true,
      },
    },
  },
];

function orphan(id: string, joined = false) {
  const told = [`Result of an earlier tool call, ${id}:`, "seen"];
  const parts = ["Hi", ...(joined ? [told.join("\n\n")] : told)].map((text) => ({ text }));
  return { becomes: { turns: [user(...parts)] } };
}
