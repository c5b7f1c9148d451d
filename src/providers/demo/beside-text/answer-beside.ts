import { newId } from "../../../base/id.ts";
import { loadTokens } from "../../../base/tokens.ts";
import type { Operation, SideProtocol } from "../../../core/protocol.ts";
import { streamFrames } from "../event-stream.ts";
import { parseBody } from "../fields.ts";
import { DemoRefusal, refusalBody } from "../refusal.ts";
import { demoEmbedContents, demoEmbeddings } from "./embeddings.ts";
import { demoImages } from "./images.ts";
import { demoModerations } from "./moderations.ts";
import { demoRerank } from "./rerank.ts";
import { demoSpeech } from "./speech.ts";
import { demoTranscription } from "./transcriptions.ts";

export interface DemoSideRequest {
  readonly protocol: SideProtocol;
  readonly operation: Operation;
  readonly model: string;
  readonly batch: boolean;
  readonly contentType: string;
  readonly body: Uint8Array;
  readonly signal: AbortSignal;
}

type Answer = (request: DemoSideRequest) => Promise<Response>;

async function counter(): Promise<(texts: readonly string[]) => number> {
  const tokens = await loadTokens();
  return (texts) => tokens.count(texts);
}

const ANSWERS: Record<SideProtocol, Answer> = {
  "openai-embeddings": async ({ body, model }) =>
    Response.json(demoEmbeddings(parseBody(body), model, await counter())),
  "gemini-embeddings": async ({ body, batch }) => Response.json(demoEmbedContents(parseBody(body), batch)),
  "openai-moderations": async ({ body, model }) => Response.json(demoModerations(parseBody(body), model)),
  rerank: async ({ body, model }) => Response.json(demoRerank(parseBody(body), model, await counter())),
  async "openai-images"({ body }) {
    const count = await counter();
    return Response.json(demoImages(parseBody(body), (text) => count([text])));
  },
  async "openai-speech"({ body, signal }) {
    const count = await counter();
    const { type, pieces } = demoSpeech(parseBody(body), (text) => count([text]));
    return new Response(streamFrames(pieces, 0, signal), { headers: { "content-type": type } });
  },
  "openai-transcriptions": ({ body, contentType, operation }) =>
    demoTranscription(body, contentType, operation),
};

/** Quoin's demo upstream for what models do beside text: real forms and real audio, without a model behind them. */
export async function answerDemoBeside(request: DemoSideRequest): Promise<Response> {
  try {
    return await ANSWERS[request.protocol](request);
  } catch (fault) {
    if (!(fault instanceof DemoRefusal)) throw fault;
    const body = refusalBody(request.protocol, fault, `req_${newId()}`);
    return Response.json(body, { status: 400 });
  }
}
