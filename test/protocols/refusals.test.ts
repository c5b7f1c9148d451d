import { describe, expect, test } from "bun:test";
import { GatewayError } from "../../src/core/errors.ts";
import type { Protocol } from "../../src/core/protocol.ts";
import type { RequestHead } from "../../src/core/request-head.ts";
import { CODECS } from "../../src/protocols/codecs.ts";
import type { PathFacts } from "../../src/protocols/protocol.ts";

const PATHS: Record<Protocol, PathFacts> = {
  "anthropic-messages": { operation: "generate" },
  "openai-chat": { operation: "generate" },
  "openai-responses": { operation: "generate" },
  "openai-completions": { operation: "generate" },
  gemini: { operation: "generate", model: "m", stream: false },
};

function readHead(protocol: Protocol, text: string, path = PATHS[protocol]): RequestHead {
  return CODECS[protocol].readHead(JSON.parse(text), new TextEncoder().encode(text), path);
}

function refusalOf(protocol: Protocol, text: string, path?: PathFacts): GatewayError {
  try {
    readHead(protocol, text, path);
  } catch (thrown) {
    if (thrown instanceof GatewayError) return thrown;
    throw thrown;
  }
  throw new Error(`accepted: ${text}`);
}

const AROUND: Record<Protocol, (members: string) => string> = {
  "anthropic-messages": (members) => `{"model":"m","max_tokens":5,"messages":[],${members}}`,
  "openai-chat": (members) => `{"model":"m","messages":[],${members}}`,
  "openai-responses": (members) => `{"model":"m","input":"x",${members}}`,
  "openai-completions": (members) => `{"model":"m","prompt":"x",${members}}`,
  gemini: (members) => `{"contents":[],${members}}`,
};

describe("a field that Quoin acts on", () => {
  test.each<[Protocol, string, string]>([
    ["anthropic-messages", '"model":"n"', "model"],
    ["anthropic-messages", '"stream":true,"stream":false', "stream"],
    ["anthropic-messages", '"max_tokens":6', "max_tokens"],
    ["anthropic-messages", '"messages":[]', "messages"],
    ["anthropic-messages", '"m\\u006fdel":"n"', "model"],
    ["openai-chat", '"model":"m"', "model"],
    ["openai-chat", '"stream":true,"stream":true', "stream"],
    ["openai-chat", '"n":1,"n":100', "n"],
    ["openai-chat", '"max_tokens":1,"max_tokens":1', "max_tokens"],
    ["openai-chat", '"max_completion_tokens":1,"\\u006dax_completion_tokens":1', "max_completion_tokens"],
    ["openai-chat", '"stream_options":null,"stream_options":null', "stream_options"],
    [
      "openai-chat",
      '"stream":true,"stream_options":{"include_usage":true,"include_usage":false}',
      "stream_options.include_usage",
    ],
    ["openai-responses", '"max_output_tokens":1,"max_output_tokens":2', "max_output_tokens"],
    ["openai-responses", '"input":"y"', "input"],
    ["openai-responses", '"previous_response_id":null,"previous_response_id":"r"', "previous_response_id"],
    ["openai-completions", '"prompt":"y"', "prompt"],
    ["openai-completions", '"best_of":1,"best_of":5', "best_of"],
    ["gemini", '"contents":[]', "contents"],
    ["gemini", '"generationConfig":{},"generation_config":{}', "generation_config"],
    [
      "gemini",
      '"generationConfig":{"maxOutputTokens":1,"max_output_tokens":2}',
      "generationConfig.max_output_tokens",
    ],
    [
      "gemini",
      '"generation_config":{"candidateCount":1,"candidate\\u0043ount":2}',
      "generation_config.candidateCount",
    ],
  ])("is refused when it stands twice: %s %s", (protocol, members, param) => {
    const refusal = refusalOf(protocol, AROUND[protocol](members));
    expect(refusal.kind).toBe("bad_request");
    expect(refusal.param).toBe(param);
    expect(refusal.message).toBe(
      `${param}: this field stands twice; send it once, parsers differ on which one counts.`,
    );
  });

  test.each<[Protocol, string, string, string]>([
    ["anthropic-messages", '"Model":"n"', "Model", "model"],
    ["anthropic-messages", '"Stream":true', "Stream", "stream"],
    ["anthropic-messages", '"maxTokens":9', "maxTokens", "max_tokens"],
    ["openai-chat", '"MAX_TOKENS":9', "MAX_TOKENS", "max_tokens"],
    ["openai-chat", '"ſtream":true', "ſtream", "stream"],
    ["openai-chat", '"max_toKens":9', "max_toKens", "max_tokens"],
    ["openai-chat", '"\\u017ftream":true', "ſtream", "stream"],
    ["openai-chat", '"streamOptions":{}', "streamOptions", "stream_options"],
    ["openai-responses", '"Previous_Response_Id":"r"', "Previous_Response_Id", "previous_response_id"],
    ["openai-completions", '"Prompt":"y"', "Prompt", "prompt"],
    ["gemini", '"GenerationConfig":{}', "GenerationConfig", "generationConfig"],
    ["gemini", '"CachedContent":"c"', "CachedContent", "cachedContent"],
  ])("is refused in an odd spelling: %s %s", (protocol, members, param, spelling) => {
    const refusal = refusalOf(protocol, AROUND[protocol](members));
    expect(refusal.param).toBe(param);
    expect(refusal.message).toBe(`${param}: unknown spelling of a field; write "${spelling}".`);
  });
});

test.each<[Protocol, string]>([
  ["anthropic-messages", '"temperature":1.0,"temperature":1e0,"metadata":{"model":1,"model":2}'],
  ["openai-chat", '"user":"a","user":"b","tools":[{"stream":1,"stream":2}]'],
  ["openai-chat", '"stream":false,"stream_options":{"x":1}'],
  ["openai-responses", '"metadata":{},"metadata":{"input":1,"input":2}'],
  ["openai-completions", '"echo":true,"echo":true,"max_tokens":0'],
  ["gemini", '"tools":[],"tools":[],"generationConfig":{"temperature":1,"temperature":2}'],
])("duplicates that decide nothing pass: %s %s", (protocol, members) => {
  expect(readHead(protocol, AROUND[protocol](members)).model).toBe("m");
});

describe("what lives in the upstream's own account", () => {
  const file = (block: string) =>
    `{"model":"m","max_tokens":5,"messages":[{"role":"user","content":[${block}]}]}`;
  const fileSource = '{"type":"image","source":{"type":"file","file_id":"file_1"}}';
  test.each<[Protocol, string, string]>([
    ["anthropic-messages", file(fileSource), "messages[0].content[0]"],
    ["anthropic-messages", file('{"type":"container_upload","file_id":"f"}'), "messages[0].content[0]"],
    [
      "anthropic-messages",
      file(`{"type":"text","text":"x"},{"type":"tool_result","content":[${fileSource}]}`),
      "messages[0].content[1].content[0]",
    ],
    [
      "anthropic-messages",
      file(`{"type":"document","source":{"type":"content","content":[${fileSource}]}}`),
      "messages[0].content[0].source.content[0]",
    ],
    ["anthropic-messages", AROUND["anthropic-messages"]('"container":"cont_1"'), "container"],
    ["anthropic-messages", AROUND["anthropic-messages"]('"container":{"id":"cont_1"}'), "container"],
    [
      "openai-chat",
      '{"model":"m","messages":[{"role":"user","content":[{"type":"file","file":{"file_id":"f"}}]}]}',
      "messages[0].content[0].file.file_id",
    ],
    ["openai-responses", AROUND["openai-responses"]('"conversation":"conv_1"'), "conversation"],
    ["openai-responses", AROUND["openai-responses"]('"prompt":{"id":"pmpt_1"}'), "prompt"],
    ["openai-responses", AROUND["openai-responses"]('"background":true'), "background"],
    [
      "openai-responses",
      '{"model":"m","input":[{"role":"user","content":[{"type":"input_image","file_id":"f"}]}]}',
      "input[0].content[0].file_id",
    ],
    [
      "openai-responses",
      '{"model":"m","input":[{"type":"function_call_output","output":[{"type":"input_file","file_id":"f"}]}]}',
      "input[0].output[0].file_id",
    ],
    [
      "openai-responses",
      '{"model":"m","input":[{"type":"computer_call_output","output":{"type":"x","file_id":"f"}}]}',
      "input[0].output.file_id",
    ],
    [
      "openai-responses",
      AROUND["openai-responses"]('"tools":[{"type":"file_search","vector_store_ids":["v"]}]'),
      "tools[0].vector_store_ids",
    ],
    [
      "openai-responses",
      AROUND["openai-responses"]('"tools":[{"type":"code_interpreter","container":"cntr_1"}]'),
      "tools[0].container",
    ],
    [
      "openai-responses",
      AROUND["openai-responses"]('"tools":[{"type":"x"},{"container":{"type":"auto","file_ids":["f"]}}]'),
      "tools[1].container",
    ],
    ["gemini", AROUND.gemini('"cachedContent":"cachedContents/x"'), "cachedContent"],
    ["gemini", AROUND.gemini('"cached_content":"cachedContents/x"'), "cachedContent"],
    ...[
      "https://generativelanguage.googleapis.com/v1beta/files/abc",
      "HTTPS://GenerativeLanguage.googleapis.com/v1beta/files/abc",
      "https://user@generativelanguage.googleapis.com/v1beta/files/abc",
      "files/abc",
      "gs://bucket/object",
    ].map((uri): [Protocol, string, string] => [
      "gemini",
      `{"contents":[{"parts":[{"text":"x"},{"fileData":{"fileUri":"${uri}"}}]}]}`,
      "contents[0].parts[1].fileData",
    ]),
    [
      "gemini",
      '{"contents":[{"parts":[{"file_data":{"file_uri":"files/abc"}}]}]}',
      "contents[0].parts[0].fileData",
    ],
    [
      "gemini",
      '{"contents":[{"parts":[{"functionResponse":{"parts":[{"fileData":{"fileUri":"files/a"}}]}}]}]}',
      "contents[0].parts[0].functionResponse.parts[0].fileData",
    ],
    [
      "gemini",
      '{"contents":[],"systemInstruction":{"parts":[{"fileData":{"fileUri":"files/a"}}]}}',
      "systemInstruction[0].parts[0].fileData",
    ],
  ])("is refused: %s %s", (protocol, text, param) => {
    const refusal = refusalOf(protocol, text);
    expect(refusal.kind).toBe("unsupported");
    expect(refusal.param).toBe(param);
    expect(refusal.message).toStartWith(`${param}: not served here`);
  });

  test("is refused below generateContentRequest too", () => {
    const path: PathFacts = { operation: "count-tokens", model: "m", stream: false };
    const text = '{"generateContentRequest":{"contents":[],"cachedContent":"c"}}';
    expect(refusalOf("gemini", text, path).param).toBe("generateContentRequest.cachedContent");
    expect(readHead("gemini", '{"generateContentRequest":{"contents":[]}}', path).model).toBe("m");
    for (const [twice, param] of [
      ['{"generateContentRequest":{},"generate_content_request":{}}', "generate_content_request"],
      ['{"generateContentRequest":{"model":"a","model":"b"}}', "generateContentRequest.model"],
    ] as const) {
      expect(refusalOf("gemini", twice, path).param).toBe(param);
    }
  });

  test("an address on the web is anybody's", () => {
    const uri = "https://www.youtube.com/watch?v=1";
    const text = `{"contents":[{"parts":[{"fileData":{"fileUri":"${uri}"}}]}]}`;
    expect(readHead("gemini", text).model).toBe("m");
  });

  test("content nested without end is refused, not walked", () => {
    const depth = 5_000;
    const nested = `${'[{"type":"tool_result","content":'.repeat(depth)}[]${"}]".repeat(depth)}`;
    const text = `{"model":"m","max_tokens":5,"messages":${nested}}`;
    expect(refusalOf("anthropic-messages", text).message).toContain("nested too deeply");
  });
});

test("thread is refused in the words that make the SDK send its whole history", () => {
  const refusal = refusalOf("anthropic-messages", AROUND["anthropic-messages"]('"thread":{"type":"create"}'));
  expect(refusal.kind).toBe("thread_unsupported");
});

describe("a field that is missing or wrong is named", () => {
  test.each<[Protocol, string, string]>([
    ["anthropic-messages", '{"max_tokens":5,"messages":[]}', "model"],
    ["anthropic-messages", '{"model":"","max_tokens":5,"messages":[]}', "model"],
    ["anthropic-messages", '{"model":7,"max_tokens":5,"messages":[]}', "model"],
    ["anthropic-messages", '{"model":"m","messages":[]}', "max_tokens"],
    ["anthropic-messages", '{"model":"m","max_tokens":5}', "messages"],
    ["anthropic-messages", '{"model":"m","max_tokens":5,"messages":{}}', "messages"],
    ["anthropic-messages", '{"model":"m","max_tokens":0,"messages":[]}', "max_tokens"],
    ["anthropic-messages", '{"model":"m","max_tokens":1.5,"messages":[]}', "max_tokens"],
    ["anthropic-messages", '{"model":"m","max_tokens":9007199254740993,"messages":[]}', "max_tokens"],
    ["anthropic-messages", '{"model":"m","max_tokens":1e999,"messages":[]}', "max_tokens"],
    ["anthropic-messages", '{"model":"m","max_tokens":"5","messages":[]}', "max_tokens"],
    ["anthropic-messages", '{"model":"m","max_tokens":5,"messages":[],"stream":"true"}', "stream"],
    ["openai-chat", '{"model":"m"}', "messages"],
    ["openai-chat", '{"model":"m","messages":[],"n":0}', "n"],
    ["openai-chat", '{"model":"m","messages":[],"n":129}', "n"],
    ["openai-chat", '{"model":"m","messages":[],"system":[]}', "system"],
    ["openai-chat", '{"model":"m","messages":[],"stream":true,"stream_options":[]}', "stream_options"],
    [
      "openai-chat",
      '{"model":"m","messages":[],"stream":true,"stream_options":{"include_usage":1}}',
      "include_usage",
    ],
    ["openai-responses", '{"model":"m","input":7}', "input"],
    ["openai-responses", '{"model":"m","input":"x","previous_response_id":7}', "previous_response_id"],
    ["openai-completions", '{"model":"m"}', "prompt"],
    ["openai-completions", '{"model":"m","prompt":[]}', "prompt"],
    ["openai-completions", '{"model":"m","prompt":["a",1]}', "prompt"],
    ["gemini", "{}", "contents"],
    [
      "gemini",
      '{"contents":[],"generationConfig":{"maxOutputTokens":-1}}',
      "generationConfig.maxOutputTokens",
    ],
    [
      "gemini",
      '{"contents":[],"generation_config":{"candidate_count":0}}',
      "generationConfig.candidate_count",
    ],
  ])("%s %s", (protocol, text, param) => {
    const refusal = refusalOf(protocol, text);
    expect(refusal.kind).toBe("bad_request");
    expect(refusal.param).toBe(param);
    expect(refusal.message).toStartWith(`${param}: `);
  });
});

describe("what is read of a request", () => {
  test.each<[Protocol, string, Partial<RequestHead>]>([
    [
      "openai-chat",
      '{"model":"m","messages":[],"max_tokens":5,"max_completion_tokens":9}',
      { outputTokensMax: 9 },
    ],
    [
      "openai-chat",
      '{"model":"m","messages":[],"max_tokens":1e3,"n":3}',
      { outputTokensMax: 1_000, choices: 3 },
    ],
    [
      "openai-chat",
      '{"model":"m","messages":[],"max_tokens":null}',
      { outputTokensMax: undefined, choices: 1 },
    ],
    ["openai-completions", '{"model":"m","prompt":"x"}', { outputTokensMax: 16, choices: 1 }],
    ["openai-completions", '{"model":"m","prompt":["a","b"],"n":2,"best_of":3}', { choices: 6 }],
    ["openai-completions", '{"model":"m","prompt":[1,2,3]}', { choices: 1 }],
    ["openai-completions", '{"model":"m","prompt":[[1,2],[3]]}', { choices: 2 }],
    ["openai-responses", '{"model":"m","max_output_tokens":7.0}', { outputTokensMax: 7 }],
    ["openai-responses", '{"model":"m","previous_response_id":"r"}', { previousId: "r" }],
    [
      "gemini",
      '{"contents":[],"generation_config":{"max_output_tokens":3,"candidate_count":2}}',
      { outputTokensMax: 3, choices: 2 },
    ],
  ])("%s %s", (protocol, text, want) => {
    expect(readHead(protocol, text)).toMatchObject(want);
  });
});
