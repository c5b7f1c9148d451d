import anthropic from "../../../docs/zh/clients/anthropic.md" with { type: "text" };
import anyModel from "../../../docs/zh/clients/any-model.md" with { type: "text" };
import audio from "../../../docs/zh/clients/audio.md" with { type: "text" };
import billing from "../../../docs/zh/clients/billing.md" with { type: "text" };
import codingAgents from "../../../docs/zh/clients/coding-agents.md" with { type: "text" };
import compatibility from "../../../docs/zh/clients/compatibility.md" with { type: "text" };
import embeddings from "../../../docs/zh/clients/embeddings.md" with { type: "text" };
import gemini from "../../../docs/zh/clients/gemini.md" with { type: "text" };
import gettingStarted from "../../../docs/zh/clients/getting-started.md" with { type: "text" };
import limits from "../../../docs/zh/clients/limits.md" with { type: "text" };
import openai from "../../../docs/zh/clients/openai.md" with { type: "text" };
import receipts from "../../../docs/zh/clients/receipts.md" with { type: "text" };
import setup from "../../../docs/zh/clients/setup.md" with { type: "text" };
import errors from "../../../docs/zh/errors.md" with { type: "text" };
import referenceAudio from "../../../docs/zh/reference/audio.md" with { type: "text" };
import referenceChatCompletions from "../../../docs/zh/reference/chat-completions.md" with { type: "text" };
import referenceCompletions from "../../../docs/zh/reference/completions.md" with { type: "text" };
import referenceEmbeddings from "../../../docs/zh/reference/embeddings.md" with { type: "text" };
import referenceGemini from "../../../docs/zh/reference/gemini.md" with { type: "text" };
import referenceImages from "../../../docs/zh/reference/images.md" with { type: "text" };
import referenceMessages from "../../../docs/zh/reference/messages.md" with { type: "text" };
import referenceModels from "../../../docs/zh/reference/models.md" with { type: "text" };
import referenceModerations from "../../../docs/zh/reference/moderations.md" with { type: "text" };
import referenceRerank from "../../../docs/zh/reference/rerank.md" with { type: "text" };
import referenceResponses from "../../../docs/zh/reference/responses.md" with { type: "text" };

/** Pages in Chinese, by their path; in docs/zh under the same name. */
export const CHINESE: Readonly<Record<string, string>> = {
  "clients/anthropic": anthropic,
  "clients/any-model": anyModel,
  "clients/audio": audio,
  "clients/billing": billing,
  "clients/coding-agents": codingAgents,
  "clients/compatibility": compatibility,
  "clients/embeddings": embeddings,
  "clients/gemini": gemini,
  "clients/getting-started": gettingStarted,
  "clients/limits": limits,
  "clients/openai": openai,
  "clients/receipts": receipts,
  "clients/setup": setup,
  errors,
  "reference/audio": referenceAudio,
  "reference/chat-completions": referenceChatCompletions,
  "reference/completions": referenceCompletions,
  "reference/embeddings": referenceEmbeddings,
  "reference/gemini": referenceGemini,
  "reference/images": referenceImages,
  "reference/messages": referenceMessages,
  "reference/models": referenceModels,
  "reference/moderations": referenceModerations,
  "reference/rerank": referenceRerank,
  "reference/responses": referenceResponses,
};
