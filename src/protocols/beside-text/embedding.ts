import type { JsonObject } from "../../core/json.ts";
import type { Usage } from "../../core/usage.ts";
import type { LossReport } from "../translation.ts";

/** A request for embeddings without its wire form. */
export interface EmbeddingRequest {
  /** Texts, or lists of the vendor's own token numbers. */
  readonly inputs: readonly (string | readonly number[])[];
  /** Length of the vectors; undefined: the model's own. */
  readonly dimensions: number | undefined;
}

/** How a client wants vectors written. */
export interface EmbeddingForm {
  readonly base64: boolean;
  readonly batch: boolean;
  /** The name that the client asked for. */
  readonly model: string;
}

/** One form of embeddings, read and written from either side; see docs/clients/embeddings.md. */
export interface EmbeddingCodec {
  /** @throws GatewayError `bad_request`, `unsupported` (what no other vendor's model can be asked). */
  decode(body: JsonObject, report: LossReport): EmbeddingRequest;
  formOf(body: JsonObject, asked: { readonly model: string; readonly batch: boolean }): EmbeddingForm;
  /** For an upstream. @throws GatewayError `unsupported` for what it cannot be asked. */
  encode(request: EmbeddingRequest, model: string): JsonObject;
  /** An upstream's answer; undefined where it has no vectors. */
  vectors(answer: JsonObject): readonly (readonly number[])[] | undefined;
  write(vectors: readonly (readonly number[])[], form: EmbeddingForm, usage: Usage): JsonObject;
}
