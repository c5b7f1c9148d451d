// The Claude Agent SDK for JavaScript: Claude Code as a library.
import { query } from "@anthropic-ai/claude-agent-sdk";
import { QUOIN_MODEL, QUOIN_PROMPT } from "./step.mjs";

const options = {
  model: QUOIN_MODEL,
  permissionMode: "bypassPermissions",
  allowDangerouslySkipPermissions: true,
};
try {
  for await (const message of query({ prompt: QUOIN_PROMPT, options })) {
    if (message.type !== "result") continue;
    console.log(message.result ?? message.subtype);
    if (message.is_error) process.exitCode = 1;
  }
} catch (error) {
  console.error(String(error));
  process.exitCode = 1;
}
