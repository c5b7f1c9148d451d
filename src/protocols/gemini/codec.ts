import type { ProtocolCodec } from "../protocol.ts";
import { readGeminiHead } from "./head.ts";
import { geminiTap } from "./tap.ts";

export const gemini: ProtocolCodec = {
  id: "gemini",
  dialect: "gemini",
  tap: geminiTap,
  modelPaths: [["modelVersion"]],
  readHead: readGeminiHead,
  // The model stands in the path, and nothing else needs to change.
  editRequest: () => [],
};
