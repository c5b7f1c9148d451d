import type { ProtocolCodec } from "../protocol.ts";
import { editGeminiRequest, readGeminiHead } from "./head.ts";
import { geminiTap } from "./tap.ts";

export const gemini: ProtocolCodec = {
  id: "gemini",
  dialect: "gemini",
  tap: geminiTap,
  modelPaths: [["modelVersion"]],
  readHead: readGeminiHead,
  editRequest: editGeminiRequest,
};
