import type { SideProtocol } from "../../core/protocol.ts";
import type { SideCodec } from "../protocol.ts";
import { geminiEmbeddings } from "./gemini-embeddings.ts";
import { images } from "./images.ts";
import { moderations } from "./moderations.ts";
import { openaiEmbeddings } from "./openai-embeddings.ts";
import { rerank } from "./rerank.ts";
import { speech } from "./speech.ts";
import { transcriptions } from "./transcriptions.ts";

export const SIDE_CODECS: Record<SideProtocol, SideCodec> = {
  "openai-embeddings": openaiEmbeddings,
  "gemini-embeddings": geminiEmbeddings,
  "openai-speech": speech,
  "openai-transcriptions": transcriptions,
  "openai-moderations": moderations,
  rerank,
  "openai-images": images,
};
