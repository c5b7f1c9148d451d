import type { Caller } from "../../src/accounts/caller.ts";
import { PLAIN, standardConfig } from "./config.ts";
import { startConsole, type TestConsole, userCaller } from "./console.ts";
import { type FakeUpstream, startFakeUpstream } from "./fake-upstream.ts";
import { type Customer, startGateway, type TestGateway } from "./gateway.ts";
import { json } from "./scripts.ts";

/** A gateway with one account and the API beside it, before an upstream that answers with 10 tokens in, 10 out. */
export interface ConsoleWorld {
  readonly gateway: TestGateway;
  readonly console: TestConsole;
  readonly acme: Customer;
  readonly owner: Caller;
  readonly operator: Caller;
  /** A request to a model with a key; its status. */
  chat(key: string, model?: string): Promise<number>;
  close(): Promise<void>;
}

/** What a request of `chat` costs, in nanos. */
export const CHAT_NANOS = 50_000n;

export async function startConsoleWorld(
  plans?: readonly object[],
  env: Readonly<Record<string, string>> = {},
  sections: object = {},
): Promise<ConsoleWorld> {
  const upstream: FakeUpstream = await startFakeUpstream();
  upstream.otherwise(json({ choices: [], usage: { prompt_tokens: 10, completion_tokens: 10 } }));
  const config = { ...standardConfig(upstream.url, plans ? { plans } : {}), ...sections };
  const gateway = await startGateway({ config, env });
  const console = startConsole(gateway.app.http);
  const acme = await gateway.customer({ account: "acme" });
  return {
    gateway,
    console,
    acme,
    owner: userCaller([{ accountId: acme.accountId, role: "owner" }]),
    operator: userCaller([], true),
    async chat(key, model = PLAIN) {
      const response = await fetch(`${gateway.url}/v1/chat/completions`, {
        method: "POST",
        headers: { authorization: `Bearer ${key}` },
        body: `{"model":"${model}","messages":[],"max_tokens":5}`,
      });
      await response.text();
      return response.status;
    },
    async close() {
      await console.close();
      await gateway.close();
      await upstream.close();
    },
  };
}
