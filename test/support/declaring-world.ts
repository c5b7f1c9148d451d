import { type ConsoleWorld, startConsoleWorld } from "./console-world.ts";
import { type FakeUpstream, startFakeUpstream } from "./fake-upstream.ts";
import { json } from "./scripts.ts";

/** An operator at the console, and a server on the machine that may become an upstream. */
export interface DeclaringWorld {
  readonly world: ConsoleWorld;
  readonly vllm: FakeUpstream;
  /** As the operator. */
  call(line: string, body?: unknown): ReturnType<ConsoleWorld["console"]["call"]>;
  /** The refusal of such a call. */
  errorOf(line: string, body?: unknown): Promise<{ status: number; message: string; field?: string }>;
  close(): Promise<void>;
}

export async function startDeclaringWorld(): Promise<DeclaringWorld> {
  const world = await startConsoleWorld();
  const vllm = await startFakeUpstream();
  vllm.otherwise(json({ choices: [], usage: { prompt_tokens: 10, completion_tokens: 10 } }));
  const call: DeclaringWorld["call"] = (line, body) => world.console.call(world.operator, line, body);
  return {
    world,
    vllm,
    call,
    async errorOf(line, body) {
      const { status, body: answer } = await call(line, body);
      return { status, ...(answer.error as { message: string; field?: string }) };
    },
    async close() {
      await world.close();
      await vllm.close();
    },
  };
}
