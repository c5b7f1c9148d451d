import { appendFile } from "node:fs/promises";
import { join } from "node:path";
import type { Mail } from "./billing/low-balance.ts";

/** Mail into `outbox.jsonl` of the home, a line each: there to be seen, or to be sent on by a program of yours. */
export function outboxFile(home: string): (mail: Mail) => Promise<void> {
  const file = join(home, "outbox.jsonl");
  return async (mail) => {
    const line = JSON.stringify({ ...mail, at: new Date().toISOString() });
    await appendFile(file, `${line}\n`, { mode: 0o600 });
  };
}
