/** Gateways whose only upstream follows a script, in each vendor's protocol. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunningGateway, startGateway } from "../gateway.ts";
import { AGENTS } from "./agents.ts";
import type { UpstreamProtocol } from "./script.ts";

/** What stands in `upstreams`, and the model's name there: models that think, and that want their state back. */
const UPSTREAMS: Readonly<
  Record<UpstreamProtocol, { lines: readonly string[]; path: string; model: string }>
> = {
  "anthropic-messages": { lines: ["provider: anthropic"], path: "", model: "claude-sonnet-4-5" },
  "openai-chat": {
    lines: [
      "provider: openai-compatible",
      "protocols: [openai-chat]",
      "quirks: { thinking: effort, replay_reasoning: required }",
    ],
    path: "/v1",
    model: "deepseek-v4-pro",
  },
  "openai-responses": {
    lines: ["provider: openai", "protocols: [openai-responses]"],
    path: "/v1",
    model: "gpt-5.5",
  },
  gemini: { lines: ["provider: google"], path: "/v1beta", model: "gemini-3-pro-preview" },
};

/** A quoin.yaml whose models, by the names in `models`, are all served by the scripted upstream. */
function quoinYaml(protocol: UpstreamProtocol, url: string, models: readonly string[]): string {
  const { lines, path, model } = UPSTREAMS[protocol];
  const served = models.map((id) =>
    [
      `  - id: ${id}`,
      "    context_tokens: 400000",
      "    output_tokens_max: 64000",
      '    price: { input: "1", output: "2" }',
      `    targets: [{ upstream: scripted, model: ${model} }]`,
    ].join("\n"),
  );
  return [
    "upstreams:",
    "  - id: scripted",
    ...[...lines, `base_url: ${url}${path}`, "api_key: upstream-key"].map((line) => `    ${line}`),
    "models:",
    ...served,
    "",
  ].join("\n");
}

/** Starts a gateway before a scripted upstream, with a model for each agent and those of `more`. */
export async function gatewayFor(
  protocol: UpstreamProtocol,
  url: string,
  more: readonly string[] = [],
): Promise<RunningGateway> {
  const folder = await mkdtemp(join(tmpdir(), "quoin-agents-"));
  const file = join(folder, "quoin.yaml");
  await writeFile(file, quoinYaml(protocol, url, [...AGENTS.map(({ model }) => model), ...more]));
  const gateway = await startGateway(file);
  const stop = async () => {
    const code = await gateway.stop();
    await rm(folder, { recursive: true });
    return code;
  };
  return { ...gateway, stop };
}
