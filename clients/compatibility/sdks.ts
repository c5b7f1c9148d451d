/** The SDKs: a script each in scripts/, told by its arguments which protocol and which case. */

import { FIRST_FILE } from "../agents/scenarios.ts";
import { UPSTREAM_PROTOCOLS, type UpstreamProtocol } from "../agents/script.ts";
import { type Client, MODEL, PROMPT, type Row, type Source } from "./client.ts";
import { CLAUDE_ENVIRONMENT, claudeShell } from "./strict-agents.ts";

/** Not a command, but a file: the scripts bring that tool. */
const laying: Client["shell"] = {
  tool: "lay_stone",
  input: () => ({ name: FIRST_FILE.name, content: FIRST_FILE.content }),
};

function scriptRow(source: Source, protocol: UpstreamProtocol, script: string): Row {
  const interpreter = source.by === "pip" ? "python" : "node";
  return {
    protocol,
    environment: ({ url, key }) => ({
      QUOIN_URL: url,
      QUOIN_KEY: key,
      QUOIN_MODEL: MODEL,
      QUOIN_PROMPT: PROMPT,
      LITELLM_LOCAL_MODEL_COST_MAP: "True",
    }),
    line: ({ program, caseId }) => [
      interpreter === "node" ? interpreter : program(interpreter),
      program(`../scripts/${script}`),
      protocol,
      caseId,
    ],
  };
}

function sdk(id: string, title: string, source: Source, script: string, remark?: string): Client {
  const rows = UPSTREAM_PROTOCOLS.map((protocol) => scriptRow(source, protocol, script));
  return { id, title, source, kind: "sdk", shell: laying, rows, ...(remark === undefined ? {} : { remark }) };
}

function agentSdk(id: string, title: string, source: Source, script: string): Client {
  const row = scriptRow(source, "anthropic-messages", script);
  const environment: Row["environment"] = (start) => ({
    ...CLAUDE_ENVIRONMENT(start),
    ...row.environment?.(start),
  });
  return { id, title, source, kind: "agent", shell: claudeShell, rows: [{ ...row, environment }] };
}

const npm = (...packages: string[]): Source => ({ by: "npm", packages });
const pip = (...packages: string[]): Source => ({ by: "pip", packages });

/** LangChain for JavaScript reads past these errors, and hands on the half as if it were whole. */
const HALVES: Partial<Readonly<Record<UpstreamProtocol, string>>> = {
  "openai-responses": "reads past `response.failed`, and hands on half an answer as if it were whole",
  gemini: "reads past the error event, and hands on half an answer as if it were whole",
};

function withHalves(client: Client): Client {
  const rows = client.rows.map((row) => {
    const half = HALVES[row.protocol];
    return half === undefined ? row : { ...row, faults: { "broken-stream": half } };
  });
  return { ...client, rows };
}

export const SDKS: readonly Client[] = [
  sdk(
    "node-sdks",
    "openai, @anthropic-ai/sdk, @google/genai",
    npm("openai", "@anthropic-ai/sdk", "@google/genai"),
    "node-sdks.mjs",
  ),
  sdk(
    "python-sdks",
    "openai, anthropic, google-genai (Python)",
    pip("openai", "anthropic", "google-genai"),
    "python_sdks.py",
  ),
  sdk(
    "ai-sdk",
    "Vercel AI SDK",
    npm("ai", "@ai-sdk/openai", "@ai-sdk/openai-compatible", "@ai-sdk/anthropic", "@ai-sdk/google", "zod"),
    "ai-sdk.mjs",
  ),
  withHalves(
    sdk(
      "langchain-js",
      "LangChain (JavaScript)",
      npm("@langchain/core", "@langchain/openai", "@langchain/anthropic", "@langchain/google-genai"),
      "langchain.mjs",
    ),
  ),
  sdk(
    "langchain-python",
    "LangChain (Python)",
    pip("langchain-openai", "langchain-anthropic", "langchain-google-genai"),
    "langchain_python.py",
  ),
  sdk(
    "litellm",
    "LiteLLM as a client",
    pip("litellm", "mcp", "tenacity"),
    "litellm_client.py",
    "by Responses (`openai/responses/MODEL`) tell it of the model with `litellm.register_model`. It streams only models that it knows, and of the others it doubles the arguments of calls.",
  ),
  agentSdk(
    "claude-agent-sdk",
    "Claude Agent SDK (TypeScript)",
    npm("@anthropic-ai/claude-agent-sdk", "zod"),
    "claude-agent-sdk.mjs",
  ),
  agentSdk(
    "claude-agent-sdk-python",
    "Claude Agent SDK (Python)",
    pip("claude-agent-sdk"),
    "claude_agent_sdk_python.py",
  ),
];
