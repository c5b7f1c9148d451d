import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type FakeUpstream, startFakeUpstream } from "../support/fake-upstream.ts";
import { type Customer, startGateway, type TestGateway } from "../support/gateway.ts";

const EXAMPLES = join(import.meta.dir, "..", "..", "examples");

/** A gateway that was started from a service's file, and what its checks need around it. */
export interface World {
  /** Of the file, without its suffix. */
  readonly example: string;
  readonly text: string;
  readonly gateway: TestGateway;
  /** A new account with a key of the plan (the file's first one unless said) and 10 USD. */
  customer(plan?: string, usd?: string): Promise<Customer>;
  /** The same file in front of an upstream that answers from scripts; started once. */
  scripted(provider?: ScriptedProvider): Promise<ScriptedWorld>;
  close(): Promise<void>;
}

export interface ScriptedWorld {
  readonly gateway: TestGateway;
  readonly upstream: FakeUpstream;
  /** A key of a new account with money. */
  readonly key: string;
}

export type ScriptedProvider = "anthropic" | "openai-compatible";

const DEMO = "  - { id: demo, provider: demo } #~\n";

export function textOf(example: string): string {
  return readFileSync(join(EXAMPLES, `${example}.yaml`), "utf8");
}

/** The file as an operator makes it with the real upstreams, by the line in its head. */
export function realText(example: string): string {
  return textOf(example)
    .replace(/^.* #~\n/gm, "")
    .replace(/^#~/gm, "");
}

const firstPlan = ({ app }: TestGateway): string => [...app.gateway.snapshot().plans.keys()][0] ?? "";

async function newCustomer(gateway: TestGateway, plan = firstPlan(gateway), usd = "10"): Promise<Customer> {
  return await gateway.customer({ plan, usd });
}

async function startScripted(text: string, provider: ScriptedProvider): Promise<ScriptedWorld> {
  const upstream = await startFakeUpstream();
  const base = provider === "anthropic" ? upstream.url : `${upstream.url}/v1`;
  const declared = `  - { id: demo, provider: ${provider}, base_url: "${base}", api_key: k }\n`;
  if (!text.includes(DEMO)) throw new Error("the example has no line for the demo upstream");
  const gateway = await startGateway({ config: text.replace(DEMO, declared) });
  const { key } = await newCustomer(gateway);
  return { gateway, upstream, key };
}

/** @param env settings of the gateway besides those of every test */
export async function openWorld(example: string, env: Readonly<Record<string, string>> = {}): Promise<World> {
  const text = textOf(example);
  const gateway = await startGateway({ config: text, env });
  const scripted = new Map<ScriptedProvider, Promise<ScriptedWorld>>();
  return {
    example,
    text,
    gateway,
    customer: (plan, usd) => newCustomer(gateway, plan, usd),
    async scripted(provider = "openai-compatible") {
      const known = scripted.get(provider) ?? startScripted(text, provider);
      scripted.set(provider, known);
      const world = await known;
      world.upstream.reset();
      return world;
    },
    async close() {
      await gateway.close();
      for (const world of await Promise.all(scripted.values())) {
        await world.gateway.close();
        await world.upstream.close();
      }
    },
  };
}
