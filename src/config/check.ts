import { bedrockScope, isGoogleFile } from "../core/cloud-credential.ts";
import { CLOUD_PROVIDERS, type ProviderId } from "../core/model.ts";
import { finderByName } from "../core/model-names.ts";
import type { Protocol } from "../core/protocol.ts";
import { BASE_URL_LIKE, DEFAULT_PLAN, FURTHER_PROTOCOLS_OF, PROTOCOLS_OF } from "./defaults.ts";
import { didYouMean } from "./did-you-mean.ts";
import { formatPath, type Path, type Problem } from "./problems.ts";
import type { QuoinYaml, UpstreamYaml } from "./schema.ts";

/** Names that quoin.yaml may refer to although something else declares them. */
export interface Declared {
  readonly upstreams: readonly string[];
  /** Ids and aliases. */
  readonly models: readonly string[];
  readonly plans: readonly string[];
  readonly regions: readonly string[];
}

/** Names that were given so far, and where: a second use is a fault. */
function claim(taken: Map<string, Path>, name: string, path: Path, what: string): Problem[] {
  const first = taken.get(name);
  if (!first) {
    taken.set(name, path);
    return [];
  }
  return [{ path, message: `${what} "${name}" is already used by ${formatPath(first)}; choose another` }];
}

function unique<Entry>(
  list: string,
  entries: readonly Entry[],
  field: keyof Entry & string,
  what: string,
): Problem[] {
  const taken = new Map<string, Path>();
  return entries.flatMap((entry, index) => claim(taken, String(entry[field]), [list, index, field], what));
}

const NEEDS_KEY: readonly ProviderId[] = ["anthropic", "openai", "google"];

function checkProtocols(upstream: UpstreamYaml, at: Path): Problem[] {
  if (upstream.provider === "openai-compatible") return [];
  const spoken: readonly Protocol[] = [
    ...PROTOCOLS_OF[upstream.provider],
    ...(FURTHER_PROTOCOLS_OF[upstream.provider] ?? []),
  ];
  return (upstream.protocols ?? []).flatMap((protocol, index) =>
    spoken.includes(protocol)
      ? []
      : [
          {
            path: [...at, "protocols", index],
            message: `provider ${upstream.provider} speaks ${spoken.join(", ")}; for others use provider openai-compatible with its base_url`,
          },
        ],
  );
}

const AWS_KEYS = /^[A-Z0-9]{16,128}:/;

/** A credential that its cloud cannot take. */
function checkCloudKey(
  { provider, api_key = "", base_url = "", headers }: UpstreamYaml,
  at: Path,
): Problem[] {
  const fault = (message: string): Problem[] => [{ path: [...at, "api_key"], message }];
  if (provider !== "vertex" && isGoogleFile(api_key))
    return fault("is JSON, which only provider vertex takes");
  if (!CLOUD_PROVIDERS.includes(provider)) return [];
  if (api_key === "" && Object.keys(headers).length === 0)
    return fault(`is missing or empty; ${provider} answers nobody without one`);
  if (provider === "bedrock" && AWS_KEYS.test(api_key) && !bedrockScope(base_url))
    return fault(
      "is a pair of AWS keys, which sign for AWS's own addresses alone; write an API key of Bedrock",
    );
  return [];
}

function checkUpstream(upstream: UpstreamYaml, index: number): Problem[] {
  const at = ["upstreams", index];
  const problems = [...checkProtocols(upstream, at), ...checkCloudKey(upstream, at)];
  const needsAddress =
    CLOUD_PROVIDERS.includes(upstream.provider) || upstream.provider === "openai-compatible";
  if (needsAddress && upstream.base_url === undefined) {
    const like = BASE_URL_LIKE[upstream.provider];
    problems.push({
      path: [...at, "base_url"],
      message: `is missing; provider ${upstream.provider} has no address of its own${like ? `, write ${like}` : ""}`,
    });
  }
  if (upstream.provider === "demo" && upstream.base_url !== undefined) {
    problems.push({
      path: [...at, "base_url"],
      message: "is not for provider demo, which answers from inside; remove it",
    });
  }
  if (NEEDS_KEY.includes(upstream.provider) && upstream.base_url === undefined && !upstream.api_key) {
    problems.push({
      path: [...at, "api_key"],
      message: `is missing or empty; ${upstream.provider} answers nobody without one`,
    });
  }
  return problems;
}

function checkModels(file: QuoinYaml, upstreams: readonly string[]): Problem[] {
  const names = new Map<string, Path>();
  const problems: Problem[] = [];
  // Ids first: where an id and an alias clash, the alias is the one to change.
  file.models.forEach(
    (model, index) => void problems.push(...claim(names, model.id, ["models", index, "id"], "the id")),
  );
  file.models.forEach((model, index) => {
    const at = ["models", index];
    model.aliases.forEach(
      (alias, place) => void problems.push(...claim(names, alias, [...at, "aliases", place], "the alias")),
    );
    const targets = new Map<string, Path>();
    model.targets.forEach((target, place) => {
      const path = [...at, "targets", place];
      if (!upstreams.includes(target.upstream)) {
        const message = `there is no upstream "${target.upstream}"${didYouMean(target.upstream, upstreams)}`;
        problems.push({ path: [...path, "upstream"], message });
      }
      problems.push(...claim(targets, `${target.upstream} ${target.model ?? model.id}`, path, "the target"));
    });
    const { context_tokens: context, output_tokens_max: output } = model;
    if (context !== undefined && output !== undefined && output > context) {
      problems.push({
        path: [...at, "output_tokens_max"],
        message: "is larger than context_tokens; lower it",
      });
    }
  });
  return problems;
}

function checkPlans(file: QuoinYaml, models: readonly string[]): Problem[] {
  const problems = [
    ...unique("plans", file.plans, "id", "the id"),
    ...unique("plans", file.plans, "key_prefix", "the key prefix"),
  ];
  const find = finderByName([{ id: "", aliases: models }]);
  file.plans.forEach((plan, index) => {
    if (plan.price && plan.shown?.price !== undefined) {
      const message = "stands beside the plan's own price, which is shown; remove it";
      problems.push({ path: ["plans", index, "shown", "price"], message });
    }
    plan.models?.forEach((name, place) => {
      if (find(name)) return;
      const message = `there is no model "${name}"${didYouMean(name, models)}`;
      problems.push({ path: ["plans", index, "models", place], message });
    });
  });
  return problems;
}

function checkHosts(file: QuoinYaml, regions: readonly string[]): Problem[] {
  const problems = [
    ...unique("hosts", file.hosts, "host", "the host"),
    ...unique("regions", file.regions, "id", "the id"),
  ];
  file.hosts.forEach((host, index) => {
    if (host.region === undefined || regions.includes(host.region)) return;
    const message = `there is no region "${host.region}"${didYouMean(host.region, regions)}`;
    problems.push({ path: ["hosts", index, "region"], message });
  });
  return problems;
}

function checkCurrencies({ currencies }: QuoinYaml): Problem[] {
  const dated = currencies.map(({ code, from }) => ({ from: `${code} from ${from}` }));
  return unique("currencies", dated, "from", "the rate of");
}

function checkSignUp({ signup }: QuoinYaml, plans: readonly string[]): Problem[] {
  const ids = plans.length > 0 ? plans : [DEFAULT_PLAN.id];
  const named: readonly [Path, string | undefined][] = [
    [["signup", "plan"], signup.plan],
    [["signup", "trial", "plan"], signup.trial?.plan],
  ];
  return named.flatMap(([path, plan]) =>
    plan === undefined || ids.includes(plan)
      ? []
      : [{ path, message: `there is no plan "${plan}"${didYouMean(plan, ids)}` }],
  );
}

/** What no single field shows: names used twice, and names that nothing bears. */
export function checkReferences(file: QuoinYaml, declared: Declared): Problem[] {
  const upstreams = [...file.upstreams.map(({ id }) => id), ...declared.upstreams];
  const models = [...file.models.flatMap((model) => [model.id, ...model.aliases]), ...declared.models];
  return [
    ...unique("upstreams", file.upstreams, "id", "the id"),
    ...file.upstreams.flatMap(checkUpstream),
    ...checkModels(file, upstreams),
    ...checkPlans(file, models),
    ...unique("accounts", file.accounts, "name", "the name"),
    ...checkCurrencies(file),
    ...checkSignUp(file, [...file.plans.map(({ id }) => id), ...declared.plans]),
    ...checkHosts(file, [...file.regions.map(({ id }) => id), ...declared.regions]),
  ];
}
