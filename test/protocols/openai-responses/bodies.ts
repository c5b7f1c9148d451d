import type { JsonObject } from "../../../src/core/json.ts";

const SCHEMA = {
  type: "object",
  properties: { path: { type: "string" }, limit: { type: ["integer", "null"], default: 1 } },
  required: ["path"],
};

/** Codex 0.169 for a model that it does not know (CLIENTS.md 2, PROTOCOLS.md 5). */
export const CODEX_UNKNOWN_MODEL: JsonObject = {
  model: "my-model",
  stream: true,
  input: [
    {
      type: "message",
      role: "developer",
      id: "msg_1",
      content: [{ type: "input_text", text: "You are Codex." }],
    },
    {
      type: "message",
      role: "user",
      content: [
        { type: "input_text", text: "<environment_context>…</environment_context>" },
        { type: "input_text", text: "list the files" },
      ],
    },
    { type: "reasoning", id: "rs_1", summary: [], content: null, encrypted_content: "gAAAAAB" },
    {
      type: "function_call",
      id: "fc_1",
      call_id: "call_1",
      name: "shell",
      arguments: '{"command":["ls"],"n":1.0}',
      status: "completed",
    },
    { type: "function_call_output", id: "fco_1", call_id: "call_1", output: "a\nb" },
    {
      type: "message",
      id: "msg_2",
      role: "assistant",
      status: "completed",
      phase: "final_answer",
      content: [{ type: "output_text", text: "Two files.", annotations: [] }],
    },
    { type: "message", role: "user", content: [{ type: "input_text", text: "thanks" }] },
  ],
  tools: [
    { type: "function", name: "shell", description: "Runs.", strict: false, parameters: SCHEMA },
    {
      type: "namespace",
      name: "multi_agent_v1",
      description: "Agents.",
      tools: [
        { type: "function", name: "spawn", description: "Spawns.", strict: false, parameters: SCHEMA },
        { type: "function", name: "wait", strict: false, parameters: { type: "object", properties: {} } },
      ],
    },
    { type: "web_search", external_web_access: true },
  ],
  tool_choice: "auto",
  parallel_tool_calls: true,
  reasoning: { summary: "auto" },
  store: false,
  include: ["reasoning.encrypted_content"],
  prompt_cache_key: "0197-thread",
  client_metadata: { "x-codex-installation-id": "i" },
};

/** Codex 0.169 for a model that it knows: tools in the input, freeform tools in namespaces. */
export const CODEX_KNOWN_MODEL: JsonObject = {
  model: "gpt-5.6-sol",
  stream: true,
  input: [
    {
      type: "additional_tools",
      role: "developer",
      id: "at_1",
      tools: [
        {
          type: "namespace",
          name: "functions",
          description: "Local tools.",
          tools: [
            {
              type: "custom",
              name: "exec",
              description: "Runs JavaScript.",
              format: { type: "grammar", syntax: "lark", definition: "start: /.+/" },
            },
            { type: "function", name: "wait", strict: false, parameters: SCHEMA },
          ],
        },
        { type: "namespace", name: "collaboration", description: "", tools: [] },
      ],
    },
    { type: "message", role: "developer", content: [{ type: "input_text", text: "You are Codex." }] },
    { type: "message", role: "user", content: [{ type: "input_text", text: "go" }] },
    {
      type: "custom_tool_call",
      id: "ctc_1",
      call_id: "call_9",
      name: "exec",
      namespace: "functions",
      input: "ls()",
      status: "completed",
    },
    {
      type: "custom_tool_call_output",
      id: "ctco_1",
      call_id: "call_9",
      output: [{ type: "input_text", text: "a" }],
    },
  ],
  reasoning: { effort: "low", context: "all_turns" },
  text: { verbosity: "low" },
  parallel_tool_calls: false,
  tool_choice: "auto",
  store: false,
  include: ["reasoning.encrypted_content"],
  prompt_cache_key: "k",
};

/** Codex with gpt-5.5: the typed tool search that the client runs, and apply_patch by a grammar. */
export const CODEX_TOOL_SEARCH: JsonObject = {
  model: "gpt-5.5",
  input: [
    { type: "message", role: "user", content: "find a tool" },
    {
      type: "tool_search_call",
      id: "tsc_1",
      call_id: "call_2",
      execution: "client",
      status: "completed",
      arguments: { query: "calendar", limit: 1.0 },
    },
    {
      type: "tool_search_output",
      call_id: "call_2",
      execution: "client",
      status: "completed",
      tools: [
        {
          type: "namespace",
          name: "mcp__cal",
          description: "Calendar.",
          tools: [{ type: "function", name: "list", defer_loading: true, parameters: SCHEMA }],
        },
      ],
    },
    {
      type: "function_call",
      call_id: "call_3",
      name: "list",
      namespace: "mcp__cal",
      arguments: '{"path":"today"}',
    },
    { type: "function_call_output", call_id: "call_3", output: [{ type: "input_text", text: "nothing" }] },
  ],
  tools: [
    {
      type: "tool_search",
      execution: "client",
      description: "Searches.",
      parameters: { type: "object", properties: { query: { type: "string" }, limit: { type: "number" } } },
    },
    {
      type: "custom",
      name: "apply_patch",
      description: "Patches.",
      format: { type: "grammar", syntax: "lark", definition: 'start: "*** Begin Patch"' },
    },
  ],
};

/** Everything else that a body may hold, each in the forms that clients write. */
export const BODIES: readonly (readonly [string, JsonObject])[] = [
  ["Codex, unknown model", CODEX_UNKNOWN_MODEL],
  ["Codex, known model", CODEX_KNOWN_MODEL],
  ["Codex, tool search", CODEX_TOOL_SEARCH],
  ["a string", { model: "m", input: "hi" }],
  ["no input", { model: "m" }],
  ["null input", { model: "m", input: null, instructions: null, tools: null, temperature: null }],
  ["empty lists", { model: "m", input: [], tools: [], instructions: "", include: [], metadata: {} }],
  ["instructions", { model: "m", instructions: "Be short.", input: [{ role: "user", content: "hi" }] }],
  [
    "every scalar",
    {
      model: "m",
      stream: false,
      input: "hi",
      max_output_tokens: 99,
      temperature: 0.5,
      top_p: 1,
      top_logprobs: 3,
      parallel_tool_calls: false,
      service_tier: "flex",
      user: "u",
      safety_identifier: "s",
      metadata: { a: "b" },
      prompt_cache_key: "k",
      prompt_cache_retention: "24h",
      prompt_cache_options: { mode: "explicit", ttl: "30m" },
      store: true,
      truncation: "auto",
      max_tool_calls: 3,
      background: false,
      moderation: { model: "x" },
      context_management: [{ type: "compaction", compact_threshold: 1000 }],
      stream_options: { include_obfuscation: false },
      some_new_field: { deep: [1, { x: null }] },
      include: ["message.output_text.logprobs", "web_search_call.action.sources"],
    },
  ],
  [
    "a schema",
    {
      model: "m",
      input: "hi",
      text: {
        format: { type: "json_schema", name: "n", schema: SCHEMA, strict: true, description: "d" },
        verbosity: "high",
        more: 1,
      },
      reasoning: { effort: "xhigh", summary: null, mode: "pro" },
    },
  ],
  ["json", { model: "m", input: "hi", text: { format: { type: "json_object" } }, reasoning: null }],
  [
    "allowed tools",
    {
      model: "m",
      input: "hi",
      tools: [{ type: "function", name: "f", parameters: null, strict: null, output_schema: {} }],
      tool_choice: {
        type: "allowed_tools",
        mode: "required",
        tools: [{ type: "function", name: "f" }],
      },
    },
  ],
  [
    "hosted tools",
    {
      model: "m",
      input: "hi",
      tools: [
        { type: "namespace", name: "first", tools: [] },
        {
          type: "namespace",
          name: "two",
          tools: [
            { type: "custom", name: "a" },
            { type: "custom", name: "b" },
          ],
        },
        { type: "namespace", name: "none", tools: [] },
        {
          type: "web_search_preview",
          search_context_size: "low",
          user_location: { type: "approximate", city: "Rome", country: null },
        },
        { type: "file_search", vector_store_ids: ["vs_1"], max_num_results: 1.0 },
        { type: "code_interpreter", container: { type: "auto" } },
        {
          type: "mcp",
          server_label: "gh",
          server_url: "https://example.test/mcp",
          require_approval: "never",
        },
        { type: "image_generation", output_format: "png" },
        { type: "local_shell" },
        { type: "shell", environment: { type: "local" } },
        { type: "apply_patch" },
        { type: "namespace", name: "last", tools: [] },
      ],
      tool_choice: { type: "mcp", server_label: "gh" },
    },
  ],
  [
    "media",
    {
      model: "m",
      input: [
        {
          role: "user",
          content: [
            {
              type: "input_text",
              text: "what is this?",
              prompt_cache_breakpoint: { mode: "explicit" },
            },
            { type: "input_image", image_url: "data:image/png;base64,iVBORw0KGgo=", detail: "low" },
            { type: "input_image", image_url: "https://example.test/a.jpg", detail: "auto" },
            { type: "input_file", filename: "a.pdf", file_data: "data:application/pdf;base64,JVBERi0=" },
            { type: "input_file", file_url: "https://example.test/a.pdf" },
            { type: "input_audio", input_audio: { data: "UklGRg==", format: "mp3" } },
            { type: "something_new", x: 1 },
          ],
        },
      ],
    },
  ],
  [
    "items of the vendor's",
    {
      model: "m",
      input: [
        { role: "user", content: "go" },
        { type: "reasoning", id: "rs_2", summary: [{ type: "summary_text", text: "hm" }] },
        {
          type: "web_search_call",
          id: "ws_1",
          status: "completed",
          action: {
            type: "search",
            query: "q",
            queries: ["q"],
            sources: [{ type: "url", url: "https://a.test" }],
          },
        },
        {
          type: "web_search_call",
          id: "ws_2",
          status: "completed",
          action: { type: "open_page", url: "https://a.test" },
        },
        { type: "image_generation_call", id: "ig_1", status: "completed", result: "iVBORw0KGgo=" },
        { type: "image_generation_call", id: "ig_2", status: "failed", result: null },
        {
          type: "code_interpreter_call",
          id: "ci_1",
          code: "1.0",
          container_id: "c",
          outputs: null,
          status: "completed",
        },
        {
          type: "local_shell_call",
          id: "lsh_1",
          call_id: "call_5",
          status: "completed",
          action: { type: "exec", command: ["ls"], env: {}, timeout_ms: null },
        },
        { type: "local_shell_call_output", id: "call_5", output: "a" },
        {
          type: "shell_call",
          call_id: "call_6",
          status: "completed",
          action: { commands: ["ls"], max_output_length: 10 },
        },
        {
          type: "shell_call_output",
          call_id: "call_6",
          output: [{ stdout: "a", stderr: "", outcome: { type: "exit", exit_code: 0 } }],
        },
        {
          type: "apply_patch_call",
          call_id: "call_7",
          status: "completed",
          operation: { type: "update_file", path: "a", diff: "@@" },
        },
        { type: "apply_patch_call_output", call_id: "call_7", status: "failed", output: "no such file" },
        { type: "mcp_list_tools", id: "mcpl_1", server_label: "gh", tools: [] },
        { type: "mcp_approval_response", approval_request_id: "a", approve: true },
        { type: "compaction", id: "cmp_1", encrypted_content: "opaque" },
        {
          type: "tool_search_call",
          id: "t",
          call_id: null,
          execution: "server",
          arguments: {},
          status: "completed",
        },
        { type: "tool_search_output", call_id: null, execution: "server", tools: [] },
        {
          type: "message",
          role: "assistant",
          id: "msg_9",
          status: "incomplete",
          content: [
            {
              type: "output_text",
              text: "see 🍞 here",
              logprobs: [],
              annotations: [
                { type: "url_citation", url: "https://a.test", title: "A", start_index: 4, end_index: 5 },
                { type: "file_citation", file_id: "f", filename: "n", index: 3 },
              ],
            },
            { type: "refusal", refusal: "no" },
          ],
        },
        { type: "message", role: "assistant", id: "msg_10", status: "completed", content: [] },
        { role: "assistant", content: "plain" },
        { role: "assistant", phase: "commentary", content: [{ type: "output_text", text: "" }] },
        { type: "brand_new_item", value: 1.0 },
        { type: "compaction_trigger" },
      ],
    },
  ],
];
