import { type Client, KEY, MODEL, ownedUrls, preset, set, type View, variables } from "./client.ts";
import type { FileJob } from "./editor/job.ts";

const CHAT = ["openai-chat"] as const;

function continueModels(view: View, label: "name" | "title"): FileJob["edits"][number] {
  return {
    op: "items",
    path: ["models"],
    id: "model",
    owner: "apiBase",
    owners: ownedUrls(view),
    values: view.models.map(({ id, displayName }) => ({
      [label]: displayName,
      provider: "openai",
      model: id,
      apiBase: view.urls.openai,
      apiKey: KEY,
    })),
  };
}

const continueYaml: Client = {
  id: "continue",
  title: "Continue",
  dialling: "openai",
  protocols: CHAT,
  commands: ["cn"],
  traces: ["~/.continue"],
  shadows: [],
  files: (view) => [
    {
      format: "yaml",
      paths: ["~/.continue/config.yaml"],
      edits: [
        preset("name", view.offer.name),
        preset("version", "1.0.0"),
        preset("schema", "v1"),
        continueModels(view, "name"),
      ],
    },
  ],
  lines: () => ["In the editor choose the model in Continue's list; in a terminal: cn"],
};

const continueJson: Client = {
  ...continueYaml,
  id: "continue-json",
  title: "Continue (config.json)",
  traces: ["~/.continue/config.json"],
  files: (view) => [
    { format: "json", paths: ["~/.continue/config.json"], edits: [continueModels(view, "title")] },
  ],
};

const cline: Client = {
  id: "cline",
  title: "Cline",
  dialling: "anthropic",
  protocols: ["anthropic-messages"],
  commands: ["cline"],
  traces: ["~/.cline"],
  shadows: [],
  files: ({ urls }) => [
    {
      format: "json",
      paths: ["~/.cline/data/settings/providers.json"],
      edits: [
        preset("version", 1),
        set("lastUsedProvider", "anthropic"),
        set("providers.anthropic.settings.provider", "anthropic"),
        set("providers.anthropic.settings.apiKey", KEY),
        set("providers.anthropic.settings.model", MODEL),
        set("providers.anthropic.settings.baseUrl", `${urls.anthropic}/v1`),
        preset("providers.anthropic.updatedAt", "2026-01-01T00:00:00.000Z"),
        preset("providers.anthropic.tokenSource", "manual"),
      ],
    },
  ],
  lines: ({ urls }) => [
    "In a terminal: cline",
    "In VS Code the settings lie inside the editor. Open Cline's settings and choose:",
    "  API Provider: OpenAI Compatible",
    `  Base URL: ${urls.openai}`,
    "  API Key: your key",
    `  Model ID: ${MODEL}`,
    `  or API Provider Anthropic with "Use custom base URL": ${urls.anthropic}`,
  ],
};

const cursor: Client = {
  id: "cursor",
  title: "Cursor",
  dialling: "openai",
  protocols: CHAT,
  commands: ["cursor"],
  traces: ["~/.cursor"],
  shadows: [],
  files: () => [],
  lines: ({ urls, models }) => [
    "Cursor keeps these settings inside the editor:",
    "1. Open Settings (Ctrl or Cmd, Shift, J) and there Models.",
    "2. Under API Keys, at OpenAI API Key, paste your key and switch it on.",
    `3. Switch on Override OpenAI Base URL and paste: ${urls.openai}`,
    `4. Under Models, Add model, once for each you want: ${models
      .slice(0, 8)
      .map(({ id }) => id)
      .join(", ")}`,
    "5. Choose one of them in the chat. Cursor's own servers send the requests: the address must be reachable from the internet.",
  ],
};

const roo: Client = {
  id: "roo",
  title: "Roo Code",
  dialling: "openai",
  protocols: CHAT,
  commands: [],
  traces: ["~/.roo"],
  shadows: [],
  files: () => [],
  lines: ({ urls, slug }) => [
    "Roo Code keeps these settings inside the editor:",
    "1. Open Roo Code in VS Code, then Settings, then Providers.",
    `2. Add a configuration profile and call it ${slug}.`,
    "3. API Provider: OpenAI Compatible",
    `   Base URL: ${urls.openai}`,
    "   API Key: your key",
    `   Model: ${MODEL}`,
    `   (or API Provider Anthropic with a custom base URL: ${urls.anthropic})`,
    "4. Save, and choose the profile under the chat's input.",
  ],
};

const sdk: Client = {
  id: "sdk",
  title: "SDKs of OpenAI, Anthropic and Google",
  dialling: "openai",
  protocols: ["openai-chat", "openai-responses", "anthropic-messages", "gemini"],
  commands: [],
  traces: [],
  shadows: [],
  files: ({ offer, urls }) => [
    {
      format: "profile",
      paths: [],
      edits: variables({
        [offer.keyVariable]: KEY,
        OPENAI_BASE_URL: urls.openai,
        OPENAI_API_KEY: KEY,
        ANTHROPIC_BASE_URL: urls.anthropic,
        ANTHROPIC_API_KEY: KEY,
        GOOGLE_GEMINI_BASE_URL: urls.gemini,
        GEMINI_API_KEY: KEY,
      }),
    },
  ],
  lines: () => ["Open a new terminal: programs that use the SDKs without settings of their own ask here."],
};

/** Tools that live in an editor, and programs that people write. */
export const EDITOR_CLIENTS: readonly Client[] = [cline, roo, cursor, continueYaml, continueJson, sdk];
