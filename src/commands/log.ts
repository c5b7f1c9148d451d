import type { Log } from "../core/log.ts";

/** One JSON object a line on stderr: machines read it, and stdout stays for people. */
export const log: Log = (level, message, fields) => {
  if (level === "debug" && !process.env.QUOIN_DEBUG) return;
  process.stderr.write(`${JSON.stringify({ at: new Date().toISOString(), level, message, ...fields })}\n`);
};
