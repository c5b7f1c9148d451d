import { appendFile } from "node:fs/promises";
import { join } from "node:path";
import type { Letter } from "../../accounts/people/deps.ts";
import { newId } from "../../base/id.ts";

/** A message that nobody was set up to send. */
export interface KeptMessage {
  readonly id: string;
  /** ISO 8601. */
  readonly at: string;
  readonly kind: "email" | "sms";
  readonly to: string;
  readonly subject: string | undefined;
  readonly text: string;
}

const KEPT_MAX = 100;

export interface Outbox {
  readonly mail: (letter: Letter & { readonly id?: string }) => Promise<void>;
  readonly text: (to: string, text: string) => Promise<void>;
  /** The newest first. */
  list(): readonly KeptMessage[];
}

/** Into `outbox.jsonl` of the home, a line each: to be seen, or to be sent on by a program of the operator's. */
export function outboxIn(home: string): Outbox {
  const file = join(home, "outbox.jsonl");
  const kept: KeptMessage[] = [];

  async function keep(message: Omit<KeptMessage, "id" | "at">, id = newId()): Promise<void> {
    const whole = { id, at: new Date().toISOString(), ...message };
    kept.unshift(whole);
    kept.length = Math.min(kept.length, KEPT_MAX);
    await appendFile(file, `${JSON.stringify(whole)}\n`, { mode: 0o600 });
  }

  return {
    mail: ({ id, to, subject, text }) => keep({ kind: "email", to, subject, text }, id),
    text: (to, text) => keep({ kind: "sms", to, subject: undefined, text }),
    list: () => kept,
  };
}
