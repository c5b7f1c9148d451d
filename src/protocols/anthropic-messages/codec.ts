import type { ProtocolCodec } from "../protocol.ts";
import { editAnthropicRequest, readAnthropicHead } from "./head.ts";
import { anthropicTap } from "./tap.ts";

export const anthropicMessages: ProtocolCodec = {
  id: "anthropic-messages",
  dialect: "anthropic",
  tap: anthropicTap,
  modelPaths: [["model"], ["message", "model"]],
  readHead: readAnthropicHead,
  editRequest: editAnthropicRequest,
};
