import anthropic from "../../../docs/clients/anthropic.md" with { type: "text" };
import anyModel from "../../../docs/clients/any-model.md" with { type: "text" };
import audio from "../../../docs/clients/audio.md" with { type: "text" };
import billing from "../../../docs/clients/billing.md" with { type: "text" };
import codingAgents from "../../../docs/clients/coding-agents.md" with { type: "text" };
import compatibility from "../../../docs/clients/compatibility.md" with { type: "text" };
import embeddings from "../../../docs/clients/embeddings.md" with { type: "text" };
import gemini from "../../../docs/clients/gemini.md" with { type: "text" };
import gettingStarted from "../../../docs/clients/getting-started.md" with { type: "text" };
import limits from "../../../docs/clients/limits.md" with { type: "text" };
import openai from "../../../docs/clients/openai.md" with { type: "text" };
import receipts from "../../../docs/clients/receipts.md" with { type: "text" };
import setup from "../../../docs/clients/setup.md" with { type: "text" };
import errors from "../../../docs/errors.md" with { type: "text" };
import accounts from "../../../docs/operators/accounts.md" with { type: "text" };
import bench from "../../../docs/operators/bench.md" with { type: "text" };
import commands from "../../../docs/operators/commands.md" with { type: "text" };
import doctor from "../../../docs/operators/doctor.md" with { type: "text" };
import ledger from "../../../docs/operators/ledger.md" with { type: "text" };
import operatorLimits from "../../../docs/operators/limits.md" with { type: "text" };
import managementApi from "../../../docs/operators/management-api.md" with { type: "text" };
import metrics from "../../../docs/operators/metrics.md" with { type: "text" };
import operatorPlans from "../../../docs/operators/plans.md" with { type: "text" };
import postgres from "../../../docs/operators/postgres.md" with { type: "text" };
import quoinYaml from "../../../docs/operators/quoin-yaml.md" with { type: "text" };
import running from "../../../docs/operators/running.md" with { type: "text" };
import security from "../../../docs/operators/security.md" with { type: "text" };
import services from "../../../docs/operators/services.md" with { type: "text" };
import settings from "../../../docs/operators/settings.md" with { type: "text" };
import upstreams from "../../../docs/operators/upstreams.md" with { type: "text" };
import audioReference from "../../../docs/reference/audio.md" with { type: "text" };
import chatCompletionsReference from "../../../docs/reference/chat-completions.md" with { type: "text" };
import completionsReference from "../../../docs/reference/completions.md" with { type: "text" };
import embeddingsReference from "../../../docs/reference/embeddings.md" with { type: "text" };
import geminiReference from "../../../docs/reference/gemini.md" with { type: "text" };
import imagesReference from "../../../docs/reference/images.md" with { type: "text" };
import messagesReference from "../../../docs/reference/messages.md" with { type: "text" };
import modelsReference from "../../../docs/reference/models.md" with { type: "text" };
import moderationsReference from "../../../docs/reference/moderations.md" with { type: "text" };
import rerankReference from "../../../docs/reference/rerank.md" with { type: "text" };
import responsesReference from "../../../docs/reference/responses.md" with { type: "text" };
import { CHINESE } from "./chinese.ts";

export const LANGUAGES = ["en", "zh"] as const;
export type Language = (typeof LANGUAGES)[number];

export type Section = "start" | "reference" | "protocols" | "service" | "operate";

/** A page of the documentation; its path is that of its file below docs/, without the suffix. */
export interface DocsPage {
  readonly path: string;
  readonly section: Section;
  /** In Markdown, by language; a page without a translation is shown in English, and says so. */
  readonly texts: { readonly en: string; readonly zh?: string };
}

const ENGLISH: readonly DocsPage[] = [
  { path: "clients/getting-started", section: "start", texts: { en: gettingStarted } },
  { path: "clients/setup", section: "start", texts: { en: setup } },
  { path: "clients/coding-agents", section: "start", texts: { en: codingAgents } },
  { path: "clients/compatibility", section: "start", texts: { en: compatibility } },
  { path: "clients/openai", section: "protocols", texts: { en: openai } },
  { path: "clients/anthropic", section: "protocols", texts: { en: anthropic } },
  { path: "clients/gemini", section: "protocols", texts: { en: gemini } },
  { path: "clients/audio", section: "protocols", texts: { en: audio } },
  { path: "clients/embeddings", section: "protocols", texts: { en: embeddings } },
  { path: "clients/any-model", section: "protocols", texts: { en: anyModel } },
  { path: "reference/chat-completions", section: "reference", texts: { en: chatCompletionsReference } },
  { path: "reference/responses", section: "reference", texts: { en: responsesReference } },
  { path: "reference/messages", section: "reference", texts: { en: messagesReference } },
  { path: "reference/gemini", section: "reference", texts: { en: geminiReference } },
  { path: "reference/completions", section: "reference", texts: { en: completionsReference } },
  { path: "reference/embeddings", section: "reference", texts: { en: embeddingsReference } },
  { path: "reference/audio", section: "reference", texts: { en: audioReference } },
  { path: "reference/images", section: "reference", texts: { en: imagesReference } },
  { path: "reference/moderations", section: "reference", texts: { en: moderationsReference } },
  { path: "reference/rerank", section: "reference", texts: { en: rerankReference } },
  { path: "reference/models", section: "reference", texts: { en: modelsReference } },
  { path: "errors", section: "reference", texts: { en: errors } },
  { path: "clients/billing", section: "service", texts: { en: billing } },
  { path: "clients/limits", section: "service", texts: { en: limits } },
  { path: "clients/receipts", section: "service", texts: { en: receipts } },
  { path: "operators/running", section: "operate", texts: { en: running } },
  { path: "operators/quoin-yaml", section: "operate", texts: { en: quoinYaml } },
  { path: "operators/settings", section: "operate", texts: { en: settings } },
  { path: "operators/commands", section: "operate", texts: { en: commands } },
  { path: "operators/doctor", section: "operate", texts: { en: doctor } },
  { path: "operators/upstreams", section: "operate", texts: { en: upstreams } },
  { path: "operators/limits", section: "operate", texts: { en: operatorLimits } },
  { path: "operators/accounts", section: "operate", texts: { en: accounts } },
  { path: "operators/plans", section: "operate", texts: { en: operatorPlans } },
  { path: "operators/ledger", section: "operate", texts: { en: ledger } },
  { path: "operators/postgres", section: "operate", texts: { en: postgres } },
  { path: "operators/metrics", section: "operate", texts: { en: metrics } },
  { path: "operators/security", section: "operate", texts: { en: security } },
  { path: "operators/management-api", section: "operate", texts: { en: managementApi } },
  { path: "operators/services", section: "operate", texts: { en: services } },
  { path: "operators/bench", section: "operate", texts: { en: bench } },
];

function withChinese({ path, section, texts }: DocsPage): DocsPage {
  const zh = CHINESE[path];
  return { path, section, texts: zh === undefined ? texts : { ...texts, zh } };
}

/** In the order in which they are listed and read. */
export const PAGES: readonly DocsPage[] = ENGLISH.map(withChinese);

/** What is published under an address of its own (`/docs/billing`), by that address. */
const SHORT_PATHS: Readonly<Record<string, string>> = {
  "": "clients/getting-started",
  billing: "clients/billing",
};

const BY_PATH = new Map(PAGES.map((page) => [page.path, page]));

export function findPage(path: string): DocsPage | undefined {
  return BY_PATH.get(SHORT_PATHS[path] ?? path);
}
