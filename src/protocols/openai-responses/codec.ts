import type { ProtocolCodec } from "../protocol.ts";
import { editResponsesRequest, readResponsesHead } from "./head.ts";
import { responsesTap } from "./tap.ts";

export const openaiResponses: ProtocolCodec = {
  id: "openai-responses",
  dialect: "openai",
  tap: responsesTap,
  modelPaths: [["model"], ["response", "model"]],
  readHead: readResponsesHead,
  editRequest: editResponsesRequest,
};
