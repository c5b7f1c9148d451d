import type { ProtocolCodec } from "../protocol.ts";
import { editChatRequest, readChatHead } from "./head.ts";
import { chatTap } from "./tap.ts";

export const openaiChat: ProtocolCodec = {
  id: "openai-chat",
  dialect: "openai",
  tap: chatTap,
  modelPaths: [["model"]],
  readHead: readChatHead,
  editRequest: editChatRequest,
};
