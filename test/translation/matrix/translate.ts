import { rawIndex } from "../../../src/base/raw-json.ts";
import type { Loss } from "../../../src/core/generation/loss.ts";
import type { GenerationRequest } from "../../../src/core/generation/request.ts";
import type { TargetTraits } from "../../../src/core/generation/traits.ts";
import { asObject } from "../../../src/core/json.ts";
import type { AnswerTranslator } from "../../../src/translation/answer-translator.ts";
import { newEnvelope } from "../../../src/translation/envelope.ts";
import { mediaToFetch, withFetched } from "../../../src/translation/media-fetch.ts";
import { translateRequest } from "../../../src/translation/translate-request.ts";
import { TRANSLATORS } from "../../../src/translation/translators.ts";
import type { ClientProtocol } from "./targets.ts";

/** The gateway's own way of a request, without the gateway: the same functions in the same order. */

const ENVELOPE = newEnvelope(new TextEncoder().encode("the matrix's secret, long enough for a key"));

const ANSWER_ID = "0123456789abcdef0123456789abcdef";
const CREATED = 1_790_000_000;
/** What the client calls its model. */
const MODEL = "m";

export const seal = ENVELOPE.seal;

export function decodeRequest(client: ClientProtocol, text: string, stream = false): GenerationRequest {
  const body = asObject(JSON.parse(text));
  if (!body) throw new Error("no object");
  const path = client === "gemini" ? { model: MODEL, stream } : {};
  return TRANSLATORS[client].client.decodeRequest(body, {
    raw: rawIndex(text, body),
    path: { operation: "generate", ...path },
    unseal: ENVELOPE.unseal,
  });
}

/** What any URL gives in the matrix. */
export const FETCHED = { bytes: new TextEncoder().encode("fetched"), base64: "ZmV0Y2hlZA==" };

function mimeOf(url: string): string {
  return url.endsWith(".pdf") ? "application/pdf" : "image/png";
}

function fetched(request: GenerationRequest, traits: TargetTraits): GenerationRequest {
  const wanted = mediaToFetch(request, traits);
  const found = wanted.map(({ url }) => [url, { bytes: FETCHED.bytes, mime: mimeOf(url) }] as const);
  return withFetched(request, new Map(found));
}

export interface Asked {
  /** The body for the upstream. */
  readonly body: string;
  readonly translator: AnswerTranslator;
  readonly losses: readonly Loss[];
}

export function ask(client: ClientProtocol, text: string, traits: TargetTraits, stream = false): Asked {
  const losses: Loss[] = [];
  const report = {
    lose(action: Loss["action"], path: string, reason: string) {
      losses.push({ action, path, reason });
    },
  };
  const request = fetched(decodeRequest(client, text, stream), traits);
  const answer = { answerId: ANSWER_ID, model: MODEL, created: CREATED, seal };
  return { ...translateRequest(request, traits, answer, report), losses };
}
