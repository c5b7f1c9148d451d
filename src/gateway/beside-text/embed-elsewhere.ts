import type { Loss } from "../../core/generation/loss.ts";
import type { Target } from "../../core/model.ts";
import type { SideProtocol } from "../../core/protocol.ts";
import type { RequestHead } from "../../core/request-head.ts";
import { SIDE_CODECS } from "../../protocols/beside-text/codecs.ts";
import type { EmbeddingCodec } from "../../protocols/beside-text/embedding.ts";
import { geminiEmbedding } from "../../protocols/beside-text/gemini-embeddings.ts";
import { openaiEmbedding } from "../../protocols/beside-text/openai-embeddings.ts";
import type { Exchange } from "../exchange.ts";
import type { Rewrite, UpstreamAnswer } from "../open-answer.ts";
import { refuseDeep } from "../read-body.ts";
import { lossReport, refuseLosses } from "../translate-exchange.ts";

const FORMS: Partial<Record<SideProtocol, EmbeddingCodec>> = {
  "openai-embeddings": openaiEmbedding,
  "gemini-embeddings": geminiEmbedding,
};

function formFor(protocol: SideProtocol): EmbeddingCodec {
  const form = FORMS[protocol];
  if (!form) throw new Error(`${protocol} is not translated`);
  return form;
}

/** A request for embeddings in the other vendor's form. */
export interface EmbedTranslation {
  readonly body: Uint8Array;
  readonly losses: readonly Loss[];
  /** Of the upstream's answer; undefined: it holds no vectors. */
  rewriteOf(answer: NonNullable<UpstreamAnswer["parsed"]>): Rewrite | undefined;
}

const encoder = new TextEncoder();

/**
 * Puts a request for embeddings into the form of a target.
 * @throws GatewayError `unsupported` or `bad_request` for what cannot be said in it.
 */
export function translateEmbedding(
  exchange: Exchange,
  head: RequestHead,
  client: SideProtocol,
  { target, protocol }: { readonly target: Target; readonly protocol: SideProtocol },
): EmbedTranslation {
  const [asked, there] = [formFor(client), formFor(protocol)];
  refuseDeep(head.body);
  const losses: Loss[] = [];
  const request = asked.decode(head.body, lossReport(losses));
  if (losses.length > 0 && exchange.lossPolicy === "reject") throw refuseLosses(losses, head.model);
  const form = asked.formOf(head.body, { model: head.model, batch: exchange.endpoint.batch ?? false });
  return {
    body: encoder.encode(JSON.stringify(there.encode(request, target.model))),
    losses,
    rewriteOf(answer) {
      const vectors = there.vectors(answer);
      if (vectors?.length !== request.inputs.length) return undefined;
      return {
        tap: SIDE_CODECS[protocol].tap,
        write: (usage) => encoder.encode(JSON.stringify(asked.write(vectors, form, usage))),
      };
    },
  };
}
