import { loadConfig } from "../../src/config/load.ts";
import type { Config, ModelConfig, PlanConfig } from "../../src/config/types.ts";
import { ask } from "./ask.ts";
import type { World } from "./world.ts";

function configOf({ example, text }: Pick<World, "example" | "text">): Config {
  return loadConfig(text, { file: `examples/${example}.yaml`, env: {} });
}

/** @throws where the file has no such model */
export function declaredModel(world: World, id: string): ModelConfig {
  const model = configOf(world).models.find((one) => one.id === id);
  if (!model) throw new Error(`${world.example}.yaml has no model ${id}`);
  return model;
}

/** @throws where the file has no such plan */
export function declaredPlan(world: World, id: string): PlanConfig {
  const plan = configOf(world).plans.find((one) => one.id === id);
  if (!plan) throw new Error(`${world.example}.yaml has no plan ${id}`);
  return plan;
}

/** What the public catalogue tells customers. */
export async function catalogueOf(world: World): Promise<Readonly<Record<string, unknown>>> {
  return (await ask(world.gateway, { path: "/.well-known/quoin.json" })).json;
}

export async function publicBaseUrls(world: World): Promise<Record<string, string>> {
  return (await catalogueOf(world)).base_urls as Record<string, string>;
}
